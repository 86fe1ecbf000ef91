"""Every visible word, in each language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import yamaha_ops.web
from yamaha_ops.web.page import NAVIGATION, THEMES, browser_name, templates
from yamaha_ops.web.words import LANGUAGES, language_for, translate, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser, Browsers

WEB = Path(yamaha_ops.web.__file__).parent
KEY = re.compile(r"""\bt\(\s*["']([a-z0-9_.]+)["']\s*[,)]""")
BEGINNING = re.compile(r"""\bt\(\s*["']([a-z0-9_.]+\.)["']\s*~""")
PLACE = re.compile(r"{(\w+)}")


COMMENT = re.compile(r"{#.*?#}", re.DOTALL)


def _templates() -> dict[str, str]:
    return {
        file.name: COMMENT.sub("", file.read_text(encoding="utf-8"))
        for file in sorted((WEB / "html").glob("*.html"))
    }


def test_each_language_has_every_word_with_the_same_places() -> None:
    english = words("en")
    for language in LANGUAGES:
        found = words(language)
        assert set(found) == set(english), language
        for key, text in found.items():
            assert set(PLACE.findall(text)) == set(PLACE.findall(english[key])), key
            assert text.strip() == text != ""


def test_every_word_that_a_template_uses_is_there() -> None:
    for name, text in _templates().items():
        assert set(KEY.findall(text)) <= set(words("en")), name
        for beginning in BEGINNING.findall(text):
            assert any(key.startswith(beginning) for key in words("en")), (name, beginning)
    for group in NAVIGATION:
        for place in group:
            assert f"nav.{place.name}" in words("en")
    for theme in THEMES:
        assert f"common.theme_{theme}" in words("en")


def test_japanese_is_japanese() -> None:
    japanese, english = words("ja"), words("en")
    sentence = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
    left = {key for key, text in japanese.items() if text == english[key] and sentence.search(text)}
    assert left == set()


def test_every_template_can_be_read() -> None:
    for name in _templates():
        templates().get_template(name)


def test_a_key_that_is_nowhere_stands_for_itself() -> None:
    assert translate("ja", "no.such.key") == "no.such.key"
    assert translate("en", "ago.days", count=3) == "3 d ago"


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (["ja", "en"], "en", "ja"),
        ([None, "en"], "ja", "en"),
        ([None, None], "ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        (["xx"], "fr, de;q=0.5, ja;q=0.3", "ja"),
        ([], "fr", "en"),
        ([], "", "en"),
        ([], ";;,,=", "en"),
    ],
)
def test_the_language_is_what_was_chosen_or_what_the_browser_likes(
    chosen: list[str | None], accepted: str, language: str
) -> None:
    assert language_for(chosen, accepted) == language


def test_the_language_is_switched_in_the_page_and_kept_with_the_user(
    signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    vera = signed_in("vera")
    assert "Your account" in vera.get("/account").text
    answer = vera.post("/preferences", {"language": "ja", "next": "/account?x=1"})
    assert answer.headers["location"] == "/account?x=1"
    shown = vera.get("/account").text
    assert "アカウント" in shown
    assert '<html lang="ja"' in shown
    elsewhere = browser()
    elsewhere.sign_in("vera")
    assert "アカウント" in elsewhere.get("/account").text
    assert elsewhere.post("/preferences", {"language": "xx"}).status_code == 422
    assert elsewhere.post("/preferences", {"next": "//evil.example"}).headers["location"] == "/"


def test_a_stranger_chooses_language_and_theme_too(browser: Browsers) -> None:
    made = browser()
    assert "ログイン" in made.get("/login", headers={"Accept-Language": "ja"}).text
    made.post("/preferences", {"language": "ja"})
    made.post("/preferences", {"theme": "dark"})
    shown = made.get("/login").text
    assert "パスワード" in shown
    assert 'data-theme="dark"' in shown


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130 Safari/537.36",
            "Chrome · Linux",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130", "Edge · Windows"),
        ("curl/8.0", "curl/8.0"),
        ("", "–"),
    ],
)
def test_browsers_are_called_what_people_call_them(agent: str, name: str) -> None:
    assert browser_name(agent) == name
