"""The Lua scripts that a router should run, and their settings."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field, PlainSerializer, PlainValidator, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from yamaha_ops.inventory.parts import Part, Text, fault, form
from yamaha_ops.inventory.secret import Secret
from yamaha_ops.inventory.services import MOMENT

SLOTS: Final = 8
"""Scripts that run at once (measured on an RTX830)."""

REFERENCES: Final = ("env:", "file:", "keyring:")
_SECRET_NAME: Final = re.compile(r"PASSWORD|SECRET|TOKEN", re.IGNORECASE)

ScriptName = Annotated[
    str, form(r"^[A-Za-z0-9][A-Za-z0-9_-]*$", "letters, digits, hyphens and underscores")
]
VariableName = Annotated[
    str, form(r"^[A-Za-z][A-Za-z0-9_]*$", "letters, digits and underscores, a letter first")
]
"""REF 4.90."""
Start = Annotated[
    str, form(rf"^(never|{MOMENT})$", "startup, a time such as 03:00 or */mon 03:00:00, or never")
]
Arguments = Annotated[
    str, form(r"^([A-Za-z0-9_./:@%+,=*~^-]+( [A-Za-z0-9_./:@%+,=*~^-]+)*)?$", "words, unquoted")
]
Folder = Annotated[
    str, form(r"^(/[A-Za-z0-9][A-Za-z0-9_-]*)+$", "a folder on the router such as /lua")
]


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a router variable: plain, or where the secret is."""

    value: str | Secret

    def __str__(self) -> str:
        return str(self.value)


def _setting(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Setting):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PydanticCustomError("setting", "must be a number, a text or a reference to a secret")
    text = str(value)
    if text.startswith(REFERENCES):
        return Setting(Secret.accept(text, info))
    if not text or not text.isprintable() or ('"' in text and "'" in text):
        # REF 1.5: a value in quotes of one kind can hold those of the other.
        raise PydanticCustomError(
            "setting", "must be one line that is not empty, without quotes of both kinds"
        )
    return Setting(text)


Value = Annotated[
    Setting, PlainValidator(_setting, json_schema_input_type=str | int), PlainSerializer(str)
]


class Script(Part):
    """A script that the router shall have and run."""

    at: Start = "startup"
    """`startup`, a time such as `03:00` or `*/mon 03:00:00`, or `never` (only delivered)."""
    once: bool = False
    """Whether it does its work and ends: that it does not run is right then."""
    arguments: Arguments = ""
    """What it is started with."""
    variables: dict[VariableName, Value] = Field(default_factory=dict)
    """Its settings, router variables by name; a secret by reference."""
    file: Text | None = None
    """Its file here, relative to the inventory; `lua/NAME.lua` there, or the shipped one."""
    folder: Folder = "/lua"
    """Where it lies on the router."""
    via: Literal["auto", "sftp", "tftp", "embedded"] = "auto"
    """How it gets there; `embedded` keeps it inside the configuration."""

    @model_validator(mode="after")
    def _refers(self) -> "Script":
        for name, setting in self.variables.items():
            if _SECRET_NAME.search(name) and not isinstance(setting.value, Secret):
                raise fault(
                    f"variables.{name}",
                    "must be a reference to a secret ({forms}), not the secret itself",
                    forms=Secret.FORMS,
                )
        return self

    @property
    def embedded(self) -> bool:
        """Whether it is a part of the configuration."""
        return self.via == "embedded"

    @property
    def starts(self) -> bool:
        """Whether it starts with the router."""
        return self.at == "startup"

    @property
    def resident(self) -> bool:
        """Whether it runs from the router's start on."""
        return self.starts and not self.once

    def path(self, name: str) -> str:
        """Return where it lies on the router."""
        return f"emfs:/{name}.lua" if self.embedded else f"{self.folder}/{name}.lua"


def agree(scripts: dict[str, Script], notifier: str | None) -> None:
    """Refuse scripts that cannot all have what they ask for.

    Args:
        scripts: By name.
        notifier: The script that the line's service brings along, if any.
    """
    said: dict[str, tuple[str, str]] = {}
    for name, script in scripts.items():
        if name == notifier:
            raise fault(f"scripts.{name}", "comes with line.fixed already")
        for variable, setting in script.variables.items():
            value, other = said.setdefault(variable, (str(setting), name))
            if value != str(setting):
                raise fault(
                    f"scripts.{name}.variables.{variable}",
                    "is set otherwise by {other}: a router has one value for each",
                    other=other,
                )
    resident = sum(script.resident for script in scripts.values()) + (notifier is not None)
    if resident > SLOTS:
        raise fault(
            "scripts",
            "{number} start with the router, which runs {slots} at once",
            number=resident,
            slots=SLOTS,
        )
