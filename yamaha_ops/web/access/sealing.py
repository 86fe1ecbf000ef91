"""The console's own key: what it seals in the database, and what it signs for browsers."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken

from yamaha_ops.errors import SecretError
from yamaha_ops.history import key_in_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Seal:
    """Seals small records, each for one purpose: what is sealed for one opens for no other.

    Args:
        key: 32 bytes in URL-safe Base64.
        now: Seconds since 1970: what is sealed knows when it was.
    """

    def __init__(self, key: str, now: Callable[[], float]) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise SecretError(
                "the key of the web console is not 32 bytes in URL-safe Base64"
            ) from None
        self._key = key.encode()
        self._now = now

    def close(self, purpose: str, value: Any) -> str:
        """Return a value (plain data) as a token that only this key opens."""
        text = json.dumps([purpose, value]).encode()
        return self._fernet.encrypt_at_time(text, int(self._now())).decode()

    def open(self, purpose: str, token: str, *, seconds: float | None = None) -> Any:
        """Return what was sealed.

        Args:
            purpose: What it was sealed for.
            token: As :meth:`close` made it.
            seconds: How old it may be.

        Raises:
            SecretError: Another key, another purpose, too old, or tampered with.
        """
        try:
            if seconds is None:
                told = json.loads(self._fernet.decrypt(token))
            else:
                told = json.loads(
                    self._fernet.decrypt_at_time(
                        token, ttl=int(seconds), current_time=int(self._now())
                    )
                )
        except (InvalidToken, ValueError):
            told = [None, None]
        if told[0] != purpose:
            raise SecretError(f"what was sealed as {purpose} does not open")
        return told[1]

    def signature(self, purpose: str, value: str) -> str:
        """Return what only the holder of the key can say about a value."""
        return hmac.new(self._key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def seal_in_file(path: Path, now: Callable[[], float], told: Callable[[str], None]) -> Seal:
    """Return the seal of the key in a file, which is made where there is none.

    Raises:
        SecretError: The file cannot be read or made.
    """
    return Seal(key_in_file(path, told), now)


def fingerprint(key: str) -> str:
    """Return what the database keeps of a random key: no slow hash is needed for 256 bits."""
    return hashlib.sha256(key.encode()).hexdigest()
