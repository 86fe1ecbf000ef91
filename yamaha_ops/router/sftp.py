"""Files over SFTP: CONFIG slots under ``/system``, the RTFS at ``/`` (REF 4.78, chapter 5)."""

from __future__ import annotations

import io
import socket
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import paramiko

from yamaha_ops.errors import (
    AuthenticationError,
    CommandError,
    ConnectError,
    ConnectTimeoutError,
)
from yamaha_ops.router.algorithms import disabled
from yamaha_ops.router.files import Told, untold
from yamaha_ops.router.known_hosts import known_hosts
from yamaha_ops.router.reach import explained, tcp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yamaha_ops.inventory import Router

_FAMILY: Final = (paramiko.SSHException, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class File:
    """A file or folder as the router lists it.

    Attributes:
        name: Without its folder.
        size: In bytes, None where the router does not say.
        folder: Whether it is a folder.
    """

    name: str
    size: int | None
    folder: bool


class SftpFiles:
    """A :class:`~yamaha_ops.router.files.Files` over SFTP.

    It is a login of its own: the named user **with the administrator password** (REF 4.10). Reading
    a slot gives what was saved, not what runs.

    Args:
        router: The inventory entry.
        state: The folder of host keys.
        accept_new_host_key: Record and trust a key where the router has none on record.
        timeout: Seconds for each of: connecting, the handshake, the login, every answer.

    Raises:
        ConnectError: In the family that names the cause.
        SecretError: The password cannot be had.
    """

    def __init__(
        self,
        router: Router,
        *,
        state: Path,
        accept_new_host_key: bool = False,
        timeout: float = 10.0,
    ) -> None:
        secret = router.login.administrator_password
        if secret is None:
            raise AuthenticationError(
                "SFTP needs the administrator password and the inventory names none",
                router=router.name,
                hint="set login.administrator_password",
            )
        hosts = known_hosts(router, state, accept_new=accept_new_host_key)
        password = secret.resolve()
        self._name = router.name
        self._client = paramiko.SSHClient()
        self._client.set_missing_host_key_policy(hosts)
        self._socket: socket.socket = tcp(router, timeout)
        try:
            self._client.connect(
                router.host,
                router.port,
                router.login.user,
                password,
                sock=self._socket,
                look_for_keys=False,
                allow_agent=False,
                timeout=timeout,
                banner_timeout=timeout,
                auth_timeout=timeout,
                disabled_algorithms=disabled(
                    legacy=router.legacy_algorithms, pinned=hosts.key_types()
                ),
            )
            self._sftp = self._client.open_sftp()
        except _FAMILY as error:
            self.close()
            raise explained(error, router, hosts, service="SFTP") from None
        channel = self._sftp.get_channel()
        if channel is not None:
            channel.settimeout(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, path: str, told: Told = untold) -> bytes:
        """See :class:`~yamaha_ops.router.files.Files`."""
        data = io.BytesIO()
        with self._translated(f"read {path}"):
            self._sftp.getfo(path, data, callback=told)
        return data.getvalue()

    def write(self, path: str, data: bytes, told: Told = untold) -> None:
        """See :class:`~yamaha_ops.router.files.Files`.

        The RTFS is flash: what changes often wears it out (REF chapter 5).
        """
        with self._translated(f"write {path}"):
            # The size afterwards is not compared: the router may store a slot in its own form.
            self._sftp.putfo(io.BytesIO(data), path, len(data), callback=told, confirm=False)

    def list(self, path: str) -> tuple[File, ...]:
        """Return what is in a folder, by name.

        Raises: as :meth:`read`.
        """
        with self._translated(f"list {path}"):
            found = self._sftp.listdir_attr(path)
        files = (File(f.filename, f.st_size, stat.S_ISDIR(f.st_mode or 0)) for f in found)
        return tuple(sorted(files, key=lambda file: file.name))

    def make_folder(self, path: str) -> None:
        """Create a folder of the RTFS.

        Raises: as :meth:`read`.
        """
        with self._translated(f"create {path}"):
            self._sftp.mkdir(path)

    def close(self) -> None:
        """See :class:`~yamaha_ops.router.files.Files`."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._client.close()
        self._socket.close()

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise ConnectTimeoutError(
                f"the router did not answer in time while asked to {doing}", router=self._name
            ) from None
        except FileNotFoundError:
            raise CommandError(f"the router has no file to {doing}", router=self._name) from None
        except PermissionError:
            raise CommandError(f"the router does not allow to {doing}", router=self._name) from None
        except (paramiko.SFTPError, OSError) as error:
            if self._client.get_transport() is None or not self._alive():
                raise self._lost() from error
            raise CommandError(
                f"the router could not {doing}", router=self._name, output=str(error)
            ) from None
        except (paramiko.SSHException, EOFError) as error:
            raise self._lost() from error

    def _alive(self) -> bool:
        transport = self._client.get_transport()
        return transport is not None and transport.is_active()

    def _lost(self) -> ConnectError:
        return ConnectError("the router closed the connection", router=self._name)
