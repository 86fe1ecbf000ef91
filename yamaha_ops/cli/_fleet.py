"""The options that all commands over many routers share: how many at a time, where, how long."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from yamaha_ops.actions.crew import Crew
from yamaha_ops.actions.dead import Dead
from yamaha_ops.fleet import HANDSHAKES, Cluster
from yamaha_ops.inventory import Inventory

Command = Callable[..., None]
SkipDead = Annotated[
    bool,
    typer.Option(
        "--skip-dead",
        help="Pass over routers that failed three runs in a row, for up to 15 minutes.",
        show_default=False,
    ),
]


def crew(
    *,
    at_once: Annotated[
        int,
        typer.Option("--at-once", min=1, help="Routers at a time; on a cluster, of each thread."),
    ] = 8,
    per_site: Annotated[
        int | None,
        typer.Option("--per-site", min=1, help="... of those with the same label `site`."),
    ] = None,
    handshakes: Annotated[
        int,
        typer.Option(
            "--handshakes",
            min=1,
            help="SSH handshakes at a time: they keep processors busy, sessions do not.",
        ),
    ] = HANDSHAKES,
    deadline: Annotated[
        float | None,
        typer.Option("--deadline", min=0.1, help="Seconds after which a router is given up."),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask",
            envvar="YAMAHA_OPS_DASK",
            metavar="ADDRESS",
            help="Let the workers of a Dask cluster do it: tls://HOST:PORT (docs/fleet.md).",
        ),
    ] = None,
    dask_ca: Annotated[
        Path | None,
        typer.Option("--dask-ca", help="TLS: the authority's certificate (PEM)."),
    ] = None,
    dask_cert: Annotated[
        Path | None, typer.Option("--dask-cert", help="TLS: the client's certificate.")
    ] = None,
    dask_key: Annotated[
        Path | None, typer.Option("--dask-key", help="TLS: the client's key.")
    ] = None,
) -> Crew:
    """Return who asks the routers. The parameters are the options."""
    cluster = Cluster(dask, dask_ca, dask_cert, dask_key) if dask else None
    return Crew(at_once, handshakes, per_site, deadline, cluster)


def over_many(
    *without: str, **defaults: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of :func:`crew` in the place of its parameter ``crew``.

    Args:
        without: Those that mean nothing to it.
        defaults: Of the others, where they are not the usual ones.
    """

    def given(command: Command) -> Command:
        options = [
            option.replace(default=defaults.get(option.name, option.default))
            for option in inspect.signature(crew).parameters.values()
            if option.name not in without
        ]
        signature = inspect.signature(command)
        parameters = [
            each
            for own in signature.parameters.values()
            for each in (options if own.name == "crew" else [own])
        ]

        @wraps(command)
        def called(*args: Any, **told: Any) -> None:
            chosen = {option.name: told.pop(option.name) for option in options}
            command(*args, crew=crew(**chosen), **told)

        called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return called

    return given


def dead_of(inventory: Inventory, *, skip_dead: bool) -> Dead | None:
    """Return what is remembered of routers that do not answer, where it shall count."""
    return Dead(inventory.state / "dead.json") if skip_dead else None
