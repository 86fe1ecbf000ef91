"""Commands that start fast: values that need no coercion do not load the machinery for it.

Typer coerces every parameter through pydantic, even an option that was not given, and importing
pydantic costs more than everything else that a short command does. Absent values and plain text
pass here untouched; numbers, paths, choices and every mistake still go Typer's way.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable


class _Light:
    """Give each parameter a shortcut around its coercion.

    Only Click's own method names are used; ``type_descriptor`` is Typer's, and where a version of
    Typer has no such thing, nothing is skipped.
    """

    def get_params(self, ctx: Any) -> list[Any]:
        parameters: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            if "process_value" not in vars(parameter):
                parameter.process_value = partial(_process, parameter, parameter.process_value)
        return parameters


def _process(parameter: Any, coerce: Callable[[Any, Any], Any], ctx: Any, value: Any) -> Any:
    declared = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if declared is None or not _is_final(declared, value, required=parameter.required):
        return coerce(ctx, value)
    if value is None and (parameter.nargs == -1 or getattr(parameter, "multiple", False)):
        value = ()
    return value if parameter.callback is None else parameter.callback(ctx, parameter, value)


def _is_final(declared: Any, value: Any, *, required: bool) -> bool:
    if value is None:
        return not required
    if declared is str:
        return isinstance(value, str)
    return bool(declared == list[str] and value and all(isinstance(item, str) for item in value))


class LightCommand(_Light, TyperCommand):
    """A command without needless coercion: ``@app.command(cls=LightCommand)``."""


class LightGroup(_Light, TyperGroup):
    """A group without needless coercion: ``typer.Typer(cls=LightGroup)``."""
