"""Which parser reads the answer to which command."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from yamaha_ops.errors import ParseError
from yamaha_ops.status import (
    arp,
    dhcp,
    environment,
    ipsec,
    ipv6_address,
    ipv6_dhcp,
    lan,
    log,
    lua,
    nat,
    pp,
    route,
    route_summary,
    tunnel,
    yno,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.status.grammar import Reader

    Parser: TypeAlias = Callable[[str | bytes, str], tuple[Any, Reader]]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A record and the lines of the answer that nothing understood."""

    record: Any
    unknown_lines: tuple[str, ...] = ()


_INTERFACE = r"(?:lan|wan|onu|bridge|vlan)\d[\d./]*"

PARSERS: tuple[tuple[str, str, Parser], ...] = (
    ("show environment", r"show environment(?: detail)?", environment.parse),
    ("show status lanN", rf"show status {_INTERFACE}", lan.parse),
    ("show status pp N", r"show status pp(?: \S+)?", pp.parse),
    ("show status tunnel N", r"show status tunnel(?: \d+)?", tunnel.parse),
    ("show status ipip", r"show status ipip", tunnel.parse_ipip),
    (
        "show nat descriptor address",
        r"show nat descriptor address(?: (?:\d+|all))?(?: detail)?",
        nat.parse,
    ),
    (
        "show nat descriptor masquerade session summary",
        r"show nat descriptor masquerade session(?: \d+)? summary",
        nat.parse_sessions,
    ),
    ("show status dhcp", r"show status dhcp(?: summary)?(?: \d+)?", dhcp.parse),
    ("show status ipv6 dhcp", r"show status ipv6 dhcp", ipv6_dhcp.parse),
    ("show ipv6 address", r"show ipv6 address(?: .+)?", ipv6_address.parse),
    ("show ip route summary", r"show ip route summary", route_summary.parse),
    ("show ipv6 route summary", r"show ipv6 route summary", route_summary.parse),
    ("show ip route", r"show ip route(?: (?!summary).+)?", route.parse),
    ("show ipv6 route", r"show ipv6 route(?: detail)?", route.parse),
    ("show arp", r"show arp(?: \S+)?", arp.parse),
    ("show ipsec sa", r"show ipsec sa(?: \d+)?", ipsec.parse),
    ("show status lua", r"show status lua(?: (?:running|history))?", lua.parse),
    ("show status yno", r"show status yno", yno.parse),
    ("show log", r"show log(?: (?:saved|reverse))*", log.parse),
)
"""Command as the documentation writes it, pattern of the command, parser."""

_COMPILED = tuple((re.compile(pattern), parser) for _name, pattern, parser in PARSERS)


def parse(command: str, text: str | bytes) -> Parsed:
    """Read the answer to a show command.

    Args:
        command: The command as typed, e.g. ``show status lan2``.
        text: The answer in any of the console's encodings and either language, wrapped or not,
            with or without echo, prompts and pager marks.

    Raises:
        ParseError: No parser knows the command, or the text is no answer to it.
    """
    command = _normal(command)
    parser = _parser(command)
    if parser is None:
        raise ParseError(
            f"no record is defined for '{command}'",
            command=command,
            hint="Known are: " + ", ".join(name for name, _pattern, _parser in PARSERS),
        )
    record, reader = parser(text, command)
    return Parsed(record, tuple(reader.unknown))


def has_record(command: str) -> bool:
    """Whether the answer to a command can be read."""
    return _parser(_normal(command)) is not None


def _normal(command: str) -> str:
    return " ".join(command.lower().split())


@lru_cache(maxsize=256)
def _parser(command: str) -> Parser | None:
    return next((parser for pattern, parser in _COMPILED if pattern.fullmatch(command)), None)


def as_json(record: Any) -> Any:
    """Turn a record into JSON data with the contract's field names; what is absent is None."""
    if is_dataclass(record) and not isinstance(record, type):
        return {item.name: as_json(getattr(record, item.name)) for item in fields(record)}
    if isinstance(record, dict):
        return {name: as_json(value) for name, value in record.items()}
    if isinstance(record, (list, tuple)):
        return [as_json(value) for value in record]
    return record.isoformat() if isinstance(record, datetime) else record
