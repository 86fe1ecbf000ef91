"""Signing in through an OpenID Connect provider that really runs and really signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select

from tests.web.conftest import HOST, PASSWORD
from tests.web.provider import CLIENT, SECRET, Provider, serving
from yamaha_ops.web.access.claims import granted
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.console import Console
from yamaha_ops.web.settings import Grant, Settings
from yamaha_ops.web.store.people import AuditEntry, User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    from tests.web.conftest import Browser, Browsers, SteppedClock

GRANTS = [
    {"claim": "groups", "value": "net-ops", "roles": ["operator", "approver"]},
    {
        "claim": "realm_access.roles",
        "value": "osaka",
        "roles": ["operator"],
        "labels": {"site": ["osaka"]},
    },
    {"claim": "groups", "value": "watchers", "roles": ["viewer"]},
]
HIKARI: dict[str, Any] = {
    "groups": ["net-ops", "watchers"],
    "preferred_username": "Hikari",
    "name": "東 ひかり",
}


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture
def provider(key: RSAKey) -> Iterator[Provider]:
    with serving(Provider(key=key, claims=dict(HIKARI))) as made:
        yield made


@pytest.fixture
def there(
    console: Console,
    provider: Provider,
    tmp_path: Path,
    clock: SteppedClock,
) -> Iterator[Console]:
    """Make a console that knows the provider, over the same database."""
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    oidc = {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret": "file:secret",
        "name": "Keycloak",
        "grants": GRANTS,
    }
    known = console.settings.model_dump(exclude={"oidc"})
    settings = Settings.model_validate(known | {"oidc": oidc}, context={"base": tmp_path})
    made = Console(settings, clock=clock)
    yield made
    made.close()


def _begin(made: Browser, place: str = "/account") -> str:
    answer = made.get("/oidc/login", params={"next": place})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _come_back(made: Browser, provider: Provider, **changed: str) -> httpx.Response:
    answer = provider.authorize(_begin(made))
    return made.get("/oidc/callback", params=answer | changed)


def _in(made: Browser) -> bool:
    return made.get("/account").status_code == 200


def test_somebody_whom_the_provider_knows_gets_in(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    made = browser(there)
    assert "Sign in with Keycloak" in made.get("/login").text
    address = _begin(made, "/tokens")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid profile email"
    assert asked["redirect_uri"] == f"{HOST}/oidc/callback"
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    answer = made.get("/oidc/callback", params=provider.authorize(address))
    assert answer.headers["location"] == "/tokens"
    assert _in(made)
    assert made.get("/api/v1/me").json() == {
        "name": "hikari",
        "shown_name": "東 ひかり",
        "roles": ["viewer", "operator", "approver"],
        "labels": None,
        "by_token": False,
    }
    with there.database.reading() as session:
        user = session.scalars(select(User)).one()
    assert user.subject == f"{provider.issuer} user-1"
    assert user.password_hash is None
    # Password and second factor are the provider's affair.
    assert made.get("/account/password").status_code == 404
    assert browser(there).sign_in("hikari", "").status_code == 401


def test_rights_are_set_anew_at_each_login(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    assert _come_back(browser(there), provider).status_code == 303
    provider.claims = {"realm_access": {"roles": ["osaka"]}, "name": "H"}
    made = browser(there)
    assert _come_back(made, provider).status_code == 303
    told = made.get("/api/v1/me").json()
    assert told["roles"] == ["viewer", "operator"]
    assert told["labels"] == {"site": ["osaka"]}
    provider.claims = {"groups": ["others"]}
    stranger = browser(there)
    answer = _come_back(stranger, provider)
    assert answer.status_code == 401
    assert "no grant of this console holds" in answer.text
    assert not _in(stranger)


def test_the_first_grant_that_holds_decides_alone() -> None:
    grants = [Grant.model_validate(each) for each in GRANTS]
    both = {"groups": ["watchers"], "realm_access": {"roles": ["osaka"]}}
    found = granted(both, grants)
    assert found is not None
    assert found.roles == (Role.OPERATOR,)
    assert found.labels == {"site": ["osaka"]}
    for claims in ({}, {"groups": "net"}, {"groups": [1, None]}, {"realm_access": "osaka"}):
        assert granted(claims, grants) is None
    flag = Grant(claim="https://x.example/admin", value="true", roles=(Role.ADMIN,))
    assert granted({"https://x.example/admin": True}, [flag]) is not None


def test_a_name_that_is_taken_leads_to_nobody_elses_account(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    add_user(there, "hikari", PASSWORD, roles=[Role.ADMIN], must_change=False)
    made = browser(there)
    _come_back(made, provider)
    told = made.get("/api/v1/me").json()
    assert told["name"] == "hikari-2"
    assert "admin" not in told["roles"]
    provider.claims["sub"] = "user-2"
    other = browser(there)
    _come_back(other, provider)
    assert other.get("/api/v1/me").json()["name"] == "hikari-3"


def test_somebody_who_is_barred_here_stays_out(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    _come_back(browser(there), provider)
    with there.database.session() as session:
        session.scalars(select(User)).one().barred = True
    made = browser(there)
    assert _come_back(made, provider).status_code == 401
    assert not _in(made)


def _set(**changed: Any) -> Callable[[dict[str, Any]], object]:
    return lambda claims: claims.update(changed)


SPOILED: dict[str, Callable[[dict[str, Any]], object]] = {
    "iss": _set(iss="http://127.0.0.1:1"),
    "aud": _set(aud="another-client"),
    "no aud": _set(aud=[]),
    "exp": _set(exp=1_000_000_000),
    "nonce": _set(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "no exp": lambda claims: claims.pop("exp"),
    "no sub": lambda claims: claims.pop("sub"),
    "azp": _set(aud=[CLIENT, "other"], azp="other"),
}


def test_a_token_that_does_not_hold_lets_nobody_in(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    made = browser(there)
    for what, change in SPOILED.items():
        provider.change = change
        assert _come_back(made, provider).status_code == 502, what
        assert not _in(made), what
    with there.database.reading() as session:
        assert session.scalars(select(User)).all() == []
        assert set(session.scalars(select(AuditEntry.act))) == {"login.refused"}


def test_a_token_that_anybody_could_have_signed_lets_nobody_in(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    made = browser(there)
    for sign in ("none", "HS256"):
        provider.sign = sign
        assert _come_back(made, provider).status_code == 502
        assert not _in(made)


def test_a_token_signed_by_another_key_lets_nobody_in_but_a_new_key_of_the_provider_does(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    assert _come_back(browser(there), provider).status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    assert _come_back(browser(there), provider).status_code == 303  # the keys are fetched anew
    provider.published = provider.key
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    made = browser(there)
    assert _come_back(made, provider).status_code == 502
    assert not _in(made)


def test_an_answer_of_another_login_is_refused(
    there: Console, provider: Provider, browser: Browsers, clock: SteppedClock
) -> None:
    made = browser(there)
    assert _come_back(made, provider, state="another").status_code == 401
    assert _come_back(made, provider, error="access_denied").status_code == 401
    assert _come_back(made, provider, iss="http://127.0.0.1:1").status_code == 401
    # Planted: the answer of somebody else's login in a browser that began none, or another.
    planted = provider.authorize(_begin(browser(there)))
    assert browser(there).get("/oidc/callback", params=planted).status_code == 401
    other = browser(there)
    _begin(other)
    assert other.get("/oidc/callback", params=planted).status_code == 401
    # Used twice: the cookie is gone with the first.
    answer = provider.authorize(_begin(made))
    assert made.get("/oidc/callback", params=answer).status_code == 303
    assert made.get("/oidc/callback", params=answer).status_code == 401
    late = browser(there)
    answer = provider.authorize(_begin(late))
    clock.step(601)
    assert late.get("/oidc/callback", params=answer).status_code == 401


def test_a_provider_that_calls_itself_something_else_is_not_believed(
    there: Console, provider: Provider, browser: Browsers
) -> None:
    provider.metadata = {"issuer": "https://accounts.example"}
    assert browser(there).get("/oidc/login").status_code == 502


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_provider_without_tls_elsewhere_is_not_used(
    there: Console, provider: Provider, browser: Browsers, name: str
) -> None:
    provider.metadata = {name: "http://accounts.example/x"}
    made = browser(there)
    begun = made.get("/oidc/login")
    if begun.status_code == 303:
        answer = provider.authorize(begun.headers["location"])
        assert made.get("/oidc/callback", params=answer).status_code == 502
    else:
        assert begun.status_code == 502
    assert not _in(made)


def test_a_provider_that_is_away_is_said_and_found_again(
    console: Console, there: Console, provider: Provider, browser: Browsers
) -> None:
    made = browser(there)
    provider.metadata = {"issuer": ""}
    assert made.get("/oidc/login").status_code == 502
    provider.metadata = {}
    assert made.get("/oidc/login").status_code == 303
    asked = len(provider.paths)
    assert made.get("/oidc/login").status_code == 303
    assert len(provider.paths) == asked  # its description is kept
    assert browser(console).get("/oidc/login").status_code == 404  # none is configured


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example/"])
def test_the_provider_leads_nobody_to_another_site(
    there: Console, provider: Provider, browser: Browsers, place: str
) -> None:
    made = browser(there)
    answer = provider.authorize(_begin(made, place))
    assert made.get("/oidc/callback", params=answer).headers["location"] == "/"


def test_no_secret_of_the_dialogue_reaches_the_browser_or_the_log(
    there: Console, provider: Provider, browser: Browsers, caplog: pytest.LogCaptureFixture
) -> None:
    made = browser(there)
    with caplog.at_level("DEBUG"):
        address = _begin(made)
        verifier_cookie = made.client.cookies["provider"]
        made.get("/oidc/callback", params=provider.authorize(address))
    verifier = provider.told[0]["code_verifier"]
    assert verifier not in address
    assert verifier not in verifier_cookie
    for secret in (SECRET, verifier):
        assert secret not in caplog.text
