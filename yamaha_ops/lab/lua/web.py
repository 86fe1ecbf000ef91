"""``rt.httprequest``: what it sends and what comes back."""

from __future__ import annotations

import base64
import http.client
import urllib.parse
from dataclasses import dataclass
from typing import Any, Final

from yamaha_ops.lab.fidelity import assumed, recorded

FIDELITY: Final = (
    recorded(
        "`rt.httprequest`: GET, HEAD, POST, no redirects, control bytes raise",
        "routemon, rtx-dns-tcp-lua",
    ),
    assumed("`rt.httprequest` reaches loopback only; https is not answered", "the lab stays here"),
    assumed("The text of `err`", "not published"),
)

METHODS: Final = ("GET", "HEAD", "POST")
LOOPBACK: Final = ("127.0.0.1", "localhost")
TIMEOUT: Final = 30.0


class WebError(Exception):
    """Nothing was sent, or nothing came back; the text is the ``err`` of the answer."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    code: int
    header: str
    body: bytes


def request(asked: dict[str, Any]) -> Response:
    """Send what a script asks for, to loopback only.

    Raises:
        WebError: The request is not one the router sends, or it was not answered.
    """
    method, text = str(asked.get("method")), asked.get("post_text")
    parts = urllib.parse.urlsplit(str(asked.get("url")))
    host = parts.hostname
    if method not in METHODS or parts.scheme != "http" or host not in LOOPBACK:
        raise WebError("connection failed")
    if method == "POST" and not (asked.get("content_type") and text):
        raise WebError("post_text is required")
    body = str(text).partition("\0")[0].encode("latin-1") if text else None
    where = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    connection = http.client.HTTPConnection(
        host, parts.port or 80, timeout=float(asked.get("timeout") or TIMEOUT)
    )
    try:
        connection.request(method, where, body, _headers(asked))
        answer = connection.getresponse()
        header = "".join(f"{key}: {value}\r\n" for key, value in answer.getheaders())
        return Response(answer.status, header, answer.read())
    except OSError as error:
        raise WebError(str(error)) from None
    finally:
        connection.close()


def _headers(asked: dict[str, Any]) -> dict[str, str]:
    headers = {}
    if asked.get("content_type"):
        headers["Content-Type"] = str(asked["content_type"])
    if asked.get("auth_type") == "basic":
        pair = f"{asked.get('auth_name')}:{asked.get('auth_pass')}".encode("latin-1")
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
    elif asked.get("auth_type") == "bearer":
        headers["Authorization"] = f"Bearer {asked.get('auth_token')}"
    return headers
