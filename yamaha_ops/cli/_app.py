"""The root of the command tree: a table of commands, each loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand
from typer.main import get_command

from yamaha_ops import __version__
from yamaha_ops.cli._light import LightGroup

if TYPE_CHECKING:
    from typing import Any

COMMANDS = {
    "apply": "Change routers to what the inventory says, under a guard that takes it back.",
    "backup": "Keep running, startup and previous configurations in the history.",
    "config": "Compare and check configuration files.",
    "diff": "Compare running, startup, previous, tagged, drafted and rendered configurations.",
    "draft": "Keep an edited configuration, to compare and to restore.",
    "drift": "Compare what routers run with what the inventory says and what they saved.",
    "exporter": "Serve what the routers say to Prometheus.",
    "facts": "Serial, MAC, model, revision, licences, uptime, last contact of routers.",
    "firmware": "Which firmware runs where, and another one in its place.",
    "history": "List the backups of routers.",
    "inventory": "Explain, edit and take over inventories.",
    "lab": "Emulated RTX830 routers on loopback.",
    "lan": "What hangs on a router, as a table, JSON or a picture.",
    "lua": "Lua scripts: checked here, delivered and watched there.",
    "mape": "MAP-E: addresses, port ranges, owners and rules.",
    "parse": "Console text to records.",
    "plan": "Show the commands that apply would send.",
    "record": "Keep what a router prints, masked, as a transcript.",
    "render": "Print the configuration that the inventory and templates give.",
    "restore": "Bring a router to a configuration of its history, under the guard of apply.",
    "run": "Console commands on many routers.",
    "scrape": "One round of health over the chosen routers, as metrics.",
    "show": "Print a configuration of the history.",
    "status": "What routers say of themselves, live.",
    "support": "One archive for whoever helps, everything masked.",
    "tag": "Name a revision of the history.",
    "web": "The console in a browser, and its users.",
    "yno": "CONFIGs taken over from Yamaha Network Organizer into the history.",
    "zero-touch": "Set up factory-fresh routers.",
}
"""Every command and its one line of help; ``yamaha_ops.cli.NAME`` holds its Typer ``app``."""


class LazyGroup(LightGroup):
    """A group whose commands are imported only when they run; help needs just the table."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- the base's signature
        """Name the commands without importing one."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 -- the base's signature
        """Return a stand-in that is enough for help and for "no such command"."""
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is about to run."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            module = import_module(f"yamaha_ops.cli.{name.replace('-', '_')}")
            command = get_command(module.app)
            command.name = name
        return name, command, rest


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Render, apply safely and watch Yamaha RTX router configurations.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yamaha-ops {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Render, apply safely and watch Yamaha RTX router configurations."""
