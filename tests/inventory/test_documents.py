"""What docs/inventory.md promises, and that it leaves no field out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from yamaha_ops.inventory import Router, load
from yamaha_ops.inventory.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")


def _fields() -> Iterator[tuple[str, str]]:
    for part, described in {"Entry": schema()["$defs"]["Entry"], **schema()["$defs"]}.items():
        for name in described.get("properties", {}):
            yield part, name


def test_every_field_is_in_the_document() -> None:
    words = set(re.findall(r"\w+", TEXT))
    assert [(part, name) for part, name in _fields() if name not in words] == []


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
def test_the_examples_load(block: str, tmp_path: Path) -> None:
    if not block.startswith("routers:"):
        entry = "".join(f"    {line}\n" for line in block.splitlines())
        line = "    line: {service: v6plus, prefix: '240b:10:0:3100::/64'}\n"
        lan = "    lan: {address: 192.168.100.1/24}\n"
        block = f"routers:\n  home:\n    host: a\n{line}{lan}{entry}"
    path = tmp_path / "inventory.yaml"
    path.write_text(block, encoding="utf-8")
    router: Any = load(path).router("home")
    assert isinstance(router, Router)
