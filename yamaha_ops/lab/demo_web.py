"""`make demo-web`: the console in a browser over ten emulated routers, two of them with trouble.

Everything is real but the routers: SSH on loopback, the console as `yamaha-ops web` serves it, its
users, its database, and the history, all in a folder that is gone afterwards.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from yamaha_ops.actions.backups import back_up
from yamaha_ops.actions.zero_touch import make_place
from yamaha_ops.errors import YamahaOpsError
from yamaha_ops.history import Person
from yamaha_ops.inventory import load
from yamaha_ops.lab.lab import Lab
from yamaha_ops.lab.world import Duplex, Flow, Host, Offer, World
from yamaha_ops.render import render
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.access.visitor import Visitor
from yamaha_ops.web.act.book import Book, Wish
from yamaha_ops.web.act.planning import make_plan
from yamaha_ops.web.console import Console
from yamaha_ops.web.serving import serve
from yamaha_ops.web.settings import DEFAULT_PORT, Settings
from yamaha_ops.web.store.fleet import Alarm, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yamaha_ops.inventory import Inventory
    from yamaha_ops.lab.handle import LabRouter

PASSWORD: Final = "YAMAHA_OPS_DEMO_PASSWORD"  # noqa: S105 -- the name of a variable
ADMINISTRATOR_PASSWORD: Final = "YAMAHA_OPS_DEMO_ADMINISTRATOR_PASSWORD"  # noqa: S105 -- as above


@dataclass(frozen=True, slots=True)
class Shop:
    """One router of the demonstration."""

    name: str
    city: str
    sessions: int = 60
    cpu: int = 4
    firmware: str = "15.02.22"


SHOPS: Final = (
    Shop("ginza", "tokyo", 203, 23),
    Shop("shinjuku", "tokyo", 171, 14),
    Shop("kichijoji", "tokyo", 61, 5),
    Shop("umeda", "osaka", 138, 11),
    Shop("namba", "osaka", 96, 9, "15.02.17"),
    Shop("sakae", "nagoya", 77, 6),
    Shop("tenjin", "fukuoka", 120, 8),
    Shop("susukino", "sapporo", 54, 4),
    Shop("kokusai", "naha", 33, 3),
    Shop("aoba", "sendai", 48, 3, "15.02.17"),
)
DAY: Final = 86_400
SAMPLE_SECONDS: Final = 600
LINE_DOWN_SINCE: Final = 2400
LINE_DOWN: Final = "susukino"
"""Its provider offers nothing any more: the tunnel is down."""
UNREACHABLE: Final = "kokusai"
"""Nothing gets through to it."""
CHANGED_BY_HAND: Final = "namba"
"""Somebody typed something and did not save."""
TWO_PEOPLE: Final = "umeda"
"""Its changes need a second person."""

USERS: Final[Mapping[str, tuple[Role, ...]]] = {
    "admin": (Role.ADMIN, Role.OPERATOR),
    "operator": (Role.OPERATOR,),
    "approver": (Role.APPROVER,),
}

OPERATOR: Final = Visitor(
    id=0, name="operator", shown_name="operator", roles=frozenset(USERS["operator"]),
    labels=None, language=None, address="127.0.0.1",
)  # fmt: skip
"""Who has begun what is there already."""


def start_routers(lab: Lab, folder: Path) -> dict[str, LabRouter]:
    """Start the routers as the inventory wants them, and write that inventory.

    The environment holds the passwords, under :data:`PASSWORD` and :data:`ADMINISTRATOR_PASSWORD`.
    """
    file = folder / "inventory.yaml"
    file.write_text(_inventory({}), encoding="utf-8")
    wanted = load(file)
    started = {
        shop.name: lab.start(
            shop.name,
            config=render(wanted.router(shop.name)),
            password=os.environ[PASSWORD],
            administrator_password=os.environ[ADMINISTRATOR_PASSWORD],
            firmware=shop.firmware,
            world=_world(number, shop),
        )
        for number, shop in enumerate(SHOPS)
    }
    ports = {name: router.port for name, router in started.items()}
    file.write_text(_inventory(ports), encoding="utf-8")
    return started


def keep_history(inventory: Inventory, console: Console, routers: Mapping[str, LabRouter]) -> None:
    """Back up twice, with a change by hand between, so that there is something to compare."""
    author = Person("demo", "demo@console")
    for name in ("ginza", TWO_PEOPLE, CHANGED_BY_HAND):
        entry, store = inventory.router(name), console.history
        revision, _ = back_up(entry, inventory, store, reason="first backup", author=author)
        store.tag(revision, "installed")
        routers[name].type("description lan1 SHOP", "syslog debug on", save=True)
        back_up(entry, inventory, store, reason="nightly backup", author=author)
    make_place(inventory, inventory.router(UNREACHABLE), days=14, name="naha-2026")
    routers[CHANGED_BY_HAND].type("ip filter 1000 reject * * tcp * 135")


def make_trouble(routers: Mapping[str, LabRouter]) -> None:
    """Let one line go down and one router be gone."""
    routers[LINE_DOWN].change_prefix(None)
    routers[UNREACHABLE].stop()


def make_up_a_day(console: Console) -> None:
    """Write samples and alarms of the last day: a demonstration has no yesterday."""
    now = console.now()
    with console.database.session() as session:
        for number, shop in enumerate(SHOPS):
            if shop.name != UNREACHABLE:
                session.add_all(_samples(number, shop, now))
        session.add_all(
            Alarm(
                router=router,
                rule=rule,
                subject=subject,
                severity=severity,
                value=value,
                opened=now - age,
                closed=closed and now - closed,
            )
            for router, rule, subject, severity, value, age, closed in (
                (LINE_DOWN, "YamahaTunnelDown", "TUNNEL[1]", "critical", 0.0, 2400.0, None),
                (UNREACHABLE, "YamahaRouterUnreachable", "", "critical", 0.0, 4100.0, None),
                (CHANGED_BY_HAND, "YamahaConfigUnsaved", "", "info", 1.0, 1500.0, None),
                ("ginza", "YamahaPortsMayRunOut", "TUNNEL[1]", "warning", 0.93, 61_000.0, 57_000.0),
            )
        )


def _samples(number: int, shop: Shop, now: float) -> Iterator[Sample]:
    chance = Random(number)  # noqa: S311 -- chance, not secrecy
    for age in range(DAY, 0, -SAMPLE_SECONDS):
        hour = datetime.fromtimestamp(now - age, UTC).astimezone().hour
        busy = max(0.12, math.sin(math.pi * (hour - 8) / 14)) if 8 <= hour <= 22 else 0.1  # noqa: PLR2004 -- open hours
        share = busy * chance.uniform(0.8, 1.15)
        down = shop.name == LINE_DOWN and age < LINE_DOWN_SINCE
        rate = 0.0 if down else 900.0 * shop.sessions * share
        yield Sample(
            router=shop.name,
            time=now - age,
            seconds=float(SAMPLE_SECONDS),
            cpu=round((2 + shop.cpu * share * 1.2) / 100, 3),
            memory=0.21 + number % 5 / 100,
            temperature=None,
            ports=240.0,
            sessions=0.0 if down else round(shop.sessions * share),
            traffic={"TUNNEL[1]": [round(rate, 1), round(rate / 6, 1)]},
        )


def add_people(console: Console) -> dict[str, str]:
    """Make a user for each role; return their one-time passwords."""
    passwords = {name: secrets.token_urlsafe(12) for name in USERS}
    for name, roles in USERS.items():
        add_user(console, name, passwords[name], roles=roles)
    return passwords


def ask_for_approval(console: Console, who: Visitor) -> None:
    """Leave a change that waits for its second person."""
    book = Book(console)
    change = book.begin(
        who, TWO_PEOPLE, Wish("Smaller MTU for the VPN", {"line.mtu": "1440"}, None)
    )
    book.planned(who, change.id, change.version, make_plan(console, change))


def main() -> int:
    """Serve until Ctrl-C, on the port that the command line names."""
    port = int(sys.argv[1]) if sys.argv[1:] else DEFAULT_PORT
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    for name in ("paramiko", "yamaha_ops.web.console"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="yamaha-ops-demo-") as place, Lab() as lab:
        folder = Path(place)
        os.environ.pop("YAMAHA_OPS_STATE", None)
        os.environ.pop("YAMAHA_OPS_HISTORY", None)
        os.environ[PASSWORD] = secrets.token_urlsafe(12)
        os.environ[ADMINISTRATOR_PASSWORD] = secrets.token_urlsafe(12)
        _say(f"Starting {len(SHOPS)} emulated routers ...")
        routers = start_routers(lab, folder)
        console = Console(
            Settings(
                inventory=folder / "inventory.yaml",
                port=port,
                poll_seconds=15,
                name="yamaha-ops demo",
            )
        )
        console.database.upgrade()
        inventory = console.inventory()
        keep_history(inventory, console, routers)
        make_trouble(routers)
        make_up_a_day(console)
        passwords = add_people(console)
        ask_for_approval(console, OPERATOR)
        _say("\n".join(_invitation(port, passwords)))
        try:
            serve(console)
        except YamahaOpsError as error:
            sys.stderr.write(f"{error.explain()}\n")
            return 1
    _say("The routers are stopped, and nothing is left behind.")
    return 0


def _invitation(port: int, passwords: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield f"Open http://127.0.0.1:{port}/ and sign in; each password is for the first time only:"
    for name, password in passwords.items():
        yield f"  {name:10} {password:18} ({', '.join(USERS[name])})"
    yield f"Trouble to find: {LINE_DOWN} (its line is down), {UNREACHABLE} (not reachable)."
    yield f"Changed by hand: {CHANGED_BY_HAND}. Waiting for its second person: {TWO_PEOPLE}."
    yield "Ctrl-C ends it all."


def _world(number: int, shop: Shop) -> World:
    hosts = tuple(
        Host(
            index,
            f"00:a0:de:{number:02x}:00:{index:02x}",
            f"{shop.name}-{kind}",
            1 + index % 2,
            share,
        )
        for index, (kind, share) in enumerate(
            (
                ("pos1", shop.sessions // 2),
                ("pos2", shop.sessions // 3),
                ("wifi", shop.sessions // 6),
            )
        )
    )
    rate = 900.0 * shop.sessions
    return World(
        offer=Offer(prefix=_prefix(number), settle_seconds=0),
        hosts=hosts,
        tunnel=Duplex(Flow(0, 0, rate / 800, rate), Flow(0, 0, rate / 900, rate / 6)),
        lan1=Duplex(Flow(0, 0, rate / 900, rate / 6), Flow(0, 0, rate / 800, rate)),
        lan2=Duplex(Flow(0, 0, rate / 800, rate), Flow(0, 0, rate / 900, rate / 6)),
        cpu=(shop.cpu + 2, shop.cpu, shop.cpu - 1),
        memory=21 + number % 5,
    )


def _prefix(number: int) -> str:
    return f"240b:10:{0x40 + number:x}:3100::/64"


def _inventory(ports: Mapping[str, int]) -> str:
    head = f"""\
# Written by `make demo-web`; gone with it.
defaults:
  host: 127.0.0.1
  known_hosts: first-use
  login:
    user: admin
    password: env:{PASSWORD}
    administrator_password: env:{ADMINISTRATOR_PASSWORD}
routers:
"""
    return head + "".join(
        f"""\
  {shop.name}:
    port: {ports.get(shop.name, 22)}
    labels: {{city: {shop.city}}}
    firmware: 15.02.22
    approval: {str(shop.name == TWO_PEOPLE).lower()}
    line:
      service: v6plus
      ipv6: ra
      prefix: {_prefix(number)}
      description: IPv6 IPoE(MAP-E)
    lan:
      address: 192.168.{100 + number}.1/24
      dhcp: 192.168.{100 + number}.2-192.168.{100 + number}.191
"""
        for number, shop in enumerate(SHOPS)
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
