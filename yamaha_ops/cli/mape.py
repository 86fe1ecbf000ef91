"""``yamaha-ops mape``: the calculator. Only the standard library and Typer are imported."""

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial, wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from yamaha_ops.cli._light import LightCommand, LightGroup
from yamaha_ops.cli._options import DEFAULT_INVENTORY, AcceptNewHostKey, Inventory, Json
from yamaha_ops.errors import ExitCode, MapeError
from yamaha_ops.mape import Rule, RuleTable, calculate, owner, shipped_rules
from yamaha_ops.mape.record import json_error, json_line, json_owner, json_verdict
from yamaha_ops.mape.rule import DEFAULT_OFFSET, InterfaceId

app = typer.Typer(
    cls=LightGroup,
    add_completion=False,
    no_args_is_help=True,
    help="MAP-E: addresses, port ranges, owners and rules.",
)

STDIN = "-"
Table = Callable[[], RuleTable]
PANEL = "Rules other than the shipped ones"


def choose_rules(
    *,
    rules: Annotated[
        Path | None,
        typer.Option(
            help="A JSON file of rules, also in HB46PP form. They come before the shipped ones.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    rule_ipv6: Annotated[
        str | None,
        typer.Option(help="IPv6 prefix of the one rule to use.", rich_help_panel=PANEL),
    ] = None,
    rule_ipv4: Annotated[
        str | None, typer.Option(help="Its IPv4 prefix.", rich_help_panel=PANEL)
    ] = None,
    ea_bits: Annotated[
        int | None, typer.Option(help="Its EA bits (0..48).", rich_help_panel=PANEL)
    ] = None,
    psid_offset: Annotated[
        int | None,
        typer.Option(
            help="Its PSID offset (0..15); if left out 6, with draft-03 4.", rich_help_panel=PANEL
        ),
    ] = None,
    psid_length: Annotated[
        int | None,
        typer.Option(help="PSID length, where EA bits are 0.", rich_help_panel=PANEL),
    ] = None,
    psid: Annotated[
        int | None, typer.Option(help="PSID, where EA bits are 0.", rich_help_panel=PANEL)
    ] = None,
    interface_id: Annotated[
        InterfaceId | None,
        typer.Option(help="Form of the CE address; if left out rfc7597.", rich_help_panel=PANEL),
    ] = None,
    br: Annotated[
        str | None,
        typer.Option(help="IPv6 address of its border relay.", rich_help_panel=PANEL),
    ] = None,
) -> RuleTable:
    """Return the rules that the options name."""
    given = (rule_ipv6, rule_ipv4, ea_bits, psid_offset, psid_length, psid, interface_id, br)
    if all(option is None for option in given):
        return shipped_rules() if rules is None else shipped_rules().overridden_by(_read(rules))
    if rules is not None:
        raise typer.BadParameter("give either --rules or one rule by its parts")
    if rule_ipv6 is None or rule_ipv4 is None or ea_bits is None:
        raise typer.BadParameter("one rule needs --rule-ipv6, --rule-ipv4 and --ea-bits")
    form = interface_id or "rfc7597"
    rule = Rule(
        ipv6=rule_ipv6,
        ipv4=rule_ipv4,
        ea_bits=ea_bits,
        psid_offset=DEFAULT_OFFSET[form] if psid_offset is None else psid_offset,
        interface_id=form,
        br=br,
        provisioned_psid=psid,
        provisioned_psid_length=psid_length,
    )
    return RuleTable((rule,))


def _read(path: Path) -> RuleTable:
    from yamaha_ops.mape.files import rules_from_json  # noqa: PLC0415 -- only if asked for

    try:
        text = path.read_bytes()
    except OSError as error:
        raise MapeError(f"cannot be read: {error.strerror}", where=str(path)) from None
    return rules_from_json(text, source=str(path))


def with_rules(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of :func:`choose_rules`; it gets them as ``table``, to be called.

    Typer reads a command's options from its signature, so the two signatures become one. The table
    comes as a function because a rule that is refused is an answer like any other in JSON.
    """
    options = inspect.signature(choose_rules).parameters
    own = [p for p in inspect.signature(command).parameters.values() if p.name != "table"]

    @wraps(command)
    def run(**values: Any) -> None:
        chosen = {name: values.pop(name) for name in options}
        command(table=cache(partial(choose_rules, **chosen)), **values)

    parameters = [*own, *options.values()]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def _print_json(texts: Iterable[str], answer: Callable[[str], str]) -> None:
    """Print one JSON line for each text, an error where there is no answer; fail if any failed."""
    failed = False
    for text in texts:
        try:
            line = answer(text)
        except MapeError as error:
            failed = True
            line = json_error(text, str(error))
        sys.stdout.write(f"{line}\n")
    if failed:
        raise typer.Exit(ExitCode.FAILED)


@app.command(cls=LightCommand)
@with_rules
def calc(
    *,
    prefixes: Annotated[
        list[str],
        typer.Argument(metavar="PREFIX...", help="Prefixes or addresses; - reads them from stdin."),
    ],
    as_json: Json = False,
    table: Table,
) -> None:
    """IPv4 address, PSID, ports, CE and BR of each prefix."""
    texts = _inputs(prefixes)
    if as_json:
        _print_json(texts, lambda text: json_line(text, calculate(text, table())))
        return
    from yamaha_ops.mape.text import describe, one_line  # noqa: PLC0415 -- JSON needs none of it

    rules = table()
    failed = False
    for text in texts:
        try:
            line = calculate(text, rules)
        except MapeError as error:
            failed = True
            answer = f"{text}  error: {error}"
        else:
            answer = f"{text:<40} {one_line(line)}" if STDIN in prefixes else describe(line)
        sys.stdout.write(f"{answer}\n")
    if failed:
        raise typer.Exit(ExitCode.FAILED)


def _inputs(prefixes: Iterable[str]) -> Iterator[str]:
    """Yield what to answer; ``-`` stands for the lines of stdin, blank ones left out."""
    for prefix in prefixes:
        if prefix != STDIN:
            yield prefix
            continue
        for line in typer.get_text_stream("stdin", errors="backslashreplace"):
            text = line.strip()
            if text:
                yield text


@app.command("owner", cls=LightCommand)
@with_rules
def owner_(
    *,
    ipv4: Annotated[str, typer.Argument(help="IPv4 address.")],
    port: Annotated[int, typer.Argument(help="Port (0..65535).")],
    as_json: Json = False,
    table: Table,
) -> None:
    """Which end-user prefix owns a port of an IPv4 address."""
    if as_json:
        _print_json([ipv4], lambda text: json_owner(text, port, owner(text, port, table())))
        return
    from yamaha_ops.mape.text import describe  # noqa: PLC0415 -- JSON needs none of it

    typer.echo(f"{ipv4} port {port} belongs to {describe(owner(ipv4, port, table()))}")


@app.command(cls=LightCommand)
@with_rules
def port(
    *,
    prefix: Annotated[str, typer.Argument(help="Prefix of the line, or an address on it.")],
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="PORT[/PROTO]",
            help="Such as 8080, 8080/tcp, 27000-27010/udp, OUTER=INNER/tcp, esp.",
        ),
    ],
    as_json: Json = False,
    table: Table,
) -> None:
    """May this line forward that port; if not, why, and which are nearest."""
    from yamaha_ops.mape.forwarding import Forward, may_forward  # noqa: PLC0415 -- only used here

    def answer(text: str) -> str:
        forward = Forward.parse(wanted)
        line = calculate(text, table())
        verdict = may_forward(line, forward)
        if as_json:
            return json_verdict(text, line, forward, verdict)
        from yamaha_ops.mape.text import verdict_text  # noqa: PLC0415 -- JSON needs none of it

        return verdict_text(line, forward, verdict)

    if as_json:
        _print_json([prefix], answer)
    else:
        typer.echo(answer(prefix))


@app.command("rules", cls=LightCommand)
def rules_(
    *,
    rules: Annotated[
        Path | None, typer.Option(help="A JSON file of rules that come before the shipped ones.")
    ] = None,
    provider: Annotated[str | None, typer.Option(help="Only the rules of one provider.")] = None,
    as_json: Json = False,
) -> None:
    """The rule table: provider, source and how well each rule is verified."""
    from yamaha_ops.mape.listing import as_records, as_table  # noqa: PLC0415 -- only used here

    table = shipped_rules() if rules is None else shipped_rules().overridden_by(_read(rules))
    shown = [rule for rule in table if provider in (None, rule.provider)]
    if not shown:
        known = sorted({rule.provider for rule in table if rule.provider})
        raise MapeError(f"no rule of {provider!r}; the providers are {', '.join(known)}")
    typer.echo(json.dumps(as_records(shown), indent=1) if as_json else as_table(shown))


@app.command(cls=LightCommand)
@with_rules
def draw(
    *,
    prefix: Annotated[str, typer.Argument(help="Prefix of the line, or an address on it.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The SVG file to write.")
    ] = None,
    japanese: Annotated[bool, typer.Option("--ja/--en", help="The words in the file.")] = False,
    table: Table,
) -> None:
    """The bit layout and the port map: as an SVG file, and in characters here."""
    line = calculate(prefix, table())
    if output is not None:
        from yamaha_ops.mape.svg import draw as draw_svg  # noqa: PLC0415 -- only with -o

        try:
            output.write_text(draw_svg(line, "ja" if japanese else "en"), encoding="utf-8")
        except OSError as error:
            raise MapeError(f"cannot be written: {error.strerror}", where=str(output)) from None
    from yamaha_ops.mape.terminal import picture  # noqa: PLC0415 -- only used here

    typer.echo(picture(line))


@app.command()
def verify(
    routers: Annotated[list[str], typer.Argument(help="Routers by inventory name.")],
    *,
    inventory: Inventory = DEFAULT_INVENTORY,
    accept_new_host_key: AcceptNewHostKey = False,
    as_json: Json = False,
) -> None:
    """The mathematics against what routers say they have; exit with 1 where they differ."""
    from yamaha_ops.cli._verify import verify_routers  # noqa: PLC0415 -- SSH only when needed

    raise typer.Exit(
        verify_routers(inventory, routers, accept_new_host_key=accept_new_host_key, as_json=as_json)
    )
