"""Host keys on record: checked at every connection, added only when asked, never replaced."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from paramiko import HostKeys, MissingHostKeyPolicy, SSHException
from paramiko.hostkeys import HostKeyEntry, InvalidHostKey

from yamaha_ops import durable
from yamaha_ops.errors import HostKeyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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


class _Line(NamedTuple):
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Index:
    """The lines of a file by the names in them: keys are decoded only where they are compared."""

    stamp: tuple[int, int, int]
    named: Mapping[str, Sequence[_Line]]
    hashed: Sequence[tuple[str, _Line]]

    def lines(self, name: str) -> list[_Line]:
        """Return the lines about a host, those first that name it in clear."""
        concealed = [line for hashed, line in self.hashed if _hashes_to(name, hashed)]
        return [*self.named.get(name, ()), *concealed]


def _hashes_to(name: str, hashed: str) -> bool:
    return HostKeys.hash_host(name, hashed) == hashed


_indexes: dict[Path, _Index] = {}


def _index(path: Path) -> _Index:
    """Return the index of a file, made anew when the file has changed.

    Decoding every key for every connection would make each router of a fleet cost more, the more
    routers there are.
    """
    status = path.stat()
    stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
    known = _indexes.get(path)
    if known is None or known.stamp != stamp:
        known = _indexes[path] = _read(path, stamp)
    return known


def _read(path: Path, stamp: tuple[int, int, int]) -> _Index:
    named: dict[str, list[_Line]] = {}
    hashed: list[tuple[str, _Line]] = []
    for number, text in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        line = _Line(number, text.strip())
        names = line.text.split(maxsplit=1)[:1]
        for name in names[0].split(",") if names else ():
            if name.startswith("|1|"):
                hashed.append((name, line))
            elif not line.text.startswith("#"):
                named.setdefault(name, []).append(line)
    return _Index(stamp, named, hashed)


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
        self._looked_up: dict[str, tuple[int, PKey]] | None = None

    def key_types(self) -> frozenset[str]:
        """Return the types of the keys on record for this host."""
        # Decoded again a moment later, a key would cost a tenth of the login.
        self._looked_up = self._recorded()
        return frozenset(self._looked_up)

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:
        """Judge the key that the router showed.

        Raises:
            HostKeyError: It is not on record, or another one is.
        """
        del client, hostname
        recorded, self._looked_up = self._looked_up or self._recorded(), None
        if any(key == known for _, known in recorded.values()):
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
        found = self._recorded()
        recorded = ", ".join(f"{kind} {fingerprint(key)}" for kind, (_, key) in found.items())
        numbers = ", ".join(str(number) for number, _ in found.values())
        return HostKeyError(
            f"the host key of {self._address} changed: recorded is {recorded}, shown was {shown}",
            router=self._name,
            where=f"{self._path}:{numbers}",
            hint="somebody may be listening in; if the router was replaced or its key was made "
            f"anew, remove line {numbers} of {self._path}",
        )

    def _recorded(self) -> dict[str, tuple[int, PKey]]:
        """Return this host's keys by type, with their lines; the first of each type counts."""
        found: dict[str, tuple[int, PKey]] = {}
        number = 0
        try:
            for number, text in _index(self._path).lines(self._address):
                entry = HostKeyEntry.from_line(text)
                if entry and entry.key is not None:
                    found.setdefault(entry.key.get_name(), (number, entry.key))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error) from error
        except (InvalidHostKey, SSHException, ValueError) as error:
            raise HostKeyError(
                f"the line of {self._address} in the file of known hosts cannot be read",
                router=self._name,
                where=f"{self._path}:{number}",
            ) from error
        return found

    def _record(self, key: PKey) -> None:
        line = HostKeyEntry([self._address], key).to_line() or ""
        try:
            with durable.one_writer(self._path):
                old = self._path.read_text("utf-8") if self._path.exists() else ""
                if old and not old.endswith("\n"):
                    old += "\n"
                durable.keep(self._path, (old + line).encode())
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
