"""The console on a socket: uvicorn, TLS, and a stop that waits for nobody's stream."""

from __future__ import annotations

import logging
import signal
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from yamaha_ops.errors import InputError
from yamaha_ops.web.app import create_app
from yamaha_ops.web.console import SERVER, Console

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from yamaha_ops.web.settings import Settings

STOP_SECONDS: Final = 10
"""How long requests that are under way may take at the end."""

_log = logging.getLogger(__name__)


def refuse_exposed(settings: Settings) -> None:
    """Serve none but this machine without TLS, unless somebody says that it is meant.

    Raises:
        InputError: It would.
    """
    if settings.loopback or settings.tls or settings.insecure:
        return
    raise InputError(
        f"without TLS the console listens on loopback only, not on {settings.host}",
        hint="Give tls_certificate and tls_key, or put a reverse proxy in front; --insecure is for "
        "those whose network sees to it.",
    )


class Server(uvicorn.Server):
    """A server that ends live streams before it waits for open requests.

    Args:
        console: What is served; its database is brought to its newest tables first.

    Raises:
        InputError: Others could listen in, the certificate is no good, or the database is not to
            be had.
    """

    def __init__(self, console: Console) -> None:
        settings = console.settings
        refuse_exposed(settings)
        self._console = console
        console.database.upgrade()
        config = uvicorn.Config(
            create_app(console),
            host=settings.host,
            port=settings.port,
            # Addresses hold keys (of routers' pages); the audit log says who did what.
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=True,
            # Whom to believe about addresses, this application decides by its own settings.
            proxy_headers=False,
            lifespan="on",
            timeout_graceful_shutdown=STOP_SECONDS,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
        )
        try:
            config.load()
        except (OSError, ssl.SSLError) as error:
            raise InputError(f"the certificate or its key cannot be used: {error}") from error
        if config.ssl is not None:
            config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start workers, listen, and say where."""
        await super().startup(sockets)
        for server in getattr(self, "servers", ()):
            for each in server.sockets:
                _log.info("listening on %s", self._address(*each.getsockname()[:2]))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, then requests, then workers."""
        self._console.hub.close()
        await super().shutdown(sockets)

    def _address(self, host: str, port: int) -> str:
        scheme = "https" if self._console.settings.tls else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def serve(console: Console) -> None:
    """Serve until a signal says otherwise.

    Raises:
        InputError: As :class:`Server`, or the address cannot be had.
    """
    server = Server(console)
    console.audit(SERVER, "server.started")
    try:
        with _outlived(signal.SIGINT, signal.SIGTERM):
            server.run()
    except SystemExit as error:  # uvicorn's way to say that it could not bind
        place = f"{console.settings.host}:{console.settings.port}"
        raise InputError(f"cannot listen on {place}; the log above says why") from error
    finally:
        console.close()
    _log.info("stopped")


@contextmanager
def _outlived(*signals: signal.Signals) -> Iterator[None]:
    """Live on after signals: uvicorn stops by them, and then repeats them for whoever is next."""
    before = {each: signal.signal(each, lambda *_: None) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
