"""A small OpenID Connect provider on loopback: discovery, keys, codes, PKCE, signed tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.web.loopback import Silent, listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENT = "console"
SECRET = "client-secret-of-the-console"


@dataclass
class Provider:
    """What the provider knows, and what a test has it do wrong."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: RSAKey | None = None
    """What it says its key is, where that is not what it signs with."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What it says of whoever comes."""
    change: Callable[[dict[str, Any]], object] = lambda _claims: None
    """Spoils the claims of a token."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """Overrides what it says of itself."""
    sign: str = "RS256"
    issuer: str = ""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each code was asked for with."""
    told: list[dict[str, str]] = field(default_factory=list)
    """What came to the token endpoint."""
    paths: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """Let somebody in, as if they had come to its page; return the answer's query."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, method: str, path: str, body: str, headers: Any) -> tuple[int, dict[str, Any]]:
        self.paths.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            } | self.metadata
        if path == "/keys":
            return 200, {"keys": [(self.published or self.key).as_dict(private=False)]}
        if path == "/token" and method == "POST":
            return self._token(body, headers.get("Authorization", ""))
        return 404, {}

    def _token(self, body: str, authorization: str) -> tuple[int, dict[str, Any]]:
        told = {name: values[0] for name, values in parse_qs(body).items()}
        self.told.append(told)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.asked.pop(told.get("code", ""), None)
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or authorization != f"Basic {basic}"
            or asked.get("code_challenge") != challenge
            or asked.get("code_challenge_method") != "S256"
            or told.get("redirect_uri") != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "user-1",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
        } | self.claims
        self.change(claims)
        return 200, {
            "access_token": "access",
            "token_type": "Bearer",
            "id_token": self._signed(claims),
        }

    def _signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.sign, "kid": self.key.kid}
        if self.sign == "none":
            parts = [json.dumps(each).encode() for each in ({"alg": "none"}, claims)]
            return (
                ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts)
                + "."
            )
        if self.sign == "HS256":  # the old trick: the public key as a shared secret
            return jwt.encode(header, claims, OctKey.import_key(self.key.as_pem(private=False)))
        return jwt.encode(header, claims, self.key)


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Serve it on a free port of loopback."""

    class Handler(Silent):
        def answer(self) -> None:
            path = urlsplit(self.path).path
            status, found = provider.answer(self.command, path, self.body().decode(), self.headers)
            self.send(status, {"Content-Type": "application/json"}, json.dumps(found).encode())

    with listening(Handler) as port:
        provider.issuer = f"http://127.0.0.1:{port}"
        yield provider
