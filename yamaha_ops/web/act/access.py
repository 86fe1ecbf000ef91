"""What pages and the API share on their way to changes, runs and configurations."""

from typing import Annotated

from fastapi import Depends, Request

from yamaha_ops.actions.sides import DRAFT, Side, Sides
from yamaha_ops.errors import InputError
from yamaha_ops.history import Kind
from yamaha_ops.inventory import Router
from yamaha_ops.web.access.visitor import Visitor
from yamaha_ops.web.act.book import Book
from yamaha_ops.web.act.runner import Runner
from yamaha_ops.web.act.runs import Runs
from yamaha_ops.web.console import Console, console

LIVE = "live:"
"""Before ``running``, ``startup`` or ``previous``: the router itself is asked."""


def runner(request: Request) -> Runner:
    """Return what carries changes and runs out."""
    found: Runner = request.app.state.runner
    return found


def book(console: Annotated[Console, Depends(console)]) -> Book:
    """Return the book of changes."""
    return Book(console)


def runs(
    console: Annotated[Console, Depends(console)], runner: Annotated[Runner, Depends(runner)]
) -> Runs:
    """Return the runs."""
    return Runs(console, runner)


async def fields(request: Request) -> dict[str, str]:
    """Return a form's fields, of several with one name the last; files are no fields."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def lists(request: Request) -> dict[str, list[str]]:
    """Return a form's fields, each with all its values."""
    form = await request.form()
    return {
        name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form
    }


Fields = Annotated[dict[str, str], Depends(fields)]
Lists = Annotated[dict[str, list[str]], Depends(lists)]


def side(console: Console, router: Router, word: str) -> Side:
    """Return a configuration by what a browser calls it; files of the server have no name there.

    Raises:
        YamahaOpsError: There is none, or the router cannot be asked.
    """
    live = word.startswith(LIVE)
    name = word.removeprefix(LIVE)
    if name.startswith("file:"):
        raise InputError("files are not read from here")
    sides = Sides(console.inventory(), router, console.history, live=live)
    return sides.find(name)


def pinned(word: str, found: Side) -> str | None:
    """Return a name of a configuration that goes on meaning the same; None for what is rendered.

    ``latest`` and tags move, and a router's own word is gone a moment later.

    Raises:
        InputError: It is only on the router: a backup has to be made first.
    """
    if word == "rendered":
        return None
    if found.revision is not None:
        kind = word.partition(":")[2] or (word if word in set(Kind) else Kind.RUNNING)
        return f"{found.revision.id[:16]}:{kind}"
    if word.startswith(DRAFT):
        return word
    raise InputError("this configuration is only on the router", hint="Back it up first.")


def selected(console: Console, visitor: Visitor, names: list[str], labels: str) -> list[Router]:
    """Return the routers that a form chooses, by name and by labels, of those the visitor sees.

    Raises:
        InputError: A label is not ``key=value``, or a router is none of theirs.
    """
    mine = {
        name: entry for name, entry in console.inventory().routers.items() if visitor.sees(entry)
    }
    strange = [name for name in names if name not in mine]
    if strange:
        raise InputError(f"there is no router {strange[0]!r}")
    chosen = {name: mine[name] for name in names}
    wanted = [label.partition("=")[::2] for label in labels.split()]
    if any(not key or not value for key, value in wanted):
        raise InputError("labels are written key=value")
    if wanted:
        chosen |= {
            name: entry
            for name, entry in mine.items()
            if all(entry.labels.get(key) == value for key, value in wanted)
        }
    return list(chosen.values())
