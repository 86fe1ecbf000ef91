"""Routers' own web pages, reached through the console."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.web.loopback import Silent, listening
from yamaha_ops.web.access import logins
from yamaha_ops.web.console import Console
from yamaha_ops.web.gui import translation
from yamaha_ops.web.store.people import AuditEntry, User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.web.conftest import Browser, Browsers, SteppedClock

PAGE = b"""<html><head><link href="/style.css" rel=stylesheet></head>
<body background='/bg.png'><a href = "/detail?x=1">d</a><a href=relative.html>r</a>
<a href="//cdn.example/x">c</a><form action="/set"><img src=/logo.png></form>
<a href="http://ORIGIN/abs">a</a></body></html>"""


@dataclass
class Device:
    """A router's web server, and what it was asked."""

    port: int = 0
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    location: str = "/elsewhere?y=2"

    @property
    def origin(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def _serving(device: Device) -> Iterator[Device]:
    class Handler(Silent):
        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            device.seen.append((self.command, self.path, headers, self.body()))
            path = self.path.partition("?")[0]
            html = {"Content-Type": "text/html; charset=Shift_JIS"}
            if path == "/moved":
                self.send(302, html | {"Location": device.location}, b"")
            elif path == "/locked" and "authorization" not in headers:
                self.send(401, html | {"WWW-Authenticate": 'Basic realm="RTX"'}, b"")
            elif path == "/style.css":
                self.send(200, {"Content-Type": "text/css"}, b"body { background: url(/bg.png) }")
            elif path == "/big":
                self.send(200, {"Content-Type": "application/octet-stream"}, b"x" * 3_000_000)
            else:
                cookie = {"Set-Cookie": "sid=secret-of-the-router; Path=/", "X-Other": "1"}
                self.send(200, html | cookie, PAGE.replace(b"ORIGIN", device.origin.encode()))

    with listening(Handler) as port:
        device.port = port
        yield device


@pytest.fixture
def device() -> Iterator[Device]:
    with _serving(Device()) as made:
        yield made


@pytest.fixture
def there(people: Console, device: Device, clock: SteppedClock) -> Iterator[Console]:
    """Make a console that lets operators through to the device, over the same database."""
    update = {"gui_forwarder": True, "gui_port": device.port}
    made = Console(people.settings.model_copy(update=update), clock=clock)
    yield made
    made.close()


def _as_user(browser: Browsers, there: Console, name: str) -> Browser:
    made = browser(there)
    assert made.sign_in(name).status_code == 303
    return made


def _open(made: Browser, router: str = "tokyo") -> str:
    answer = made.post(f"/gui/{router}")
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    assert place.startswith(f"/gui/{router}/")
    return place


def test_it_is_off_by_default(signed_in: Callable[[str], Browser]) -> None:
    otto = signed_in("otto")
    assert otto.get("/gui/tokyo").status_code == 404
    assert otto.post("/gui/tokyo").status_code == 404
    assert otto.get("/gui/tokyo/key/").status_code == 404


def test_an_operator_sees_the_routers_page_with_addresses_that_lead_through_us(
    there: Console, browser: Browsers, device: Device
) -> None:
    otto = _as_user(browser, there, "otto")
    assert "127.0.0.1" in otto.get("/gui/tokyo").text
    place = _open(otto)
    answer = otto.get(f"{place}top.html?a=1&b=%2F")
    assert answer.status_code == 200
    put = place.rstrip("/")
    text = answer.text
    for shown in (
        f'href="{put}/style.css"',
        f"background='{put}/bg.png'",
        f'href = "{put}/detail?x=1"',
        "href=relative.html",
        'href="//cdn.example/x"',
        f'action="{put}/set"',
        f"src={put}/logo.png",
        f'href="{put}/abs"',
    ):
        assert shown in text, shown
    assert device.origin not in text
    assert otto.get(f"{place}style.css").text == f"body {{ background: url({put}/bg.png) }}"
    method, path, headers, _ = device.seen[0]
    assert (method, path) == ("GET", "/top.html?a=1&b=%2F")
    assert headers["host"] == device.origin
    assert headers["referer"] == f"http://{device.origin}/"


def test_nothing_of_ours_reaches_the_router_and_nothing_of_its_own_the_browser(
    there: Console, browser: Browsers, device: Device
) -> None:
    otto = _as_user(browser, there, "otto")
    place = _open(otto)
    first = otto.get(place, headers={"Authorization": "Bearer yo_secret", "X-Odd": "1"})
    otto.get(f"{place}again")
    key = otto.client.cookies["login"]
    for _, _, headers, _ in device.seen:
        assert key not in str(headers)
        assert "yo_secret" not in str(headers)
        assert "x-odd" not in headers
        assert "x-forwarded-for" not in headers
    # Its cookie goes back to it, but never gets as far as the browser.
    assert "cookie" not in device.seen[0][2]
    assert device.seen[1][2]["cookie"] == "sid=secret-of-the-router"
    assert "set-cookie" not in first.headers
    assert "sid" not in otto.client.cookies
    assert "server" not in first.headers
    assert "x-other" not in first.headers


def test_its_pages_run_in_a_sandbox_of_their_own(there: Console, browser: Browsers) -> None:
    otto = _as_user(browser, there, "otto")
    place = _open(otto)
    headers = otto.get(place).headers
    policy = headers["content-security-policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert "allow-top-navigation" not in policy
    assert f"default-src http://127.0.0.1:9833{place} " in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["access-control-allow-origin"] == "null"
    assert "access-control-allow-credentials" not in headers
    assert "x-frame-options" not in headers
    assert headers["cache-control"] == "no-store"
    asked = otto.client.request("OPTIONS", place)
    assert asked.status_code == 204


def test_a_form_goes_through_and_stands_in_the_audit_log(
    there: Console, browser: Browsers, device: Device
) -> None:
    otto = _as_user(browser, there, "otto")
    place = _open(otto)
    # From the sandbox: without a cookie, without our token, from nowhere.
    sandboxed = browser(there)
    answer = sandboxed.client.post(
        f"{place}set?x=secret", data={"password": "hunter2"}, headers={"Origin": "null"}
    )
    assert answer.status_code == 200
    method, path, headers, body = device.seen[0]
    assert (method, path, body) == ("POST", "/set?x=secret", b"password=hunter2")
    assert headers["origin"] == f"http://{device.origin}"
    with there.database.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.act.startswith("gui")).order_by(AuditEntry.id)
        ).all()
    assert [(each.who, each.act, each.router, each.detail) for each in entries] == [
        ("otto", "gui.opened", "tokyo", {}),
        ("otto", "gui.sent", "tokyo", {"method": "POST", "path": "/set"}),
    ]


