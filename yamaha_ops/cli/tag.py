"""`yamaha-ops tag`: a name for a revision, such as `before-the-move`."""

from typing import Annotated

import typer

from yamaha_ops.actions.histories import store_beside
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command()
def tag(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    name: Annotated[str, typer.Argument(help="The name.")],
    revision: Annotated[
        str, typer.Argument(help="latest, ~N, the beginning of a hash, @DATE, or a tag.")
    ] = "latest",
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    force: Annotated[
        bool, typer.Option("--force", help="Take the name from another revision.")
    ] = False,
    history: options_of_history.HistoryPath = None,
) -> None:
    """Give a revision a name."""
    store = store_beside(inventory, history)
    found = store.resolve(router, revision)
    store.tag(found, name, force=force)
    typer.echo(f"{router}: {found.id[:10]} is {name}", err=True)
