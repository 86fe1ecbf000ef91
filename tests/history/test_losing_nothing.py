"""Killed, run twice at once, out of room: the last good state stays, and the next backup works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.history.kept import KEY, TEXT, is_valid, keep, make_store
from yamaha_ops.history import HistoryError, Store, key_in_file

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
NEXT = f"{TEXT}ip lan2 mtu 1454\n"

COUNTING = """\
#!/bin/sh
echo x >> {count}
number=$(wc -l < {count})
{before}
git "$@"
code=$?
{after}
exit $code
"""


def wrapped(folder: Path, *, before: str = "", after: str = "") -> tuple[str, Path]:
    """Return a git program that does something before or after its work, and its call counter."""
    count = folder / "count"
    count.unlink(missing_ok=True)
    program = folder / "git"
    program.write_text(COUNTING.format(count=count, before=before, after=after), encoding="utf-8")
    program.chmod(0o755)
    return str(program), count


def calls_of_a_backup(folder: Path) -> int:
    program, count = wrapped(folder)
    store = make_store(folder / "counted.git", program=program)
    keep(store)
    count.unlink()
    keep(store, NEXT)
    return len(count.read_text().splitlines())


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_call_of_git_the_history_is_the_old_or_the_new_one(
    tmp_path: Path, moment: str
) -> None:
    calls = calls_of_a_backup(tmp_path)
    assert calls > 8
    path = tmp_path / "history.git"
    healthy = make_store(path)
    old = keep(healthy)[0].id
    seen = set()
    survived = 0
    for number in range(1, calls + 1):
        killing = {moment: f'[ "$number" -eq {number} ] && kill -9 $$'}
        program, _ = wrapped(tmp_path, **killing)
        # Killed after the name was moved, the backup is there, and the next attempt sees it.
        with suppress(HistoryError):
            _, new = keep(make_store(path, program=program), NEXT)
            assert not new
            survived += 1
        assert is_valid(path)
        now = healthy.resolve("home", "latest")
        text = healthy.backup(now).text("running")
        seen.add("1454" in text)
        assert now.id == old or "1454" in text
        healthy.git.move("refs/heads/home", old, now.id)
    assert seen == {False, True}
    assert survived <= 1
    assert keep(healthy, NEXT)[1]


KILLED = """\
import sys
from pathlib import Path
from tests.history.kept import KEY, TEXT, keep, make_store
store = make_store(Path(sys.argv[1]), key=sys.argv[2])
print("ready", flush=True)
for mtu in range(1280, 1500):
    keep(store, f"{TEXT}ip lan2 mtu {mtu}\\n")
"""


@pytest.mark.parametrize("milliseconds", [1, 17, 33, 61, 97])
def test_a_process_killed_at_any_time_leaves_a_valid_history(
    tmp_path: Path, milliseconds: int
) -> None:
    path = tmp_path / "history.git"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, path, KEY], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
    assert not make_store(path).git.exists or is_valid(path)
    store = make_store(path)
    keep(store)
    assert "1454" not in store.backup(store.resolve("home", "latest")).text("running")
    assert is_valid(path)


def test_two_backups_of_one_router_at_once_both_count(tmp_path: Path) -> None:
    path = tmp_path / "history.git"
    keep(make_store(path))

    def work(worker: int) -> None:
        store = make_store(path)
        for number in range(5):
            keep(store, f"{TEXT}ip lan2 mtu {1300 + 10 * worker + number}\n")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    revisions = list(make_store(path).revisions("home"))
    assert len(revisions) == 21
    assert is_valid(path)


def test_many_routers_at_once_from_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.git"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keep(make_store(path), router=f"r{number}"), range(16)))
    assert {each.router for each in make_store(path).latest()} == {f"r{n}" for n in range(16)}
    assert is_valid(path)


@pytest.mark.parametrize("how", ["ulimit -f 0", "trap '' XFSZ; ulimit -f 0"])
def test_no_room_is_an_error_that_leaves_the_last_good_state(tmp_path: Path, how: str) -> None:
    """The kernel refuses git's writes: by a signal, and by an error as a full disk does."""
    path = tmp_path / "history.git"
    healthy = make_store(path)
    old = keep(healthy)[0]
    program = tmp_path / "git"
    program.write_text(f'#!/bin/sh\n{how}\nexec git "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(HistoryError, match=r"git .* failed") as caught:
        keep(make_store(path, program=str(program)), NEXT)
    assert "The last backup is as it was" in caught.value.explain()
    assert is_valid(path)
    assert healthy.resolve("home", "latest") == old
    assert keep(healthy, NEXT)[1]


@pytest.fixture
def locked(tmp_path: Path) -> tuple[Store, Path]:
    store = make_store(tmp_path / "history.git")
    keep(store)
    store.git.run("config", "core.filesRefLockTimeout", "0")
    lock = store.git.path / "refs" / "heads" / "home.lock"
    lock.touch()
    return store, lock


def test_a_lock_that_a_killed_git_left_is_removed(locked: tuple[Store, Path]) -> None:
    store, lock = locked
    hour_ago = time.time() - 3600
    os.utime(lock, (hour_ago, hour_ago))
    assert keep(store, NEXT)[1]
    assert not lock.exists()


def test_a_lock_in_use_is_left_alone(locked: tuple[Store, Path]) -> None:
    store, lock = locked
    with pytest.raises(HistoryError, match="update-ref failed"):
        keep(store, NEXT)
    assert lock.exists()


def test_a_lock_that_a_killed_clean_up_left_does_not_stop_the_next(
    locked: tuple[Store, Path],
) -> None:
    store, lock = locked
    lock.unlink()
    packed = store.git.path / "packed-refs.lock"
    packed.touch()
    os.utime(packed, (1, 1))
    store.git.run("config", "gc.auto", "1")
    store.git.tidy()
    assert not packed.exists()
    assert keep(store, NEXT)[1]
    assert is_valid(store.git.path)


def test_one_key_is_made_however_many_begin_at_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.key"
    told: list[str] = []
    ask: Callable[[int], str] = lambda _number: key_in_file(path, told.append)  # noqa: E731
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1
    assert len(told) == 1
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == ["history.key"]
