"""Every service on every model and at every revision that matters: one table, kept as a golden."""

from __future__ import annotations

import os
from difflib import ndiff
from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.errors import RenderError
from yamaha_ops.firmware import FEATURES, MODELS, Revision
from yamaha_ops.inventory import Router, load
from yamaha_ops.render import render
from yamaha_ops.render.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
INVENTORY = load(HERE / "lines.yaml")
GATES = {"map-e type", "ipip endpoint name"}.union(
    *(service.needs for service in SERVICES.values())
)
GOLDEN = HERE / "golden" / "matrix.txt"


def revisions(model: str) -> Iterator[Revision]:
    """The revisions at which a model learns something, and the one before each."""
    firsts = {FEATURES[feature].get(model, "?") for feature in GATES} - {"00.00.00", "?"}
    known = set(map(Revision.parse, firsts))
    yield from sorted(known | {Revision(each.series, each.major, each.minor - 1) for each in known})


def outcome(router: Router) -> str:
    """Say how the rendering differs from the golden of RTX830's latest, or why it is refused."""
    try:
        text = render(router, secrets=False).text
    except RenderError as error:
        return f"refused: {error.message.partition(';')[0]}"
    golden = (HERE / "golden" / f"{router.name}.conf").read_text(encoding="utf-8")
    changed = [line for line in ndiff(golden.splitlines(), text.splitlines()) if line[0] in "+-"]
    return "; ".join(changed) or "the same"


def table() -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for router in INVENTORY.routers.values():
        for model in MODELS:
            for revision in (None, *revisions(model)):
                here = router.model_copy(update={"model": model, "firmware": revision})
                on = f"{model} {revision or 'of any revision'}"
                told.setdefault(f"{router.name}: {outcome(here)}", []).append(on)
    for what, where in told.items():
        yield f"{what}\n    {', '.join(where)}"


def test_the_table_is_the_golden_one() -> None:
    text = "\n".join(table()) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
