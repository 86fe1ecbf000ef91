"""One thing done on each of several routers: progress, results, errors, the highest exit code."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import typer
from rich.console import Console

from yamaha_ops.actions.crew import Crew
from yamaha_ops.change.outcome import Outcome
from yamaha_ops.cli._plans import Progress
from yamaha_ops.errors import ExitCode, YamahaOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yamaha_ops.inventory import Inventory, Router


class Record(Protocol):
    """What became of one router."""

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        ...


Result = TypeVar("Result", bound=Record)


def chosen_with(
    words: list[str], known: Inventory, labels: list[str] | None, everything: bool
) -> tuple[tuple[Router, ...], str]:
    """Return the routers that words and options mean, and the last word, which is no router.

    Raises:
        InventoryError: No router is meant, or one that there is not.
    """
    *names, last = words
    return known.select(names, labels or (), everything), last


def on_each(
    known: Inventory,
    chosen: Sequence[Router],
    one: Callable[[Router, Progress], Result],
    show: Callable[[Result], object],
    *,
    at_once: int,
    as_json: bool,
) -> None:
    """Do something on each router and show what became of it; one router's failure ends only it.

    Args:
        known: The inventory.
        chosen: The routers.
        one: What to do, told whom to report to; called in threads where there are several.
        show: Shows a result to a person.
        at_once: Routers at a time.
        as_json: Print one object a router instead.

    Raises:
        YamahaOpsError: There is only one router, it failed, and a person reads along.
        typer.Exit: With the highest exit code.
    """
    many = len(chosen) > 1
    code = ExitCode.DONE
    with closing(Progress(Console(stderr=True, highlight=False), many=many)) as report:
        if not many and not as_json:
            code = _told(one(chosen[0], report), show, as_json=as_json)
        else:
            crew = Crew(at_once)
            for done in crew.change(lambda router: one(router, report), chosen, shared=known):
                if done.error:
                    code = max(code, _told_error(done.item.name, done.error, as_json=as_json))
                elif done.value is not None:
                    code = max(code, _told(done.value, show, as_json=as_json))
    raise typer.Exit(code)


def _told(done: Result, show: Callable[[Result], object], *, as_json: bool) -> ExitCode:
    if as_json:
        _print(done.as_json())
    else:
        show(done)
    return done.exit_code if isinstance(done, Outcome) else ExitCode.DONE


def _told_error(router: str, error: YamahaOpsError, *, as_json: bool) -> ExitCode:
    if as_json:
        _print({"router": router, "error": error.message, "output": error.output})
    else:
        typer.echo(f"yamaha-ops: {error.explain()}", err=True)
    return error.exit_code


def _print(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()
