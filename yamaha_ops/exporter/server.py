"""The exporter on a socket: HTTP/1.1, a thread for each connection, TLS if wanted."""

from __future__ import annotations

import logging
import socket
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import InputError
from yamaha_ops.exporter.webconfig import WebConfig

if TYPE_CHECKING:
    from yamaha_ops.exporter.application import Application

DEFAULT_ADDRESS = "127.0.0.1:9876"
"""Loopback: metrics tell much about a network."""

IDLE_SECONDS = 75.0
"""How long a connection may be silent."""

_log = logging.getLogger(__name__)


def listen_address(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT``, ``[IPV6]:PORT`` or ``:PORT`` (every address).

    Raises:
        InputError: It is none of them.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 -- ports end there
        raise InputError(f"{text!r} is not HOST:PORT, such as {DEFAULT_ADDRESS}")
    return host.removeprefix("[").removesuffix("]"), int(port)


class Handler(BaseHTTPRequestHandler):
    """One connection; requests may follow one another on it."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: Server

    def setup(self) -> None:
        """Shake hands here, in the connection's own thread: a silent client holds nobody up."""
        self.request.settimeout(self.timeout)
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.rfile.read(min(length, 65536))
        config = self.server.web_config
        if not config.admits(self.headers.get("Authorization")):
            self._send(401, "text/plain", b"unauthorized\n", {"WWW-Authenticate": "Basic"})
            return
        response = self.server.application.respond(self.command, self.path, self.headers)
        self._send(response.status, response.type, response.body)

    do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815 -- names the base class looks for

    def _send(
        self, status: int, kind: str, body: bytes, extra: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in {**self.server.web_config.headers, **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base's signature
        """Log requests only for those who want to see them."""
        _log.debug("%s " + format, self.address_string(), *args)


class Server(ThreadingHTTPServer):
    """An exporter that listens. Use it in a ``with`` block, or `stop` it.

    Args:
        application: What to answer.
        address: Host and port; port 0 takes a free one.
        web_config: TLS, users, headers.

    Raises:
        InputError: The address cannot be had.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        application: Application,
        address: tuple[str, int],
        web_config: WebConfig | None = None,
    ) -> None:
        self.application = application
        self.web_config = web_config or WebConfig()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        try:
            super().__init__(address, Handler)
        except OSError as error:
            place = f"{address[0]}:{address[1]}"
            raise InputError(f"cannot listen on {place}: {error.strerror or error}") from error
        if self.web_config.tls:
            self.socket = self.web_config.tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def url(self) -> str:
        """Where to find it."""
        host, port = self.server_address[:2]
        scheme = "https" if self.web_config.tls else "http"
        name = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"{scheme}://{name}:{port}"

    def start(self) -> Thread:
        """Serve in a thread of its own."""
        thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Take no more requests, and let go of the socket."""
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 -- base
        """Log what went wrong with one connection; the others go on."""
        _log.warning("connection from %s failed", client_address, exc_info=True)
