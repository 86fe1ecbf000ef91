"""`yamaha-ops lua`: Lua scripts, checked here, delivered and watched there."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from yamaha_ops.change.clock import SystemClock
from yamaha_ops.change.event import Report
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.job import Job
from yamaha_ops.change.plan import Plan
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._asking import ask
from yamaha_ops.cli._plans import Progress, show_outcome, show_plan
from yamaha_ops.cli._records import tables
from yamaha_ops.config import Configuration
from yamaha_ops.errors import ApplyError, ExitCode, InputError
from yamaha_ops.inventory import Inventory, load
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.access import TFTP_PORT, WAYS, Access
from yamaha_ops.scripts.check import Finding, Level
from yamaha_ops.scripts.check import check as find
from yamaha_ops.scripts.delivery import FOLDER, Delivery, deliver
from yamaha_ops.scripts.embedding import EMBEDDED, Embedding, embed
from yamaha_ops.scripts.scheduling import Wish
from yamaha_ops.scripts.scheduling import schedule as set_schedule
from yamaha_ops.scripts.words import file_of, path_of, variable
from yamaha_ops.status import as_json as record_as_json

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Lua scripts: checked here, delivered and watched there.",
)

STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow"}

RouterName = Annotated[str, typer.Argument(help="The router, by inventory name.")]
OnRouter = Annotated[
    str, typer.Argument(help=f"The script on the router: its path, or its name in {FOLDER}.")
]
Arguments = Annotated[str, typer.Option("--arguments", help="What the script is started with.")]


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
    router: RouterName,
    script: Annotated[str, typer.Argument(help="A file, or the name of a shipped script.")],
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
            envvar="YAMAHA_OPS_TFTP_PORT",
            help="Where the router's TFTP server listens; the lab says where its own do.",
        ),
    ] = TFTP_PORT,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Deliver a script, compare it byte for byte, compile it, swap it in, start it, look at it."""
    known = load(inventory)
    file = file_of(script, known)
    source = _read(file)
    if not unchecked and (errors := _errors(find(source, name or file.name))):
        raise InputError(
            f"{errors[0].message} ({len(errors)} in all)",
            where=f"{file}:{errors[0].line}",
            hint="yamaha-ops lua check says more; --unchecked delivers it as it is.",
        )
    access = replace(_access(known, router, accept_new_host_key), tftp_port=tftp_port)
    report = Progress(Console(stderr=True, highlight=False))
    on_router = name or file.name
    try:
        if via == EMBEDDED:
            job = _job(access, report)
            approve = _approving(router, yes=yes, quiet=as_json)
            done = embed(Embedding(job, on_router, source, approve, begin, arguments))
        else:
            done = deliver(
                Delivery(
                    router=router,
                    name=on_router,
                    source=source,
                    connect=access.session,
                    way=access.way(via, report),
                    door=access.door,
                    lock=access.lock,
                    folder=folder,
                    begin=begin,
                    arguments=arguments,
                    report=report,
                )
            )
    finally:
        report.close()
    if as_json:
        _print(done.as_json())
    else:
        state = f"task {done.task}" if done.task else "not running"
        written = "delivered" if done.written else "already there"
        typer.echo(f"{router}: {done.script} {written}, {state}")


@app.command()
def run(
    router: RouterName,
    script: OnRouter,
    *,
    arguments: Arguments = "",
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Start a script that is on the router, and look at it after five seconds."""
    access = _access(load(inventory), router, accept_new_host_key)
    path = path_of(script)
    with access.session() as session, session.wide():
        lua = tasks.state(session)
        tasks.require_slot(lua, path, router)
        trial = tasks.start(session, access.session, path, arguments, SystemClock())
    if trial.error:
        raise ApplyError(f"{path} failed", router=router, output=trial.error)
    task = trial.task.id if trial.task else None
    if as_json:
        _print({"router": router, "script": path, "task": task})
    else:
        typer.echo(f"{router}: {path} " + (f"runs, task {task}" if task else "ran and ended well"))


@app.command()
def stop(
    router: RouterName,
    which: Annotated[
        str, typer.Argument(help="A script by path or name, a task's number, or `all`.")
    ],
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Stop scripts, and see that they did."""
    access = _access(load(inventory), router, accept_new_host_key)
    word = which if which == "all" or which.isdigit() else path_of(which)
    with access.session() as session, session.wide():
        stopped = tasks.stop(session, word, SystemClock())
    if as_json:
        _print({"router": router, "stopped": [record_as_json(task) for task in stopped]})
    elif stopped:
        for task in stopped:
            typer.echo(f"{router}: stopped task {task.id}, {task.script or task.command}")
    else:
        typer.echo(f"{router}: nothing of {which} was running")


@app.command()
def status(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Show what runs and what ran, with its errors."""
    known = load(inventory)
    console = Console(highlight=False)
    for router in known.select(routers or (), labels or (), everything):
        access = _access(known, router.name, accept_new_host_key)
        with access.session() as session, session.wide():
            record = tasks.state(session)
        if as_json:
            _print({"router": router.name, **record_as_json(record)})
            continue
        console.rule(router.name, align="left")
        for table in tables("show status lua", record):
            console.print(table)


@app.command()
def schedule(
    router: RouterName,
    script: OnRouter,
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
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Say when a script runs, and with which settings: a change of configuration, guarded."""
    if guard not in CHOICES:
        raise InputError(f"there is no guard {guard!r}", hint=f"Choose from {', '.join(CHOICES)}.")
    known = load(inventory)
    access = _access(known, router, accept_new_host_key)
    variables = dict(variable(each, known) for each in settings or ())
    wish = Wish(path_of(script), None if remove else at, arguments, number, variables)
    report = Progress(Console(stderr=True, highlight=False))
    job = _job(access, report, guard)
    approve = _approving(router, yes=yes, quiet=as_json)
    try:
        outcome = set_schedule(job, wish, approve)
    finally:
        report.close()
    if as_json:
        _print(outcome.as_json())
    else:
        show_outcome(outcome, Console(highlight=False))
    raise typer.Exit(outcome.exit_code)


# --- small parts ---------------------------------------------------------------------------------


def _access(known: Inventory, router: str, accept_new_host_key: bool) -> Access:
    (entry,) = known.select([router], (), everything=False)
    return Access(entry, known.state, accept_new_host_key)


def _job(access: Access, report: Report, guard: str = "auto") -> Job:
    return Job(
        router=access.router.name,
        wanted=Configuration.parse(""),
        connect=access.session,
        state=access.state,
        guard=guard,
        report=report,
    )


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
