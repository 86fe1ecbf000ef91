"""What every answer is wrapped in: headers that tell browsers what a page of ours may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from yamaha_ops.web.settings import is_loopback

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from yamaha_ops.web.settings import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing but files of our own, no inline script or style, in nobody's frame."""

LARGEST_BODY: Final = 8 * 1024 * 1024

_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_STRICT_TRANSPORT: Final = "max-age=31536000"


class Envelope:
    """Adds the headers that an answer does not set itself, and keeps out what is no request.

    An answer that sets one of them empty goes without it.

    Args:
        app: What answers.
        settings: Whether TLS is in use, and by what names the console is reached.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._headers = dict(_HEADERS)
        if settings.secure:
            self._headers["Strict-Transport-Security"] = _STRICT_TRANSPORT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-cache")  # kept, and asked after
                for name, value in self._headers.items():
                    if headers.setdefault(name, value) == "":
                        del headers[name]
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._refusal(headers)
        if refusal is not None:
            await refusal(scope, receive, wrapped)
            return
        await self._app(scope, _limited(receive), wrapped)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        if not self._is_ours(headers.get("host", "")):
            return PlainTextResponse(
                "This console does not go by that name; say public_url in its settings.\n", 421
            )
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return PlainTextResponse("That is too much at once.\n", 413)
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether a request names this console: another site's name may lead here too.

        (DNS rebinding: a page of that site could then read what it gets.)
        """
        if self._settings.public_url:
            if host == urlsplit(self._settings.public_url).netloc:
                return True
        elif not self._settings.loopback:
            return True
        try:
            return is_loopback(urlsplit(f"//{host}").hostname or "")
        except ValueError:
            return False


def _limited(receive: Receive) -> Receive:
    """Count what comes in pieces without a length, and break off where it is too much."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            return {"type": "http.disconnect"}
        return message

    return counted
