"""The process that a background lab runs in: ``python -m yamaha_ops.lab.host DIRECTORY``.

Standard input brings the order as JSON; the first line of standard output tells what was started.
From then on the socket ``control`` in the directory takes one question a connection.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.errors import YamahaOpsError
from yamaha_ops.lab.lab import Lab
from yamaha_ops.lab.mishaps import MISHAPS
from yamaha_ops.lab.world import Offer, World

if TYPE_CHECKING:
    from yamaha_ops.lab.handle import LabRouter

IDLE_SECONDS: Final = 5.0
Reply = dict[str, Any]


class _Stop(Exception):  # noqa: N818 -- a way out, not an error
    """Somebody asked the process to end."""


def main() -> None:
    """Run a lab until it is told to stop."""
    where = Path(sys.argv[1])
    order = json.load(sys.stdin)
    waiting: list[socket.socket] = []
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        with Lab(keys=where / "keys") as lab:
            try:
                _start(lab, order)
            except (YamahaOpsError, OSError) as error:
                _say({"error": str(error)})
                return
            with _control(where) as control:
                _say(_listed(lab))
                waiting.append(_serve(lab, control))
    except _Stop:
        pass
    finally:
        shutil.rmtree(where, ignore_errors=True)
        for connection in waiting:
            connection.close()


def _stop(*_: object) -> None:
    raise _Stop


def _start(lab: Lab, order: Reply) -> None:
    """Start the routers of an order: keyword arguments of :meth:`Lab.start`, and how many."""
    options = dict(order)
    count, port = int(options.pop("count")), int(options.pop("port"))
    offer = Offer(**options.pop("offer"))
    backup = options.pop("config")
    config = backup.encode("latin-1") if backup else None
    for index in range(count):
        lab.start(
            port=port + index if port else 0, world=World(offer=offer), config=config, **options
        )


def _control(where: Path) -> socket.socket:
    path = where / "control"
    path.unlink(missing_ok=True)
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    control.bind(str(path))
    path.chmod(0o600)
    control.listen()
    return control


def _say(reply: Reply) -> None:
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()
    # Whoever started this process waits for the end of its output.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _serve(lab: Lab, control: socket.socket) -> socket.socket:
    """Answer questions until somebody says ``down``; return that connection, still open."""
    while True:
        connection, _ = control.accept()
        connection.settimeout(IDLE_SECONDS)
        question: Reply = {}
        with contextlib.suppress(OSError, ValueError):
            with connection.makefile("rb") as stream:
                question = json.loads(stream.readline())
            connection.sendall(json.dumps(_answer(lab, question)).encode() + b"\n")
        if question.get("do") == "down":
            return connection
        connection.close()


def _answer(lab: Lab, question: Reply) -> Reply:
    match question:
        case {"do": "list"}:
            return _listed(lab)
        case {"do": "down"}:
            return {"pid": os.getpid()}
        case {"do": "fault", "router": name, "kind": kind, "values": values}:
            return _mishap(lab, str(name), str(kind), [str(value) for value in values])
    return {"error": "the lab does not understand"}


def _mishap(lab: Lab, name: str, kind: str, values: list[str]) -> Reply:
    router = next((router for router in lab.routers if router.name == name), None)
    if router is None:
        names = ", ".join(each.name for each in lab.routers)
        return {"error": f"the lab has no router {name}; it has {names}"}
    try:
        MISHAPS[kind].act(router, *values)
    except (KeyError, TypeError, ValueError) as error:
        text = str(error) if isinstance(error, YamahaOpsError) else f"{kind} {' '.join(values)}"
        return {"error": f"not a fault: {text}", "hint": "yamaha-ops lab fault --help lists them"}
    return {}


def _listed(lab: Lab) -> Reply:
    return {"pid": os.getpid(), "routers": [_described(router) for router in lab.routers]}


def _described(router: LabRouter) -> Reply:
    hardware = router.device.hardware
    return {
        "name": router.name,
        "host": router.host,
        "ssh_port": router.port,
        "tftp_port": router.tftp_port,
        "telnet_port": router.telnet_port,
        "model": hardware.model,
        "firmware": f"Rev.{hardware.revision}",
        "powered": router.do(lambda device: device.on),
        "online": router.online,
        "script_ports": router.script_ports,
        "led": router.do(lambda device: device.panel.led),
        "problems": list(router.problems),
    }


if __name__ == "__main__":
    main()
