"""Headers and bodies between a browser and a router that do not know of each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

_TO_ROUTER: Final = frozenset(
    {
        "accept",
        "accept-language",
        "authorization",
        "content-type",
        "content-length",
        "if-modified-since",
        "if-none-match",
        "range",
        "user-agent",
        "x-requested-with",
    }
)
"""Nothing else of a request is a router's business, our cookies least of all."""

_TO_BROWSER: Final = frozenset(
    {
        "accept-ranges",
        "content-disposition",
        "content-language",
        "content-length",
        "content-range",
        "content-type",
        "etag",
        "last-modified",
        "www-authenticate",
    }
)

_REWRITTEN: Final = ("text/html", "text/css")
_ATTRIBUTE: Final = re.compile(
    rb"""((?:href|src|action|formaction|background|data)\s*=\s*["']?|url\(\s*["']?)/(?!/)""",
    re.IGNORECASE,
)
_LONGEST_PIECE: Final = 65536


def request_headers(headers: Mapping[str, str], origin: str) -> dict[str, str]:
    """Return what a router is told: as if the browser had come to it directly."""
    told = {name: value for name, value in headers.items() if name.lower() in _TO_ROUTER}
    if told.get("authorization", "").lower().startswith("bearer"):
        del told["authorization"]  # a token of the console
    # Rewriting needs plain text.
    told["accept-encoding"] = "identity"
    told["referer"] = f"{origin}/"
    if "origin" in headers:
        told["origin"] = origin
    return told


def response_headers(headers: Iterable[tuple[str, str]], *, rewritten: bool) -> dict[str, str]:
    """Return what a browser is told of a router's answer."""
    told = {name.lower(): value for name, value in headers if name.lower() in _TO_BROWSER}
    if rewritten:
        for name in ("content-length", "etag", "accept-ranges", "content-range"):
            told.pop(name, None)
    return told


def policy(place: str) -> str:
    """Return the policy of a router's pages: their own origin, nothing but their own files.

    Args:
        place: The whole address that their paths begin with.
    """
    sources = f"{place} 'unsafe-inline' 'unsafe-eval' data: blob:"
    return (
        "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads; "
        f"default-src {sources}; form-action {place}; base-uri 'none'; object-src 'none'"
    )


def location(value: str, origin: str, prefix: str) -> str | None:
    """Return where a redirect leads by way of the console; None for a place outside the router."""
    parts = urlsplit(value)
    if parts.scheme or parts.netloc:
        if f"{parts.scheme or 'http'}://{parts.netloc}".rstrip("/") != origin:
            return None
        value = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
    if value.startswith("//") or "\\" in value:
        return None
    return prefix + value if value.startswith("/") else value


def is_rewritten(content_type: str) -> bool:
    """Whether a body holds addresses that would lead past the console."""
    return content_type.lower().startswith(_REWRITTEN)


async def rewritten(pieces: AsyncIterator[bytes], origin: str, prefix: str) -> AsyncIterator[bytes]:
    """Yield a body in which addresses of the router lead by way of the console."""
    put = prefix.encode()
    whole = origin.encode() + b"/"
    rest = b""
    async for piece in pieces:
        rest += piece
        # An attribute that is cut in two stays together with what comes.
        cut = max(rest.rfind(b">"), rest.rfind(b"\n"), rest.rfind(b";")) + 1
        if not cut and len(rest) > _LONGEST_PIECE:
            cut = len(rest)
        if cut:
            yield _translated(rest[:cut], whole, put)
            rest = rest[cut:]
    if rest:
        yield _translated(rest, whole, put)


def _translated(text: bytes, whole: bytes, put: bytes) -> bytes:
    return _ATTRIBUTE.sub(rb"\1" + put + b"/", text).replace(whole, put + b"/")
