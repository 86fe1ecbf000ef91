"""Passwords: argon2id, as slow for a name that does not exist as for one that does."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from yamaha_ops.errors import InputError
from yamaha_ops.web.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.web.settings import PasswordCost

LONGEST: Final = 256
"""Longer ones only cost time."""

_AT_ONCE: Final = 2
"""Each takes memory_kib of memory: a flood of logins waits instead of filling it."""

_MOST_WAITING: Final = 12
"""Who waits holds a thread that others need: more than that are sent away."""


class Passwords:
    """Hashes and checks.

    Args:
        cost: How much work one check is.
    """

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._nobody = self._hasher.hash("nobody has this one")
        self._places = threading.BoundedSemaphore(_MOST_WAITING)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """Return what the database keeps."""
        with self._turn():
            return self._hasher.hash(password)

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether a password is the one; None (nobody, or no local user) takes as long."""
        with self._turn():
            try:
                self._hasher.verify(hashed or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return hashed is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn.

        Raises:
            LimitError: Too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise LimitError("too many passwords are being checked", seconds=2)
        try:
            with self._turns:
                yield
        finally:
            self._places.release()

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(hashed)


def check_password(password: str, name: str, *, shortest: int) -> None:
    """Refuse what is no good as a password; length is what counts (NIST SP 800-63B, 3.1.1).

    Raises:
        InputError: It is too short, too long, or the name.
    """
    if not shortest <= len(password) <= LONGEST:
        raise InputError(f"a password has {shortest} to {LONGEST} characters")
    if name.casefold() in password.casefold() and len(password) < len(name) + shortest // 2:
        raise InputError("a password is not made of the user's name")
    if len(set(password)) < shortest // 3:
        raise InputError("a password is not made of a few characters over and over")
