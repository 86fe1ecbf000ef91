"""Small parts that the whole schema is built from, and what they accept."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from yamaha_ops.firmware import Revision
from yamaha_ops.inventory.secret import Secret

FORMS: dict[str, str] = {}
"""What a pattern means, in words; for messages."""


def form(pattern: str, words: str, **limits: Any) -> StringConstraints:
    """Return the constraint of a text that must match a pattern, and remember it in words."""
    FORMS[pattern] = words
    return StringConstraints(pattern=pattern, **limits)


class Part(BaseModel):
    """Base of every part of the schema: unknown fields are refused, values are immutable."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


def fault(field: str, message: str, **values: Any) -> PydanticCustomError:
    """Return the error of a check that looks at a whole part, blamed on one of its fields."""
    return PydanticCustomError("fault", message, {"field": field, **values})


def one_of(description: str, *readers: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a validator that takes what the first willing reader makes of a value.

    A plain union would report every reader's refusal by itself; this says one sentence.
    """

    def read(value: Any) -> Any:
        for reader in readers:
            try:
                return reader(value)
            except ValueError:
                continue
        raise PydanticCustomError("one_of", "must be {description}", {"description": description})

    return read


_LONGEST_LINE = 4095
"""REF 1.5."""
_LONGEST_DESCRIPTION = 64
_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?"


def host(value: Any) -> str:
    """Return a host name as it is; anything else is a ``ValueError``."""
    if not isinstance(value, str) or not re.fullmatch(_HOST, value, re.ASCII):
        raise ValueError(value)
    return value


def _short(value: str) -> str:
    try:
        length = len(value.encode("cp932"))
    except UnicodeEncodeError:
        length = _LONGEST_DESCRIPTION + 1
    if length > _LONGEST_DESCRIPTION:
        raise PydanticCustomError(
            "description", "must fit in 64 half-width characters of Shift_JIS (32 full-width ones)"
        )
    return value


def _keywords_alone(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Hold to the syntax: lists are of interfaces and addresses (REF 4.40, 4.67, 33.2)."""
    if len(hosts) > 1 and not {"any", "none", "lan"}.isdisjoint(hosts):
        raise PydanticCustomError("access", "any, none and lan stand alone")
    return hosts


def _revision(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return Revision.parse(value)
        except ValueError:
            pass
    if not isinstance(value, Revision):
        raise PydanticCustomError("revision", "must be a firmware revision such as 15.02.09")
    return value


def _scalar(value: Any) -> Any:
    """Let a label be written ``floor: 3`` or ``spare: true`` without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


@dataclass(frozen=True, slots=True)
class AddressRange:
    """An inclusive range of IPv4 addresses, written ``192.168.100.2-192.168.100.191``."""

    first: IPv4Address
    last: IPv4Address

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last


def _range(value: Any) -> Any:
    if isinstance(value, AddressRange):
        return value
    first, dash, last = str(value).partition("-")
    try:
        found = AddressRange(IPv4Address(first.strip()), IPv4Address(last.strip()))
    except AddressValueError:
        found = None
    if not dash or found is None:
        raise PydanticCustomError(
            "address_range", "must be a range such as 192.168.100.2-192.168.100.191"
        )
    if found.first > found.last:
        raise PydanticCustomError("address_range", "the range ends before it begins")
    return found


Firmware = Annotated[
    Revision,
    BeforeValidator(_revision),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^(Rev\.)?\d{1,2}\.\d{2}\.\d{2}$"}),
]
Range = Annotated[
    AddressRange,
    BeforeValidator(_range),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+ *- *[0-9.]+$"}),
]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=30, le=21474836)]
Host = Annotated[str, form(f"^{_HOST}$", "an address or a host name", max_length=253)]
DomainName = Annotated[
    str, form(rf"^{_LABEL}(\.{_LABEL})*$", "a domain name such as example.jp", max_length=253)
]
Name = Annotated[
    str,
    form(
        r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
        "letters, digits, dots, hyphens and underscores",
        max_length=64,
    ),
]
Label = Annotated[str, BeforeValidator(_scalar)]
Text = Annotated[str, form(r"^[^\x00-\x1f\x7f]+$", "one line of text", max_length=255)]
Description = Annotated[Text, AfterValidator(_short)]
"""REF 4.56: 64 half-width characters, in Shift_JIS."""
Command = Annotated[str, form(r"^[\x20-\x7e]+$", "one console line", max_length=_LONGEST_LINE)]
Interface = Annotated[
    str, form(r"^(lan|vlan|bridge|wan|onu)\d+(/\d+)?$", "an interface such as lan2 or lan1/1")
]
Mac = Annotated[
    str,
    form(
        r"^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$",
        "a MAC address such as ac:44:f2:00:00:01",
        to_lower=True,
    ),
]
UserName = Annotated[
    str, form(r"^[\x21-\x7e]{1,32}$", "a user name of 1 to 32 characters without blanks")
]
"""REF 4.5."""
AccessHost = Annotated[
    str,
    form(
        r"^(any|none|lan|(lan|vlan|bridge)\d+(/\d+)?|[0-9.]+(-[0-9.]+)?|[0-9a-fA-F:]+)$",
        "lan, none, any, an interface, an address or a range of addresses",
    ),
]
Access = Annotated[
    tuple[AccessHost, ...],
    Field(min_length=1),
    AfterValidator(_keywords_alone),
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
]
"""Who may come in: ``lan``, ``none``, ``any``, interfaces, addresses, ranges (REF 4.40, 4.67)."""


@dataclass(frozen=True, slots=True)
class ExtraLine:
    """A console line as it is, with references in the places of its secrets."""

    text: str
    base: Path = field(default_factory=Path, repr=False, compare=False)

    _REFERENCE: ClassVar[re.Pattern[str]] = re.compile(r"\{((?:env|file|keyring):[^{}]+)\}")

    def __str__(self) -> str:
        return self.text

    def told(self, reveal: Callable[[Secret], str]) -> str:
        """Return the line with each reference replaced by what ``reveal`` makes of it."""
        return self._REFERENCE.sub(lambda found: reveal(Secret(found[1], self.base)), self.text)


def _extra(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, ExtraLine):
        return value
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise PydanticCustomError("extra", "must be one console line of printable characters")
    if len(value) > _LONGEST_LINE:
        raise PydanticCustomError("extra", "a console line has at most 4095 characters")
    return ExtraLine(value, (info.context or {}).get("base", Path()))


Extra = Annotated[
    ExtraLine, PlainValidator(_extra, json_schema_input_type=str), PlainSerializer(str)
]


class Login(Part):
    """How the toolkit logs in: a named user (SSH knows no other) and where the secrets are."""

    user: UserName = "admin"
    password: Secret | None = None
    """The user's own password."""
    administrator_password: Secret | None = None
    """What `administrator` asks for; without it the toolkit can only look."""
