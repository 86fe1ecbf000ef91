"""Every published vector, computed with the library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from yamaha_ops.mape import MapeError, Mapping, Rule, RuleTable, calculate, shipped_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def vectors(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def own_rule(args: list[str]) -> Rule:
    """Make the rule that the command line options of a vector name."""
    given = dict(zip(args[::2], args[1::2], strict=True))

    def number(option: str) -> int | None:
        return int(given[option]) if option in given else None

    return Rule(
        ipv6=given["--rule-ipv6"],
        ipv4=given["--rule-ipv4"],
        ea_bits=int(given["--ea-bits"]),
        psid_offset=int(given["--psid-offset"]),
        interface_id="rfc7597" if given["--interface-id"] == "rfc7597" else "draft-03",
        br=given.get("--br"),
        provisioned_psid=number("--psid"),
        provisioned_psid_length=number("--psid-length"),
    )


def differences(expected: dict[str, Any], line: Mapping) -> dict[str, tuple[Any, Any]]:
    """Return each field of a vector that the answer does not have, as (expected, found)."""
    rule, ranges = line.rule, [list(span) for span in line.ports.ranges]
    found = {
        "input": expected["input"],
        "args": expected.get("args"),
        "note": expected.get("note"),
        "provider": rule.provider,
        "rule": {
            "ipv6": rule.ipv6,
            "ipv4": rule.ipv4,
            "ea_bits": rule.ea_bits,
            "psid_offset": rule.psid_offset,
        },
        "ipv4": line.ipv4,
        "psid": line.psid,
        "psid_length": line.psid_length,
        "port_ranges": ranges,
        "range_count": len(ranges),
        "first_range": ranges[0],
        "last_range": ranges[-1],
        "port_count": line.ports.count,
        "ce": line.ce,
        "br": line.br,
        "interface_id": rule.interface_id,
    }
    return {key: (value, found[key]) for key, value in expected.items() if value != found[key]}


def wrong(expected: dict[str, Any]) -> object:
    """Return what is wrong with our answer to one vector, or nothing."""
    try:
        rules = RuleTable([own_rule(expected["args"])]) if "args" in expected else shipped_rules()
        line = calculate(expected["input"], rules)
    except MapeError as error:
        return None if expected.get("error") else str(error)
    return "was not refused" if expected.get("error") else differences(expected, line)


@pytest.mark.parametrize(
    ("name", "count"), [("mape_vectors.jsonl", 2036), ("mape_vectors_own_rules.jsonl", 1011)]
)
def test_all_vectors_agree(data: Path, name: str, count: int) -> None:
    all_vectors = list(vectors(data / name))
    assert len(all_vectors) == count
    assert [(v["input"], fault) for v in all_vectors if (fault := wrong(v))] == []


def test_the_shipped_rules_are_the_published_ones(data: Path) -> None:
    published = json.loads((data / "mape_rules.json").read_text(encoding="utf-8"))
    shipped = [{key: getattr(rule, key) for key in published[0]} for rule in shipped_rules()]
    by_prefix = {rule["ipv6"]: rule for rule in published}
    assert {rule["ipv6"]: rule for rule in shipped} == by_prefix
    assert len(shipped) == len(published) == 430
