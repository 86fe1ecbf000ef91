"""A console over one router of the lab, its runner, and the people who change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.change.bench import ADMINISTRATOR_PASSWORD, ENVIRONMENT, PASSWORD, ROOT
from yamaha_ops.actions import changing
from yamaha_ops.lab import Lab, Offer, World
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.visitor import Visitor
from yamaha_ops.web.act.book import Book, Wish, fingerprint_of
from yamaha_ops.web.act.planning import make_plan
from yamaha_ops.web.act.runner import Runner
from yamaha_ops.web.act.runs import Runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yamaha_ops.lab import LabRouter
    from yamaha_ops.web.console import Console
    from yamaha_ops.web.settings import Settings
    from yamaha_ops.web.store.changes import Change

OTTO = Visitor(2, "otto", "Otto", frozenset({Role.OPERATOR}), None, None, "127.0.0.1")
EMMA = replace(
    OTTO, id=6, name="emma", shown_name="Emma", roles=frozenset({Role.OPERATOR, Role.APPROVER})
)
VERA = replace(OTTO, id=1, name="vera", shown_name="Vera", roles=frozenset({Role.VIEWER}))
OLGA = replace(OTTO, id=3, name="olga", shown_name="Olga", labels={"site": ("osaka",)})

WORLD = World(offer=Offer(settle_seconds=0))


@dataclass
class Site:
    """The console, the router under it, and short words for what people do."""

    console: Console
    router: LabRouter
    runner: Runner
    file: Path

    @property
    def book(self) -> Book:
        return Book(self.console)

    @property
    def runs(self) -> Runs:
        return Runs(self.console, self.runner)

    def drafted(self, values: dict[str, str] | None = None, **more: Any) -> Change:
        wish = Wish("a test", values or {}, more.pop("configuration", None), **more)
        return self.book.begin(OTTO, "home", wish)

    def planned(self, values: dict[str, str] | None = None, **more: Any) -> Change:
        change = self.drafted(values, **more)
        return self.book.planned(OTTO, change.id, 1, make_plan(self.console, change))

    def taken(self, change: Change, *allowed: str) -> Change:
        return self.book.take(OTTO, change.id, fingerprint_of(change) or "", allowed)

    def applied(self, change: Change) -> Change:
        """Apply in this thread."""
        self.taken(change)
        self.runner.applying.apply(change.id)
        return self.book.find(OTTO, change.id)

    def said(self, change: Change) -> str:
        return "\n".join(event.text for event in self.book.events(change.id))


def write_inventory(folder: Path, port: int, extra: str = "") -> Path:
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    text = text.replace("port: 2830", f"port: {port}\n    known_hosts: first-use{extra}")
    file = folder / "inventory.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture(scope="package")
def changed_text(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a router runs that is as the shipped inventory wants it."""
    router = lab.start(
        password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD, world=WORLD
    )
    folder = tmp_path_factory.mktemp("ready")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.delenv("YAMAHA_OPS_STATE", raising=False)
        from yamaha_ops.inventory import load  # noqa: PLC0415 -- only here

        inventory = load(write_inventory(folder, router.port))
        outcome = changing.carry_out(
            inventory, inventory.router("home"), lambda _plan: True, report=lambda _event: None
        )
    assert outcome.exit_code == 0, outcome
    text = router.running.text
    router.stop()
    return text


@pytest.fixture
def home(lab: Lab, changed_text: str) -> Iterator[LabRouter]:
    router = lab.start(
        config=changed_text,
        password=PASSWORD,
        administrator_password=ADMINISTRATOR_PASSWORD,
        world=WORLD,
    )
    yield router
    router.stop()


@pytest.fixture
def inventory_file(tmp_path: Path, home: LabRouter, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("YAMAHA_OPS_HISTORY", raising=False)
    return write_inventory(tmp_path, home.port)


@pytest.fixture
def site(console: Console, settings: Settings, home: LabRouter) -> Iterator[Site]:
    runner = Runner(console)
    runner.start()
    yield Site(console, home, runner, settings.inventory)
    runner.stop()