def test_the_routers_own_login_is_asked_for_once_and_remembered_here(
    there: Console, browser: Browsers, device: Device
) -> None:
    otto = _as_user(browser, there, "otto")
    place = _open(otto)
    asked = otto.get(f"{place}locked")
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"] == 'Basic realm="RTX"'
    basic = {"Authorization": "Basic YWRtaW46cHc="}
    assert otto.get(f"{place}locked", headers=basic).status_code == 200
    assert otto.get(f"{place}locked").status_code == 200
    assert device.seen[-1][2]["authorization"] == basic["Authorization"]
    other = _open(otto)
    assert otto.get(f"{other}locked").status_code == 401  # each door by itself


REDIRECTS = {
    "/elsewhere?y=2": "/elsewhere?y=2",
    "http://ORIGIN/x": "/x",
    "http://ORIGIN": "/",
}
OUTSIDE = (
    "http://192.0.2.99/",
    "https://evil.example/",
    "//evil.example/",
    "http://ORIGIN@evil.example/",
    "http://ORIGIN.evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
)


def test_a_redirect_leads_through_us_or_nowhere(
    there: Console, browser: Browsers, device: Device
) -> None:
    otto = _as_user(browser, there, "otto")
    place = _open(otto)
    for location, leads in REDIRECTS.items():
        device.location = location.replace("ORIGIN", device.origin)
        answer = otto.get(f"{place}moved")
        assert answer.status_code == 302
        assert answer.headers["location"] == place.rstrip("/") + leads
    device.location = "other.html"
    assert otto.get(f"{place}moved").headers["location"] == "other.html"
    for location in OUTSIDE:
        device.location = location.replace("ORIGIN", device.origin)
        answer = otto.get(f"{place}moved")
        assert answer.status_code == 502, location
        assert "location" not in answer.headers
    assert {path for _, path, _, _ in device.seen} == {"/moved"}  # none was followed


def test_no_path_leads_to_another_host(there: Console, browser: Browsers, device: Device) -> None:
    otto = _as_user(browser, there, "otto")
    place = _open(otto)
    paths = (
        "//192.0.2.99/x",
        "@192.0.2.99/x",
        "http://192.0.2.99/x",
        "..%2f..%2fusers",
        "%2e%2e/x",
        "x?u=http://192.0.2.99/",
    )
    for path in paths:
        otto.client.request("GET", f"{place}{path}")
    assert len(device.seen) == len(paths)
    for _, path, headers, _ in device.seen:
        assert headers["host"] == device.origin
        assert path.startswith("/")


