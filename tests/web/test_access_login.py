"""Signing in by name and password."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser


def test_a_stranger_is_led_to_the_login_page_and_back(browser: Callable[[], Browser]) -> None:
    answer = browser().get("/account?tab=a&b=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Faccount%3Ftab%3Da%26b%3D1"


def test_name_and_password_let_in(signed_in: Callable[[str], Browser]) -> None:
    answer = signed_in("vera").get("/account")
    assert answer.status_code == 200
    assert "vera" in answer.text
