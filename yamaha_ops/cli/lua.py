"""`yamaha-ops lua`: Lua scripts, checked here, delivered and watched there."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from yamaha_ops.cli import _options as options
from yamaha_ops.errors import ExitCode, InputError
from yamaha_ops.scripts.check import Finding, Level
from yamaha_ops.scripts.check import check as find

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Lua scripts: checked here, delivered and watched there.",
)

STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow"}


@app.callback()
def lua() -> None:
    """Lua scripts: checked here, delivered and watched there."""


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
        errors = sum(finding.level is Level.ERROR for finding in findings)
        failed = failed or errors > 0
        if as_json:
            record = {
                "file": str(file),
                "errors": errors,
                "warnings": len(findings) - errors,
                "findings": [finding.as_json() for finding in findings],
            }
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        else:
            for finding in findings:
                console.print(_line(file, finding))
    if failed:
        raise typer.Exit(ExitCode.FAILED)


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
