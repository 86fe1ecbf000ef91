"""References to secrets: the inventory says where a secret is, never what it is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic_core import PydanticCustomError, core_schema

from yamaha_ops.errors import SecretError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

_REFERENCE = re.compile(r"env:[A-Za-z_]\w*|file:.+|keyring:[^/]+/.+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Secret:
    """Where one secret is: ``env:NAME``, ``file:PATH`` or ``keyring:SERVICE/USER``.

    Text forms show the reference only. :meth:`resolve` reads the value at the moment it is
    needed, on the machine that needs it, and nothing keeps it.
    """

    reference: str
    base: Path = field(default_factory=Path, repr=False)
    """The folder that a relative ``file:`` path starts from: that of the inventory file."""

    FORMS: ClassVar[str] = "env:NAME, file:PATH or keyring:SERVICE/USER"

    def __str__(self) -> str:
        return self.reference

    def resolve(self) -> str:
        """Return the secret itself.

        Raises:
            SecretError: Nothing is there, it is empty, or it is more than one line.
        """
        kind, _, place = self.reference.partition(":")
        value = _SOURCES[kind](self, place)
        if not value:
            raise SecretError(f"the secret {self} is empty")
        if not value.isprintable():
            # A newline in a password would end the router's question early and become a command.
            raise SecretError(f"the secret {self} is not one line of printable characters")
        return value

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Accept a reference in the inventory; refuse a bare value without repeating it."""
        return core_schema.with_info_plain_validator_function(
            cls.accept, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the three forms to editors."""
        return {
            "type": "string",
            "pattern": f"^({_REFERENCE.pattern})$",
            "description": f"A reference to a secret: {cls.FORMS}. Never the secret itself.",
            "examples": ["env:HOME_PASSWORD", "file:secrets/home", "keyring:yamaha-ops/home"],
        }

    @classmethod
    def accept(cls, value: Any, info: core_schema.ValidationInfo) -> Secret:
        """Return what an inventory refers to; a bare value is refused without repeating it."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
            raise PydanticCustomError(
                "secret_reference",
                "must be a reference to a secret ({forms}), not the secret itself",
                {"forms": cls.FORMS},
            )
        context = info.context or {}
        return cls(value, context.get("base", Path()))


def _from_environment(secret: Secret, name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise SecretError(
            f"the secret {secret} is not there: the environment has no {name}",
            hint=f"set it and keep it out of the shell's history: read -rs {name}; export {name}",
        ) from None


def _from_file(secret: Secret, place: str) -> str:
    path = secret.base / Path(place).expanduser()
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SecretError(f"the secret {secret} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SecretError(f"the secret {secret} is not a UTF-8 text file") from None


def _from_keyring(secret: Secret, place: str) -> str:
    service, _, user = place.partition("/")
    try:
        import keyring  # noqa: PLC0415 -- an extra: most inventories do without
        from keyring.errors import KeyringError  # noqa: PLC0415 -- as above
    except ImportError:
        raise SecretError(
            f"the secret {secret} needs the keyring package",
            hint="install it: pip install 'yamaha-ops[keyring]'",
        ) from None
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise SecretError(
            f"the secret {secret} cannot be read: the keyring said {type(error).__name__}"
        ) from None
    if value is None:
        raise SecretError(
            f"the secret {secret} is not there",
            hint=f"store it: keyring set {service} {user}",
        )
    return value


_SOURCES = {"env": _from_environment, "file": _from_file, "keyring": _from_keyring}
