"""Files over TFTP: the running configuration, technical information, the RTFS (REF 2.3).

Use SFTP where the firmware has it. TFTP has no encryption, and the administrator password travels
in the clear **as a part of the file name**; a wrong line in a configuration is ignored without a
word; put ``tftp host`` back to ``none`` at once.
"""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import tftpy

from yamaha_ops.errors import CommandError, ConnectTimeoutError, UnreachableError
from yamaha_ops.router.files import Told, untold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.inventory import Router

PORT: Final = 69

_TALKATIVE: Final = ("Client", "Context", "PacketFactory", "PacketTypes", "States")
_BLOCK: Final = 512
_KINDS: Final = {1: "it has none", 3: "it is full"}
"""What an error code means (RFC 1350); anything else is a refusal."""
_LONGEST: Final = 200


def _silenced(record: logging.LogRecord) -> bool:
    """Let nothing through: what tftpy says holds the name, or what the server made of the name."""
    del record
    return False


for _part in _TALKATIVE:
    logging.getLogger(f"tftpy.Tftp{_part}").addFilter(_silenced)
logging.getLogger("tftpy").addHandler(logging.NullHandler())


@dataclass(slots=True)
class _Watch:
    """Looks at each packet that comes: tftpy counts none of them and drops the error's text."""

    told: Told
    total: int | None
    blocks: int = 0
    done: int = 0
    error: tuple[int, bytes] | None = None

    def __call__(self, packet: object) -> None:
        if isinstance(packet, tftpy.TftpPacketTypes.TftpPacketERR):
            self.error = (packet.errorcode, packet.errmsg or b"")
        elif isinstance(packet, tftpy.TftpPacketTypes.TftpPacketDAT):
            self._count(packet.blocknumber, len(packet.data))
        elif isinstance(packet, tftpy.TftpPacketTypes.TftpPacketACK):
            self._count(packet.blocknumber, _BLOCK)

    def _count(self, number: int, size: int) -> None:
        # Block numbers have 16 bits and begin anew; one that comes again counts once.
        if number != (self.blocks + 1) % 65536:
            return
        self.blocks += 1
        self.done += size
        self.told(self.done if self.total is None else min(self.done, self.total), self.total)

    def said(self, secret: str) -> tuple[str, str | None]:
        """Return what the error means, and its text without the secret that it may repeat."""
        if self.error is None:
            return "it answered out of turn", None
        code, raw = self.error
        text = raw.rstrip(b"\0").decode("cp932", "replace")
        text = text.replace(secret, "*") if secret else text
        shown = "".join(each if each.isprintable() else " " for each in text)[:_LONGEST]
        return _KINDS.get(code, "it refused"), f"TFTP error {code}: {shown}".rstrip(": ")


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

    def read(self, path: str, told: Told = untold) -> bytes:
        """See :class:`~yamaha_ops.router.files.Files`."""
        data, watch, secret = io.BytesIO(), _Watch(told, None), self._secret()
        with self._translated(f"give {path}", watch, secret):
            self._client().download(
                f"{path}{secret}",
                data,
                packethook=watch,
                timeout=self._timeout,
                retries=self._retries,
            )
        return data.getvalue()

    def write(self, path: str, data: bytes, told: Told = untold) -> None:
        """See :class:`~yamaha_ops.router.files.Files`; the router says nothing of wrong lines."""
        watch, secret = _Watch(told, len(data)), self._secret()
        with self._translated(f"take {path}", watch, secret):
            self._client().upload(
                f"{path}{secret}",
                io.BytesIO(data),
                packethook=watch,
                timeout=self._timeout,
                retries=self._retries,
            )

    def _client(self) -> tftpy.TftpClient:
        # No options: with a block size that the router ignores, tftpy would send wrong blocks.
        return tftpy.TftpClient(self._router.host, self._port, options={}, flock=False)

    def _secret(self) -> str:
        """Return what follows the path: the administrator password, behind a slash."""
        secret = self._router.login.administrator_password
        return f"/{secret.resolve()}" if secret else ""

    @contextmanager
    def _translated(self, doing: str, watch: _Watch, secret: str) -> Iterator[None]:
        where = f"{self._router.host} port {self._port}"
        try:
            yield
        except tftpy.TftpTimeout:
            raise ConnectTimeoutError(
                f"{where} did not answer over TFTP when asked to {doing}",
                router=self._router.name,
                hint="`tftp host` on the router must name this machine; by default it names none",
            ) from None
        except tftpy.TftpException:
            # Neither its text (it may hold the name) nor the cause is passed on.
            kind, text = watch.said(secret.removeprefix("/"))
            raise CommandError(
                f"the router did not {doing} over TFTP: {kind}",
                router=self._router.name,
                output=text,
                hint="check the administrator password, `tftp host` and the path",
            ) from None
        except OSError as error:
            raise UnreachableError(
                f"{where} cannot be reached over TFTP: {error.strerror}", router=self._router.name
            ) from None
