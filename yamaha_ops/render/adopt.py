"""Adoption: an inventory entry whose rendering means what a router is told already.

What the inventory's words can say is said in them; what they cannot goes to ``extra`` as it is;
what the templates would add goes to ``without``. So the next plan is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from yamaha_ops.config.contexts import heading, split_context
from yamaha_ops.config.secrets import MASK, mask, replace_secrets
from yamaha_ops.errors import RenderError
from yamaha_ops.inventory.router import Router
from yamaha_ops.render import render
from yamaha_ops.render.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config import Configuration, Key, Setting


@dataclass(slots=True)
class Adoption:
    """What became of a configuration.

    Attributes:
        entry: The inventory entry, as plain data.
        secrets: For each reference in it, where its secret stands: the masked line.
        unknown: Lines that the command table does not know, masked; they are not compared.
    """

    entry: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def adopt(configuration: Configuration, name: str, basics: dict[str, Any]) -> Adoption:
    """Turn a configuration into an inventory entry.

    Args:
        configuration: What the router is told.
        name: The name it gets; references to secrets are named after it.
        basics: What a configuration does not say: ``host``, ``login``, ``model`` ...

    Raises:
        ValidationError: ``basics`` are no inventory entry.
    """
    secrets: dict[str, str] = {}

    def keep(what: str, secret: str) -> str:
        reference = _reference(name, what)
        if secret != MASK:
            secrets[reference] = what.replace("_", " ")
        return reference

    best = _cover(configuration, name, basics)
    for part in recognise(configuration, keep):
        try:
            covered = _cover(configuration, name, _merged(best.entry, part))
        except (ValidationError, RenderError):
            continue  # recognised wrongly: the lines stay lines
        if covered.cost < best.cost:
            best = covered
    entry = {**best.entry, **best.rest(name, secrets)}
    named = set(re.findall(r"env:\w+", repr(entry), re.ASCII))
    used = {reference: line for reference, line in secrets.items() if reference in named}
    unknown = tuple(warning.text for warning in configuration.warnings)
    return Adoption(entry, used, unknown)


@dataclass(frozen=True, slots=True)
class _Cover:
    """How far an entry explains a configuration."""

    entry: dict[str, Any]
    missing: tuple[Setting, ...]
    surplus: tuple[Key, ...]

    @property
    def cost(self) -> int:
        return len(self.missing) + len(self.surplus)

    def rest(self, name: str, secrets: dict[str, str]) -> dict[str, Any]:
        """Return what has to be said line by line."""
        rest: dict[str, Any] = {}
        if extra := list(_lines(self.missing, name, secrets)):
            rest["extra"] = extra
        if self.surplus:
            rest["without"] = [key.words for key in self.surplus]
        return rest


def _cover(configuration: Configuration, name: str, entry: dict[str, Any]) -> _Cover:
    router = Router.model_validate({**entry, "name": name}, context={"base": Path()})
    rendered = render(router, secrets=False)
    theirs = {key: each for key, each in configuration.settings.items() if _ours_to_tell(each)}
    return _Cover(
        entry,
        tuple(
            setting
            for key, setting in theirs.items()
            if key not in rendered.settings
            or mask(rendered.settings[key].meaning) != mask(setting.meaning)
        ),
        tuple(
            key
            for key, setting in rendered.settings.items()
            if key not in theirs and _ours_to_tell(setting)
        ),
    )


def _ours_to_tell(setting: Setting) -> bool:
    return "device" not in setting.entry.tags


def _merged(entry: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    merged = dict(entry)
    for key, value in part.items():
        inner = merged.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            merged[key] = _merged(inner, value)
        else:
            merged[key] = value
    return merged


def _lines(missing: tuple[Setting, ...], name: str, secrets: dict[str, str]) -> Iterator[str]:
    """Write settings down as lines, in their contexts, with references for their secrets."""
    context = ""
    for setting in missing:
        if setting.key.context != context:
            yield _leave(context) if not setting.key.context else heading(setting.key.context)
            context = setting.key.context
        indent = " " if context else ""
        first, *body = setting.lines
        yield indent + _referring(first, setting.key.context, name, secrets)
        yield from body
    if context:
        yield _leave(context)


def _leave(context: str) -> str:
    return f"{split_context(context)[0]} select none"


def _referring(line: str, context: str, name: str, secrets: dict[str, str]) -> str:
    def refer(_secret: object) -> str:
        words = re.sub(r"[^a-z0-9]+", "_", f"{context} {mask(line)}".lower()).strip("_")
        reference = _reference(name, words)
        while reference in secrets:
            reference += "_2"
        secrets[reference] = mask(line)
        return f"{{{reference}}}"

    return replace_secrets(line, refer)


def _reference(name: str, what: str) -> str:
    return f"env:{re.sub(r'[^A-Za-z0-9]', '_', f'{name}_{what}').upper()}"
