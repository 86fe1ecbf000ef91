"""`yamaha-ops lua`: Lua scripts, checked here, delivered and watched there."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from yamaha_ops.actions import lua_tasks
from yamaha_ops.actions.scripting import scripts_of
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.outcome import Outcome
from yamaha_ops.change.plan import Plan
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._asking import ask
from yamaha_ops.cli._each import chosen_with, on_each
from yamaha_ops.cli._lua import state_of_lua
from yamaha_ops.cli._plans import Progress, show_outcome, show_plan
from yamaha_ops.errors import ExitCode, InputError
from yamaha_ops.inventory import Router, load
from yamaha_ops.scripts.access import TFTP_PORT, TFTP_PORT_VARIABLE, WAYS, Access
from yamaha_ops.scripts.check import Finding, Level
from yamaha_ops.scripts.check import check as find
from yamaha_ops.scripts.delivery import FOLDER, Delivered
from yamaha_ops.scripts.embedding import EMBEDDED
from yamaha_ops.scripts.scheduling import Wish
from yamaha_ops.scripts.words import file_of, path_of, variable

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Lua scripts: checked here, delivered and watched there.",
)

STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow"}

WithScript = Annotated[
    list[str],
    typer.Argument(
        metavar="[ROUTER]... SCRIPT",
        help="Routers by inventory name (or --all, --label), then the script: a file, or the name "
        "of a shipped one.",
        show_default=False,
    ),
]
OnRouter = Annotated[
    list[str],
    typer.Argument(
        metavar="[ROUTER]... SCRIPT",
        help="Routers by inventory name (or --all, --label), then the script there: its path, or "
        f"its name in {FOLDER}.",
        show_default=False,
    ),
]
Arguments = Annotated[str, typer.Option("--arguments", help="What the script is started with.")]
AtOnce = Annotated[int, typer.Option("--at-once", min=1, help="Routers at a time.")]
AT_ONCE = 8


@app.callback()
def lua() -> None:
    """Lua scripts: checked here, delivered and watched there."""


# --- here ----------------------------------------------------------------------------------------


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Scripts; - is stdin.", show_default=False)],
    *,
    as_json: options.Json = False,
) -> None:
    """Find what a PC would accept and the router not. Nothing is run."""
    console = Console(highlight=False, soft_wrap=True)
    failed = False
    for file in files:
        findings = find(_read(file), file.name)
        errors = _errors(findings)
        failed = failed or bool(errors)
        if as_json:
            _print(
                {
                    "file": str(file),
                    "errors": len(errors),
                    "warnings": len(findings) - len(errors),
                    "findings": [finding.as_json() for finding in findings],
                }
            )
        else:
            for finding in findings:
                console.print(_line(file, finding))
    if failed:
        raise typer.Exit(ExitCode.FAILED)


# --- there ---------------------------------------------------------------------------------------


@app.command()
def push(
    words: WithScript,
    *,
    name: Annotated[
        str | None,
        typer.Option("--name", help="Its name on the router.", show_default="the file's"),
    ] = None,
    folder: Annotated[str, typer.Option("--folder", help="Where it goes.")] = FOLDER,
    via: Annotated[
        str,
        typer.Option("--via", help=f"How it gets there: {', '.join((*WAYS, EMBEDDED))}."),
    ] = "auto",
    begin: Annotated[
        bool, typer.Option("--start/--no-start", help="Start it, in place of what runs of it.")
    ] = True,
    arguments: Arguments = "",
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Deliver it whatever `lua check` says.")
    ] = False,
    tftp_port: Annotated[
        int,
        typer.Option(
            "--tftp-port",
            envvar=TFTP_PORT_VARIABLE,
            help="Where the router's TFTP server listens; the lab says where its own do.",
        ),
    ] = TFTP_PORT,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    at_once: AtOnce = AT_ONCE,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Deliver a script, compare it byte for byte, compile it, swap it in, start it, look at it."""
    known = load(inventory)
    chosen, script = chosen_with(words, known, labels, everything)
    file = file_of(script, known)
    source = _read(file)
    if not unchecked and (errors := _errors(find(source, name or file.name))):
        raise InputError(
            f"{errors[0].message} ({len(errors)} in all)",
            where=f"{file}:{errors[0].line}",
            hint="yamaha-ops lua check says more; --unchecked delivers it as it is.",
        )
    parcel = lua_tasks.Parcel(name or file.name, source, folder, via, begin, arguments)
    many = len(chosen) > 1

    def one(router: Router, report: Progress) -> Delivered:
        access = Access(router, known.state, accept_new_host_key, tftp_port)
        approve = _approving(router.name, yes=yes, quiet=as_json or (many and yes))
        return lua_tasks.push(access, parcel, approve, report)

    asking = via == EMBEDDED and not yes
    on_each(known, chosen, one, _show_delivered, at_once=1 if asking else at_once, as_json=as_json)


def _show_delivered(done: Delivered) -> None:
    state = f"task {done.task}" if done.task else "not running"
    written = "delivered" if done.written else "already there"
    typer.echo(f"{done.router}: {done.script} {written}, {state}")


