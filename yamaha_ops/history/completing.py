"""Secrets that a console masks, taken from a file of the same router that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration, has_secret, mask

if TYPE_CHECKING:
    from collections.abc import Collection

    from yamaha_ops.config import Setting


def completed(
    shown: Configuration, file: Configuration, unsaved: Collection[str] = ()
) -> Configuration:
    """Return ``shown`` with its masks replaced by the secrets of the same settings in ``file``.

    A setting counts as the same where it is equal but for its secrets; of the device's own
    passwords a console never shows more than that they are there, so for those the key decides.

    Args:
        shown: As ``show config`` prints it.
        file: As SFTP gives it.
        unsaved: Commands, masked, by which the two differ as the router itself says: what they
            name stays masked, since the file has another secret there.
    """
    differing = {mask(line.strip()) for line in unsaved}
    known: dict[int, str] = {}
    for key, setting in shown.settings.items():
        saved = file.settings.get(key)
        if saved and _same(setting, saved) and mask(saved.line) not in differing:
            known[shown.places[key]] = saved.line
    if not known:
        return shown
    text = "".join(
        f"{_indent(line.text)}{known.get(line.number) or line.text.lstrip(' ')}\n"
        for line in shown.lines
    )
    return Configuration.parse(text, source=shown.source)


def _same(shown: Setting, saved: Setting) -> bool:
    if has_secret(shown.line) or not has_secret(saved.line):
        return False
    return "device" in shown.entry.tags or mask(saved.line) == mask(shown.line)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]
