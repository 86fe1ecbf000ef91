"""Signing in by name and password."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.web.conftest import PASSWORD
from yamaha_ops.errors import InputError
from yamaha_ops.web.access.passwords import Passwords, check_password
from yamaha_ops.web.errors import LimitError
from yamaha_ops.web.request import own_place
from yamaha_ops.web.settings import PasswordCost
from yamaha_ops.web.store.people import AuditEntry, User

if TYPE_CHECKING:
    from tests.web.conftest import Browsers, SteppedClock
    from yamaha_ops.web.console import Console


@pytest.mark.usefixtures("people")
def test_a_stranger_is_led_to_the_login_page_and_back(
    browser: Browsers,
) -> None:
    made = browser()
    answer = made.get("/account?tab=a&b=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Faccount%3Ftab%3Da%26b%3D1"
    answer = made.post(
        "/login", {"name": "vera", "password": PASSWORD, "next": "/account?tab=a&b=1"}
    )
    assert answer.headers["location"] == "/account?tab=a&b=1"


@pytest.mark.usefixtures("people")
def test_name_and_password_let_in_whatever_the_case_of_the_name(
    browser: Browsers,
) -> None:
    made = browser()
    assert made.sign_in(" Vera ").status_code == 303
    assert "vera" in made.get("/account").text


@pytest.mark.usefixtures("people")
def test_anything_else_does_not_and_says_the_same(browser: Browsers) -> None:
    made = browser()
    for name, password in (
        ("vera", "wrong"),
        ("nobody", PASSWORD),
        ("", ""),
        ("vera", "x" * 1000),
        ("ヴェラ", "ö"),
        ("v\x00", "\x00"),
    ):
        answer = made.sign_in(name, password)
        assert answer.status_code == 401, name
        assert "The name or the password is wrong." in answer.text
        assert made.get("/account").status_code == 303


@pytest.mark.usefixtures("people")
def test_a_name_that_does_not_exist_takes_as_much_work(
    people: Console, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bool] = []
    verify = people.passwords._hasher.verify

    def counted(hashed: str, password: str) -> bool:
        checked.append(hashed.startswith("$argon2id$"))
        return bool(verify(hashed, password))

    monkeypatch.setattr(type(people.passwords._hasher), "verify", lambda _s, h, p: counted(h, p))
    made = browser()
    for name in ("vera", "nobody"):
        checked.clear()
        made.sign_in(name, "wrong wrong wrong")
        assert checked == [True]


def test_a_barred_user_does_not_get_in(people: Console, browser: Browsers) -> None:
    with people.database.session() as session:
        session.scalars(select(User).where(User.name == "vera")).one().barred = True
    assert browser().sign_in("vera").status_code == 401


def test_a_hash_of_other_parameters_is_renewed_at_the_login(
    people: Console, browser: Browsers
) -> None:
    older = Passwords(PasswordCost(rounds=2, memory_kib=16, lanes=1))
    with people.database.session() as session:
        session.scalars(select(User).where(User.name == "vera")).one().password_hash = older.hash(
            PASSWORD
        )
    assert browser().sign_in("vera").status_code == 303
    with people.database.reading() as session:
        hashed = session.scalars(select(User.password_hash).where(User.name == "vera")).one()
    assert hashed is not None
    assert "m=8,t=1" in hashed


@pytest.mark.parametrize("name", ["vera", "nobody"])
@pytest.mark.usefixtures("people")
def test_wrong_passwords_lock_a_name_for_a_minute_then_longer(
    browser: Browsers, clock: SteppedClock, name: str
) -> None:
    made = browser()
    for _ in range(5):
        assert made.sign_in(name, "wrong").status_code == 401
    for seconds in (60, 120, 240):
        answer = made.sign_in(name)  # not even with the right one
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) == seconds
        assert "Too many attempts" in answer.text
        clock.step(seconds)
        if name == "nobody" or seconds < 240:
            assert made.sign_in(name, "wrong").status_code == 401
    if name == "vera":
        assert made.sign_in(name).status_code == 303
        # Whoever got in begins anew.
        assert browser().sign_in(name, "wrong").status_code == 401
        assert browser().sign_in(name).status_code == 303


@pytest.mark.usefixtures("people")
def test_a_lock_holds_though_the_clock_is_set(browser: Browsers, clock: SteppedClock) -> None:
    made = browser()
    for _ in range(5):
        made.sign_in("vera", "wrong")
    clock.wall += 86400
    assert made.sign_in("vera").status_code == 429
    clock.wall -= 10 * 86400
    assert made.sign_in("vera").status_code == 429
    clock.ticking += 60
    assert made.sign_in("vera").status_code == 303


def test_attempts_from_elsewhere_do_not_lock_the_owner_out_for_long(
    people: Console, clock: SteppedClock
) -> None:
    for number in range(24):
        people.lockouts.count("vera", f"192.0.2.{number % 250}")
    people.lockouts.refuse("vera", "127.0.0.1")
    for number in range(100):
        people.lockouts.count("vera", f"192.0.2.{number % 250}")
    with pytest.raises(LimitError, match="too many wrong attempts") as caught:
        people.lockouts.refuse("vera", "127.0.0.1")
    assert caught.value.seconds == 60
    clock.step(60)
    people.lockouts.refuse("vera", "127.0.0.1")


@pytest.mark.usefixtures("people")
def test_one_address_may_only_try_so_often(browser: Browsers, clock: SteppedClock) -> None:
    made = browser()
    answers = [made.sign_in(f"somebody{number}", "wrong").status_code for number in range(21)]
    assert answers == [401] * 20 + [429]
    clock.step(3)  # a twentieth of a minute is one more
    assert made.sign_in("vera").status_code == 303
    assert made.sign_in("vera").status_code == 429


def test_a_flood_of_logins_is_sent_away_before_it_takes_every_thread(people: Console) -> None:
    with ExitStack() as waiting:
        for _ in range(12):
            assert people.passwords._places.acquire(blocking=False)
            waiting.callback(people.passwords._places.release)
        with pytest.raises(LimitError, match="too many passwords"):
            people.passwords.matches(None, "x")
    assert not people.passwords.matches(None, "x")


ELSEWHERE = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    "/ok\\..",
)


@pytest.mark.usefixtures("people")
def test_nobody_is_led_to_another_site(browser: Browsers) -> None:
    made = browser()
    for place in ELSEWHERE:
        answer = made.post("/login", {"name": "vera", "password": PASSWORD, "next": place})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/", place
        assert own_place(place, "/else") == "/else", place


def test_places_of_our_own_are_kept() -> None:
    for place in ("/", "/routers/tokyo?tab=nat&x=//y", "/a/b#c"):
        assert own_place(place) == place


def test_logins_and_refusals_stand_in_the_audit_log(people: Console, browser: Browsers) -> None:
    made = browser()
    made.sign_in("vera", "hunter2 hunter2")
    made.sign_in("vera")
    made.post("/logout")
    with people.database.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.who, each.act, each.address) for each in entries] == [
        ("vera", "login.refused", "127.0.0.1"),
        ("vera", "login", "127.0.0.1"),
        ("vera", "logout", "127.0.0.1"),
    ]
    assert "hunter2" not in str([each.detail for each in entries])


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "12 to 256 characters"),
        ("x" * 300, "12 to 256 characters"),
        ("vera-vera", "12 to 256"),
        ("aaaaaaaaaaaaaaaa", "over and over"),
        ("administrator1", "the user's name"),
    ],
)
def test_what_is_no_password(password: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_password(password, "administrator", shortest=12)


def test_a_few_words_are_a_password() -> None:
    check_password("correct horse battery", "vera", shortest=12)
    check_password("赤い馬と電池とホチキスの針", "vera", shortest=12)
