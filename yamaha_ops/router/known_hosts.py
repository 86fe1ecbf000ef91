"""Host keys on record: checked at every connection, added only when asked, never replaced."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from paramiko import HostKeys, MissingHostKeyPolicy
from paramiko.hostkeys import HostKeyEntry

from yamaha_ops.errors import HostKeyError
from yamaha_ops.router import durable

if TYPE_CHECKING:
    from pathlib import Path

    from paramiko import PKey, SSHClient

    from yamaha_ops.inventory import Router


def fingerprint(key: PKey) -> str:
    """Return the fingerprint as OpenSSH and ``show sshd host key type=fingerprint`` print it."""
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).rstrip(b"=")
    return f"SHA256:{digest.decode()}"


def address(host: str, port: int) -> str:
    """Return the name of a host in a known_hosts file."""
    return host if port == 22 else f"[{host}]:{port}"  # noqa: PLR2004 -- the port of SSH


class KnownHosts(MissingHostKeyPolicy):
    """The policy for one connection, over one known_hosts file in OpenSSH's format.

    Args:
        path: The file; it need not exist yet.
        name: The router's name, for errors.
        host: Its address.
        port: Its port.
        accept_new: Whether a key of a host that has none on record is recorded and trusted.
    """

    def __init__(self, path: Path, *, name: str, host: str, port: int, accept_new: bool) -> None:
        self._path = path
        self._name = name
        self._address = address(host, port)
        self._accept_new = accept_new

    def key_types(self) -> frozenset[str]:
        """Return the types of the keys on record for this host."""
        return frozenset(key.get_name() for key in self._recorded())

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:
        """Judge the key that the router showed.

        Raises:
            HostKeyError: It is not on record, or another one is.
        """
        del client, hostname
        recorded = self._recorded()
        if key in recorded:
            return
        if recorded:
            raise self.changed(fingerprint(key))
        if not self._accept_new:
            raise HostKeyError(
                f"the host key of {self._address} is not known: "
                f"{key.get_name()} {fingerprint(key)}",
                router=self._name,
                hint="compare it with `show sshd host key type=fingerprint` on the router, then "
                "run again with --accept-new-host-key",
            )
        self._record(key)

    def changed(self, shown: str) -> HostKeyError:
        """Return the error for a router that shows another key than the one on record."""
        recorded = ", ".join(f"{key.get_name()} {fingerprint(key)}" for key in self._recorded())
        return HostKeyError(
            f"the host key of {self._address} changed: recorded is {recorded}, shown was {shown}",
            router=self._name,
            where=str(self._path),
            hint="somebody may be listening in; if the router was replaced or its key was made "
            f"anew, remove its line from {self._path}",
        )

    def _recorded(self) -> list[PKey]:
        try:
            keys = HostKeys(str(self._path))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error) from error
        return list((keys.lookup(self._address) or {}).values())

    def _record(self, key: PKey) -> None:
        line = HostKeyEntry([self._address], key).to_line() or ""
        try:
            with durable.one_writer(self._path):
                old = self._path.read_text("utf-8") if self._path.exists() else ""
                if old and not old.endswith("\n"):
                    old += "\n"
                durable.write(self._path, (old + line).encode())
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> HostKeyError:
        return HostKeyError(
            f"the file of known hosts cannot be used: {error.strerror}",
            router=self._name,
            where=str(self._path),
        )


def known_hosts(router: Router, state: Path, *, accept_new: bool) -> KnownHosts:
    """Return the policy for a router: its keys are in ``<state>/known_hosts``."""
    return KnownHosts(
        state / "known_hosts",
        name=router.name,
        host=router.host,
        port=router.port,
        accept_new=accept_new or router.known_hosts == "first-use",
    )
