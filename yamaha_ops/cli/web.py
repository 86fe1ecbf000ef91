"""`yamaha-ops web`: the console in a browser, and its users."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal
from rich.table import Table
from sqlalchemy import select

from yamaha_ops.cli import _options as options
from yamaha_ops.errors import InputError
from yamaha_ops.exporter.server import listen_address
from yamaha_ops.web.access import accounts
from yamaha_ops.web.access.assignment import labels_as_text, labels_from
from yamaha_ops.web.access.logins import end_all
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.console import SERVER, Console
from yamaha_ops.web.serving import refuse_exposed, serve
from yamaha_ops.web.settings import read_settings
from yamaha_ops.web.store.people import User

app = typer.Typer(add_completion=False, help="The console in a browser.")
user = typer.Typer(add_completion=False, no_args_is_help=True, help="Who may come in.")
app.add_typer(user, name="user")

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="YAMAHA_OPS_WEB_CONFIG",
        show_envvar=True,
        help="The settings file (docs/web.md).",
    ),
]
MaybeInventory = Annotated[
    Path | None,
    typer.Option(
        "--inventory",
        "-i",
        envvar="YAMAHA_OPS_INVENTORY",
        show_envvar=True,
        help="The inventory file; else that of the settings, else inventory.yaml.",
    ),
]
Name = Annotated[str, typer.Argument(help="The user's name.")]


@app.callback(invoke_without_command=True)
def web(
    context: typer.Context,
    *,
    config: Config = None,
    inventory: MaybeInventory = None,
    listen: Annotated[
        str | None,
        typer.Option(
            "--listen", metavar="HOST:PORT", help="Where to listen, 127.0.0.1:9833 by itself."
        ),
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", help="A PEM file with the whole chain.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Its key, a PEM file.")] = None,
    insecure: Annotated[
        bool,
        typer.Option(
            "--insecure",
            help="Serve others than this machine without TLS; the network sees to it.",
            show_default=False,
        ),
    ] = False,
) -> None:
    """Serve the console. `yamaha-ops web user add NAME --role admin` makes the first user."""
    said: dict[str, object] = {
        "inventory": inventory,
        "tls_certificate": tls_certificate,
        "tls_key": tls_key,
        "insecure": insecure or None,
    }
    if listen is not None:
        said["host"], said["port"] = listen_address(listen)
    context.obj = (config, said)
    if context.invoked_subcommand is not None:
        return
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    for name in ("paramiko", "httpx", "alembic", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
    settings = read_settings(config, said)
    refuse_exposed(settings)
    serve(Console(settings))


@user.command()
def add(
    context: typer.Context,
    name: Name,
    *,
    roles: Annotated[
        list[Role] | None,
        typer.Option("--role", help="What they may do besides looking; may be given again."),
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option("--label", help="Only routers with key=value; every one without."),
    ] = None,
    shown_name: Annotated[str, typer.Option("--shown-name", help="What pages call them.")] = "",
) -> None:
    """Add a user. The password is typed, or read from standard input; never an argument."""
    with_console = _console(context)
    password = _password(name)
    chosen = labels_from(" ".join(labels)) if labels else None
    made = add_user(
        with_console,
        name,
        password,
        roles=roles or (),
        shown_name=shown_name,
        labels=chosen,
        # Whoever typed it here need not be who will use it; an administrator is.
        must_change=Role.ADMIN not in (roles or ()),
    )
    with_console.audit(SERVER, "user.added", user=made.name, roles=made.roles, labels=made.labels)
    with_console.close()
    typer.echo(f"added {made.name}", err=True)


@user.command("list")
def listing(context: typer.Context, *, as_json: options.Json = False) -> None:
    """List users."""
    with_console = _console(context)
    with with_console.database.reading() as session:
        found = session.scalars(select(User).order_by(User.name)).all()
    with_console.close()
    if as_json:
        rows = [
            {
                "name": each.name,
                "shown_name": each.shown_name,
                "roles": each.roles,
                "labels": each.labels,
                "locked": each.barred,
                "provider": each.subject is not None,
                "second_factor": each.totp_sealed is not None,
                "last_login": each.last_login,
            }
            for each in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table("User", "Roles", "Routers", "State")
    for each in found:
        table.add_row(
            each.name,
            " ".join(each.roles) or Role.VIEWER.value,
            labels_as_text(each.labels) or "all",
            "locked" if each.barred else "",
        )
    Terminal().print(table)


@user.command()
def lock(context: typer.Context, name: Name) -> None:
    """Keep a user out, and end their logins."""
    _bar(context, name, barred=True)


@user.command()
def unlock(context: typer.Context, name: Name) -> None:
    """Let a user in again."""
    _bar(context, name, barred=False)


@user.command()
def reset(context: typer.Context, name: Name) -> None:
    """Set a new first password; the second factor and every login end."""
    with_console = _console(context)
    known = _known(with_console, name)
    accounts.reset(with_console, known.id, _password(name))
    with_console.audit(SERVER, "user.reset", user=known.name)
    with_console.close()
    typer.echo(f"reset {known.name}", err=True)


@user.command()
def roles(
    context: typer.Context,
    name: Name,
    *,
    wanted: Annotated[
        list[Role] | None, typer.Option("--role", help="What they may do; may be given again.")
    ] = None,
) -> None:
    """Set what a user may do; without --role they may only look."""
    with_console = _console(context)
    known = _known(with_console, name)
    accounts.change_user(
        with_console, known.id, roles=wanted or (), labels=known.labels, barred=known.barred
    )
    names = sorted(role.value for role in wanted or ())
    with_console.audit(SERVER, "user.changed", user=known.name, roles=names)
    with_console.close()


def _bar(context: typer.Context, name: str, *, barred: bool) -> None:
    with_console = _console(context)
    known = _known(with_console, name)
    with with_console.database.session() as session:
        session.get_one(User, known.id).barred = barred
    if barred:
        end_all(with_console, known.id)
    with_console.audit(SERVER, "user.changed", user=known.name, barred=barred)
    with_console.close()


def _console(context: typer.Context) -> Console:
    config, said = context.obj
    made = Console(read_settings(config, said))
    made.database.upgrade()
    return made


def _known(with_console: Console, name: str) -> User:
    with with_console.database.reading() as session:
        found = session.scalar(select(User).where(User.name == name.lower()))
    if found is None:
        raise InputError(f"there is no user {name}")
    return found


def _password(name: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
