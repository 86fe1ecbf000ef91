"""Inventories written to disk, since a place in a file is half of what the room promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory import Inventory, load

Loader = Callable[[str], Inventory]
Refuser = Callable[[str], str]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The inventory file, reached by a relative path as a user does."""
    monkeypatch.chdir(tmp_path)
    return Path("inventory.yaml")


@pytest.fixture
def loaded(path: Path) -> Loader:
    """Write an inventory and load it."""

    def write_and_load(text: str) -> Inventory:
        path.write_text(dedent(text), encoding="utf-8")
        return load(path)

    return write_and_load


@pytest.fixture
def refused(loaded: Loader) -> Refuser:
    """Write an inventory that must not load, and return what the user is told."""

    def write_and_refuse(text: str) -> str:
        with pytest.raises(InventoryError) as caught:
            loaded(text)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
        return caught.value.explain()

    return write_and_refuse
