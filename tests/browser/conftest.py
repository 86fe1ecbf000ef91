"""A real browser before a real console over ten emulated routers."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import sync_playwright

from yamaha_ops.lab import Lab
from yamaha_ops.lab import demo_web as demo
from yamaha_ops.web.access import second_factor
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.console import Console
from yamaha_ops.web.serving import Server
from yamaha_ops.web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from yamaha_ops.lab import LabRouter
    from yamaha_ops.web.act.runner import Runner

CHROMIUM: Final = Path("/usr/bin/chromium")
PATIENCE: Final = 60_000.0
"""Milliseconds: whatever a loaded machine needs. Nothing waits so long where all is well."""
PASSWORD: Final = "a password for tests 73"
SECOND_FACTOR: Final = "operator"
"""Who has one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            # One worker for all, where they are handed out by group: a browser is no small thing.
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(300))


@dataclass
class Town:
    """The console, the routers below it, and who may come in."""

    url: str
    console: Console
    runner: Runner
    routers: dict[str, LabRouter]
    secret: str
    """Of the operator's second factor."""
    states: dict[str, Any] = field(default_factory=dict)
    """What the browsers of those who signed in remember."""

    def code(self) -> str:
        """Return a code that was not used yet: the next one, which is taken as well."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + second_factor.STEP_SECONDS)


# Of a module and no longer: the browser's event loop and the console's threads and environment
# must be gone before other tests of the same process begin.
@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with opened(tmp_path_factory.mktemp("town")) as made:
        yield made


@contextmanager
def opened(folder: Path) -> Iterator[Town]:
    """Serve the console over its routers, everything in a folder, until the block ends."""
    with pytest.MonkeyPatch.context() as patch, Lab() as lab:
        for name in ("STATE", "HISTORY"):
            patch.delenv(f"YAMAHA_OPS_{name}", raising=False)
        patch.setenv(demo.PASSWORD, "planted-login-5f1c")
        patch.setenv(demo.ADMINISTRATOR_PASSWORD, "planted-administrator-9d2e")
        routers = demo.start_routers(lab, folder)
        console = Console(_settings(folder))
        console.database.upgrade()
        demo.keep_history(console.inventory(), console, routers)
        demo.make_trouble(routers)
        demo.make_up_a_day(console)
        secrets: dict[str, str] = {}
        for name, roles in demo.USERS.items():
            user = add_user(console, name, PASSWORD, roles=roles, must_change=False)
            if name == SECOND_FACTOR:
                offered = second_factor.offer(console, user)
                code = pyotp.TOTP(offered.secret).at(int(console.now()))
                second_factor.accept(console, user, offered.sealed, code)
                secrets[name] = offered.secret
        with served(console) as (url, runner):
            yield Town(url, console, runner, routers, secrets[SECOND_FACTOR])


def _settings(folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "inventory": folder / "inventory.yaml",
            "port": 0,
            "poll_seconds": 20,
            "access": {
                "password_cost": {"rounds": 1, "memory_kib": 8, "lanes": 1},
                "logins_a_minute": 200,
                "requests_a_minute": 10_000,
            },
        }
    )


@contextmanager
def served(console: Console) -> Iterator[tuple[str, Runner]]:
    """Serve a console from a thread, until the block ends."""
    server = Server(console)
    thread = threading.Thread(target=server.run, name="console")
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.02)
        assert server.started
        port = server.servers[0].sockets[0].getsockname()[1]
        application: Any = server.config.app
        yield f"http://127.0.0.1:{port}", application.state.runner
    finally:
        server.should_exit = True
        thread.join()
        console.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"a real browser is needed, and there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            timeout=PATIENCE * 2,
        )
        yield browser
        browser.close()


@dataclass
class Watched:
    """What pages did that they must not."""

    url: str
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", self._said)

    def _said(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.text} ({message.location.get('url')})")


@pytest.fixture
def open_as(town: Town, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page as a user; at the end no page may have asked another host or complained."""
    contexts: list[BrowserContext] = []
    watched = Watched(town.url)

    def new(name: str | None, path: str = "/", *, refused: bool = False, **options: Any) -> Page:
        options = {"locale": "en-GB", "base_url": town.url, **options}
        if name is not None and name not in town.states:
            _sign_in(town, chromium, name)
        context = chromium.new_context(storage_state=town.states.get(name or ""), **options)
        context.set_default_timeout(PATIENCE)
        if not refused:  # the browser itself complains of every page that comes with an error
            watched.watch(context)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield new
    for context in contexts:
        context.close()
    assert watched.errors == []
    assert watched.hosts <= {urlsplit(town.url).netloc}


def _sign_in(town: Town, chromium: Browser, name: str) -> None:
    """Sign in as people do, once; later pages come with the cookie."""
    context = chromium.new_context(base_url=town.url, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(town, page, name)
    town.states[name] = context.storage_state()
    context.close()


def enter(town: Town, page: Page, name: str) -> None:
    """Fill the forms of the login in."""
    page.goto("/login")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    if name == SECOND_FACTOR:
        page.locator("input[name=code]").fill(town.code())
        page.keyboard.press("Enter")
    page.wait_for_url("**/")
