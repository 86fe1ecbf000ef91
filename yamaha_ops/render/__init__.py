"""From an inventory entry and templates to the configuration a router should have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration
from yamaha_ops.render.context import context
from yamaha_ops.render.gates import check_revisions
from yamaha_ops.render.templates import Line, render_lines

if TYPE_CHECKING:
    from yamaha_ops.inventory import Router

__all__ = ["Line", "lines", "render"]

EXTRA = "99-extra.j2"
"""The template of the inventory's own lines."""


def lines(
    router: Router, *, templates: Path | None = None, secrets: bool = False
) -> tuple[Line, ...]:
    """Return the configuration line by line, each with the template line it came from.

    Args:
        router: The inventory entry.
        templates: A folder of the user's own templates, over the shipped ones file by file; one
            that does not exist counts as empty.
        secrets: Put the secrets themselves into the lines, instead of ``*``.

    Raises:
        RenderError: A template is wrong, the inventory lacks something, or the firmware cannot
            do what is asked.
        SecretError: A secret is wanted and is not there.
    """
    told = render_lines(context(router), own=templates, secrets=secrets, router=router.name)
    return tuple(line for line in told if not _unwanted(line, router))


def _unwanted(line: Line, router: Router) -> bool:
    """Say whether the inventory leaves a line of the templates out; its own lines stay."""
    if not router.without or Path(line.template).name == EXTRA:
        return False
    text = f"{line.text.strip()} "
    return any(text.startswith(f"{start} ") for start in router.without)


def render(router: Router, *, templates: Path | None = None, secrets: bool = True) -> Configuration:
    """Return the configuration that the inventory and the templates give.

    Raises:
        RenderError, SecretError: See :func:`lines`.
    """
    told = lines(router, templates=templates, secrets=secrets)
    text = "".join(f"{line.text}\n" for line in told)
    configuration = Configuration.parse(text, source=f"rendering of {router.name}")
    check_revisions(router, told, configuration)
    return configuration
