"""A console over a small inventory, a clock that stands, and browsers that are signed in."""

from __future__ import annotations

import re
import shutil
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.app import create_app
from yamaha_ops.web.console import Console
from yamaha_ops.web.settings import Settings
from yamaha_ops.web.store.database import Database

with warnings.catch_warnings():
    # Starlette would rather have httpx's successor; httpx is what the product itself uses.
    warnings.filterwarnings("ignore", message="Using `httpx` with")
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

PASSWORD = "correct horse battery"
HOST = "http://127.0.0.1:9833"

INVENTORY = """\
routers:
  tokyo:
    host: 127.0.0.1
    labels: {site: tokyo}
  osaka:
    host: 127.0.0.2
    labels: {site: osaka}
"""


@dataclass
class SteppedClock:
    """Stands still until it is told to go on; either clock can be moved alone."""

    wall: float = 1_800_000_000.0
    ticking: float = 1000.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.ticking

    def step(self, seconds: float) -> None:
        self.wall += seconds
        self.ticking += seconds


@dataclass
class Browser:
    """A browser: keeps cookies, follows no redirect, fills forms in."""

    client: TestClient
    pages: list[str] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> httpx.Response:
        answer: httpx.Response = self.client.get(path, **more)
        return answer

    def post(self, path: str, fields: dict[str, Any] | None = None) -> httpx.Response:
        """Send a form with the token that the browser's pages carry."""
        data = {"csrf": self.token(), **(fields or {})}
        answer: httpx.Response = self.client.post(path, data=data)
        return answer

    def token(self) -> str:
        """Read the CSRF token from a page that every browser may see."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.client.get("/login").text)
        assert found
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/login", {"name": name, "password": password})


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def inventory_file(tmp_path: Path) -> Path:
    file = tmp_path / "inventory.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    return file


@pytest.fixture
def settings(inventory_file: Path) -> Settings:
    return Settings.model_validate(
        {
            "inventory": inventory_file,
            "access": {"password_cost": {"rounds": 1, "memory_kib": 8, "lanes": 1}},
        }
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database at its newest tables, once: others copy the file."""
    file = tmp_path_factory.mktemp("database") / "web.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    database.close()
    return file


@pytest.fixture
def console(
    settings: Settings,
    clock: SteppedClock,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Console]:
    monkeypatch.delenv("YAMAHA_OPS_STATE", raising=False)
    state = settings.inventory.parent / ".yamaha-ops"
    state.mkdir()
    shutil.copy(empty_database, state / "web.db")
    made = Console(settings, clock=clock)
    yield made
    made.close()


class Browsers(Protocol):
    """Makes browsers that nobody is signed in with."""

    def __call__(self, other: Console | None = None) -> Browser:
        """Make one, at another console than the usual one if need be."""


@pytest.fixture
def browser(console: Console) -> Iterator[Browsers]:
    """Make browsers that nobody is signed in with; workers do not run."""
    app = create_app(console)
    clients: list[TestClient] = []

    def new(other: Console | None = None) -> Browser:
        client = TestClient(
            create_app(other) if other else app,
            base_url=HOST,
            follow_redirects=False,
            client=("127.0.0.1", 50000),
        )
        clients.append(client)
        return Browser(client)

    yield new
    for client in clients:
        client.close()


USERS: dict[str, tuple[tuple[Role, ...], dict[str, list[str]] | None]] = {
    "vera": ((Role.VIEWER,), None),
    "otto": ((Role.OPERATOR,), None),
    "olga": ((Role.OPERATOR,), {"site": ["osaka"]}),
    "anna": ((Role.APPROVER,), None),
    "adam": ((Role.ADMIN,), None),
    "emma": ((Role.OPERATOR, Role.APPROVER, Role.ADMIN), None),
}
"""One user for each role, one whose routers are those of Osaka, and one with every role."""


@pytest.fixture
def people(console: Console) -> Console:
    """Put the users above into the console; each has the same password."""
    for name, (roles, labels) in USERS.items():
        add_user(console, name, PASSWORD, roles=roles, labels=labels, must_change=False)
    return console


@pytest.fixture
def signed_in(
    people: Console,  # noqa: ARG001 -- they have to be there
    browser: Browsers,
) -> Callable[[str], Browser]:
    """Give a browser that a user of that name is signed in with."""

    def as_user(name: str) -> Browser:
        made = browser()
        answer = made.sign_in(name)
        assert answer.status_code == 303, answer.text
        return made

    return as_user
