"""What a request says of where it comes from and where it wants to go."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import HTTPConnection


def address_of(request: HTTPConnection, proxies: Sequence[IPv4Network | IPv6Network]) -> str:
    """Return the address of whoever asks.

    ``X-Forwarded-For`` is read from its end for as long as the addresses are those of configured
    proxies: what stands before the first other one may be anybody's invention.
    """
    address = request.client.host if request.client else ""
    said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while said and _among(address, proxies):
        before = said.pop().strip()
        if not _is_address(before):
            break
        address = before
    return address[:64]


def own_place(text: str | None, otherwise: str = "/") -> str:
    r"""Return a path of this console that a request asks to be led to, or another one.

    Browsers read ``//host``, ``/\host`` and paths with control characters as other places.
    """
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return otherwise
    if not text.isprintable() or "\\" in text:
        return otherwise
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else otherwise


def wants_page(path: str) -> bool:
    """Whether a path is for people: they are led to the login page, scripts get an error."""
    return not path.startswith(("/api/", "/live", "/fragments/", "/static/"))


def _among(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
