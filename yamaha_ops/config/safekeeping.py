"""Secrets taken out of a configuration for storage, and put back into it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yamaha_ops.config.configuration import Configuration
from yamaha_ops.config.secrets import Secret, replace_words
from yamaha_ops.config.setting import Setting
from yamaha_ops.config.statement import Kind, Statement, read
from yamaha_ops.errors import ConfigError, SecretError

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE = re.compile(r"@\{([^{}]+)\}")
_LITERAL = "@{"
_ESCAPED = "@{@}{"
"""A router's own ``@{`` is kept as a reference to ``@``: it is not taken for one of ours."""


def separate(configuration: Configuration) -> tuple[str, dict[str, str]]:
    """Return the text with a reference for each secret, and the secrets by reference.

    ``pp auth myname user secret`` in PP 1 becomes ``pp auth myname user @{pp1/pp-auth-myname/5}``.
    A reference names the place and not the value, so that a changed secret leaves the text as it
    is. The secrets are kept as the line writes them, quotes and all.
    """
    secrets: dict[str, str] = {}
    context = ""

    def take(line: str) -> str:
        nonlocal context
        context = _context_after(line, context)
        return replace_words(line, lambda secret, raw: keep(line, secret, raw))

    def keep(line: str, secret: Secret, raw: str) -> str:
        name = _name(line, context, secret.place)
        while secrets.get(name, raw) != raw:
            name += "'"
        secrets[name] = raw
        return f"@{{{name}}}"

    if _LITERAL not in configuration.text:
        return configuration.rewritten(take), secrets
    escaped = configuration.text.replace(_LITERAL, _ESCAPED)
    text = Configuration.parse(escaped, source=configuration.source).rewritten(take)
    return text, {name: value.replace(_ESCAPED, _LITERAL) for name, value in secrets.items()}


def restore(text: str, secrets: Mapping[str, str]) -> str:
    """Return ``text`` with its secrets put back; the inverse of :func:`separate`.

    Raises:
        SecretError: A reference has no secret; the message names the reference.
    """

    def put_back(reference: re.Match[str]) -> str:
        if reference[0] == "@{@}":
            return "@"
        try:
            return secrets[reference[1]]
        except KeyError:
            raise SecretError(f"no secret is kept for {reference[0]}") from None

    return _REFERENCE.sub(put_back, text)


def _context_after(line: str, context: str) -> str:
    told = _told(line)
    if isinstance(told, Statement) and told.kind is Kind.SELECT:
        return told.context
    return context


def _name(line: str, context: str, place: int) -> str:
    told = _told(line)
    if isinstance(told, Setting):
        words = told.key.words
    else:
        words = " ".join(("no", *told.keys)) if told else "line"
    inside = told is not None and told.entry is not None and told.entry.context != "global"
    spelled = re.sub(r"[^\w.:*-]+", "-", words).strip("-")
    return f"{context if inside else ''}/{spelled}/{place}".lstrip("/")


def _told(line: str) -> Setting | Statement | None:
    try:
        return read(line)
    except ConfigError:
        return None
