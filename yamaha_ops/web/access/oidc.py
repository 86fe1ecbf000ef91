"""OpenID Connect: the authorization code flow with PKCE, by Authlib's checks.

Discovery and keys come from the issuer in the settings and nowhere else. State, nonce and the
PKCE verifier travel in a sealed cookie of the browser that began, so that an answer meant for
another browser (or planted by somebody) opens nothing.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]  # as below
from authlib.integrations.base_client import (  # type: ignore[import-untyped]  # without types
    OpenIDMixin,
)
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]  # as above
    prepare_grant_uri,
)
from authlib.oauth2.rfc7636 import (  # type: ignore[import-untyped]  # as above
    create_s256_code_challenge,
)
from joserfc.errors import JoseError

from yamaha_ops.errors import SecretError
from yamaha_ops.web.access.claims import Granted, granted
from yamaha_ops.web.errors import SignInError, WebError
from yamaha_ops.web.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yamaha_ops.web.access.sealing import Seal
    from yamaha_ops.web.settings import Oidc

AWAY_SECONDS: Final = 600.0
"""How long somebody may take at the provider."""

_TIMEOUT_SECONDS: Final = 10.0
_FRESH_SECONDS: Final = 3600.0
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures that only the provider can make; none by a shared secret, and never ``none``."""

_PURPOSE: Final = "oidc"


