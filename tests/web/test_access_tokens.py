"""Tokens of scripts, and the API of people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from yamaha_ops.web.access.sealing import fingerprint
from yamaha_ops.web.store.people import AuditEntry, Token, User

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.web.conftest import Browser, Browsers, SteppedClock
    from yamaha_ops.web.console import Console
    from yamaha_ops.web.settings import Settings

DAY = 86400


def _make(made: Browser, **fields: object) -> str:
    answer = made.post("/tokens", {"name": "backup", "days": "30", **fields})
    assert answer.status_code == 200, answer.text
    found = re.search(r'<pre id="key">(yo_[\w-]+)<', answer.text)
    assert found
    return found[1]


def _ask(made: Browser, key: str, path: str = "/api/v1/me") -> httpx.Response:
    return made.get(path, headers={"Authorization": f"Bearer {key}"})


def test_a_token_lets_a_script_in_as_its_owner(
    signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    key = _make(signed_in("olga"), roles=["operator"])
    assert _ask(browser(), key).json() == {
        "name": "olga",
        "shown_name": "olga",
        "roles": ["viewer", "operator"],
        "labels": {"site": ["osaka"]},
        "by_token": True,
    }


def test_it_shows_once_and_only_its_hash_is_kept(
    people: Console,
    signed_in: Callable[[str], Browser],
    settings: Settings,
) -> None:
    vera = signed_in("vera")
    key = _make(vera)
    assert key not in vera.get("/tokens").text
    assert key[:9] in vera.get("/tokens").text
    with people.database.reading() as session:
        logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "token.made")).one()
    assert key not in str(logged.detail)
    people.close()
    state = settings.inventory.parent / ".yamaha-ops"
    kept = b"".join(each.read_bytes() for each in state.glob("web.db*"))
    assert fingerprint(key).encode() in kept
    assert key.encode() not in kept


def test_a_token_may_never_more_than_its_owner(
    people: Console, signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    otto = signed_in("otto")
    assert otto.post("/tokens", {"name": "x", "roles": "admin"}).status_code == 403
    key = _make(otto, roles=["operator"])
    with people.database.session() as session:
        session.scalars(select(User).where(User.name == "otto")).one().roles = ["approver"]
    assert _ask(browser(), key).json()["roles"] == ["viewer"]
    looking = _make(signed_in("emma"))
    assert _ask(browser(), looking).json()["roles"] == ["viewer"]
    assert _ask(browser(), looking, "/api/v1/users").status_code == 403


def test_a_token_ends_on_its_day_and_stays_ended(
    signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    key = _make(signed_in("vera"), days="7")
    script = browser()
    clock.step(7 * DAY - 1)
    assert _ask(script, key).status_code == 200
    clock.step(1)
    assert _ask(script, key).status_code == 401
    clock.wall -= 30 * DAY  # a clock that is set back does not bring it to life again
    assert _ask(script, key).status_code == 401


def test_a_withdrawn_token_or_one_of_a_barred_user_opens_nothing(
    people: Console, signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    vera, otto = signed_in("vera"), signed_in("otto")
    key, other = _make(vera), _make(otto)
    with people.database.reading() as session:
        number = session.scalars(select(Token.id).order_by(Token.id)).first()
    assert otto.post(f"/tokens/{number}/withdraw").status_code == 404
    assert _ask(browser(), key).status_code == 200
    assert vera.post(f"/tokens/{number}/withdraw").status_code == 303
    assert _ask(browser(), key).status_code == 401
    with people.database.session() as session:
        session.scalars(select(User).where(User.name == "otto")).one().barred = True
    assert _ask(browser(), other).status_code == 401


def test_a_token_is_no_way_to_another_one_or_into_the_account(
    signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    key = _make(signed_in("emma"), roles=["admin", "operator"])
    script = browser()
    headers = {"Authorization": f"Bearer {key}"}

    def post(path: str, fields: dict[str, str]) -> int:
        return int(script.client.post(path, data=fields, headers=headers).status_code)

    assert post("/tokens", {"name": "another"}) == 403
    assert post("/account/password", {}) == 403
    assert post("/account/second-factor", {}) == 403
    assert post("/users", {"name": "nora"}) == 403
    assert post("/users/1/reset", {}) == 403
    made = script.client.post("/api/v1/tokens", json={"name": "another"}, headers=headers)
    assert made.status_code == 403
    assert _ask(script, key, "/api/v1/users").status_code == 200


def test_the_api_makes_and_withdraws_tokens_for_a_browser(
    signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    vera = signed_in("vera")
    order = {"name": "x", "days": None}
    assert vera.client.post("/api/v1/tokens", json=order).status_code == 403  # no X-CSRF
    headers = {"X-CSRF": vera.token()}
    made = vera.client.post("/api/v1/tokens", json=order, headers=headers)
    assert made.status_code == 201
    assert _ask(browser(), made.json()["token"]).status_code == 200
    (kept,) = vera.get("/api/v1/tokens").json()
    assert kept["expires"] is None
    assert set(kept) == {"id", "name", "start", "roles", "created", "expires", "last_used"}
    gone = vera.client.delete(f"/api/v1/tokens/{kept['id']}", headers=headers)
    assert gone.status_code == 204
    assert vera.get("/api/v1/tokens").json() == []


def test_scripts_may_only_ask_so_often(
    people: Console, signed_in: Callable[[str], Browser], browser: Browsers, clock: SteppedClock
) -> None:
    key = _make(signed_in("vera"))
    script = browser()
    assert _ask(script, key).status_code == 200
    with people.database.reading() as session:
        vera = session.scalars(select(User.id).where(User.name == "vera")).one()
    for _ in range(597):  # as if they had come by HTTP
        people.limits.take("api", str(vera), a_minute=600)
    statuses = [_ask(script, key).status_code for _ in range(3)]
    assert statuses == [200] * 2 + [429]
    answer = _ask(script, key)
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 429
    clock.step(1)
    assert _ask(script, key).status_code == 200


def test_wrong_tokens_may_only_be_tried_so_often(browser: Browsers) -> None:
    script = browser()
    statuses = [_ask(script, f"yo_{number}").status_code for number in range(25)]
    assert statuses == [401] * 20 + [429] * 5


def test_odd_tokens_open_nothing(signed_in: Callable[[str], Browser]) -> None:
    # A browser that is signed in, but says that it is a script, is taken at its word.
    emma = signed_in("emma")
    for header in ("Bearer", "Bearer ", "bearer yo_x", "Bearer ü"):
        answer = emma.get("/api/v1/me", headers={"Authorization": header.encode("latin-1")})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


def test_users_and_the_log_are_for_administrators(signed_in: Callable[[str], Browser]) -> None:
    adam = signed_in("adam")
    users = adam.get("/api/v1/users").json()
    assert [each["name"] for each in users] == ["adam", "anna", "emma", "olga", "otto", "vera"]
    assert "hash" not in str(users)
    log = adam.get("/api/v1/audit?act=login").json()
    assert [each["act"] for each in log["entries"]] == ["login"]
    assert log["before"] is None
    otto = signed_in("otto")
    assert otto.get("/api/v1/users").status_code == 403
    assert otto.get("/api/v1/audit").json()["exit"] == "failed"
