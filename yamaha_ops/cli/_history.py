"""The options that the commands around the history share."""

from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.actions.histories import VARIABLE
from yamaha_ops.inventory import Secret

HistoryPath = Annotated[
    Path | None,
    typer.Option(
        "--history",
        envvar=VARIABLE,
        help="The history's git repository; history.git in the state folder if left out.",
        show_envvar=True,
        show_default=False,
    ),
]
HistoryKey = Annotated[
    str | None,
    typer.Option(
        "--history-key",
        envvar="YAMAHA_OPS_HISTORY_KEY",
        help=f"Where the key of its secrets is: {Secret.FORMS}. Made in the state folder if left "
        "out.",
        show_envvar=True,
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why, in one line.")]
Author = Annotated[
    str | None,
    typer.Option(
        "--author",
        envvar="YAMAHA_OPS_AUTHOR",
        help="Who: 'Name <mail>'; the user of this machine if left out.",
        show_default=False,
    ),
]
AtOnce = Annotated[int, typer.Option("--at-once", min=1, help="Routers at a time.")]
NoHistory = Annotated[
    bool,
    typer.Option(
        "--no-history",
        help="Keep nothing of it in the history.",
        show_default=False,
    ),
]
