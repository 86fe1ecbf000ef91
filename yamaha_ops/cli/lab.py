"""``yamaha-ops lab``: emulated RTX830 routers on loopback."""

import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from yamaha_ops.cli._options import Json
from yamaha_ops.errors import InputError

try:
    from yamaha_ops.lab import control
    from yamaha_ops.lab.mishaps import MISHAPS
except ModuleNotFoundError as error:
    raise InputError(
        f"the lab needs {error.name}, which is not installed",
        hint="pip install 'yamaha-ops[lab]'",
    ) from error

DEFAULT_PORT = 2830
USER_VARIABLE = "YAMAHA_OPS_LAB_USER"
PASSWORD_VARIABLE = "YAMAHA_OPS_LAB_PASSWORD"  # noqa: S105 -- the name of a variable
ADMINISTRATOR_VARIABLE = "YAMAHA_OPS_LAB_ADMINISTRATOR_PASSWORD"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Emulated RTX830 routers on loopback, for rehearsals and tests.",
)


@app.command()
def up(  # noqa: PLR0917 -- Typer names them
    backup: Annotated[
        Path | None,
        typer.Option(
            "--from",
            exists=True,
            dir_okay=False,
            help="Start from this configuration instead of the factory state.",
        ),
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=500, help="How many routers.")] = 1,
    firmware: Annotated[str, typer.Option(help="Firmware revision.")] = "15.02.22",
    model: Annotated[str, typer.Option(help="Model.")] = "RTX830",
    language: Annotated[str, typer.Option(help="Language of the consoles: ja or en.")] = "ja",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="SSH port of the first; 0 takes free ones.")
    ] = DEFAULT_PORT,
    telnet: Annotated[bool, typer.Option("--telnet", help="Open telnet ports too.")] = False,
    legacy: Annotated[
        bool, typer.Option("--legacy", help="Offer SHA-1 signatures and key exchange only.")
    ] = False,
    prefix: Annotated[
        str, typer.Option(help="The prefix that the emulated line offers.")
    ] = "240b:10:0:3100::/64",
    by: Annotated[
        str, typer.Option(help="How it offers it: ra (advertisement) or pd (delegation).")
    ] = "ra",
    output_json: Json = False,
) -> None:
    """Start emulated routers in the background.

    Passwords come from the environment (YAMAHA_OPS_LAB_PASSWORD,
    YAMAHA_OPS_LAB_ADMINISTRATOR_PASSWORD, user name YAMAHA_OPS_LAB_USER); random ones are made and
    shown where a variable is not set.
    """
    if by not in {"ra", "pd"}:
        raise InputError(f"a line offers its prefix by ra or pd, not by {by}")
    user = os.environ.get(USER_VARIABLE, "admin")
    given = {name: os.environ.get(name) for name in (PASSWORD_VARIABLE, ADMINISTRATOR_VARIABLE)}
    made = {name: value or secrets.token_urlsafe(9) for name, value in given.items()}
    order = {
        "config": backup.read_bytes().decode("latin-1") if backup else None,
        "count": count,
        "firmware": firmware,
        "model": model,
        "language": language,
        "port": port,
        "telnet": telnet,
        "legacy": legacy,
        "offer": {"prefix": prefix, "by": by},
        "user": user,
        "password": made[PASSWORD_VARIABLE],
        "administrator_password": made[ADMINISTRATOR_VARIABLE],
    }
    started = control.start(order)
    started["user"] = user
    for name, value in made.items():
        if given[name] is None:
            started[name.removeprefix("YAMAHA_OPS_LAB_").lower()] = value
    if output_json:
        typer.echo(json.dumps(started))
        return
    for router in started["routers"]:
        typer.echo(_line(router))
    first = started["routers"][0]
    typer.echo(f"log in:  ssh -p {first['ssh_port']} {user}@{first['host']}")
    for name, label in (("password", "password"), ("administrator_password", "administrator")):
        if name in started:
            typer.echo(f"{label}: {started[name]}")
    typer.echo("stop with: yamaha-ops lab down")


@app.command()
def down() -> None:
    """Stop the running lab; nothing is left behind."""
    control.stop()


@app.command("list")
def list_routers(output_json: Json = False) -> None:
    """List the routers of the running lab."""
    found = control.ask({"do": "list"})
    if output_json:
        typer.echo(json.dumps(found))
        return
    for router in found["routers"]:
        typer.echo(_line(router))


@app.command(
    help="Let something go wrong, or mend it.\n\n\b\n"
    + "\n".join(f"{name:20}{fault.takes:13}{fault.help}" for name, fault in MISHAPS.items())
)
def fault(
    router: Annotated[str, typer.Argument(help="The router's name, such as rtx1.")],
    kind: Annotated[str, typer.Argument(help="What goes wrong; see above.")],
    values: Annotated[list[str] | None, typer.Argument(help="Its value, if it takes one.")] = None,
) -> None:
    """Let something go wrong, or mend it."""
    control.ask({"do": "fault", "router": router, "kind": kind, "values": values or []})


def _line(router: dict[str, Any]) -> str:
    ports = f"ssh and sftp {router['ssh_port']}, tftp {router['tftp_port']}"
    if router["telnet_port"]:
        ports += f", telnet {router['telnet_port']}"
    for opened, real in router["script_ports"].items():
        ports += f", a script's {opened} at {real}"
    if not router["powered"]:
        state = "off"
    elif router["online"]:
        state = "online"
    else:
        state = "offline"
    what = f"{router['model']} {router['firmware']}"
    return f"{router['name']}: {what} on {router['host']}, {ports}; line {state}"
