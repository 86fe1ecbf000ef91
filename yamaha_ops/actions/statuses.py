"""What a router says of itself, as data: `status --json` and the console's API give the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yamaha_ops.status import as_json as record_as_json

if TYPE_CHECKING:
    from yamaha_ops.health import Health


def as_json(health: Health) -> dict[str, Any]:
    """Return one round as plain data, records by the command that gave them."""
    answers = health.answers
    return {
        "router": health.router,
        "model": health.model,
        "firmware": health.firmware,
        "records": {
            answer.command: record_as_json(answer.record)
            for answer in answers
            if answer.record is not None
        },
        "lines": record_as_json(health.lines),
        "configuration": record_as_json(health.configuration),
        "unsupported": [each.command for each in answers if each.outcome == "unsupported"],
        "failed": {each.command: each.error for each in answers if each.outcome == "failed"},
        "unknown_lines": {
            each.command: list(each.unknown_lines) for each in answers if each.unknown_lines
        },
    }
