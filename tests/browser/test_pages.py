"""Every page, in light and dark, wide and narrow, looked at by axe (WCAG 2.2 AA)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from yamaha_ops.lab import demo_web as demo

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Town

    Open = Callable[..., Page]

RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}

PAGES = {
    "operator": (
        "/",
        "/routers/ginza",
        "/alarms",
        "/changes?show=all",
        "/changes/new",
        "/changes/new?router=ginza",
        "/changes/new?router=ginza&how=text&base=latest",
        "/changes/1",
        "/configurations/ginza",
        "/configurations/ginza/show?what=latest",
        "/configurations/ginza/compare?left=installed&right=latest",
        "/configurations/ginza/compare?left=installed&right=latest&view=unified",
        "/commands",
        "/commands/1",
        "/scripts?router=ginza",
        "/firmware",
        "/places",
        "/account",
        "/tokens",
    ),
    "admin": ("/users", "/audit"),
}
REFUSED = ("/configurations/ginza/compare?left=installed&right=nothing", "/nothing-here")


@pytest.fixture(scope="module")
def something(town: Town) -> None:
    """Leave a change and a run, so that their pages have something to show."""
    from yamaha_ops.web.store.changes import Run, RunAnswer  # noqa: PLC0415 -- as above

    who = demo.OPERATOR
    demo.ask_for_approval(town.console, who)
    answer: dict[str, Any] = {
        "commands": [
            {"command": "show arp", "result": "success", "output": "...", "error": None},
            {"command": "show x", "result": "error", "output": "", "error": "no such"},
        ]
    }
    for command in answer["commands"]:
        command["seconds"] = 0.1
    with town.console.database.session() as session:
        run = Run(
            kind="commands", words=["show arp"], routers=["ginza"], detail={}, who="operator",
            server_run="", created=1.0, ended=2.0,
        )  # fmt: skip
        session.add(run)
        session.flush()
        session.add(
            RunAnswer(run_id=run.id, router="ginza", result="error", answer=answer, time=2.0)
        )


LOOKS: dict[str, dict[str, Any]] = {
    "light, wide, English": {"color_scheme": "light", "locale": "en-GB"},
    "dark, 360 pixels, Japanese": {
        "color_scheme": "dark",
        "locale": "ja-JP",
        "viewport": {"width": 360, "height": 740},
    },
}


@pytest.mark.usefixtures("something")
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible_and_fits(open_as: Open, look: str) -> None:
    faults = []
    for user, paths in PAGES.items():
        page = open_as(user, paths[0], **LOOKS[look])
        for path in paths:
            page.goto(path)
            faults += [f"{path}: {fault}" for fault in _faults(page)]
    page = open_as("operator", REFUSED[0], refused=True, **LOOKS[look])
    for path in REFUSED:
        page.goto(path)
        faults += [f"{path}: {fault}" for fault in _faults(page)]
    login = open_as(None, "/login", **LOOKS[look])
    faults += [f"/login: {fault}" for fault in _faults(login)]
    assert faults == []


def _faults(page: Page) -> list[str]:
    found: Any = Axe().run(page, options=RULES)
    told = [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return told + ([f"{wide} pixels too wide"] if wide > 0 else [])


def test_axe_would_tell(open_as: Open) -> None:
    page = open_as("operator", "/changes")
    page.evaluate("document.querySelector('main').innerHTML = '<img src=/static/icon.svg><input>'")
    assert len(_faults(page)) >= 2, "a picture without words, and a field without a label"
