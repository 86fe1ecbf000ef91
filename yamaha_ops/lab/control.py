"""A lab in a process of its own: started, asked and stopped through a private directory.

The directory holds a socket, the host keys and the process id while the lab runs, and is removed
when it stops. Passwords go to the new process by its standard input, never by its arguments.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from yamaha_ops.errors import ConnectError, InputError

DIRECTORY_VARIABLE: Final = "YAMAHA_OPS_LAB"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
Reply = dict[str, Any]


def directory() -> Path:
    """Return where the running lab keeps its socket: ``YAMAHA_OPS_LAB``, or a private place."""
    chosen = os.environ.get(DIRECTORY_VARIABLE)
    if chosen:
        return Path(chosen)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    base = Path(runtime) if runtime else Path(tempfile.gettempdir())
    return base / f"yamaha-ops-lab-{os.getuid()}"


def start(order: Reply) -> Reply:
    """Start a lab in the background and return what it says of its routers.

    Args:
        order: What :mod:`yamaha_ops.lab.host` reads.

    Raises:
        InputError: A lab runs already, or the order cannot be carried out.
        ConnectError: The process did not come up.
    """
    where = directory()
    if is_running():
        raise InputError("a lab is running already", hint="yamaha-ops lab down stops it")
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    if where.stat().st_uid != os.getuid():
        raise InputError(f"{where} belongs to somebody else")
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 -- this very interpreter
            [sys.executable, "-m", "yamaha_ops.lab.host", str(where)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101 -- asked for above
        assert process.stdout is not None  # noqa: S101 -- asked for above
        with process.stdin as stdin:
            stdin.write(json.dumps(order).encode())
        with process.stdout as stdout:
            line = stdout.readline()
        if not line:
            complaints.seek(0)
            text = complaints.read().decode(errors="replace").strip()
            process.wait(STOP_SECONDS)
            raise ConnectError("the lab did not start", output=text[-2000:])
    reply: Reply = json.loads(line)
    if "error" in reply:
        process.wait(STOP_SECONDS)
    else:
        # The process outlives this one: its end is nothing to wait for.
        process.returncode = 0
    return _checked(reply)


def ask(question: Reply) -> Reply:
    """Ask the running lab something and return its reply.

    Raises:
        ConnectError: No lab is running.
        InputError: The lab refuses.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(START_SECONDS)
        try:
            connection.connect(str(directory() / "control"))
        except OSError as error:
            raise ConnectError("no lab is running", hint="yamaha-ops lab up starts one") from error
        connection.sendall(json.dumps(question).encode() + b"\n")
        with connection.makefile("rb") as stream:
            # To its end: what is told to stop hangs up only when everything of it is gone.
            line = stream.read()
    if not line:
        raise ConnectError("the lab went away")
    reply: Reply = json.loads(line)
    return _checked(reply)


def stop() -> None:
    """Stop the running lab; its process, ports and files are gone when this returns.

    Raises:
        ConnectError: No lab is running.
    """
    ask({"do": "down"})


def is_running() -> bool:
    """Tell whether a lab answers; a directory that a dead one left behind does not count."""
    try:
        ask({"do": "list"})
    except ConnectError:
        return False
    return True


def _checked(reply: Reply) -> Reply:
    if "error" in reply:
        raise InputError(str(reply["error"]), hint=reply.get("hint"))
    return reply
