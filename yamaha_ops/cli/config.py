"""``yamaha-ops config``: compare, check and question configuration files."""

import json
import sys
from dataclasses import asdict
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from yamaha_ops.actions.circumstances import circumstances
from yamaha_ops.cli._options import DEFAULT_INVENTORY, Inventory, Json
from yamaha_ops.config import Circumstances, Configuration, Finding, check, difference
from yamaha_ops.config.check import CODES, Level
from yamaha_ops.config.filters import PROTOCOLS, Packet, evaluate
from yamaha_ops.config.filters.packet import ACK, SYN
from yamaha_ops.errors import ExitCode, InputError
from yamaha_ops.firmware import Revision
from yamaha_ops.mape import calculate

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Compare and check configuration files."
)

STDIN = Path("-")
STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow"}
LAST_PROTOCOL = 255

File = Annotated[Path, typer.Argument(help="A configuration file; - is stdin.")]


@app.command("diff")
def diff(
    a: Annotated[Path, typer.Argument(help="The configuration as it is; - is stdin.")],
    b: Annotated[Path, typer.Argument(help="The configuration as it should be; - is stdin.")],
    *,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 3 when they differ.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the console commands that turn A into B, in an order that is safe to send.

    What cannot be sent (masked secrets, unknown lines) and what a command disturbs is on stderr.
    """
    found = difference(_read(a), _read(b))
    risks = [f"{command.masked}: {command.risk}" for command in found.commands if command.risk]
    if as_json:
        document = {
            "commands": [command.line for command in found.commands],
            "added": len(found.added),
            "removed": len(found.removed),
            "changed": len(found.changed),
            "warnings": list(found.warnings),
            "risks": risks,
        }
        _print_json(document)
    else:
        for command in found.commands:
            typer.echo(command.line)
        for note in (*found.warnings, *risks):
            typer.echo(note, err=True)
    if detailed_exitcode and found.commands:
        raise typer.Exit(ExitCode.DIFFERENCES)


@app.command("check")
def check_file(
    file: File,
    *,
    router: Annotated[
        str | None,
        typer.Option(help="Take what follows from this router of the inventory.", metavar="NAME"),
    ] = None,
    inventory: Inventory = DEFAULT_INVENTORY,
    model: Annotated[
        str | None, typer.Option(help="The model; if left out the header says it.")
    ] = None,
    firmware: Annotated[
        str | None, typer.Option(help="The revision; if left out the header says it.")
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(help="An address that must be able to log in.", metavar="ADDRESS"),
    ] = None,
    service: Annotated[Literal["ssh", "telnet"], typer.Option(help="How it logs in.")] = "ssh",
    prefix: Annotated[
        str | None, typer.Option(help="The line's IPv6 prefix: its MAP-E ports are checked.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="A finding that may stay, and why.", metavar="CODE=REASON"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find problems; exit with 1 when one is an error that nobody accepted."""
    where = _circumstances(router, inventory)
    where = Circumstances(
        model=model or where.model,
        revision=_revision(firmware) if firmware else where.revision,
        management=tuple(map(_address, host)) if host else where.management,
        service=service,
        ports=calculate(prefix).ports if prefix else where.ports,
        accepted={**where.accepted, **dict(map(_acceptance, accept or ()))},
    )
    findings = check(_read(file), where)
    counts = {
        level: sum(each.level == level and not each.accepted for each in findings)
        for level in Level
    }
    if as_json:
        documents = [{**asdict(each), "level": each.level} for each in findings]
        _print_json(
            {
                "findings": documents,
                "errors": counts[Level.ERROR],
                "warnings": counts[Level.WARNING],
            }
        )
    else:
        console = Console(highlight=False)
        for each in findings:
            _show(console, file, each)
        typer.echo(f"{counts[Level.ERROR]} errors, {counts[Level.WARNING]} warnings", err=True)
    if counts[Level.ERROR]:
        raise typer.Exit(ExitCode.FAILED)


@app.command("filter")
def question_filters(
    file: File,
    *,
    inbound: Annotated[
        str | None, typer.Option("--in", help="Received on this interface.", metavar="INTERFACE")
    ] = None,
    outbound: Annotated[
        str | None, typer.Option("--out", help="Sent on this interface.", metavar="INTERFACE")
    ] = None,
    src: Annotated[str, typer.Option(help="Source address.")],
    dst: Annotated[str, typer.Option(help="Destination address.")],
    proto: Annotated[str, typer.Option(help="Protocol: tcp, udp, icmp, a number ...")] = "tcp",
    sport: Annotated[int | None, typer.Option(min=0, max=65535, help="Source port.")] = None,
    dport: Annotated[int | None, typer.Option(min=0, max=65535, help="Destination port.")] = None,
    icmp_type: Annotated[int | None, typer.Option(min=0, max=255, help="ICMP type.")] = None,
    reply: Annotated[
        bool, typer.Option("--reply", help="It answers a flow that began the other way.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say whether a packet passes, and which line decides."""
    if (inbound is None) == (outbound is None):
        raise typer.BadParameter("give either --in or --out")
    source, destination = _address(src), _address(dst)
    if source.version != destination.version:
        raise typer.BadParameter("--src and --dst are not of one family")
    configuration = _read(file)
    verdict = evaluate(
        configuration,
        (inbound or outbound or "").lower(),
        "in" if inbound else "out",
        Packet(
            source,
            destination,
            _protocol(proto, source.version),
            sport,
            dport,
            ACK if reply else SYN,
            icmp_type,
        ),
        reply=reply,
    )
    result = "pass" if verdict.passes else "reject"
    decided = verdict.decided_by
    line = configuration.places[decided.key] if decided else None
    if as_json:
        _print_json(
            {
                "result": result,
                "line": line,
                "command": decided.line if decided else None,
                "reason": verdict.reason,
                "notes": list(verdict.notes),
            }
        )
        return
    typer.echo(f"{result}: {verdict.reason}")
    if decided:
        typer.echo(f"line {line}: {decided.line}")
    for note in verdict.notes:
        typer.echo(f"note: {note}", err=True)


def _read(file: Path) -> Configuration:
    """Read a configuration; an error says which file it is about."""
    if file == STDIN:
        return Configuration.parse(sys.stdin.buffer.read(), source="stdin")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(file)) from error
    return Configuration.parse(data, source=str(file))


def _circumstances(name: str | None, inventory: Path) -> Circumstances:
    """Return what the inventory knows about a router."""
    if name is None:
        return Circumstances()
    from yamaha_ops.inventory import load  # noqa: PLC0415 -- heavy, and needed with --router only

    return circumstances(load(inventory).router(name))


def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not an IP address") from None


def _revision(text: str) -> Revision:
    try:
        return Revision.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _protocol(text: str, version: int) -> int:
    name = "icmp6" if text.lower() == "icmp" and version == 6 else text.lower()  # noqa: PLR2004 -- IPv6
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    if name.isdecimal() and int(name) <= LAST_PROTOCOL:
        return int(name)
    raise typer.BadParameter(f"{text!r} is not a protocol: {', '.join(PROTOCOLS)} or a number")


def _acceptance(text: str) -> tuple[str, str]:
    code, _, reason = text.partition("=")
    if code.partition(":")[0] not in CODES or not reason:
        raise typer.BadParameter(f"{text!r} is not CODE=REASON; codes: {', '.join(CODES)}")
    return code, reason


def _show(console: Console, file: Path, finding: Finding) -> None:
    place = f"{file}:{finding.line}" if finding.line else str(file)
    head = Text.assemble(
        f"{place}: ",
        (f"{finding.level}", STYLES[finding.level]),
        f" [{finding.code}] {finding.reason}",
    )
    below = [Text(finding.command, style="dim")] if finding.command else []
    below.append(
        Text(f"accepted: {finding.accepted}" if finding.accepted else finding.remedy),
    )
    if not console.is_terminal:  # one line each, for grep
        console.print(Text("\n    ").join([head, *below]), soft_wrap=True)
        return
    console.print(head)
    for text in below:
        console.print(Padding(text, (0, 0, 0, 4), expand=False))


def _print_json(document: object) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False))
