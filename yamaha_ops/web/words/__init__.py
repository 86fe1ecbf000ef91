"""Every visible word of the console, in each language: TOML files, one for each subject."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LANGUAGES: Final[Mapping[str, str]] = {"ja": "日本語", "en": "English"}
"""Each by its own name."""

FALLBACK: Final = "en"


@cache
def words(language: str) -> Mapping[str, str]:
    """Return the words of a language by their dotted keys.

    Raises:
        ValueError: A key stands in two files.
    """
    found: dict[str, str] = {}
    folder = files(__name__) / language
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            for key, text in _leaves(tomllib.loads(file.read_text(encoding="utf-8")), ""):
                if key in found:
                    raise ValueError(f"{key} stands in two files of {language}")
                found[key] = text
    return found


def translate(language: str, key: str, /, **values: Any) -> str:
    """Return a word or sentence, with values in its ``{places}``.

    A key that is nowhere stands for itself: a page with one odd word beats no page.
    """
    text = words(language).get(key) or words(FALLBACK).get(key) or key
    return text.format(**values) if values else text


def language_for(chosen: Sequence[str | None], accepted: str) -> str:
    """Return the first language that somebody chose, or the first that the browser accepts.

    Args:
        chosen: In order of weight; None or an unknown one is passed over.
        accepted: The header ``Accept-Language``.
    """
    for each in chosen:
        if each in LANGUAGES:
            return str(each)
    for each in accepted.split(","):
        head = each.partition(";")[0].strip().partition("-")[0].lower()
        if head in LANGUAGES:
            return head
    return FALLBACK


def _leaves(table: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", str(value)
