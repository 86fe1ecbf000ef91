"""What of a router's inventory entry people change in the browser, and what they may not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yamaha_ops.config import has_secret, mask
from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.edit import Edit, edited
from yamaha_ops.inventory.loading import keys_of
from yamaha_ops.inventory.problems import choices, type_at
from yamaha_ops.inventory.router import Router

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yamaha_ops.inventory import Inventory
    from yamaha_ops.inventory.source import Keys

SECTIONS: Final = (
    "line", "lan", "vlans", "filters", "dns", "management", "users", "time", "syslog", "snmp",
    "schedules", "scripts", "console", "vpn", "checks", "variables", "extra", "without", "firmware",
)  # fmt: skip
"""Parts of an entry that say what a router should be.

What says how it is reached, who sees it, who approves and which findings are accepted (``host``,
``login``, ``labels``, ``groups``, ``approval``, ``accepted`` ...) stays with whoever keeps the
file: nobody widens his own rights here.
"""

EXTRA: Final = "extra"
"""Lines as the router's console takes them: the one field in which somebody may write a secret."""

OFTEN: Final = (
    "line.service", "line.ipv6", "line.prefix", "line.mtu", "line.description",
    "lan.address", "lan.dhcp", "dns.servers", "syslog.hosts", "time.server",
    "filters.forward", "checks", "extra",
)  # fmt: skip
"""Fields that are shown even where nobody has said anything."""

_REFERENCE: Final = re.compile(r"(?:env|file|keyring):|(?:^|\0)file\0")
"""A reference to a secret, or the name of a file on this machine (``scripts.NAME.file``)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes:
        name: Dotted, ``line.prefix``.
        value: As YAML on one line; empty where nothing is said.
        choices: What it may be, where that is a fixed list.
        where: The entry of the file that says it, if not the router's own.
    """

    name: str
    value: str
    choices: tuple[str, ...]
    where: str = ""

    @property
    def section(self) -> str:
        """The part it belongs to."""
        return self.name.partition(".")[0]


def fields_of(inventory: Inventory, name: str) -> tuple[Field, ...]:
    """Return the fields of a router's form, in the order of :data:`SECTIONS`."""
    inventory.router(name)
    merged = inventory.origins[name]
    said: dict[str, Field] = {}
    for keys, value in _leaves(merged.data, ()):
        field = ".".join(map(str, keys))
        if keys[0] in SECTIONS:
            layer = merged.origin(keys).layer
            where = "" if layer == f"routers.{name}" else layer
            shown = _masked(value) if keys == (EXTRA,) else value
            said[field] = Field(field, as_text(shown), _choices(field), where)
    for field in OFTEN:
        if not any(known == field or known.startswith(f"{field}.") for known in said):
            said[field] = Field(field, "", _choices(field))
    return tuple(sorted(said.values(), key=lambda each: SECTIONS.index(each.section)))


def as_text(value: Any) -> str:
    """Return a value as YAML on one line, as people write it."""
    if value is None:
        return ""
    if isinstance(value, str) and _reads_back(value):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def edit_of(inventory: Inventory, name: str, values: Mapping[str, str]) -> Edit:
    """Return what the inventory would be with the values of a change.

    Raises:
        InventoryError: A field is none that is changed here, a value is wrong, or it would bring a
            secret to where it was not: what a reference leads to may be shown there.
    """
    for field in values:
        if field.partition(".")[0] not in SECTIONS:
            raise InventoryError(
                f"{field}: is not changed in the browser",
                hint=f"What can be: {', '.join(SECTIONS)}.",
            )
    for field, text in values.items():
        _refuse_anchors(field, text)
    _refuse_references(inventory, name, values)
    if EXTRA in values:
        values = {**values, EXTRA: _unmasked(inventory, name, values[EXTRA])}
    edit = edited(inventory, name, {keys_of(field): text for field, text in values.items()})
    _refuse_more(inventory, edit.inventory, name)
    return edit


