"""``rt.httprequest``: what it sends and what comes back."""

from __future__ import annotations

import base64
import http.client
import ssl
import urllib.parse
from dataclasses import dataclass
from typing import Any, Final

from yamaha_ops.lab.fidelity import assumed, recorded

FIDELITY: Final = (
    recorded(
        "`rt.httprequest`: GET, HEAD, POST, no redirects, control bytes raise, a POST needs "
        "`content_type` and a body",
        "routemon, rtx-dns-tcp-lua",
    ),
    recorded("`body` ends at the first NUL, `save_file` has every byte", "routemon"),
    recorded(
        "URLs of 255 characters, 2048 after Rev.15.02.28; POST 640 KB, answers 1 MB, 1..180 s",
        "routemon and others, quoted limits",
    ),
    recorded("https from Lua 1.08; certificates are always verified", "routemon"),
    assumed(
        "The certificates of this machine decide, not a router's", "the router's are not known"
    ),
    assumed("`rt.httprequest` reaches loopback only", "the lab stays here"),
    assumed("The text of `err`", "not published"),
    assumed("30 seconds where no `timeout` is given, on the machine's clock", "not published"),
)

METHODS: Final = ("GET", "HEAD", "POST")
LOOPBACK: Final = ("127.0.0.1", "localhost")
TIMEOUT: Final = 30
TIMEOUTS: Final = range(1, 181)
LONGEST_POST: Final = 640 * 1024
LONGEST_ANSWER: Final = 1024 * 1024


class WebError(Exception):
    """Nothing was sent, or nothing came back; the text is the ``err`` of the answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What differs between revisions.

    Attributes:
        url: Characters of a URL.
        https: Whether ``https://`` is known.
    """

    url: int
    https: bool


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    code: int
    header: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as a script gets it: up to the first NUL."""
        return self.body.partition(b"\0")[0].decode("latin-1")


def request(asked: dict[str, Any], posted: bytes | None, limits: Limits) -> Response:
    """Send what a script asks for, to loopback only.

    Args:
        asked: The table that the script gave.
        posted: The body, from ``post_text`` or ``post_file``.
        limits: What the router's revision allows.

    Raises:
        WebError: The request is not one the router sends, or it was not answered.
    """
    url, method = str(asked.get("url")), str(asked.get("method"))
    parts = urllib.parse.urlsplit(url)
    timeout = int(asked.get("timeout") or TIMEOUT)
    content_type = asked.get("content_type")
    body = posted.partition(b"\0")[0] if posted else None
    schemes = {"http", "https"} if limits.https else {"http"}
    for wrong, problem in (
        (len(url) > limits.url, "url is too long"),
        (parts.scheme not in schemes, "url is invalid"),
        (method not in METHODS, "method is invalid"),
        (timeout not in TIMEOUTS, "timeout is invalid"),
        (method == "POST" and not content_type, "content_type is required"),
        (content_type and not body, "post_text or post_file is required"),
        (body and len(body) > LONGEST_POST, "post_text is too long"),
        (parts.hostname not in LOOPBACK, "connection failed"),
    ):
        if wrong:
            raise WebError(problem)
    connection = _connection(parts, timeout)
    where = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    try:
        connection.request(method, where, body, _headers(asked))
        answer = connection.getresponse()
        header = "".join(f"{key}: {value}\r\n" for key, value in answer.getheaders())
        received = answer.read(LONGEST_ANSWER + 1)
    except ssl.SSLCertVerificationError:
        raise WebError("certificate verify failed") from None
    except (OSError, http.client.HTTPException) as error:
        raise WebError(str(error)) from None
    finally:
        connection.close()
    if len(received) > LONGEST_ANSWER:
        raise WebError("response is too long")
    return Response(answer.status, header, received)


def _connection(
    parts: urllib.parse.SplitResult, timeout: int
) -> http.client.HTTPConnection | http.client.HTTPSConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(
            host, parts.port or 443, timeout=timeout, context=context
        )
    return http.client.HTTPConnection(host, parts.port or 80, timeout=timeout)


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
