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


def cluster(
    *,
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
        Path | None, typer.Option("--dask-ca", help="TLS: the authority's certificate (PEM).")
    ] = None,
    dask_cert: Annotated[
        Path | None, typer.Option("--dask-cert", help="TLS: the client's certificate.")
    ] = None,
    dask_key: Annotated[
        Path | None, typer.Option("--dask-key", help="TLS: the client's key.")
    ] = None,
) -> Cluster | None:
    """Return where it is done, None for here. The parameters are the options."""
    return Cluster(dask, dask_ca, dask_cert, dask_key) if dask else None


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
    **where: Any,
) -> Crew:
    """Return who asks the routers. The parameters, and those of `cluster`, are the options."""
    return Crew(at_once, handshakes, per_site, deadline, cluster(**where))


def over_many(**defaults: Any) -> Callable[[Command], Command]:
    """Give a command the options of :func:`crew` in the place of its parameter ``crew``.

    Args:
        defaults: Of those options, where they are others than usual.
    """
    return _given("crew", crew, [*_options(crew), *_options(cluster)], defaults)


def on_cluster() -> Callable[[Command], Command]:
    """Give a command the options of :func:`cluster` in the place of its parameter ``cluster``."""
    return _given("cluster", cluster, _options(cluster), {})


def _options(source: Callable[..., object]) -> list[inspect.Parameter]:
    parameters = inspect.signature(source).parameters.values()
    return [each for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY]


def _given(
    place: str,
    make: Callable[..., object],
    options: list[inspect.Parameter],
    defaults: dict[str, Any],
) -> Callable[[Command], Command]:
    """Return a decorator that puts options into the place of a parameter, and what they make."""
    own = [each.replace(default=defaults.get(each.name, each.default)) for each in options]

    def given(command: Command) -> Command:
        signature = inspect.signature(command)
        parameters = [
            each
            for parameter in signature.parameters.values()
            for each in (own if parameter.name == place else [parameter])
        ]

        @wraps(command)
        def called(*args: Any, **told: Any) -> None:
            made = make(**{option.name: told.pop(option.name) for option in own})
            command(*args, **told, **{place: made})

        called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return called

    return given


def dead_of(inventory: Inventory, *, skip_dead: bool) -> Dead | None:
    """Return what is remembered of routers that do not answer, where it shall count."""
    return Dead(inventory.state / "dead.json") if skip_dead else None
