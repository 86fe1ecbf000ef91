"""A PostgreSQL of its own for a test run: a cluster in a temporary folder, on a socket there."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def programs() -> Path | None:
    """Return where PostgreSQL's own programs are: Debian keeps them out of the path."""
    found = [Path(path).parent for name in ("initdb",) if (path := shutil.which(name))]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in found if (each / "initdb").exists()), None)


def missing() -> str | None:
    """Return why there can be no cluster here, if that is so."""
    if programs() is None:
        return "PostgreSQL's initdb is not installed"
    if os.geteuid() == 0 and not (_has_user("postgres") and shutil.which("runuser")):
        return "PostgreSQL does not run as root, and there is no user postgres to run it as"
    return None


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a cluster that listens on a socket in the folder only, and give its address.

    Durability is off: it lives as long as the test.
    """
    where = programs()
    assert where is not None
    data, log = folder / "data", folder / "log"
    folder.mkdir()
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    _run(where, "initdb", "-D", data, "-U", "console", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = (
        f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off "
        "-c max_connections=20 -c shared_buffers=16MB -c autovacuum=off"
    )
    _run(where, "pg_ctl", "-D", data, "-l", log, "-w", "-t", "200", "-o", options, "start")
    try:
        yield f"postgresql://console@/postgres?host={folder}"
    finally:
        _run(where, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _run(where: Path, program: str, *arguments: str | Path) -> None:
    command = [str(where / program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # Not captured by pipes: the server would keep them open.
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", check=False
    )
    assert done.returncode == 0, f"{program} ended with {done.returncode}"


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
