"""The fleet page over 2,000 routers: processor time of the server, and bytes that are sent.

Run: ``python benchmarks/web_fleet.py [ROUTERS]``. The routers are made up in a database of their
own; the page is asked for through the whole application, signed in, as a browser does.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from pathlib import Path

from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.app import create_app
from yamaha_ops.web.console import Console
from yamaha_ops.web.settings import Settings
from yamaha_ops.web.store.fleet import Alarm, RouterState

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Using `httpx` with")
    from starlette.testclient import TestClient

PASSWORD = "correct horse battery"  # noqa: S105 -- of a console that lives for seconds
ROUNDS = 30


def inventory(folder: Path, count: int) -> Path:
    """Write an inventory of so many routers on two hundred sites."""
    lines = ["routers:"]
    for number in range(count):
        lines += [
            f"  branch-{number:04}:",
            f"    host: 10.{number // 250}.{number % 250}.1",
            f"    labels: {{site: site-{number % 200:03}, region: region-{number % 8}}}",
        ]
    file = folder / "inventory.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def fill(console: Console, now: float) -> None:
    """Make up what the routers said last."""
    with console.database.session() as session:
        for number, name in enumerate(console.inventory().routers):
            session.add(
                RouterState(
                    router=name,
                    reach="online" if number % 50 else "offline",
                    reach_since=now - 5000,
                    checked=now - 30,
                    last_contact=now - 30,
                    model="RTX830",
                    firmware="Rev.15.02.31",
                    serial=f"M4A{number:06}",
                    line="up" if number % 40 else "down",
                    line_interface="TUNNEL[1]",
                    prefix="240b:10:0:3100::/56",
                    address="106.72.0.0",
                    consistent=True,
                    ports=240,
                    sessions=number % 260,
                    sessions_limit=65534,
                    cpu=0.1,
                    memory=0.3,
                    uptime=86400.0,
                    unsaved=number % 30 == 0,
                    drift=number % 7,
                    remembered={},
                )
            )
            if number % 20 == 0:
                session.add(
                    Alarm(
                        router=name,
                        rule="YamahaTunnelDown",
                        subject="1",
                        severity="critical",
                        opened=now - 900,
                    )
                )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "inventory": inventory(Path(folder), count),
                "access": {"password_cost": {"rounds": 1, "memory_kib": 8, "lanes": 1}},
            }
        )
        console = Console(settings)
        console.database.upgrade()
        fill(console, console.now())
        add_user(console, "vera", PASSWORD, roles=(Role.VIEWER,), labels=None, must_change=False)
        client = TestClient(create_app(console), base_url="http://127.0.0.1:9833")
        token = client.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
        client.post("/login", data={"csrf": token, "name": "vera", "password": PASSWORD})
        for path in ("/", "/fragments/fleet?q=branch-01", "/?show=trouble&sort=alarms"):
            client.get(path)
            spent, size = [], 0
            for _ in range(ROUNDS):
                began = time.process_time()
                answer = client.get(path)
                spent.append(time.process_time() - began)
                assert answer.status_code == 200, answer.text
                size = len(answer.content)
            spent.sort()
            middle, late = (spent[ROUNDS * part // 10] * 1000 for part in (5, 9))
            print(
                f"{path:32} {count} routers: {middle:.1f} ms of processor time"
                f" (nine in ten below {late:.1f}), {size / 1000:.0f} kB"
            )
        client.close()
        console.close()


if __name__ == "__main__":
    main()