@app.command()
def run(
    words: OnRouter,
    *,
    arguments: Arguments = "",
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    at_once: AtOnce = AT_ONCE,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Start a script that is on the router, and look at it after five seconds."""
    known = load(inventory)
    chosen, script = chosen_with(words, known, labels, everything)

    def one(router: Router, _report: Progress) -> lua_tasks.Started:
        access = Access(router, known.state, accept_new_host_key)
        return lua_tasks.start(access, path_of(script), arguments)

    on_each(known, chosen, one, _show_started, at_once=at_once, as_json=as_json)


def _show_started(done: lua_tasks.Started) -> None:
    how = f"runs, task {done.task}" if done.task else "ran and ended well"
    typer.echo(f"{done.router}: {done.script} {how}")


@app.command()
def stop(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[ROUTER]... WHICH",
            help="Routers by inventory name (or --all, --label), then a script by path or name, a "
            "task's number, or `all`.",
            show_default=False,
        ),
    ],
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    at_once: AtOnce = AT_ONCE,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Stop scripts, and see that they did."""
    known = load(inventory)
    chosen, which = chosen_with(words, known, labels, everything)
    word = which if which == "all" or which.isdigit() else path_of(which)

    def one(router: Router, _report: Progress) -> lua_tasks.Stopped:
        return lua_tasks.stop(Access(router, known.state, accept_new_host_key), word)

    def show(done: lua_tasks.Stopped) -> None:
        for task in done.tasks:
            typer.echo(f"{done.router}: stopped task {task.id}, {task.script or task.command}")
        if not done.tasks:
            typer.echo(f"{done.router}: nothing of {which} was running")

    on_each(known, chosen, one, show, at_once=at_once, as_json=as_json)


@app.command()
def status(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    at_once: AtOnce = AT_ONCE,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Show what runs and what ran, with its errors, and what the inventory wants otherwise."""
    known = load(inventory)
    console = Console(highlight=False)

    def one(router: Router, _report: Progress) -> lua_tasks.State:
        access = Access(router, known.state, accept_new_host_key)
        return lua_tasks.state(access, scripts_of(known, router))

    def show(seen: lua_tasks.State) -> None:
        for part in state_of_lua(seen):
            console.print(part)

    chosen = known.select(routers or (), labels or (), everything)
    on_each(known, chosen, one, show, at_once=at_once, as_json=as_json)


@app.command()
def schedule(
    words: OnRouter,
    *,
    at: Annotated[
        str, typer.Option("--at", help="startup, +SECONDS, 03:00, */mon 03:00:00.")
    ] = "startup",
    remove: Annotated[bool, typer.Option("--remove", help="Take its schedule away.")] = False,
    number: Annotated[
        int | None, typer.Option("--id", help="The schedule's number.", show_default="a free one")
    ] = None,
    arguments: Arguments = "",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A router variable, NAME=VALUE; a secret by reference, NAME=env:VARIABLE; "
            "NAME= removes it.",
        ),
    ] = None,
    guard: Annotated[
        str, typer.Option("--guard", help=f"What takes a change back: {', '.join(CHOICES)}.")
    ] = "auto",
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    at_once: AtOnce = AT_ONCE,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Say when a script runs, and with which settings: a change of configuration, guarded."""
    if guard not in CHOICES:
        raise InputError(f"there is no guard {guard!r}", hint=f"Choose from {', '.join(CHOICES)}.")
    known = load(inventory)
    chosen, script = chosen_with(words, known, labels, everything)
    variables = dict(variable(each, known) for each in settings or ())
    wish = Wish(path_of(script), None if remove else at, arguments, number, variables)
    console, many = Console(highlight=False), len(chosen) > 1

    def one(router: Router, report: Progress) -> Outcome:
        access = Access(router, known.state, accept_new_host_key)
        approve = _approving(router.name, yes=yes, quiet=as_json or (many and yes))
        return lua_tasks.schedule(access, wish, approve, report, guard)

    def show(outcome: Outcome) -> None:
        show_outcome(outcome, console)

    on_each(known, chosen, one, show, at_once=at_once if yes else 1, as_json=as_json)


# --- small parts ---------------------------------------------------------------------------------


def _approving(router: str, *, yes: bool, quiet: bool) -> Callable[[Plan], bool]:
    def approve(plan: Plan) -> bool:
        if not quiet:
            show_plan(plan, Console(highlight=False))
        return yes or ask(f"Apply to {router}?")

    return approve


def _errors(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.level is Level.ERROR]


def _line(file: Path, finding: Finding) -> Text:
    column = f":{finding.column}" if finding.column else ""
    text = Text.assemble(
        f"{file}:{finding.line}{column}: ",
        (finding.level.value, STYLES[finding.level]),
        f": {finding.message} [{finding.code}]",
    )
    return text.append(f"\n    {finding.cure}", style="dim") if finding.cure else text


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(file)) from error


def _print(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
