"""The second factor and the first password."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import select

from tests.web.conftest import PASSWORD
from yamaha_ops.errors import SecretError
from yamaha_ops.web.access.second_factor import matching_step
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.console import Console
from yamaha_ops.web.store.people import AuditEntry, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser, Browsers, SteppedClock
    from yamaha_ops.web.settings import Settings

NEW_PASSWORD = "quite another phrase"


def _offer(made: Browser) -> tuple[str, str]:
    """Read the secret and the sealed offer from the page."""
    shown = made.get("/account/second-factor").text
    secret = re.search(r'class="secret">([A-Z2-7]+)<', shown)
    sealed = re.search(r'name="offer" value="([^"]+)"', shown)
    assert secret
    assert sealed
    assert "<svg" in shown
    return secret[1], unescape(sealed[1])


def _set_up(made: Browser, clock: SteppedClock) -> tuple[pyotp.TOTP, list[str]]:
    secret, offer = _offer(made)
    totp = pyotp.TOTP(secret)
    answer = made.post(
        "/account/second-factor",
        {"offer": offer, "code": totp.at(int(clock.wall)), "password": PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    codes = re.search(r'<pre id="codes"[^>]*>([^<]+)<', answer.text)
    assert codes
    return totp, codes[1].split()


def _sign_in(made: Browser, code: str) -> int:
    answer = made.sign_in("vera")
    assert answer.headers["location"] == "/login/code"
    assert made.get("/account").status_code == 303  # halfway in is not in
    answer = made.post("/login/code", {"code": code})
    if answer.status_code == 303:
        assert made.get("/account").status_code == 200
    return answer.status_code


def test_a_code_of_the_telephone_completes_the_login(
    signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    totp, _ = _set_up(signed_in("vera"), clock)
    clock.step(30)
    made = browser()
    before = made.sign_in("vera")
    halfway = made.client.cookies["login"]
    assert before.headers["location"] == "/login/code"
    assert "Second factor" in made.get("/login/code").text
    assert made.post("/login/code", {"code": totp.at(int(clock.wall))}).status_code == 303
    assert made.client.cookies["login"] != halfway
    assert made.get("/account").status_code == 200


def test_where_somebody_wanted_to_go_survives_the_code(
    signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    totp, _ = _set_up(signed_in("vera"), clock)
    clock.step(30)
    made = browser()
    made.post("/login", {"name": "vera", "password": PASSWORD, "next": "/tokens"})
    answer = made.post("/login/code", {"code": totp.at(int(clock.wall))})
    assert answer.headers["location"] == "/tokens"


def test_a_code_is_good_once_and_for_a_minute_and_a_half(
    signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    totp, _ = _set_up(signed_in("vera"), clock)
    assert _sign_in(browser(), totp.at(int(clock.wall))) == 401  # used when it was set up
    clock.step(60)
    code = totp.at(int(clock.wall) - 30)  # a telephone that is late
    assert _sign_in(browser(), code) == 303
    assert _sign_in(browser(), code) == 401
    clock.step(60)
    assert _sign_in(browser(), totp.at(int(clock.wall) - 60)) == 401
    assert _sign_in(browser(), totp.at(int(clock.wall) + 30)) == 303


def test_wrong_codes_lock_as_wrong_passwords_do(
    signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    totp, _ = _set_up(signed_in("vera"), clock)
    clock.step(30)
    made = browser()
    made.sign_in("vera")
    for _ in range(5):
        assert made.post("/login/code", {"code": "000000"}).status_code == 401
    answer = made.post("/login/code", {"code": totp.at(int(clock.wall))})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert browser().sign_in("vera").status_code == 429


def test_halfway_in_lasts_ten_minutes(
    signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    totp, _ = _set_up(signed_in("vera"), clock)
    made = browser()
    made.sign_in("vera")
    clock.step(601)
    answer = made.post("/login/code", {"code": totp.at(int(clock.wall))})
    assert answer.headers["location"] == "/login"


def test_each_recovery_code_lets_in_once(
    signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    _, codes = _set_up(signed_in("vera"), clock)
    assert len(set(codes)) == 10
    assert _sign_in(browser(), codes[0]) == 303
    assert _sign_in(browser(), codes[0]) == 401
    made = browser()
    assert _sign_in(made, codes[1].upper().replace("-", " ")) == 303
    assert "8 recovery codes left" in made.get("/account").text


def test_nothing_is_set_up_by_a_wrong_form(
    people: Console, signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    secret, offer = _offer(vera)
    fields = {"offer": offer, "code": pyotp.TOTP(secret).at(int(clock.wall)), "password": PASSWORD}
    for wrong in ({"code": "000000"}, {"password": "wrong"}, {"offer": "x"}, {"offer": "é"}):
        assert vera.post("/account/second-factor", fields | wrong).status_code == 400, wrong
    with people.database.reading() as session:
        user = session.scalars(select(User).where(User.name == "vera")).one()
    assert user.totp_sealed is None


def test_an_offer_is_for_whom_it_was_made_and_for_a_quarter_of_an_hour(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera, otto = signed_in("vera"), signed_in("otto")
    secret, offer = _offer(vera)
    totp = pyotp.TOTP(secret)

    def fields() -> dict[str, str]:
        return {"offer": offer, "code": totp.at(int(clock.wall)), "password": PASSWORD}

    assert otto.post("/account/second-factor", fields()).status_code == 400
    clock.step(901)
    assert vera.post("/account/second-factor", fields()).status_code == 400


def test_other_browsers_are_signed_out_when_it_is_set_up(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    here, there = signed_in("vera"), signed_in("vera")
    _set_up(here, clock)
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_the_secret_rests_sealed_and_no_page_shows_it_again(
    people: Console, signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    totp, codes = _set_up(vera, clock)
    with people.database.reading() as session:
        user = session.scalars(select(User).where(User.name == "vera")).one()
        entries = session.scalars(select(AuditEntry)).all()
    kept = f"{user.totp_sealed} {user.recovery_hashes} {[each.detail for each in entries]}"
    shown = " ".join(vera.get(path).text for path in ("/account", "/account/second-factor"))
    for secret in (totp.secret, *codes, codes[0].replace("-", "")):
        assert secret not in kept
        assert secret not in shown


def test_a_lost_key_file_is_said_and_lets_nobody_in(
    settings: Settings,
    signed_in: Callable[[str], Browser],
    browser: Browsers,
    clock: SteppedClock,
) -> None:
    totp, codes = _set_up(signed_in("vera"), clock)
    (settings.inventory.parent / ".yamaha-ops/web.key").unlink()
    clock.step(30)
    again = Console(settings, clock=clock)
    made = browser(again)
    made.sign_in("vera")
    assert made.post("/login/code", {"code": totp.at(int(clock.wall))}).status_code == 400
    assert made.get("/account").status_code == 303
    assert made.post("/login/code", {"code": codes[0]}).status_code == 303
    again.close()


def test_it_can_be_removed_with_the_password_unless_it_is_required(
    signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    vera = signed_in("vera")
    _set_up(vera, clock)
    assert vera.post("/account/second-factor/remove", {"password": "no"}).status_code == 400
    assert vera.post("/account/second-factor/remove", {"password": PASSWORD}).status_code == 303
    assert vera.sign_in("vera").headers["location"] == "/"


@pytest.fixture
def strict(settings: Settings, clock: SteppedClock, people: Console) -> Console:
    """Make a console that requires a second factor, over the same database."""
    del people
    access = settings.access.model_copy(update={"second_factor": "required"})
    return Console(settings.model_copy(update={"access": access}), clock=clock)


def test_where_it_is_required_nothing_goes_before_it(
    strict: Console, browser: Browsers, clock: SteppedClock
) -> None:
    made = browser(strict)
    made.sign_in("vera")
    for path in ("/account", "/tokens", "/"):
        assert made.get(path).headers["location"] == "/account/second-factor"
    assert made.get("/api/v1/me").status_code == 401
    assert "requires a second factor" in made.get("/account/second-factor").text
    _set_up(made, clock)
    assert made.get("/account").status_code == 200
    assert made.post("/account/second-factor/remove", {"password": PASSWORD}).status_code == 403
    strict.close()


def test_the_first_password_has_to_be_changed_before_anything_else(
    console: Console, browser: Browsers
) -> None:
    add_user(console, "nora", PASSWORD, roles=())
    made = browser()
    assert made.sign_in("nora").status_code == 303
    assert made.get("/account").headers["location"] == "/account/password"
    assert made.get("/api/v1/me").status_code == 401
    assert "Choose your own" in made.get("/account/password").text

    def change(old: str, new: str, again: str) -> int:
        fields = {"old": old, "new": new, "again": again}
        return made.post("/account/password", fields).status_code

    assert change("wrong", NEW_PASSWORD, NEW_PASSWORD) == 400
    assert change(PASSWORD, PASSWORD, PASSWORD) == 400
    assert change(PASSWORD, "short", "short") == 400
    assert change(PASSWORD, NEW_PASSWORD, NEW_PASSWORD + "!") == 400
    assert made.get("/account").status_code == 303
    assert change(PASSWORD, NEW_PASSWORD, NEW_PASSWORD) == 303
    assert made.get("/account").status_code == 200
    assert browser().sign_in("nora").status_code == 401
    assert browser().sign_in("nora", NEW_PASSWORD).status_code == 303


def test_a_changed_password_signs_every_other_browser_out(
    signed_in: Callable[[str], Browser],
) -> None:
    here, there = signed_in("vera"), signed_in("vera")
    key = here.client.cookies["login"]
    fields = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert here.post("/account/password", fields).status_code == 303
    assert here.client.cookies["login"] != key
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_a_left_browser_cannot_be_used_to_guess_the_password(
    signed_in: Callable[[str], Browser],
) -> None:
    vera = signed_in("vera")
    fields = {"old": "wrong", "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    for _ in range(5):
        vera.post("/account/password", fields)
    answer = vera.post("/account/password", fields | {"old": PASSWORD})
    assert answer.status_code == 400
    assert "Too many attempts" in answer.text


def test_codes_are_those_of_rfc_6238() -> None:
    # Appendix B, SHA-1, the last six digits; its secret is this in Base32.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for now, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert matching_step(secret, code, now, after=0) == now // 30
        assert matching_step(secret, code, now, after=now // 30) is None


def test_what_is_sealed_opens_for_nothing_else(console: Console) -> None:
    sealed = console.seal.close("one", {"a": 1})
    assert console.seal.open("one", sealed) == {"a": 1}
    for purpose, token in (("other", sealed), ("one", sealed[:-4] + "AAA="), ("one", "")):
        with pytest.raises(SecretError):
            console.seal.open(purpose, token)
