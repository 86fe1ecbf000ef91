"""Questions on a terminal: asked where somebody is there, else refused."""

from __future__ import annotations

import sys

import typer

from yamaha_ops.errors import InputError


def ask(question: str) -> bool:
    """Ask a question that is answered with yes or no.

    Raises:
        InputError: Standard input is no terminal.
    """
    if not sys.stdin.isatty():
        raise InputError(
            f"nobody is there to answer: {question}", hint="Answer on a terminal, or say --yes."
        )
    return typer.confirm(question, err=True)
