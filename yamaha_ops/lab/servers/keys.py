"""SSH host keys. Making one takes long, so a process makes few and hands them round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import asyncssh

if TYPE_CHECKING:
    from pathlib import Path

BITS: Final = 2048
"""The default of ``sshd host key generate`` on an RTX830 (REF 4.69)."""
POOL: Final = 4

_pool: list[asyncssh.SSHKey] = []


class HostKeys:
    """Gives each router, and each generation of its key, one key of a small pool.

    Two routers may share a key; two generations of one router never follow each other with the
    same key.

    Args:
        directory: Where to keep the pool, so that a router of the same name has the same key next
            time; nowhere if not given.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._turn: dict[tuple[str, int], int] = {}

    def key(self, router: str, generation: int) -> asyncssh.SSHKey:
        """Return the key of a router's generation."""
        turn = self._turn.setdefault((router, generation), len(self._turn))
        return self._pooled(turn % POOL)

    def _pooled(self, index: int) -> asyncssh.SSHKey:
        if self._directory is None:
            while len(_pool) <= index:
                _pool.append(asyncssh.generate_private_key("ssh-rsa", key_size=BITS))
            return _pool[index]
        path = self._directory / f"host_key_{index}"
        if not path.exists():
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = asyncssh.generate_private_key("ssh-rsa", key_size=BITS)
            path.touch(mode=0o600)
            path.write_bytes(key.export_private_key())
        return asyncssh.read_private_key(path)
