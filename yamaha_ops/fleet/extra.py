"""Dask, which only those have who asked for it."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from yamaha_ops.errors import InputError

GONE: Final = (OSError, RuntimeError, AttributeError)
"""What a client of Dask raises whose scheduler is gone: while it has not noticed, while it closes,
and when it has closed (its scheduler is None then)."""


def dask(module: str = "distributed") -> Any:
    """Return a package of Dask; both are published without types.

    Raises:
        InputError: It is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise InputError(
            "a cluster needs Dask, which is not installed", hint="pip install 'yamaha-ops[dask]'"
        ) from None
