"""`yamaha-ops backup`: keep what routers run and would start from, in the history."""

import json
import sys
from functools import partial
from typing import Any

import typer

from yamaha_ops.actions.crew import Crew, ground
from yamaha_ops.actions.errands import keep
from yamaha_ops.actions.histories import author_from, revision_as_json, store_for
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._fleet import SkipDead, dead_of, over_many
from yamaha_ops.errors import ExitCode
from yamaha_ops.fleet import Done
from yamaha_ops.history import HistoryError, Revision, Store
from yamaha_ops.inventory import Router, load

app = typer.Typer(add_completion=False)


@app.command()
@over_many(deadline=300.0)
def backup(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    reason: options_of_history.Reason = "backup",
    author: options_of_history.Author = None,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
    crew: Crew,
    skip_dead: SkipDead = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Keep running, startup and previous configuration of the chosen routers."""
    known = load(crew.path(inventory))
    chosen = known.select(routers or (), labels or (), everything)
    store = store_for(known, history, history_key)
    job = partial(
        keep,
        inventory=ground(known),
        history=crew.path(history) if history else None,
        history_key=history_key,
        reason=reason,
        author=author_from(author),
        accept_new_host_key=accept_new_host_key,
        handshakes=crew.limit,
    )
    failed = False
    for done in crew.ask(job, chosen, dead=dead_of(known, skip_dead=skip_dead), shared=known):
        failed = failed or done.error is not None
        _show(_as_json(done, store), as_json=as_json)
        if done.error:
            typer.echo(f"yamaha-ops: {done.error.explain()}", err=True)
    if store.git.exists:
        _tidy(store)
    if failed:
        raise typer.Exit(ExitCode.FAILED)


def _tidy(store: Store) -> None:
    """Pack the repository; that it cannot be done now takes nothing from the backups."""
    try:
        store.git.tidy()
    except HistoryError as error:
        typer.echo(f"yamaha-ops: {error.explain()}", err=True)


def _as_json(done: Done[Router, tuple[Revision, bool]], store: Store) -> dict[str, Any]:
    if done.value is None:
        return {"router": done.item.name, "result": "failed", "error": str(done.error)}
    revision, new = done.value
    return {
        **revision_as_json(revision),
        "result": "new" if new else "unchanged",
        "notes": list(store.backup(revision).notes),
    }


def _show(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    elif "revision" in result:
        word = "kept as" if result["result"] == "new" else "nothing changed since"
        typer.echo(f"{result['router']}: {word} {result['revision'][:10]}")
        for note in result["notes"]:
            typer.echo(f"{result['router']}: {note}", err=True)
