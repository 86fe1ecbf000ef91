"""`yamaha-ops run`: console commands on many routers."""

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from yamaha_ops.actions.crew import Crew, ground
from yamaha_ops.actions.remote import Answers, Result, enter, refuse_changes, skipped
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._asking import ask
from yamaha_ops.cli._fleet import SkipDead, dead_of, over_many
from yamaha_ops.config.words import quote
from yamaha_ops.durable import write_private
from yamaha_ops.errors import ExitCode, InputError, YamahaOpsError
from yamaha_ops.fleet import Done
from yamaha_ops.inventory import Router, load

app = typer.Typer(add_completion=False)

BEHIND = "behind the dashes"


class _WithCommand(TyperCommand):
    """Takes what stands behind ``--`` for the command, and not for more routers."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the words behind ``--`` aside."""
        if "--" in args:
            at = args.index("--")
            ctx.meta[BEHIND] = args[at + 1 :]
            args = args[:at]
        return super().parse_args(ctx, args)


@app.command(cls=_WithCommand)
@over_many()
def run(
    ctx: typer.Context,
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", help="Commands, one a line; # begins a comment; - is stdin."),
    ] = None,
    read_only: Annotated[
        bool,
        typer.Option(help="Refuse commands that could change something."),
    ] = True,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds for each answer.")
    ] = 60.0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="A folder: one file for each router.", show_default=False
        ),
    ] = None,
    crew: Crew,
    skip_dead: SkipDead = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Enter commands on the chosen routers: `run ROUTER ... -- COMMAND`."""
    known = load(crew.path(inventory))
    chosen = known.select(routers or (), labels or (), everything)
    commands = _commands(ctx.meta.get(BEHIND, ()), file)
    if read_only:
        refuse_changes(commands)
    elif not yes and not ask(f"Enter {len(commands)} commands, unguarded, on {len(chosen)}?"):
        raise YamahaOpsError("not approved; nothing was sent")
    if output:
        output.mkdir(parents=True, exist_ok=True)
    job = partial(
        enter,
        inventory=ground(known),
        commands=commands,
        read_only=read_only,
        timeout=timeout,
        accept_new_host_key=accept_new_host_key,
        handshakes=crew.limit,
    )
    if read_only:
        ended = crew.ask(job, chosen, dead=dead_of(known, skip_dead=skip_dead))
    else:
        ended = crew.change(job, chosen, shared=known)
    worst = ExitCode.DONE
    for done in ended:
        answers = _answers(done, commands)
        worst = max(worst, _exit_code(done.error, answers))
        _tell(answers, output, as_json=as_json)
    if worst:
        raise typer.Exit(worst)


def _exit_code(error: YamahaOpsError | None, answers: Answers) -> ExitCode:
    if error:
        return error.exit_code
    return ExitCode.DONE if answers.result is Result.SUCCESS else ExitCode.FAILED


def _commands(words: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """Return what to enter.

    Raises:
        InputError: There is nothing, or a file and a command.
    """
    if bool(words) == bool(file):
        raise InputError(
            "one command behind --, or a file of them",
            hint="yamaha-ops run home -- show environment",
        )
    if file is None:
        return (words[0] if len(words) == 1 else " ".join(map(_as_typed, words)),)
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the commands cannot be read", where=str(file)) from error
    lines = (line.strip() for line in text.splitlines())
    found = tuple(line for line in lines if line and not line.startswith("#"))
    if not found:
        raise InputError("there is no command", where=str(file))
    return found


def _as_typed(word: str) -> str:
    """Quote again what the shell has unquoted; operators of the console stay."""
    return quote(word) if " " in word else word


def _answers(done: Done[Router, Answers], commands: Sequence[str]) -> Answers:
    if done.value is not None:
        return done.value
    if done.error is None:
        raise AssertionError(done)
    return skipped(done.item.name, commands, done.error)


def _tell(answers: Answers, folder: Path | None, *, as_json: bool) -> None:
    line = json.dumps(answers.as_json(), ensure_ascii=False) + "\n"
    if folder:
        name = f"{answers.router}.{'json' if as_json else 'txt'}"
        write_private(folder / name, line if as_json else answers.as_text())
    else:
        sys.stdout.write(line if as_json else answers.as_text())
    if folder or answers.error:
        detail = f" - {answers.error}" if answers.error else ""
        typer.echo(f"{answers.router}: {answers.result}{detail}", err=True)
