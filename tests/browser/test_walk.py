"""What people do at the console, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, enter
from yamaha_ops.lab import demo_web as demo

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Town

    Open = Callable[..., Page]

expect.set_options(timeout=PATIENCE)


def test_sign_in_with_a_second_factor_and_find_the_broken_routers(
    town: Town, open_as: Open
) -> None:
    page = open_as(None, "/login")
    enter(town, page, "operator")
    town.states["operator"] = page.context.storage_state()
    down = page.get_by_role("row").filter(has=page.get_by_role("link", name=demo.LINE_DOWN))
    expect(down).to_contain_text("Down")
    gone = page.get_by_role("row").filter(has=page.get_by_role("link", name=demo.UNREACHABLE))
    expect(gone).to_contain_text("Offline")
    down.get_by_role("link", name=demo.LINE_DOWN).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(demo.LINE_DOWN)


def test_compare_two_configurations(open_as: Open) -> None:
    page = open_as("operator", "/configurations/ginza")
    expect(page.get_by_text("nightly backup")).to_be_visible()
    page.get_by_role("button", name="Compare the chosen two").click()
    expect(page.locator("table.diff.side tr.added").first).to_contain_text("description lan1 SHOP")
    page.get_by_role("link", name="One below the other").click()
    expect(page.locator("table.diff.unified tr.added").first).to_contain_text("SHOP")
    expect(page.locator("#commands-list")).to_contain_text("syslog debug on")
    page.get_by_role("link", name="Swap").click()
    expect(page.locator("tr.removed").first).to_contain_text("SHOP")


def test_two_people_make_a_change_and_watch_it_verify(town: Town, open_as: Open) -> None:
    page = open_as("operator", f"/changes/new?router={demo.TWO_PEOPLE}")
    page.get_by_label("What for").fill("Smaller packets")
    page.get_by_label("Tunnel MTU").fill("1440")
    page.get_by_role("button", name="Save and make the plan").click()
    expect(page.locator("#plan-commands")).to_contain_text("ip tunnel mtu 1440")
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)

    second = open_as("approver", page.url)
    second.get_by_label("Comment").fill("fits the VPN")
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("for this plan")).to_be_visible()

    # The first one's page learns of it by itself.
    page.get_by_role("button", name=f"Apply to {demo.TWO_PEOPLE}").click()
    for watching in (page, second):
        expect(watching.get_by_role("heading", name="The router runs the change")).to_be_visible()
    expect(page.locator(".log")).to_contain_text("written into inventory.yaml")
    assert "ip tunnel mtu 1440" in town.routers[demo.TWO_PEOPLE].running.text


def test_a_change_that_does_not_verify_is_watched_being_taken_back(
    town: Town, open_as: Open
) -> None:
    before = _settings(town, "sakae")
    page = open_as("operator", "/changes/new?router=sakae")
    page.get_by_label("What for").fill("A ping that nothing answers")
    page.get_by_label("Tunnel MTU").fill("1420")
    page.get_by_label("Checks").fill("[{command: show environment, pattern: RTX9999}]")
    page.get_by_text("Guard and verification").click()
    page.get_by_label("Seconds the line may take").fill("2")
    page.get_by_role("button", name="Save and make the plan").click()
    page.get_by_role("button", name="Apply to sakae").click()
    expect(page.get_by_role("heading", name="The change was taken back")).to_be_visible()
    expect(page.locator(".log .failure").first).to_contain_text("expected RTX9999")
    expect(page.locator(".log")).to_contain_text("taken back")
    assert _settings(town, "sakae") == before


def _settings(town: Town, name: str) -> list[str]:
    """Return what a router runs but its console settings: whoever watches borrows those."""
    text = town.routers[name].running.text
    return [line for line in text.splitlines() if not line.startswith("console ")]


def test_wrong_values_and_the_second_of_two_are_told(open_as: Open) -> None:
    page = open_as("operator", "/changes/new?router=tenjin", refused=True)
    page.get_by_label("What for").fill("Too large")
    page.get_by_label("Tunnel MTU").fill("9999")
    page.get_by_role("button", name="Save and make the plan").click()
    field = page.get_by_label("Tunnel MTU")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("9999")
    field.fill("1430")
    page.get_by_role("button", name="Save and make the plan").click()
    expect(page.locator("#plan-commands")).to_contain_text("ip tunnel mtu 1430")
    other = open_as("admin", "/changes/new?router=tenjin")
    expect(other.get_by_role("status").filter(has_text="operator has a change")).to_be_visible()


def test_commands_on_routers_and_their_answers(open_as: Open) -> None:
    page = open_as("operator", "/commands")
    page.get_by_label("aoba").check()
    page.get_by_label("ginza").check()
    page.get_by_label("Commands, one a line").fill("show environment")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="2 of 2 · ended")).to_be_visible()
    expect(page.locator("details.answer")).to_have_count(2)
    expect(page.locator("details.answer").first).to_contain_text("RTX830")


def test_both_languages(open_as: Open) -> None:
    page = open_as("operator", "/changes")
    expect(page.get_by_role("heading", level=1)).to_have_text("Changes")
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("変更")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Changes")


def test_a_change_by_the_keyboard_alone(open_as: Open) -> None:
    page = open_as("operator", "/changes")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="New change")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Router")).to_be_focused()
    page.keyboard.type("shinjuku")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What for")).to_be_visible()
    _tab_to(page, "title")
    page.keyboard.type("By keys")
    _tab_to(page, "value.line.mtu")
    page.keyboard.type("1430")
    page.keyboard.press("Enter")
    expect(page.locator("#plan-commands")).to_contain_text("ip tunnel mtu 1430")


def _tab_to(page: Page, id_: str) -> None:
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == id_:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{id_} is not reached by the keyboard")