def problems_of(error: InventoryError, fields: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the sentences of an error by the field that each is about; others under ``""``."""
    found: dict[str, list[str]] = {}
    lines = [line.strip() for line in error.message.splitlines()]
    for line in lines[1:] if len(lines) > 1 else lines:
        text = re.sub(r"^\S+:\d+:\d+: ", "", line)
        field = max(
            (each for each in fields if re.match(rf"{re.escape(each)}\b", text)),
            key=len,
            default="",
        ) or next((each for each in fields if text.startswith(each.partition(".")[0] + ".")), "")
        found.setdefault(field, []).append(text)
    return found


def _leaves(node: Mapping[Any, Any], keys: Keys) -> Iterator[tuple[Keys, Any]]:
    for key, value in node.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*keys, key))
        else:
            yield (*keys, key), value


def _choices(field: str) -> tuple[str, ...]:
    annotation = type_at(Router, keys_of(field))
    return tuple(choices(annotation)) if annotation is not None else ()


def _reads_back(text: str) -> bool:
    try:
        return bool(YAML(typ="safe", pure=True).load(text) == text)
    except YAMLError:
        return False


def _refuse_anchors(field: str, text: str) -> None:
    """Refuse what means something elsewhere in a file, and what a few lines make endless."""
    try:
        events = list(YAML(typ="safe", pure=True).parse(text))
    except YAMLError:
        raise InventoryError(f"{field}: the value is not YAML") from None
    if any(getattr(event, "anchor", None) for event in events):
        raise InventoryError(f"{field}: anchors and aliases are not brought in here")


def _refuse_more(before: Inventory, after: Inventory, name: str) -> None:
    """Refuse what changes more than was named: a part of the file may stand for several routers."""
    others = [
        other for other in before.routers if after.routers.get(other) != before.routers[other]
    ]
    kept = {each: getattr(before.routers[name], each) for each in Router.model_fields}
    if any(getattr(after.routers[name], each) != kept[each] for each in kept.keys() - SECTIONS):
        raise InventoryError("the value would change more than its field")
    if any(other != name for other in others):
        raise InventoryError(
            "the value would change other routers too: the file uses it for several (an alias)",
            hint="Whoever keeps the inventory file writes it there.",
        )


def _refuse_references(inventory: Inventory, name: str, values: Mapping[str, str]) -> None:
    entry = inventory.origins[name].data
    for field, text in values.items():
        last = field.rpartition(".")[2]
        known = set(_strings({last: _at(entry, field)}))
        for string in _strings({last: _parsed(field, text)}):
            if _REFERENCE.search(string) and string not in known:
                raise InventoryError(
                    f"{field}: a secret or a file of this machine is not brought in here",
                    hint="Whoever keeps the inventory file writes it there.",
                )


def _masked(lines: Any) -> Any:
    """Return lines as they are shown; a reference to a secret is none."""
    if not isinstance(lines, list):
        return lines
    return [line if _REFERENCE.search(str(line)) else mask(str(line)) for line in lines]


def _unmasked(inventory: Inventory, name: str, text: str) -> str:
    """Return lines with the secrets that the entry has where they were shown masked.

    Raises:
        InventoryError: One brings a secret: whoever sees the change would see it.
    """
    wanted = _parsed(EXTRA, text)
    if not isinstance(wanted, list):
        return text
    has = _at(inventory.origins[name].data, EXTRA)
    known = dict(zip(_masked(has), has, strict=True)) if isinstance(has, list) else {}
    for line in wanted:
        if line not in known and not _REFERENCE.search(str(line)) and has_secret(str(line)):
            raise InventoryError(
                "extra: a secret is not brought in here",
                hint="In a change of the configuration's text it can be: nobody sees it there.",
            )
    lines = [known.get(line, line) if isinstance(line, str) else line for line in wanted]
    return text if lines == wanted else as_text(lines)


def _parsed(field: str, text: str) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        raise InventoryError(f"{field}: the value is not YAML") from None


def _at(entry: Any, field: str) -> Any:
    for key in keys_of(field):
        try:
            entry = entry[key]
        except (LookupError, TypeError):
            return None
    return entry


def _strings(node: Any) -> Iterator[str]:
    """Yield every text in a value, the keys of mappings before each: a text counts where it is."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (f"{key}\0{text}" for text in _strings(value))
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)
    elif isinstance(node, str):
        yield node
