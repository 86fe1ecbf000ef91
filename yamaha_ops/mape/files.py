"""Rules of one's own, from JSON text: this package's form or that of the HB46PP standard.

Own form: a list of objects, or an object with such a list under ``rules``::

    [{"ipv6": "2001:db8::/40", "ipv4": "192.0.2.0/24", "ea_bits": 16, "psid_offset": 6,
      "interface_id": "rfc7597", "br": "2001:db8:ffff::1", "provider": "example"}]

HB46PP (v6pc/v6mig-prov, section 3.4): the answer of a provisioning server, or its ``map_e`` object.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.rule import DEFAULT_OFFSET, InterfaceId, Rule
from yamaha_ops.mape.table import RuleTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_TEXTS = ("ipv6", "ipv4", "interface_id", "br", "provider", "evidence", "source")
_NUMBERS = ("ea_bits", "psid_offset", "psid", "psid_length")
_KINDS: dict[str, type] = dict.fromkeys(_TEXTS, str) | dict.fromkeys(_NUMBERS, int)
_KIND_NAMES = {str: "text", int: "a whole number"}

HB46PP_INTERFACE_IDS: dict[int, InterfaceId] = {0: "draft-03", 1: "rfc7597"}
"""HB46PP ``map_e.version``; absent means 0."""


def rules_from_json(text: str | bytes, *, source: str = "rules") -> RuleTable:
    """Return the rules that a JSON text holds.

    Args:
        text: JSON in one of the forms above.
        source: What to call the text in messages, usually the name of its file.

    Raises:
        MapeError: The text is not JSON, holds no rules, or one of them is not possible.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MapeError(f"not JSON: {error}", where=source) from None
    rules = _hb46pp(data, source) if _is_hb46pp(data) else _own(data, source)
    try:
        return RuleTable(rules)
    except MapeError as error:
        raise MapeError(error.message, where=error.where or source) from None


def _is_hb46pp(data: Any) -> bool:
    """Tell the forms apart by the words that only HB46PP has."""
    if not isinstance(data, dict):
        return False
    rules = data.get("rules")
    named = isinstance(rules, list) and any(
        isinstance(rule, dict) and "ea_length" in rule for rule in rules
    )
    return named or "map_e" in data or "order" in data


def _hb46pp(data: dict[str, Any], source: str) -> Iterable[Rule]:
    map_e = data.get("map_e", data if "rules" in data else None)
    if map_e is None:
        raise MapeError(
            f"offers no MAP-E; the order is {json.dumps(data.get('order'))}", where=source
        )
    if not isinstance(map_e, dict):
        raise MapeError(f"map_e is not an object but {json.dumps(map_e)}", where=source)
    version = map_e.get("version", 0)
    if version not in list(HB46PP_INTERFACE_IDS):
        raise MapeError(f"map_e.version is {json.dumps(version)}; it must be 0 or 1", where=source)
    common = {"interface_id": HB46PP_INTERFACE_IDS[version], "br": map_e.get("br")}
    if "enabler_name" in data:
        common["provider"] = data["enabler_name"]
    for place, entry in _entries(map_e, source):
        # The standard lets a reader skip keys it does not know; psid_offset has no default there.
        missing = [key for key in ("ea_length", "psid_offset") if key not in entry]
        if missing:
            raise MapeError(f"{missing[0]} is missing", where=place)
        known = {key: entry[key] for key in ("ipv6", "ipv4", "psid_offset") if key in entry}
        yield _rule(common | known | {"ea_bits": entry["ea_length"]}, place)


def _own(data: Any, source: str) -> Iterable[Rule]:
    for place, entry in _entries(data, source):
        unknown = sorted(set(entry) - set(_KINDS))
        if unknown:
            raise MapeError(
                f"unknown key {unknown[0]!r}; the keys of a rule are {', '.join(_KINDS)}",
                where=place,
            )
        yield _rule(entry, place)


def _entries(data: Any, source: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    rules = data.get("rules") if isinstance(data, dict) else data
    if not isinstance(rules, list) or not rules:
        raise MapeError("holds no list of rules", where=source)
    for number, entry in enumerate(rules, 1):
        place = f"{source}: rule {number}"
        if not isinstance(entry, dict):
            raise MapeError("is not an object with ipv6, ipv4 and ea_bits", where=place)
        yield place, entry


def _rule(entry: Mapping[str, Any], place: str) -> Rule:
    given = {key: value for key, value in entry.items() if value is not None}
    for key in ("ipv6", "ipv4", "ea_bits"):
        if key not in given:
            raise MapeError(f"{key} is missing", where=place)
    for key, value in given.items():
        if type(value) is not _KINDS[key]:
            wanted = _KIND_NAMES[_KINDS[key]]
            raise MapeError(f"{key} must be {wanted}, not {json.dumps(value)}", where=place)
    for key in ("psid", "psid_length"):
        if key in given:
            given[f"provisioned_{key}"] = given.pop(key)
    if given.get("interface_id") in DEFAULT_OFFSET:
        given.setdefault("psid_offset", DEFAULT_OFFSET[given["interface_id"]])
    try:
        return Rule(**given)
    except MapeError as error:
        raise MapeError(error.message, where=place) from None
