"""Take the screenshots of docs/web.md: ``python -m tests.browser.screenshots [NAME ...]``.

The console, its routers and its browser are those of the tests. The pictures are small on purpose:
they travel with the documentation.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, sync_playwright

from tests.browser import conftest as bed
from yamaha_ops.lab import demo_web as demo

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDE = {"width": 1280, "height": 800}
HIGHEST = 1500
PHONE = {"width": 390, "height": 780}


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Attributes:
        name: Of its file, without the ending.
        path: Where the page is.
        before: What is done there first.
        options: Of the browser: language, colours, size.
        user: Who looks.
        whole: The whole page, and not only what a screen shows.
    """

    name: str
    path: str
    before: Callable[[Page], object] = lambda _page: None
    options: dict[str, Any] = field(default_factory=dict)
    user: str | None = "operator"
    whole: bool = False


DARK = {"color_scheme": "dark"}
JA = {"locale": "ja-JP"}
SMALL = {"viewport": PHONE, "is_mobile": True, "device_scale_factor": 1}


def _seen_down(page: Page) -> None:
    page.get_by_role("row").filter(has_text=demo.LINE_DOWN).get_by_text("Down").wait_for()


def _apply(page: Page) -> None:
    page.get_by_role("button", name="Apply to tenjin").click()
    page.get_by_role("heading", name="The router runs the change").wait_for()


def _apply_bad(page: Page) -> None:
    page.locator("form.apply button").click()
    page.locator(".outcome").wait_for()


SHOTS = (
    Shot("login", "/login", user=None),
    Shot("fleet", "/", _seen_down),
    Shot("fleet-ja-dark", "/", options={**JA, **DARK}),
    Shot("fleet-phone", "/", options=SMALL),
    Shot("router", "/routers/ginza"),
    Shot("router-down-ja", f"/routers/{demo.LINE_DOWN}", options=JA),
    Shot("alarms", "/alarms"),
    Shot("configurations", "/configurations/ginza"),
    Shot("compare", "/configurations/ginza/compare?left=installed&right=latest"),
    Shot(
        "compare-ja-dark",
        "/configurations/namba/compare?left=latest&right=live:running&view=unified",
        options={**JA, **DARK},
    ),
    Shot("change-new", "/changes/new?router=ginza"),
    Shot("change-approval-ja", "/changes/1", options=JA, user="approver", whole=True),
    Shot("change-applied", "/changes/2", _apply, whole=True),
    Shot("change-taken-back", "/changes/3", _apply_bad, options=DARK, whole=True),
    Shot("change-phone-ja", "/changes/2", options={**JA, **SMALL}),
    Shot("changes", "/changes?show=all"),
    Shot("commands", "/commands"),
    Shot("run", "/commands/1", whole=True),
    Shot("scripts", "/scripts?router=ginza"),
    Shot("firmware-ja", "/firmware", options=JA),
    Shot("places", "/places"),
    Shot("lan-map", "/routers/ginza/lan-map"),
    Shot("users", "/users", user="admin"),
    Shot("audit-dark", "/audit", user="admin", options=DARK),
)


def main(names: list[str]) -> int:
    """Take the named pictures, or all."""
    with (
        tempfile.TemporaryDirectory() as place,
        bed.opened(Path(place)) as town,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=str(bed.CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        _prepare(town)
        for shot in SHOTS:
            if not names or shot.name in names:
                _take(town, browser, shot)
        browser.close()
    return 0


def _prepare(town: bed.Town) -> None:
    from yamaha_ops.web.act.book import Book, Wish  # noqa: PLC0415 -- as above
    from yamaha_ops.web.act.planning import make_plan  # noqa: PLC0415 -- as above
    from yamaha_ops.web.act.runs import Runs  # noqa: PLC0415 -- as above

    who = demo.OPERATOR
    demo.ask_for_approval(town.console, who)
    book = Book(town.console)
    good = {"line.mtu": "1440", "dns.servers": "[192.168.104.53]", "syslog.hosts": "[192.0.2.9]"}
    check = "{name: backup line, command: show status pp 1, pattern: connected}"
    bad = {"line.mtu": "1400", "checks": f"[{check}]"}
    for router, title, values, seconds in (
        ("tenjin", "Own name server, log to head office", good, 60),
        ("sakae", "Smaller MTU, and a backup line", bad, 2),
    ):
        change = book.begin(who, router, Wish(title, values, None, "auto", seconds))
        book.planned(who, change.id, 1, make_plan(town.console, change))
    routers = [town.console.inventory().router(name) for name in ("ginza", "aoba", "umeda")]
    Runs(town.console, town.runner).commands(who, routers, ["show environment", "show arp"])
    town.runner.wait()


def _take(town: bed.Town, browser: Browser, shot: Shot) -> None:
    if shot.user is not None and shot.user not in town.states:
        bed._sign_in(town, browser, shot.user)
    options = {"base_url": town.url, "locale": "en-GB", "viewport": WIDE, **shot.options}
    context = browser.new_context(storage_state=town.states.get(shot.user or ""), **options)
    page = context.new_page()
    page.goto(shot.path)
    shot.before(page)
    if shot.whole:
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": WIDE["width"], "height": min(height, HIGHEST)})
    FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=FOLDER / f"{shot.name}.png", animations="disabled")
    sys.stdout.write(f"{shot.name}\n")
    context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
