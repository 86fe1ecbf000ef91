"""The cookies of the console: two keys and two preferences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie: scripts cannot read it, other sites cannot send it along with a POST."""

    name: str
    path: str = "/"

    def read(self, request: HTTPConnection, *, secure: bool) -> str | None:
        """Return its value, if the browser sent one."""
        return request.cookies.get(self._name(secure))

    def write(
        self, response: Response, value: str, *, secure: bool, seconds: int | None = None
    ) -> None:
        """Give it to the browser; for the length of its own session where no time is said."""
        response.set_cookie(
            self._name(secure),
            value,
            max_age=seconds,
            path=self.path,
            secure=secure,
            httponly=True,
            samesite="lax",
        )

    def remove(self, response: Response, *, secure: bool) -> None:
        """Take it away from the browser."""
        response.delete_cookie(
            self._name(secure), path=self.path, secure=secure, httponly=True, samesite="lax"
        )

    def _name(self, secure: bool) -> str:  # noqa: FBT001 -- read, write and remove name it
        # The prefix makes browsers refuse such a cookie from any other host or without TLS.
        if not secure:
            return self.name
        return f"__Host-{self.name}" if self.path == "/" else f"__Secure-{self.name}"


LOGIN = Cookie("login")
"""Who is signed in."""
VISIT = Cookie("visit")
"""A browser that nobody is signed in with: what the login form's CSRF token is bound to."""
NEXT = Cookie("next")
"""Where somebody wants to go, who is halfway signed in."""
LANGUAGE = Cookie("language")
THEME = Cookie("theme")
PROVIDER = Cookie("provider", "/oidc")
"""What has to be remembered while somebody is at the OpenID Connect provider."""

YEAR_SECONDS = 365 * 86400
