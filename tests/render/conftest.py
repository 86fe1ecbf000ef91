"""Routers made of a few lines of YAML, and the recorded configurations."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.inventory import Router, load

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]

BASE = """\
defaults:
  host: 192.168.100.1
  lan: {address: 192.168.100.1/24, dhcp: {range: 192.168.100.2-192.168.100.191}}
routers:
  home:
"""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The published configurations, which are not part of the project."""
    folder = ROOT.parent / "shared" / "data" / "configs"
    if not folder.is_dir():
        pytest.skip("the published configurations are not beside the project")
    return folder


@pytest.fixture
def home() -> Router:
    """The router of the shipped inventory."""
    return load(ROOT / "inventory.yaml").router("home")


@pytest.fixture
def router(tmp_path: Path) -> Callable[[str], Router]:
    """Make a router of the fields that a test is about."""

    def make(fields: str) -> Router:
        path = tmp_path / "inventory.yaml"
        lines = [f"    {line}" for line in dedent(fields).splitlines()]
        path.write_text(BASE + "\n".join(lines) + "\n", encoding="utf-8")
        return load(path).router("home")

    return make
