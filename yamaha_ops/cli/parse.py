"""`yamaha-ops parse`: recorded console text to records."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.cli import _options as options
from yamaha_ops.cli._records import tables
from yamaha_ops.errors import InputError, ParseError
from yamaha_ops.status import as_json as record_as_json
from yamaha_ops.status import parse as parse_text
from yamaha_ops.status.framing import decode
from yamaha_ops.status.transcript import Transcript, is_transcript

app = typer.Typer(add_completion=False)

STDIN = Path("-")


@app.command()
def parse(
    command: Annotated[
        str, typer.Argument(help="The show command, in quotes, such as 'show status lan2'.")
    ],
    file: Annotated[
        Path, typer.Argument(help="The recorded text, or a transcript; - is stdin.")
    ] = STDIN,
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the lines that nothing understood.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Read recorded console text, in Japanese or English, wrapped or not, in any encoding."""
    answer = _answer(command, _read(file))
    if not answer.strip():
        raise ParseError("there is no text to read", where=str(file), command=command)
    parsed = parse_text(command, answer)
    if as_json:
        sys.stdout.write(json.dumps(record_as_json(parsed.record), ensure_ascii=False) + "\n")
    else:
        console = Console(highlight=False)
        for table in tables(command, parsed.record):
            console.print(table)
    unknown = parsed.unknown_lines
    if unknown and not verbose:
        typer.echo(f"not understood: {len(unknown)} lines; --verbose shows them", err=True)
    for line in unknown if verbose else ():
        typer.echo(f"not understood: {line}", err=True)


def _answer(command: str, data: bytes) -> str | bytes:
    """Take the answer out of a transcript; any other text is the answer itself."""
    text = decode(data)
    return Transcript.loads(text).answer(command) if is_transcript(text) else data


def _read(file: Path) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(file)) from error
