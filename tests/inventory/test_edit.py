from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory import Inventory, load
from yamaha_ops.inventory.edit import edited, set_value

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


def changed(before: str, after: str) -> list[str]:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def edit(path: Path, field: tuple[str, ...], value: str) -> list[str]:
    before = path.read_text(encoding="utf-8")
    set_value(load(path), "home", field, value)
    return changed(before, path.read_text(encoding="utf-8"))


@pytest.fixture
def shipped(path: Path) -> Path:
    path.write_bytes((ROOT / "inventory.yaml").read_bytes())
    return path


def test_a_new_field_is_one_new_line_and_comments_stay(shipped: Path) -> None:
    assert edit(shipped, ("line", "prefix"), "240b:10:0:3100::/64") == [
        "+      prefix: 240b:10:0:3100::/64"
    ]
    assert str(load(shipped).router("home").line.prefix) == "240b:10:0:3100::/64"  # type: ignore[union-attr]


def test_a_changed_field_keeps_its_comment(shipped: Path) -> None:
    assert edit(shipped, ("host",), "192.168.100.1") == [
        "-    host: 127.0.0.1         # your router: 192.168.100.1",
        "+    host: 192.168.100.1     # your router: 192.168.100.1",
    ]


def test_a_part_that_is_not_there_yet_is_made(shipped: Path) -> None:
    assert edit(shipped, ("dns", "servers"), "[192.0.2.53]") == [
        "+    dns:",
        "+      servers: [192.0.2.53]",
    ]


def test_nothing_takes_a_field_away(shipped: Path) -> None:
    assert edit(shipped, ("line", "description"), "") == [
        "-      description: IPv6 IPoE(MAP-E)",
    ]


def test_a_wrong_value_leaves_the_file_as_it_was(shipped: Path) -> None:
    before = shipped.read_bytes()
    with pytest.raises(InventoryError, match="port: input should be less than"):
        set_value(load(shipped), "home", ("port",), "70000")
    with pytest.raises(InventoryError, match="the value is not YAML"):
        set_value(load(shipped), "home", ("port",), "[")
    with pytest.raises(InventoryError, match="did you mean port"):
        set_value(load(shipped), "home", ("prot",), "22")
    assert shipped.read_bytes() == before
    assert not list(shipped.parent.glob(".*.new"))


def test_a_router_of_an_included_file_is_edited_there(
    path: Path, loaded: Callable[[str], Inventory]
) -> None:
    more = path.parent / "more.yaml"
    more.write_text("routers:\n  home: {host: a} # here\n", encoding="utf-8")
    inventory = loaded("include: [more.yaml]\nrouters: {other: {host: b}}\n")
    assert set_value(inventory, "home", ("port",), "2022") == Path("more.yaml")
    assert more.read_text(encoding="utf-8") == "routers:\n  home: {host: a, port: 2022} # here\n"


def test_what_an_edit_would_give_is_known_before_anything_is_written(shipped: Path) -> None:
    before = shipped.read_bytes()
    edit = edited(
        load(shipped),
        "home",
        {("line", "mtu"): "1440", ("lan", "address"): "192.168.7.1/24", ("lan", "dhcp"): ""},
    )
    assert edit.inventory.router("home").line.mtu == 1440  # type: ignore[union-attr]
    assert shipped.read_bytes() == before
    edit.write()
    assert load(shipped).router("home") == edit.inventory.router("home")


def test_a_file_that_moved_is_not_overwritten(shipped: Path) -> None:
    edit = edited(load(shipped), "home", {("line", "mtu"): "1440"})
    shipped.write_text(shipped.read_text(encoding="utf-8") + "# another hand\n", encoding="utf-8")
    with pytest.raises(InventoryError, match="changed meanwhile"):
        edit.write()
    assert "1440" not in shipped.read_text(encoding="utf-8")
