"""The JSON of the command line: one object a line, ``calc`` made for long streams."""

from __future__ import annotations

from functools import lru_cache
from json import dumps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from yamaha_ops.mape.forwarding import Forward, Verdict
    from yamaha_ops.mape.mapping import Mapping
    from yamaha_ops.mape.ports import PortSet


def json_line(text: str, line: Mapping) -> str:
    """Return the JSON of one answer, without a line end; ``text`` is what was asked.

    A rule without a provider (a user's own) has no ``provider``; its ``br`` is null if not known.
    """
    return _mapping_json({"input": text}, line)


def _mapping_json(front: dict[str, Any], line: Mapping) -> str:
    rule = line.rule
    if rule.provider is not None:
        front["provider"] = rule.provider
    front["rule"] = {
        "ipv6": rule.ipv6,
        "ipv4": rule.ipv4,
        "ea_bits": rule.ea_bits,
        "psid_offset": rule.psid_offset,
    }
    front["ipv4"] = line.ipv4
    front["psid"] = line.psid
    front["psid_length"] = line.psid_length
    back = {"ce": line.ce, "br": line.br, "interface_id": rule.interface_id}
    return f"{dumps(front)[:-1]}, {_ports_json(line.ports)}, {dumps(back)[1:]}"


@lru_cache(maxsize=1024)
def _ports_json(ports: PortSet) -> str:
    """Return the ranges and their sum; most of the text, and the same for many lines."""
    return f'"port_ranges": {dumps(ports.ranges)}, "port_count": {ports.count}'


def json_error(text: str, message: str) -> str:
    """Return the JSON of a refusal."""
    return dumps({"input": text, "error": message})


def json_owner(text: str, port: int, line: Mapping) -> str:
    """Return the JSON of ``owner``: that of the line found, and what was asked."""
    asked = {"input": text, "port": port, "end_user_prefix": line.end_user_prefix}
    return _mapping_json(asked, line)


def json_verdict(text: str, line: Mapping, forward: Forward, verdict: Verdict) -> str:
    """Return the JSON of ``port``; ports are null for a protocol that has none."""
    return dumps(
        {
            "input": text,
            "ipv4": line.ipv4,
            "psid": line.psid,
            "ports": [forward.first, forward.last] if forward.has_ports else None,
            "inner_port": forward.inner if forward.has_ports else None,
            "protocol": forward.protocol,
            "allowed": verdict.allowed,
            "reason": verdict.reason,
            "nearest": verdict.nearest,
            "nearest_ranges": verdict.around,
            "static_masquerade": verdict.static_masquerade,
        }
    )
