"""Users looked after by administrators, and what roles and labels mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from yamaha_ops.errors import InputError
from yamaha_ops.inventory import Router
from yamaha_ops.web.access import accounts
from yamaha_ops.web.access.assignment import labels_as_text, labels_from
from yamaha_ops.web.access.roles import Role, covers
from yamaha_ops.web.access.users import user_name
from yamaha_ops.web.access.visitor import Visitor, chosen, roles_of
from yamaha_ops.web.errors import ConflictError, NotFoundError
from yamaha_ops.web.store.people import AuditEntry, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser, Browsers
    from yamaha_ops.web.console import Console


def _number(console: Console, name: str) -> int:
    with console.database.reading() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def _password(text: str) -> str:
    found = re.search(r'<pre id="password">([^<]+)<', text)
    assert found
    return found[1]


def _visitor(*roles: Role, labels: dict[str, tuple[str, ...]] | None = None) -> Visitor:
    return Visitor(1, "v", "V", frozenset(roles), labels, None, "127.0.0.1")


def test_roles_are_a_set_and_none_is_part_of_another() -> None:
    for role in Role:
        visitor = _visitor(role)
        assert {each for each in Role if visitor.may(each)} == {Role.VIEWER, role}
    assert roles_of(["operator", "emperor"]) == {Role.OPERATOR}


@pytest.mark.parametrize(
    ("labels", "sees"),
    [
        (None, True),
        ({"site": ("tokyo",)}, True),
        ({"site": ("osaka", "tokyo")}, True),
        ({"site": ("tokyo",), "rack": ("7",)}, True),
        ({"site": ("osaka",)}, False),
        ({"site": ("tokyo",), "rack": ("8",)}, False),
        ({"floor": ("1",)}, False),
        ({}, True),
    ],
)
def test_labels_choose_routers(labels: dict[str, tuple[str, ...]] | None, *, sees: bool) -> None:
    router = Router(name="r", host="192.0.2.1", labels={"site": "tokyo", "rack": "7"})
    assert covers(labels, router) is sees
    assert _visitor(labels=labels).sees(router) is sees


def test_a_router_of_others_and_one_that_is_not_there_get_the_same_answer(
    console: Console,
) -> None:
    visitor = _visitor(Role.OPERATOR, labels={"site": ("osaka",)})
    assert chosen(console, visitor, "osaka").name == "osaka"
    said = []
    for name in ("tokyo", "kyoto"):
        with pytest.raises(NotFoundError) as caught:
            chosen(console, visitor, name)
        said.append(str(caught.value).replace(name, "?"))
    assert said[0] == said[1]


def test_an_administrator_adds_a_user_whose_password_shows_once(
    signed_in: Callable[[str], Browser], browser: Browsers, people: Console
) -> None:
    adam = signed_in("adam")
    answer = adam.post(
        "/users",
        {
            "name": "Nora",
            "shown_name": "Nora <b>",
            "roles": ["operator", "approver"],
            "reach": "labels",
            "labels": "site=tokyo site=osaka, rack=7",
        },
    )
    assert answer.status_code == 200
    password = _password(answer.text)
    assert "Nora &lt;b&gt;" in answer.text
    with people.database.reading() as session:
        nora = session.scalars(select(User).where(User.name == "nora")).one()
        logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "user.added")).one()
    assert nora.roles == ["approver", "operator"]
    assert nora.labels == {"site": ["osaka", "tokyo"], "rack": ["7"]}
    assert nora.must_change
    assert logged.detail["user"] == "nora"
    assert password not in str(logged.detail)
    assert password not in adam.get(f"/users/{nora.id}").text
    made = browser()
    assert made.sign_in("nora", password).status_code == 303
    assert made.get("/").headers["location"] == "/account/password"


def test_what_is_no_user_is_refused(signed_in: Callable[[str], Browser]) -> None:
    adam = signed_in("adam")
    for fields, status in (
        ({"name": "vera"}, 409),
        ({"name": "VERA"}, 409),
        ({"name": "no blank"}, 400),
        ({"name": ""}, 400),
        ({"name": "-x"}, 400),
        ({"name": "nora", "reach": "labels", "labels": ""}, 400),
        ({"name": "nora", "reach": "labels", "labels": "site"}, 400),
        ({"name": "nora", "roles": "emperor"}, 422),
        ({"name": "nora", "labels": "a\x00b"}, 422),
    ):
        assert adam.post("/users", fields).status_code == status, fields


def test_rights_are_changed_and_hold_from_the_next_request_on(
    people: Console, signed_in: Callable[[str], Browser]
) -> None:
    adam, otto = signed_in("adam"), signed_in("otto")
    number = _number(people, "otto")
    assert otto.get("/users").status_code == 403
    assert adam.post(f"/users/{number}", {"roles": "admin", "reach": "all"}).status_code == 303
    assert otto.get("/users").status_code == 200
    assert adam.post(f"/users/{number}", {"reach": "labels", "labels": "site=x"}).status_code == 303
    assert otto.get("/users").status_code == 403
    assert otto.get("/api/v1/me").json()["labels"] == {"site": ["x"]}
    assert adam.post(f"/users/{number}", {"barred": "true"}).status_code == 303
    assert otto.get("/account").status_code == 303


def test_a_reset_gives_a_new_first_password_and_ends_every_login(
    people: Console, signed_in: Callable[[str], Browser], browser: Browsers
) -> None:
    adam, otto = signed_in("adam"), signed_in("otto")
    answer = adam.post(f"/users/{_number(people, 'otto')}/reset")
    password = _password(answer.text)
    assert otto.get("/account").status_code == 303
    assert browser().sign_in("otto").status_code == 401
    assert browser().sign_in("otto", password).status_code == 303


def test_somebody_who_is_removed_is_gone_and_what_they_did_stays(
    people: Console, signed_in: Callable[[str], Browser]
) -> None:
    adam, otto = signed_in("adam"), signed_in("otto")
    number = _number(people, "otto")
    assert adam.post(f"/users/{number}/remove").status_code == 303
    assert otto.get("/account").status_code == 303
    assert adam.get(f"/users/{number}").status_code == 404
    with people.database.reading() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.who == "otto")).all()


def test_somebody_is_left_to_look_after_users(
    people: Console, signed_in: Callable[[str], Browser]
) -> None:
    adam = signed_in("adam")
    emma, own = _number(people, "emma"), _number(people, "adam")
    assert adam.post(f"/users/{emma}/remove").status_code == 303
    for path, fields in (
        (f"/users/{own}/remove", {}),
        (f"/users/{own}", {"roles": "operator"}),
        (f"/users/{own}", {"roles": "admin", "barred": "true"}),
    ):
        assert adam.post(path, fields).status_code == 409
    assert adam.get("/users").status_code == 200
    with pytest.raises(ConflictError):
        accounts.remove_user(people, own)


def test_numbers_that_no_database_takes_are_refused_before(
    signed_in: Callable[[str], Browser],
) -> None:
    adam = signed_in("adam")
    for number in ("0", "-1", "9" * 30, "x"):
        assert adam.get(f"/users/{number}").status_code == 422
        assert adam.get(f"/audit?before={number}").status_code == 422
    assert adam.get("/users/2147483647").status_code == 404


def test_names_and_labels_as_people_write_them() -> None:
    assert user_name(" Taro.Yamada@Example.JP ") == "taro.yamada@example.jp"
    for name in ("", "a b", "ä", "x" * 65, "a/b"):
        with pytest.raises(InputError):
            user_name(name)
    labels = labels_from("rack=7 site=b site=a,site=b")
    assert labels == {"rack": ["7"], "site": ["a", "b"]}
    assert labels_as_text(labels) == "rack=7 site=a site=b"
    for text in ("", "site", "=x", "site="):
        with pytest.raises(InputError):
            labels_from(text)
