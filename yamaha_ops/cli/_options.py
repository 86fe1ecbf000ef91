"""Options that several commands share, so that they read and behave alike everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print JSON and nothing else.", show_default=False)
]

Inventory = Annotated[
    Path,
    typer.Option(
        "--inventory",
        "-i",
        envvar="YAMAHA_OPS_INVENTORY",
        help="The inventory file.",
        show_envvar=True,
    ),
]
DEFAULT_INVENTORY = Path("inventory.yaml")

Routers = Annotated[
    list[str] | None, typer.Argument(help="Routers by inventory name.", show_default=False)
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--label", help="Choose routers by key=value; all given must match."),
]
All = Annotated[bool, typer.Option("--all", help="Choose every router.", show_default=False)]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Answer the question with yes.", show_default=False)
]
AcceptNewHostKey = Annotated[
    bool,
    typer.Option(
        "--accept-new-host-key",
        help="Record the host key of a router never seen before; a changed one is always refused.",
        show_default=False,
    ),
]
ResendSecrets = Annotated[
    bool,
    typer.Option(
        "--resend-secrets",
        help="Send secrets again that the router shows as *, after a change of one.",
        show_default=False,
    ),
]
