"""``yamaha-ops render``: the configuration that the inventory and the templates give."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from yamaha_ops.cli._options import DEFAULT_INVENTORY, All, Inventory, Json, Labels, Routers
from yamaha_ops.inventory import load
from yamaha_ops.render import Line, render
from yamaha_ops.render.explain import Explained, explain
from yamaha_ops.render.services import caveat

app = typer.Typer(add_completion=False)


class Language(StrEnum):
    """The language of explanations."""

    ENGLISH = "en"
    JAPANESE = "ja"


Templates = Annotated[
    Path | None,
    typer.Option(
        "--templates",
        exists=True,
        file_okay=False,
        help="Templates of your own, over the shipped ones file by file; "
        "templates/ beside the inventory if left out.",
        show_default=False,
    ),
]
Explain = Annotated[
    Language | None,
    typer.Option("--explain", help="Say what each line means and where it came from."),
]


@app.command("render")
def print_configuration(
    *,
    routers: Routers = None,
    label: Labels = None,
    all_routers: All = False,
    inventory: Inventory = DEFAULT_INVENTORY,
    templates: Templates = None,
    explained: Explain = None,
    as_json: Json = False,
) -> None:
    """Print the configuration that the inventory and the templates give; secrets stay out."""
    book = load(inventory)
    own = templates or book.folder / "templates"
    for router in book.select(routers or (), label or (), everything=all_routers):
        configuration = render(router, templates=own, secrets=False)
        told = explain(router, templates=own)
        if router.line and (warning := caveat(router.line.actual)):
            typer.echo(f"{router.name}: {warning}", err=True)
        if as_json:
            document = {
                "router": router.name,
                "configuration": configuration.text,
                "lines": [_as_json(each) for each in told],
            }
            typer.echo(json.dumps(document, ensure_ascii=False))
        elif explained is None:
            typer.echo(configuration.text, nl=False)
        else:
            typer.echo("\n".join(_commented(told, explained)))


def _as_json(each: Explained) -> dict[str, Any]:
    return {
        "text": each.line.text,
        "template": each.line.template,
        "line": each.line.number,
        "reference": each.reference,
        "en": each.meaning.english if each.meaning else None,
        "ja": each.meaning.japanese if each.meaning else None,
        "because": each.because,
    }


def _commented(told: Iterable[Explained], language: Language) -> Iterable[str]:
    """Put a comment over each line, once for neighbours that share it: still a configuration."""
    before = None
    for each in told:
        comment = _comment(each, language)
        if comment and comment != before:
            yield comment
        before = comment
        yield each.line.text


def _comment(each: Explained, language: Language) -> str | None:
    if each.reference is None:
        return None
    parts = [_place(each.line), f"REF {each.reference}"]
    if each.because:
        parts.insert(0, each.because)
    if each.meaning:
        english = language is Language.ENGLISH
        parts.insert(0, each.meaning.english if english else each.meaning.japanese)
    return f"# {' · '.join(parts)}"


def _place(line: Line) -> str:
    return f"{Path(line.template).name}:{line.number}"
