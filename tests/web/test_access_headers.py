"""What every answer carries, and what is not answered at all."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request

from tests.web.conftest import PASSWORD, SteppedClock
from yamaha_ops.errors import ConnectTimeoutError, PlanError, UnknownStateError, YamahaOpsError
from yamaha_ops.web import mistakes
from yamaha_ops.web.console import Console
from yamaha_ops.web.envelope import LARGEST_BODY, POLICY
from yamaha_ops.web.errors import BusyError, NotFoundError
from yamaha_ops.web.request import address_of
from yamaha_ops.web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.conftest import Browser, Browsers

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def test_every_answer_carries_them(signed_in: Callable[[str], Browser], browser: Browsers) -> None:
    emma, stranger = signed_in("emma"), browser()
    answers = [
        emma.get("/account"),
        emma.get("/users"),
        emma.get("/api/v1/me"),
        emma.get("/healthz"),
        stranger.get("/account"),
        stranger.get("/nowhere"),
        stranger.get("/api/v1/me"),
        stranger.get("/static/nothing"),
        stranger.client.post("/login"),
        stranger.client.request("BREW", "/login"),
        stranger.get("/login", headers={"Host": "evil.example"}),
    ]
    assert [answer.status_code for answer in answers[4:]] == [303, 404, 401, 404, 403, 405, 421]
    for answer in answers:
        for name, value in HEADERS.items():
            if not (name == "cache-control" and "/static/" in str(answer.url)):
                assert answer.headers[name] == value, (answer.url, name)
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers


def test_the_policy_lets_nothing_in_from_elsewhere_and_no_inline_code(
    signed_in: Callable[[str], Browser],
) -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY
    emma = signed_in("emma")
    pages = ("/account", "/account/second-factor", "/users", "/users/1", "/tokens", "/audit")
    for path in pages:
        shown = emma.get(path).text
        assert " style=" not in shown
        assert "<style" not in shown
        assert " onclick=" not in shown
        assert 'src="http' not in shown
        assert 'href="http' not in shown.replace('href="http://127.0.0.1', "")


def test_an_error_of_our_own_making_tells_a_browser_nothing(
    signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    emma = signed_in("emma")

    def broken(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError("secret-of-the-trace")

    monkeypatch.setattr("yamaha_ops.web.pages.tokens.tokens_of", broken)
    monkeypatch.setattr("yamaha_ops.web.api.people.tokens_of", broken)
    emma.client._transport.raise_server_exceptions = False
    for path, kind in (("/tokens", "text/html"), ("/api/v1/tokens", "application/problem+json")):
        answer = emma.get(path)
        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-security-policy"] == POLICY
        assert "secret-of-the-trace" not in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("x"), 404),
        (BusyError("x"), 503),
        (ConnectTimeoutError("x"), 504),
        (PlanError("x"), 409),
        (UnknownStateError("x"), 409),
        (YamahaOpsError("x"), 500),
    ],
)
def test_each_family_of_errors_has_its_status(error: YamahaOpsError, status: int) -> None:
    assert mistakes.status_of(error) == status


def test_an_error_is_a_page_for_people_and_a_problem_for_scripts(
    signed_in: Callable[[str], Browser],
) -> None:
    emma = signed_in("emma")
    page = emma.get("/users/999999")
    assert page.status_code == 404
    assert "<h1>Not found</h1>" in page.text
    assert 'href="/account"' in page.text  # with the navigation of whoever is signed in
    problem = emma.client.delete("/api/v1/tokens/999999", headers={"X-CSRF": emma.token()})
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no token 999999",
        "exit": "failed",
    }
    bad = emma.get("/api/v1/audit?since=x").json()
    assert bad["exit"] == "usage"
    assert bad["errors"][0]["field"] == "query.since"


def test_whoever_is_slower_by_a_moment_is_told_so(
    signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    adam = signed_in("adam")

    def slower(*_arguments: object, **_more: object) -> None:
        raise IntegrityError("INSERT", {"secret": "of-the-row"}, ValueError("UNIQUE"))

    monkeypatch.setattr("yamaha_ops.web.pages.users.add_user", slower)
    answer = adam.post("/users", {"name": "nora"})
    assert answer.status_code == 409
    assert "somebody else was faster" in answer.text
    assert "of-the-row" not in answer.text


def test_what_was_sent_is_not_repeated(browser: Browsers) -> None:
    made = browser()
    answer = made.post("/login", {"name": "x", "password": "hunter2" * 500})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


def test_on_loopback_it_goes_by_no_other_name(browser: Browsers) -> None:
    made = browser()
    for host, status in (
        ("127.0.0.1:9833", 200),
        ("localhost", 200),
        ("[::1]:9833", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.0.2.1", 421),
        ("[", 421),
        ("", 421),
    ):
        assert made.get("/login", headers={"Host": host}).status_code == status, host


def test_too_much_is_refused_with_and_without_a_length(browser: Browsers) -> None:
    made = browser()
    assert made.client.post("/login", content=b"x" * (LARGEST_BODY + 1)).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // 65536 + 2):
            yield b"x" * 65536

    answer = made.client.post(
        "/login", content=pieces(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code in {400, 403, 413}


@pytest.fixture
def public(people: Console, clock: SteppedClock) -> Iterator[Console]:
    """Make a console that browsers reach by TLS through a proxy, over the same database."""
    update = {
        "public_url": "https://ops.example.jp",
        "proxies": (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")),
    }
    made = Console(people.settings.model_copy(update=update), clock=clock)
    yield made
    made.close()


def test_behind_tls_cookies_are_bound_to_host_and_tls(public: Console, browser: Browsers) -> None:
    made = browser(public)
    made.client.base_url = "https://ops.example.jp"
    answer = made.sign_in("vera")
    cookie = next(
        each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-login=")
    )
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert made.get("/account").status_code == 200
    assert made.get("/account", headers={"Host": "evil.example"}).status_code == 421


def test_without_tls_cookies_are_still_closed_to_scripts(
    people: Console, browser: Browsers
) -> None:
    del people
    made = browser()
    for cookie in made.sign_in("vera").headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


def test_the_address_of_a_visitor_is_what_a_known_proxy_says(
    public: Console, browser: Browsers
) -> None:
    made = browser(public)
    made.client.base_url = "https://ops.example.jp"
    made.client.post(
        "/login",
        data={"csrf": made.token(), "name": "vera", "password": PASSWORD},
        headers={"X-Forwarded-For": "198.51.100.66, 192.0.2.7, 10.1.1.1"},
    )
    assert "192.0.2.7" in made.get("/account").text


def _request(client: str, *forwarded: str) -> Request:
    return Request(
        {
            "type": "http",
            "client": (client, 1),
            "headers": [(b"x-forwarded-for", each.encode()) for each in forwarded],
        }
    )


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.66, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.66", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, 10.0.0.1"], "198.51.100.1"),
        ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["nonsense, 10.0.0.1"], "10.0.0.1"),
        ("127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", [""], "127.0.0.1"),
    ],
)
def test_only_proxies_are_believed(client: str, forwarded: list[str], address: str) -> None:
    proxies = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))
    assert address_of(_request(client, *forwarded), proxies) == address
    assert address_of(_request(client, *forwarded), ()) == client


def test_settings_know_whether_browsers_come_by_tls() -> None:
    base = {"inventory": "i"}
    assert not Settings.model_validate(base).secure
    assert Settings.model_validate(base | {"tls_certificate": "c", "tls_key": "k"}).secure
    assert Settings.model_validate(base | {"public_url": "https://x.example/"}).secure
    assert not Settings.model_validate(base | {"public_url": "http://x.example"}).secure
