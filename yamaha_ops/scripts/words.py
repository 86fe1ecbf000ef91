"""What users call scripts and settings, turned into what is meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.errors import InputError
from yamaha_ops.inventory import Secret
from yamaha_ops.render.templates import shipped
from yamaha_ops.scripts.delivery import FOLDER

if TYPE_CHECKING:
    from yamaha_ops.inventory import Inventory

SUFFIX = ".lua"


def file_of(script: str, inventory: Inventory) -> Path:
    """Return the file meant: one that is there, one of the user's folder, or a shipped one.

    Raises:
        InputError: There is none.
    """
    if script == "-" or Path(script).is_file():
        return Path(script)
    return file_for(script.removesuffix(SUFFIX), None, inventory)


def file_for(name: str, file: str | None, inventory: Inventory) -> Path:
    """Return the file of a script of the inventory: the one it names, or one of its name.

    Args:
        name: Its bare name, without the ending.
        file: A file relative to the inventory, or None.
        inventory: The inventory.

    Raises:
        InputError: There is none of that name.
    """
    if file is not None:
        return inventory.folder / file
    ours = shipped("lua")
    for folder in (inventory.folder / "lua", ours):
        if "/" not in name and (folder / f"{name}{SUFFIX}").is_file():
            return folder / f"{name}{SUFFIX}"
    raise InputError(
        f"there is no script {name}",
        hint=f"Shipped are {', '.join(sorted(each.stem for each in ours.glob(f'*{SUFFIX}')))}.",
    )


def path_of(script: str) -> str:
    """Return the path on the router of what may be a bare name."""
    if script.startswith("/") or ":" in script:
        return script
    return f"{FOLDER}/{script}" + ("" if script.endswith(SUFFIX) else SUFFIX)


def variable(text: str, inventory: Inventory) -> tuple[str, str | None]:
    """Return a router variable from ``NAME=VALUE``; ``NAME=`` removes it.

    A value may be a reference to a secret (``env:``, ``file:``, ``keyring:``); it becomes the
    secret here.

    Raises:
        InputError: There is no ``=``.
        SecretError: The secret cannot be had.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"{name} needs a value: {name}=VALUE, or {name}= to remove it")
    if value.startswith(("env:", "file:", "keyring:")):
        return name, Secret(value, inventory.folder).resolve()
    return name, value or None