def test_an_address_that_only_looks_like_ours_leads_nowhere(
    there: Console, browser: Browsers, device: Device
) -> None:
    otto = _as_user(browser, there, "otto")
    key = _open(otto).split("/")[3]
    for way in (f"/gui%2Ftokyo/{key}/x", f"/gui/tokyo%2F{key}/x", f"/gui/t%6Fkyo/{key}/x"):
        assert otto.get(way).status_code == 404
    assert device.seen == []


def test_the_address_is_that_of_the_inventory_at_that_moment(
    there: Console, browser: Browsers, device: Device
) -> None:
    otto = _as_user(browser, there, "otto")
    place = _open(otto)
    assert otto.get("/gui/192.0.2.99").status_code == 404
    assert otto.post("/gui/evil.example").status_code == 404
    file = there.settings.inventory
    file.write_text("routers:\n  osaka:\n    host: 127.0.0.2\n", encoding="utf-8")
    assert otto.get(place).status_code == 404
    assert device.seen == []


def test_only_operators_open_it(there: Console, browser: Browsers) -> None:
    for name in ("vera", "anna", "adam"):
        made = _as_user(browser, there, name)
        assert made.get("/gui/tokyo").status_code == 403
        assert made.post("/gui/tokyo").status_code == 403


def test_only_operators_of_that_router_open_it(there: Console, browser: Browsers) -> None:
    olga = _as_user(browser, there, "olga")
    assert olga.get("/gui/tokyo").status_code == 404
    assert olga.post("/gui/tokyo").status_code == 404
    assert olga.get("/gui/osaka").status_code == 200


def test_a_door_closes_with_the_login_the_role_and_time(
    there: Console, browser: Browsers, clock: SteppedClock, device: Device
) -> None:
    def opened() -> tuple[Browser, str]:
        made = _as_user(browser, there, "otto")
        return made, _open(made)

    def closed(made: Browser, place: str) -> bool:
        answers = [made.client.request(method, place) for method in ("GET", "POST")]
        # Led away, to the page that asks whether to open one, or refused.
        return all(answer.status_code in {303, 403} for answer in answers)

    otto, place = opened()
    assert closed(otto, place.replace("tokyo", "osaka"))
    assert closed(otto, "/gui/tokyo/" + "x" * 43 + "/")
    otto.post("/logout")
    assert closed(otto, place)

    # Somebody else's login does not take the place of the one that has ended.
    _as_user(browser, there, "emma")
    assert closed(otto, place)

    otto, place = opened()
    clock.step(1801)
    assert closed(otto, place)

    otto, place = opened()
    with there.database.session() as session:
        session.scalars(select(User).where(User.name == "otto")).one().roles = []
    assert closed(otto, place)

    with there.database.session() as session:
        user = session.scalars(select(User).where(User.name == "otto")).one()
        user.roles = ["operator"]
    otto, place = opened()
    logins.end_all(there, user.id)
    assert closed(otto, place)
    assert device.seen == []


def test_a_router_that_does_not_answer_is_said(
    people: Console, browser: Browsers, clock: SteppedClock
) -> None:
    with _serving(Device()) as gone:
        port = gone.port
    update = {"gui_forwarder": True, "gui_port": port}
    there = Console(people.settings.model_copy(update=update), clock=clock)
    otto = _as_user(browser, there, "otto")
    answer = otto.get(_open(otto))
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text
    there.close()


def test_a_large_file_comes_through_whole(there: Console, browser: Browsers) -> None:
    otto = _as_user(browser, there, "otto")
    answer = otto.get(f"{_open(otto)}big")
    assert len(answer.content) == 3_000_000
    assert answer.headers["content-length"] == "3000000"


async def _pieces(text: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_addresses_are_found_however_the_page_is_cut(size: int) -> None:
    async def whole() -> bytes:
        parts = translation.rewritten(_pieces(PAGE, size), "http://ORIGIN", "/p")
        return b"".join([part async for part in parts])

    told = asyncio.run(whole())
    assert told.count(b"/p/") == 6
    assert b"ORIGIN" not in told


def test_it_does_not_lead_past_a_second_person(there: Console, browser: Browsers) -> None:
    otto = _as_user(browser, there, "otto")
    file = there.settings.inventory
    asking = file.read_text(encoding="utf-8").replace("tokyo:", "tokyo:\n    approval: true", 1)
    file.write_text(asking, encoding="utf-8")
    assert there.inventory().router("tokyo").approval
    answer = otto.post("/gui/tokyo")
    assert answer.status_code == 403
    assert "a second person has to approve" in answer.text
