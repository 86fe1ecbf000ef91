"""A history without routers: snapshots from texts."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration
from yamaha_ops.history import Kind, Person, Revision, Snapshot, Store, Vault, new_key

if TYPE_CHECKING:
    from pathlib import Path

KEY = new_key()
PERSON = Person("Hanako", "hanako@example.jp")
NOW = 1_790_000_000.0
"""In September 2026."""
TEXT = """\
# RTX830 Rev.15.02.22 (Mon Dec 20 18:20:29 2021)
# Reporting Date: Nov 24 08:11:56 2026
login user admin encrypted planted-user
ip lan1 address 192.168.100.1/24
pp select 1
 pppoe use lan2
 pp auth myname user@example.jp planted-pp
tunnel select 1
 ipsec tunnel 1
  ipsec ike pre-shared-key 1 text planted-ike
"""


def make_store(path: Path, *, key: str = KEY, program: str = "git") -> Store:
    return Store(path, Vault(lambda: key, about="env:KEY"), program=program)


def snapshot(text: str = TEXT, *, router: str = "home") -> Snapshot:
    configuration = Configuration.parse(text)
    return Snapshot(
        router,
        "RTX830",
        "Rev.15.02.22",
        {Kind.RUNNING: configuration, Kind.STARTUP: configuration},
    )


def keep(
    store: Store, text: str = TEXT, *, router: str = "home", reason: str = "backup"
) -> tuple[Revision, bool]:
    return store.record(snapshot(text, router=router), reason=reason, author=PERSON, now=NOW)


def git(path: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", f"--git-dir={path}", *words], capture_output=True, check=True, text=True
    )
    return done.stdout


def is_valid(path: Path) -> bool:
    """Whether git finds nothing broken or missing."""
    done = subprocess.run(
        ["git", f"--git-dir={path}", "fsck", "--strict", "--connectivity-only"],
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode == 0 and "missing" not in done.stdout + done.stderr