class ProviderError(WebError, ConnectionError):
    """The provider cannot be reached, or says what no provider says."""

    status = 502


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider vouches for.

    Attributes:
        subject: Issuer and subject: who it is, whatever they are called.
        name: What they are called.
        shown_name: Their name for people.
        granted: What they may do here.
    """

    subject: str
    name: str
    shown_name: str
    granted: Granted


class Provider:
    """One provider, by its issuer.

    Args:
        settings: Where it is, and what its claims give.
        ticks: Seconds by a clock that only goes forward, for how old its description is.
    """

    def __init__(self, settings: Oidc, ticks: Callable[[], float]) -> None:
        self._settings = settings
        self._ticks = ticks
        self._lock = threading.Lock()
        self._described: _Described | None = None
        self._since = 0.0

    def leave(self, seal: Seal, back: str, place: str) -> tuple[str, str]:
        """Return the provider's page for somebody, and what the browser has to keep meanwhile.

        Args:
            seal: The console's.
            back: The address that the provider is to lead back to.
            place: Where they want to go in the end.

        Raises:
            ProviderError: The provider cannot be reached.
        """
        kept = {
            "state": _random(),
            "nonce": _random(),
            "verifier": _random() + _random(),
            "back": back,
            "place": place,
        }
        address = prepare_grant_uri(
            self._description().endpoint("authorization_endpoint"),
            client_id=self._settings.client_id,
            response_type="code",
            redirect_uri=back,
            scope=" ".join(self._settings.scopes),
            state=kept["state"],
            nonce=kept["nonce"],
            code_challenge=create_s256_code_challenge(kept["verifier"]),
            code_challenge_method="S256",
        )
        return str(address), seal.close(_PURPOSE, kept)

    def arrive(self, seal: Seal, kept: str, answer: Mapping[str, str]) -> tuple[Person, str]:
        """Return who came back, and where they want to go.

        Args:
            seal: The console's.
            kept: What the browser kept.
            answer: The query that the provider led back with.

        Raises:
            SignInError: It is no answer to what this browser asked, the provider refused, or none
                of the grants holds.
            ProviderError: The provider cannot be reached, or its token does not hold.
        """
        try:
            told = seal.open(_PURPOSE, kept, seconds=AWAY_SECONDS)
        except SecretError:
            raise SignInError("the login took too long, or began in another browser") from None
        if not hmac.compare_digest(answer.get("state", "").encode(), told["state"].encode()):
            raise SignInError("the answer belongs to another login")
        described = self._description()
        if answer.get("iss", described.issuer) != described.issuer:
            raise SignInError("the answer is another provider's")  # RFC 9207
        if "error" in answer or not answer.get("code"):
            raise SignInError("the provider refused the login")
        token = self._token(described, answer["code"], told)
        claims = described.claims(token, told["nonce"])
        found = granted(claims, self._settings.grants)
        if found is None:
            raise SignInError("the provider knows this person, but no grant of this console holds")
        name = str(claims.get(self._settings.user_claim) or claims["sub"])
        subject = f"{described.issuer} {claims['sub']}"
        return Person(subject, name, str(claims.get("name") or name), found), str(told["place"])

    def _description(self) -> _Described:
        with self._lock:
            if self._described is None or self._ticks() - self._since > _FRESH_SECONDS:
                self._described = _Described(self._settings)
                self._since = self._ticks()
            return self._described

    def _token(self, described: _Described, code: str, told: Mapping[str, str]) -> dict[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": told["back"],
            "code_verifier": told["verifier"],
            "client_id": self._settings.client_id,
        }
        secret = self._settings.client_secret
        auth = (
            httpx.BasicAuth(self._settings.client_id, secret.resolve()) if secret else httpx.Auth()
        )
        found = _fetch("POST", described.endpoint("token_endpoint"), data=fields, auth=auth)
        if "id_token" not in found:
            raise ProviderError("the provider gave no ID token")
        return found


class _Described(OpenIDMixin):  # type: ignore[misc]  # published without types
    """What a provider says of itself, and Authlib's checks of its tokens against that."""

    def __init__(self, settings: Oidc) -> None:
        self.client_id = settings.client_id
        self.issuer = settings.issuer
        told = _fetch("GET", f"{settings.issuer}/.well-known/openid-configuration")
        # A provider that speaks for another one would let that one's users in.
        if str(told.get("issuer", "")).rstrip("/") != settings.issuer:
            raise ProviderError("the provider calls itself something else than the settings do")
        self.issuer = told["issuer"]
        named = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        self.server_metadata = {
            **told,
            "jwks": None,
            "id_token_signing_alg_values_supported": [
                name for name in _ALGORITHMS if name in named
            ],
        }

    def endpoint(self, name: str) -> str:
        """Return the address of an endpoint.

        Raises:
            ProviderError: There is none, or it is not reached by TLS.
        """
        address = str(self.server_metadata.get(name, ""))
        parts = urlsplit(address)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ProviderError(f"the provider's {name} is not an https address")
        return address

    def claims(self, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """Return what the ID token says, once signature, issuer, audience, time and nonce hold.

        Raises:
            ProviderError: One of them does not.
        """
        wanted = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            return dict(self.parse_id_token(token, nonce=nonce, claims_options=wanted))
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError(
                f"the provider's ID token does not hold: {type(error).__name__}"
            ) from error

    def load_server_metadata(self) -> dict[str, Any]:
        """Return the description, for Authlib."""
        return self.server_metadata

    def _get_session(self) -> _Session:
        self.endpoint("jwks_uri")
        return _Session()


class _Session:
    """As much of a session as Authlib needs to fetch the provider's keys."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def request(self, method: str, address: str, *, withhold_token: bool) -> httpx.Response:
        """Fetch something that needs no token."""
        del withhold_token
        return _ask(method, address)


def _random() -> str:
    return secrets.token_urlsafe(32)


def _fetch(method: str, address: str, **more: Any) -> dict[str, Any]:
    try:
        found = _ask(method, address, **more).json()
    except ValueError as error:
        raise ProviderError("the provider's answer is not JSON") from error
    if not isinstance(found, dict):
        raise ProviderError("the provider's answer is not a JSON object")
    return found


def _ask(method: str, address: str, **more: Any) -> httpx.Response:
    try:
        # No redirect is followed, and no proxy or netrc of the environment sees a secret.
        with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            answer = client.request(method, address, **more)
    except httpx.HTTPError as error:
        raise ProviderError(f"the provider cannot be reached: {type(error).__name__}") from error
    if not answer.is_success:
        raise ProviderError(f"the provider answered {answer.status_code}")
    return answer
