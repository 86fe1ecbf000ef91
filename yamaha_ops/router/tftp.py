"""Files over TFTP: the running configuration, technical information, the RTFS (REF 2.3).

Use SFTP where the firmware has it. TFTP has no encryption, and the administrator password travels
in the clear **as a part of the file name**; a wrong line in a configuration is ignored without a
word; put ``tftp host`` back to ``none`` at once.
"""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

import tftpy

from yamaha_ops.errors import CommandError, ConnectTimeoutError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.inventory import Router

PORT: Final = 69

_TALKATIVE: Final = ("Client", "Context", "PacketFactory", "PacketTypes", "States")


def _silenced(record: logging.LogRecord) -> bool:
    """Let warnings through only: what tftpy says below them holds the name, and so the password."""
    return record.levelno >= logging.WARNING


for _part in _TALKATIVE:
    logging.getLogger(f"tftpy.Tftp{_part}").addFilter(_silenced)
logging.getLogger("tftpy").addHandler(logging.NullHandler())


class TftpFiles:
    """A :class:`~yamaha_ops.router.files.Files` over TFTP.

    Names: ``config`` (the running configuration, to read and to write), ``techinfo`` (to read), and
    paths of the RTFS. The administrator password is added here and is in no error and no log.

    Args:
        router: The inventory entry.
        port: The UDP port.
        timeout: Seconds to wait for a packet before it is asked for again.
        retries: How often it is asked for again.
    """

    def __init__(
        self, router: Router, *, port: int = PORT, timeout: float = 2.0, retries: int = 5
    ) -> None:
        self._router = router
        self._port = port
        self._timeout = timeout
        self._retries = retries

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: a transfer begins and ends by itself."""

    def close(self) -> None:
        """Do nothing: a transfer begins and ends by itself."""

    def read(self, path: str) -> bytes:
        """See :class:`~yamaha_ops.router.files.Files`."""
        data = io.BytesIO()
        with self._translated(f"give {path}"):
            self._client().download(
                self._name(path), data, timeout=self._timeout, retries=self._retries
            )
        return data.getvalue()

    def write(self, path: str, data: bytes) -> None:
        """See :class:`~yamaha_ops.router.files.Files`; the router says nothing of wrong lines."""
        with self._translated(f"take {path}"):
            self._client().upload(
                self._name(path), io.BytesIO(data), timeout=self._timeout, retries=self._retries
            )

    def _client(self) -> tftpy.TftpClient:
        # No options: with a block size that the router ignores, tftpy would send wrong blocks.
        return tftpy.TftpClient(self._router.host, self._port, options={}, flock=False)

    def _name(self, path: str) -> str:
        secret = self._router.login.administrator_password
        return f"{path}/{secret.resolve()}" if secret else path

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        where = f"{self._router.host} port {self._port}"
        try:
            yield
        except tftpy.TftpTimeout:
            raise ConnectTimeoutError(
                f"{where} did not answer over TFTP when asked to {doing}",
                router=self._router.name,
                hint="`tftp host` on the router must name this machine; by default it names none",
            ) from None
        except tftpy.TftpException as error:
            # Neither the text (it may hold the name) nor the cause is passed on.
            kind = "it has none" if isinstance(error, tftpy.TftpFileNotFoundError) else "it refused"
            raise CommandError(
                f"the router did not {doing} over TFTP: {kind}",
                router=self._router.name,
                hint="check the administrator password, `tftp host` and the path",
            ) from None
        except OSError as error:
            raise UnreachableError(
                f"{where} cannot be reached over TFTP: {error.strerror}", router=self._router.name
            ) from None
