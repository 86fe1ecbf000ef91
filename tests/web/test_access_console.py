"""What all requests share: the inventory as it is now, the key, the limits."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import INVENTORY
from yamaha_ops.errors import InventoryError
from yamaha_ops.web.access.limits import Limits
from yamaha_ops.web.console import SERVER, Console
from yamaha_ops.web.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Browser, SteppedClock
    from yamaha_ops.web.settings import Settings


def _write(file: Path, text: str) -> None:
    """Write a file whose time has surely moved on."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(before + 10**9, before + 10**9))


def test_an_inventory_that_changed_is_read_again(console: Console, inventory_file: Path) -> None:
    first = console.inventory()
    assert console.inventory() is first
    _write(inventory_file, INVENTORY + "  kyoto:\n    host: 127.0.0.3\n")
    assert list(console.inventory().routers) == ["tokyo", "osaka", "kyoto"]


def test_a_broken_inventory_keeps_the_last_good_one_and_every_page_says_so(
    console: Console,
    signed_in: Callable[[str], Browser],
    inventory_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    vera = signed_in("vera")
    _write(inventory_file, INVENTORY + "    prot: 2022\n")
    assert list(console.inventory().routers) == ["tokyo", "osaka"]
    assert console.inventory_problem is not None
    for _ in range(3):
        shown = vera.get("/account").text
        assert "its last good state" in shown
        assert "did you mean port?" in shown
    assert caplog.text.count("stays in use") == 1
    _write(inventory_file, INVENTORY)
    assert "its last good state" not in vera.get("/account").text
    inventory_file.unlink()
    assert "its last good state" in vera.get("/account").text
    assert len(console.inventory().routers) == 2


def test_a_file_that_is_included_counts(tmp_path: Path, settings: Settings) -> None:
    more = tmp_path / "more.yaml"
    more.write_text("routers:\n  nara:\n    host: 127.0.0.4\n", encoding="utf-8")
    _write(settings.inventory, "include: [more.yaml]\n" + INVENTORY)
    console = Console(settings)
    assert "nara" in console.inventory().routers
    _write(more, "routers:\n  kobe:\n    host: 127.0.0.4\n")
    assert "kobe" in console.inventory().routers
    console.close()


def test_a_broken_file_that_is_new_is_looked_at_again(
    console: Console, inventory_file: Path, clock: SteppedClock
) -> None:
    more = inventory_file.with_name("more.yaml")
    more.write_text("routers: {nara: {hots: x}}\n", encoding="utf-8")
    _write(inventory_file, "include: [more.yaml]\n" + INVENTORY)
    problems = [str(console.inventory_problem)]
    more.write_text("routers: {nara: {host: 127.0.0.4}}\n", encoding="utf-8")
    problems.append(str(console.inventory_problem))  # nothing that was looked at has changed
    clock.step(6)
    problems.append(str(console.inventory_problem))
    assert problems == [problems[0], problems[0], "None"]
    assert "nara" in console.inventory().routers


def test_a_new_file_in_a_folder_that_is_included_counts(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "a.yaml").write_text("routers: {nara: {host: 127.0.0.4}}\n", encoding="utf-8")
    _write(settings.inventory, "include: [sites/*.yaml]\n" + INVENTORY)
    console = Console(settings)
    (folder / "b.yaml").write_text("routers: {kobe: {host: 127.0.0.5}}\n", encoding="utf-8")
    os.utime(folder, ns=(10**18, 10**18))
    assert {"nara", "kobe"} <= set(console.inventory().routers)
    console.close()


def test_an_inventory_that_was_never_good_is_refused_at_once(settings: Settings) -> None:
    settings.inventory.write_text("routers: []", encoding="utf-8")
    with pytest.raises(InventoryError):
        Console(settings)


def test_key_and_database_are_the_owners_alone(console: Console, settings: Settings) -> None:
    console.audit(SERVER, "x")
    state = settings.inventory.parent / ".yamaha-ops"
    for name in ("web.key", "web.db"):
        mode = stat.S_IMODE((state / name).stat().st_mode)
        assert mode & 0o077 == 0 or name == "web.db"  # the test's own copy has the test's mode


def test_a_new_database_is_the_owners_alone(settings: Settings) -> None:
    console = Console(settings)
    console.database.upgrade()
    console.audit(SERVER, "x")
    for file in (settings.inventory.parent / ".yamaha-ops").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file
    console.close()


def test_a_bucket_refills_by_the_clock_that_nobody_sets(clock: SteppedClock) -> None:
    limits = Limits(clock.monotonic)
    for _ in range(60):
        limits.take("login", "a", a_minute=60)
    with pytest.raises(LimitError) as caught:
        limits.take("login", "a", a_minute=60)
    assert caught.value.seconds == 1
    limits.take("login", "b", a_minute=60)
    limits.take("api", "a", a_minute=60)
    clock.wall += 3600
    with pytest.raises(LimitError):
        limits.take("login", "a", a_minute=60)
    clock.ticking += 1
    limits.take("login", "a", a_minute=60)
    clock.ticking += 3600
    for _ in range(60):
        limits.take("login", "a", a_minute=60)
    with pytest.raises(LimitError):
        limits.take("login", "a", a_minute=60)


def test_buckets_do_not_fill_the_memory(clock: SteppedClock) -> None:
    limits = Limits(clock.monotonic)
    for number in range(11_000):
        limits.take("login", str(number), a_minute=60)
    assert len(limits._buckets) == 10_000
