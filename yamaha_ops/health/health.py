"""What one round brought: records, and how each question went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from yamaha_ops.health.interfaces import Interfaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.health.configuration import ConfigurationState
    from yamaha_ops.health.line import MapeLine

Outcome = Literal["ok", "unsupported", "failed"]
_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and what came of it.

    Attributes:
        command: The show command.
        outcome: ``unsupported`` where this firmware or model does not have the command, which is
            no failure.
        seconds: How long it took.
        record: What was understood; None unless ``ok``.
        unknown_lines: Lines that nothing understood.
        error: Why there is no record, in one line.
    """

    command: str
    outcome: Outcome
    seconds: float
    record: Any = None
    unknown_lines: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """One router at one time.

    Attributes:
        router: Its name in the inventory.
        module: The set of questions that was asked.
        model: As the router says it.
        firmware: As the router says it.
        time: When the round ended, in seconds since 1970.
        seconds: How long the round took.
        answers: In the order of the questions.
        interfaces: What was asked about; hand it to the next round.
        lines: MAP-E lines, judged with the mathematics.
        configuration: What is known of the running configuration, if it was read.
    """

    router: str
    module: str
    model: str
    firmware: str
    time: float
    seconds: float
    answers: tuple[Answer, ...] = ()
    interfaces: Interfaces = field(default_factory=Interfaces)
    lines: tuple[MapeLine, ...] = ()
    configuration: ConfigurationState | None = None

    def records(self, kind: type[_Record]) -> Iterator[_Record]:
        """Give the records of one kind, in order."""
        return (a.record for a in self.answers if isinstance(a.record, kind))
