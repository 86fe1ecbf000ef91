"""What a journal tells about an open change, enough to bring it to its end days later."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from yamaha_ops.change.expectation import Expectation, MapeLine, Probe
from yamaha_ops.change.footprint import Footprint
from yamaha_ops.change.journal import Step
from yamaha_ops.config import Configuration, Key
from yamaha_ops.errors import UnknownStateError
from yamaha_ops.mape import Mapping, Rule, RuleTable, calculate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.change.guard import Guard
    from yamaha_ops.change.journal import Entry


@dataclass(frozen=True, slots=True)
class Record:
    """An open change.

    Attributes:
        footprint: Before and after, secrets masked.
        expected: What was to hold after the change, by the inventory of that day.
        commands: How many commands the plan had.
        unsaved: What was unsaved before the change, masked; None where it could not be told.
        guard: Name of the guard, and the number of its schedule.
        reached: The last step that was begun, taking back apart.
        deadline: When the guard fires, by the clock of the machine that armed it.
        seconds: How long the guard waits at most.
        uptime: The router's own seconds since its start when the guard was armed, if it told.
    """

    footprint: Footprint
    expected: Expectation
    commands: int
    unsaved: tuple[str, ...] | None
    guard: tuple[str, int]
    reached: Step
    deadline: float
    seconds: float
    uptime: int | None


def planned(footprint: Footprint, expected: Expectation) -> dict[str, Any]:
    """Return what the first entry of a journal holds besides the plan; no secrets."""
    return {
        "before": footprint.before.masked(),
        "after": footprint.after.masked(),
        "secrets": [list(key) for key in sorted(footprint.secrets)],
        "expected": _expectation_as_json(expected),
    }


def arming(guard: Guard, now: float, seconds: float, uptime: int | None) -> dict[str, Any]:
    """Return what the entry holds that is written before the guard is armed."""
    return {
        "guard": guard.name,
        "identity": guard.identity,
        "deadline": now + seconds + guard.late,
        "seconds": seconds + guard.late,
        "uptime": uptime,
    }


def read_record(entries: Sequence[Entry], router: str, where: str) -> Record | None:
    """Return the open change of a journal, or None where nothing can have been sent.

    Raises:
        UnknownStateError: The journal is damaged: something may have been sent, and what is lost.
    """
    reached = max((entry.step for entry in entries if entry.step != Step.TAKING_BACK), default=None)
    if reached is None or reached < Step.ARMING:
        return None
    try:
        plan = next(entry.data for entry in entries if entry.step == Step.PLANNED)
        # The last one counts: a guard may have been changed for another, or armed anew.
        *_, armed = (entry.data for entry in entries if entry.step == Step.ARMING)
        unsaved = plan["plan"]["unsaved"]
        return Record(
            footprint=Footprint(
                Configuration.parse(plan["before"], source=f"{router}: journal"),
                Configuration.parse(plan["after"], source=f"{router}: journal"),
                frozenset(Key(*words) for words in plan.get("secrets", ())),
            ),
            expected=_expectation_from_json(plan["expected"]),
            commands=len(plan["plan"]["commands"]),
            unsaved=None if unsaved is None else tuple(unsaved),
            guard=(armed["guard"], armed["identity"]),
            reached=reached,
            deadline=armed["deadline"],
            seconds=armed["seconds"],
            uptime=armed["uptime"],
        )
    except (StopIteration, KeyError, TypeError, ValueError) as error:
        raise UnknownStateError(
            "the journal of an open change cannot be read",
            router=router,
            where=where,
            hint="Look at what the router runs; then `apply --abandon` puts the journal away.",
        ) from error


def _expectation_as_json(expected: Expectation) -> dict[str, Any]:
    mape = expected.mape
    mapping = mape.mapping if mape else None
    return {
        "tunnels": expected.tunnels,
        "peers": expected.peers,
        "gateways": expected.gateways,
        "delegated": expected.delegated,
        "mape": mape and {"tunnel": mape.tunnel, "descriptor": mape.descriptor},
        "mapping": mapping
        and {"prefix": mapping.end_user_prefix, "rule": _rule_as_json(mapping.rule)},
        "probes": [asdict(probe) for probe in expected.probes],
    }


def _rule_as_json(rule: Rule) -> dict[str, Any]:
    return {item.name: getattr(rule, item.name) for item in fields(rule) if item.init}


def _expectation_from_json(data: dict[str, Any]) -> Expectation:
    mape = data["mape"]
    return Expectation(
        tunnels=tuple(data["tunnels"]),
        peers=tuple(data["peers"]),
        gateways=tuple(data["gateways"]),
        delegated=data["delegated"],
        mape=mape and MapeLine(**mape, mapping=_mapping_from_json(data["mapping"])),
        probes=tuple(Probe(**probe) for probe in data["probes"]),
    )


def _mapping_from_json(data: dict[str, Any] | None) -> Mapping | None:
    return calculate(data["prefix"], RuleTable([Rule(**data["rule"])])) if data else None
