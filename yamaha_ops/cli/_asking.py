"""Questions on a terminal: asked where somebody is there, else refused."""

from __future__ import annotations

import sys

import typer

from yamaha_ops.errors import InputError

OR_ELSE = "Answer on a terminal, or say --yes."


def ask(question: str, *, or_else: str = OR_ELSE) -> bool:
    """Ask a question that is answered with yes or no.

    Args:
        question: What is asked.
        or_else: What to do where nobody can answer.

    Raises:
        InputError: Standard input is no terminal.
    """
    if not sys.stdin.isatty():
        raise InputError(f"nobody is there to answer: {question}", hint=or_else)
    return typer.confirm(question, err=True)
