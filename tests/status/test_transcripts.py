"""Every recorded text with an expected record beside it parses to that record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yamaha_ops.status import as_json, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.status.conftest import Recorded

ADDED = {
    "compatibility_type",
    "keepalive_ok",
    "ipv4_packets",
    "ipv6_packets",
    "receive_unsupported",
    "reserved",
    "reason",
    "watching",
    "trigger",
    "first_started_at",
    "last_started_at",
    "last_ended_at",
}
"""Fields beyond the contract, which an expected record does not mention."""


def test_a_recorded_text_parses_to_its_record(recorded: Recorded) -> None:
    parsed = parse(recorded.command, recorded.data)
    want, have = dict(_leaves(recorded.record)), dict(_leaves(as_json(parsed.record)))
    wrong = {
        path: (want.get(path), have.get(path))
        for path in want.keys() | have.keys()
        if not recorded.unchecked.fullmatch(path) and want.get(path) != have.get(path)
    }
    assert not wrong
    assert set(parsed.unknown_lines) <= {"... 省略"}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path; what is absent, and what only this project adds, has none."""
    if isinstance(value, dict):
        for name, below in value.items():
            if name not in ADDED or "tasks" in path:
                yield from _leaves(below, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _leaves(below, f"{path}[{index}]")
    elif value is not None and value != "":
        yield path, value.lower() if path.endswith("mac_address") else value
