"""How long a login lasts, whatever the clock does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from yamaha_ops.web.access.sealing import fingerprint
from yamaha_ops.web.console import Console
from yamaha_ops.web.store.people import Login

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser, Browsers, SteppedClock
    from yamaha_ops.web.settings import Settings

IDLE = 3600
ABSOLUTE = 12 * 3600


def _in(made: Browser) -> bool:
    return made.get("/account").status_code == 200


def _use_for(made: Browser, clock: SteppedClock, seconds: int, *, wall: bool = True) -> None:
    for _ in range(seconds // 1800):
        clock.ticking += 1800
        if wall:
            clock.wall += 1800
        assert _in(made)


def test_a_login_ends_when_it_is_not_used(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    clock.step(IDLE - 1)
    assert _in(vera)
    clock.step(IDLE - 1)
    assert _in(vera)
    clock.step(IDLE + 1)
    assert not _in(vera)
    clock.step(-IDLE)
    assert not _in(vera)


def test_a_login_ends_in_the_end_though_it_is_used(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    _use_for(vera, clock, ABSOLUTE)
    clock.step(1)
    assert not _in(vera)


def test_a_clock_that_jumps_back_prolongs_no_login(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    _use_for(vera, clock, ABSOLUTE // 2)
    clock.wall -= 30 * 86400
    _use_for(vera, clock, ABSOLUTE // 2)
    clock.step(1)
    assert not _in(vera)


def test_a_clock_that_is_set_back_again_and_again_prolongs_no_login(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    _use_for(vera, clock, ABSOLUTE, wall=False)
    clock.ticking += 1
    assert not _in(vera)


def test_a_clock_that_jumps_forward_ends_logins_early(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    clock.wall += 86400
    assert not _in(vera)


def _restarted(settings: Settings, clock: SteppedClock) -> Console:
    """Start the server again: its ticks begin anew, and mean nothing beside the old ones."""
    clock.ticking = 5.0
    return Console(settings, clock=clock)


@pytest.mark.parametrize(
    ("passed", "lives"), [(60, True), (IDLE + 1, False), (-1, False), (-30 * 86400, False)]
)
def test_a_login_outlives_the_server_but_not_a_clock_that_was_set_back_meanwhile(
    settings: Settings,
    signed_in: Callable[[str], Browser],
    browser: Browsers,
    clock: SteppedClock,
    passed: float,
    *,
    lives: bool,
) -> None:
    vera = signed_in("vera")
    clock.step(600)
    assert _in(vera)
    clock.wall += passed
    again = _restarted(settings, clock)
    later = browser(again)
    later.client.cookies.update(vera.client.cookies)
    assert _in(later) is lives
    again.close()


def test_absolute_life_adds_up_over_restarts(
    settings: Settings,
    signed_in: Callable[[str], Browser],
    browser: Browsers,
    clock: SteppedClock,
) -> None:
    vera = signed_in("vera")
    _use_for(vera, clock, ABSOLUTE - 1800)
    clock.wall += 1801
    again = _restarted(settings, clock)
    later = browser(again)
    later.client.cookies.update(vera.client.cookies)
    assert not _in(later)
    again.close()


@pytest.mark.usefixtures("people")
def test_a_planted_key_is_worth_nothing_after_the_login(
    browser: Browsers,
) -> None:
    made, thief = browser(), browser()
    for each in (made, thief):
        each.client.cookies.set("login", "planted", domain="127.0.0.1", path="/")
        each.client.cookies.set("visit", "planted", domain="127.0.0.1", path="/")
    assert made.sign_in("vera").status_code == 303
    assert made.client.cookies["login"] != "planted"
    assert not _in(thief)


def test_signing_in_again_ends_the_login_before(
    people: Console, signed_in: Callable[[str], Browser]
) -> None:
    vera = signed_in("vera")
    old = vera.client.cookies["login"]
    assert vera.sign_in("otto").status_code == 303
    with people.database.reading() as session:
        hashes = session.scalars(select(Login.key_hash)).all()
    assert hashes == [fingerprint(vera.client.cookies["login"])]
    assert fingerprint(old) not in hashes


def test_signing_out_ends_the_login_not_just_the_cookie(
    signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    vera = signed_in("vera")
    copy = browser()
    copy.client.cookies.update(vera.client.cookies)
    assert _in(copy)
    assert vera.post("/logout").headers["location"] == "/login"
    assert not _in(vera)
    assert not _in(copy)


def test_ones_own_logins_are_listed_and_ended(
    people: Console, signed_in: Callable[[str], Browser]
) -> None:
    here, there, otto = signed_in("vera"), signed_in("vera"), signed_in("otto")
    shown = here.get("/account").text
    assert shown.count("/account/logins/") == 2  # one other, and all others
    with people.database.reading() as session:
        numbers = session.scalars(select(Login.id).order_by(Login.id)).all()
    assert otto.post(f"/account/logins/{numbers[1]}/end").status_code == 404
    assert here.post(f"/account/logins/{numbers[1]}/end").status_code == 303
    assert _in(here)
    assert not _in(there)
    there.sign_in("vera")
    assert here.post("/account/logins/end-others").status_code == 303
    assert _in(here)
    assert not _in(there)
    assert _in(otto)


def test_what_has_ended_is_swept_away(
    people: Console, signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    signed_in("vera")
    clock.step(1800)
    signed_in("otto")
    clock.step(1801)
    signed_in("otto")
    with people.database.reading() as session:
        assert len(session.scalars(select(Login)).all()) == 2  # Otto's two; Vera's has ended


def test_the_database_holds_no_key_of_a_login(
    people: Console, signed_in: Callable[[str], Browser], settings: Settings
) -> None:
    key = signed_in("vera").client.cookies["login"]
    people.close()
    state = settings.inventory.parent / ".yamaha-ops"
    kept = b"".join(each.read_bytes() for each in state.glob("web.db*"))
    assert fingerprint(key).encode() in kept
    assert key.encode() not in kept
