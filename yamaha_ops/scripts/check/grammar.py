"""Lua 5.1's own verdict on a script: loaded, never run."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from yamaha_ops.errors import InputError
from yamaha_ops.scripts.check.finding import Finding, Level

_PROBLEM = re.compile(r":(\d+): (.*)", re.DOTALL)


def _lua51() -> Any:
    try:
        return import_module("lupa.lua51")
    except ImportError:
        raise InputError(
            "checking Lua needs the lupa package, which brings Lua 5.1",
            hint="install it: pip install 'yamaha-ops[lab]'",
        ) from None


def syntax(source: bytes) -> Finding | None:
    """Return what Lua's compiler says against a script, or None.

    Raises:
        InputError: No Lua is installed.
    """
    machine = _lua51().LuaRuntime(
        encoding="latin-1",
        register_eval=False,
        register_builtins=False,
        unpack_returned_tuples=True,
    )
    loaded = machine.eval("loadstring")(source.decode("latin-1"), "=script")
    if not isinstance(loaded, tuple):
        return None
    found = _PROBLEM.search(str(loaded[1]))
    line, text = (int(found[1]), found[2]) if found else (1, str(loaded[1]))
    return Finding(line, 0, Level.ERROR, "syntax", text, "the router's Lua is 5.1: no goto, no //")
