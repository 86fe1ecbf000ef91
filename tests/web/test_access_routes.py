"""Every route: who gets in, and that no other page can make a browser act."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from yamaha_ops.web.access.csrf import BY_KEY
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.app import ROUTERS, create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.dependencies.models import Dependant

    from tests.web.conftest import Browser, Browsers
    from yamaha_ops.web.console import Console

SAFE = {"GET", "HEAD", "OPTIONS"}

FOR_ANYBODY = {
    "GET /login",
    "POST /login",
    "GET /login/code",  # only for whoever is halfway in: leads to the login page otherwise
    "POST /login/code",
    "POST /logout",
    "GET /oidc/login",
    "GET /oidc/callback",
    "POST /preferences",
    "GET /healthz",
}
"""What needs no login; everything else does."""

FOR_EVERY_VISITOR = re.compile(
    r"/account.*|/tokens.*|/api/v1/tokens.*|/preferences|/log(in|out).*"  # one's own affairs
    r"|(/api/v1)?/routers/{name}/(read|lan-map)"  # a router is looked at again, not changed
    r"|(/api/v1)?/changes/{number}/approv(e|als)"  # approvers; the change itself says who
)
"""Acts that no role is asked for; every other one has to name its role."""

FOR_ADMINISTRATORS = re.compile(r"/users.*|/audit.*|/api/v1/(users|audit)")

ROUTES = sorted(
    (method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
    if route.path != BY_KEY
)
ACTS = [(method, path) for method, path in ROUTES if method not in SAFE]


def _filled(path: str) -> str:
    """Put something into the places of a path that is there, or at least could be."""
    path = re.sub(r"{(name|router)}", "tokyo", path)
    return re.sub(r"{[^}]+}", "1", path)


def test_there_is_no_route_that_these_tests_do_not_know(console: Console) -> None:
    app = create_app(console)
    others = {str(route.path) for route in app.routes if isinstance(route, Route | Mount)}
    assert others == {"/api/openapi.json", "/static"}  # the same for everybody
    described = app.openapi()["paths"]
    assert {path for _, path in ROUTES} >= set(described)
    assert len(ROUTES) > len(described) > 4


def test_a_stranger_gets_nowhere(browser: Browsers) -> None:
    stranger = browser()
    token = stranger.token()
    let_in = {}
    for method, path in ROUTES:
        place = _filled(path)
        headers = {} if method in SAFE else {"X-CSRF": token}
        answer = stranger.client.request(method, place, headers=headers)
        led_away = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        told = "127.0.0.2" in answer.text  # a router of the inventory
        # A form that is not filled in may be refused before anybody asks who sent it.
        if told or not (led_away or answer.status_code in {401, 422}):
            let_in[f"{method} {path}"] = answer.status_code
    assert set(let_in) <= FOR_ANYBODY, let_in
    assert all(status < 500 for status in let_in.values()), let_in


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_nothing_acts_without_the_token_of_the_page(
    signed_in: Callable[[str], Browser], token: str | None
) -> None:
    emma = signed_in("emma")
    headers = {} if token is None else {"X-CSRF": token}
    answers = {
        f"{method} {path}": emma.client.request(method, _filled(path), headers=headers).status_code
        for method, path in ACTS
    }
    assert answers == dict.fromkeys(answers, 403)


def test_a_token_of_a_script_needs_none_and_a_wrong_one_opens_nothing(
    signed_in: Callable[[str], Browser],
) -> None:
    emma = signed_in("emma")
    answers = {
        f"{method} {path}": emma.client.request(
            method, _filled(path), headers={"Authorization": "Bearer yo_no"}
        ).status_code
        for method, path in ACTS
        if f"{method} {path}" not in FOR_ANYBODY
    }
    # A form may be refused before anybody asks who sent it; that so many are wrong, too.
    assert set(answers.values()) <= {303, 401, 422, 429}, answers


def test_the_token_of_another_browser_is_no_good(signed_in: Callable[[str], Browser]) -> None:
    emma, vera = signed_in("emma"), signed_in("vera")
    answer = emma.client.post("/account/logins/end-others", data={"csrf": vera.token()})
    assert answer.status_code == 403


@pytest.mark.usefixtures("people")
def test_the_token_before_the_login_is_no_good_after_it(browser: Browsers) -> None:
    made = browser()
    before = made.token()
    made.sign_in("emma")
    assert made.token() != before
    assert made.client.post("/logout", data={"csrf": before}).status_code == 403


def test_a_form_that_another_site_sends_is_refused(signed_in: Callable[[str], Browser]) -> None:
    emma = signed_in("emma")
    answer = emma.client.post(
        "/logout", data={"csrf": emma.token()}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def _asked(dependant: Dependant) -> set[Role]:
    """Return the roles that a route asks for, by what it depends on."""
    found = set()
    for each in dependant.dependencies:
        if getattr(each.call, "__qualname__", "").startswith("need."):
            found |= {cell.cell_contents for cell in getattr(each.call, "__closure__", ())}
        found |= _asked(each)
    return found


def test_every_act_asks_for_a_role() -> None:
    forgotten = [
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.path != BY_KEY
        for method in route.methods or ()
        if method not in SAFE
        and not FOR_EVERY_VISITOR.fullmatch(route.path)
        and not _asked(route.dependant)
    ]
    assert forgotten == []


MATRIX = {
    "vera": set(),
    "otto": {Role.OPERATOR},
    "anna": {Role.APPROVER},
    "adam": {Role.ADMIN},
}


@pytest.mark.parametrize("name", MATRIX)
def test_each_role_gets_as_far_as_it_is_meant_to(
    signed_in: Callable[[str], Browser], name: str
) -> None:
    made = signed_in(name)
    token = made.token()
    wrong = {}
    for router in ROUTERS:
        for route in router.routes:
            asked = _asked(route.dependant) if isinstance(route, APIRoute) else set()
            if not asked or asked <= MATRIX[name]:
                continue
            assert isinstance(route, APIRoute)
            for method in route.methods or ():
                headers = {} if method in SAFE else {"X-CSRF": token}
                place = _filled(route.path)
                answer = made.client.request(method, place, headers=headers)
                if answer.status_code != 403:
                    wrong[f"{method} {route.path}"] = answer.status_code
    assert wrong == {}


def test_administrators_do_look_after_people(signed_in: Callable[[str], Browser]) -> None:
    adam = signed_in("adam")
    token = adam.token()
    answers = {
        f"{method} {path}": adam.client.request(
            method, _filled(path), headers={} if method in SAFE else {"X-CSRF": token}
        ).status_code
        for method, path in ROUTES
        if FOR_ADMINISTRATORS.fullmatch(path)
    }
    assert len(answers) >= 9
    assert 403 not in answers.values()
    assert answers["GET /users"] == answers["GET /audit"] == 200
