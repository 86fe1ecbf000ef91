"""Secrets at rest: each one encrypted by itself, and bound to its place.

Fernet (AES-128-CBC and HMAC-SHA-256) with a key that never is in the repository. A token that
still stands for the same secret is used again, so a secret that did not change leaves no trace.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from yamaha_ops.errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Vault:
    """Encrypts and decrypts with one key, which is asked for when it is first needed.

    Args:
        key: Gives the key: 32 bytes in URL-safe Base64, as :func:`new_key` makes them.
        about: Where the key comes from, for messages.
    """

    def __init__(self, key: Callable[[], str], *, about: str) -> None:
        self._key = key
        self._about = about
        self._fernet: Fernet | None = None

    def close(
        self, router: str, secrets: Mapping[str, str], known: Iterable[Mapping[str, str]] = ()
    ) -> dict[str, str]:
        """Return a token for each secret, by the same names.

        Args:
            router: Whose they are; a token of one router is no good for another.
            secrets: By the name of their place.
            known: Tokens of earlier times: those that stand for the same are used again.

        Raises:
            SecretError: There is no key.
        """
        if not secrets:
            return {}
        earlier = list(known)
        return {
            name: self._same(router, name, value, earlier) or self._token(router, name, value)
            for name, value in secrets.items()
        }

    def open(self, router: str, tokens: Mapping[str, str]) -> dict[str, str]:
        """Return the secrets behind tokens.

        Raises:
            SecretError: There is no key, it is another one, or a token was tampered with.
        """
        return {name: self._value(router, name, token) for name, token in tokens.items()}

    def _same(
        self, router: str, name: str, value: str, known: Iterable[Mapping[str, str]]
    ) -> str | None:
        for tokens in known:
            token = tokens.get(name)
            if token is not None and self._value(router, name, token) == value:
                return token
        return None

    def _token(self, router: str, name: str, value: str) -> str:
        return self._cipher().encrypt(json.dumps([router, name, value]).encode()).decode()

    def _value(self, router: str, name: str, token: str) -> str:
        try:
            told = json.loads(self._cipher().decrypt(token))
        except InvalidToken:
            raise SecretError(
                f"the history key ({self._about}) does not open the secret @{{{name}}}",
                router=router,
                hint="It is another key than the one of that backup, or the repository was "
                "tampered with. Is the key lost, begin another history: --history.",
            ) from None
        if told[:2] != [router, name]:
            raise SecretError(
                f"the secret kept for @{{{name}}} belongs somewhere else", router=router
            )
        return str(told[2])

    def _cipher(self) -> Fernet:
        if self._fernet is None:
            try:
                self._fernet = Fernet(self._key())
            except ValueError:
                raise SecretError(
                    f"the history key ({self._about}) is not a key",
                    hint="It is 32 bytes in URL-safe Base64; `yamaha-ops history --new-key` "
                    "prints one.",
                ) from None
        return self._fernet


def new_key() -> str:
    """Return a new key."""
    return Fernet.generate_key().decode()


def key_in_file(path: Path, told: Callable[[str], None]) -> str:
    """Return the key that a file holds; make it where there is none.

    Args:
        path: The file, readable by its owner only.
        told: Told once, when the key is made.

    Raises:
        SecretError: The file cannot be read or made.
    """
    try:
        if not path.exists() and _make(path):
            told(f"made {path}: keep a copy elsewhere; without it no secret can be restored")
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SecretError(f"the history key {path} cannot be had ({error.strerror})") from error


def _make(path: Path) -> bool:
    """Make the file, and tell whether nobody else was faster.

    A link, unlike a rename, does not replace the key that another process made just now.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as key:
            key.write(f"{new_key()}\n")
            key.flush()
            os.fsync(key.fileno())
        path.hardlink_to(name)
    except FileExistsError:
        return False
    finally:
        Path(name).unlink()
    return True
