"""From a draft to an end: what the router runs, the inventory says and the book holds."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.web.acting.conftest import EMMA, OLGA, OTTO, VERA, Site, write_inventory
from yamaha_ops.change.outcome import Result
from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory import load
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.act.book import Wish, fingerprint_of
from yamaha_ops.web.act.planning import make_plan
from yamaha_ops.web.act.runner import RUNS_AT_ONCE
from yamaha_ops.web.act.stage import Stage
from yamaha_ops.web.errors import ConflictError, ForbiddenError, NotFoundError
from yamaha_ops.web.store.people import User

if TYPE_CHECKING:
    from collections.abc import Callable

MTU = {"line.mtu": "1440"}


def test_values_are_written_into_the_inventory_once_the_router_runs_them(site: Site) -> None:
    before = site.file.read_text(encoding="utf-8")
    change = site.planned(MTU)
    assert [command["line"] for command in (change.plan or {})["commands"]] == [
        "tunnel select 1",
        "ip tunnel mtu 1440",
        "tunnel select none",
    ]
    assert site.file.read_text(encoding="utf-8") == before
    ended = site.applied(change)
    assert (ended.stage, (ended.outcome or {})["result"]) == (Stage.CHANGED, Result.CHANGED)
    assert "ip tunnel mtu 1440" in site.router.running.text
    assert "# your router: 192.168.100.1" in site.file.read_text(encoding="utf-8")
    assert load(site.file).router("home").line.mtu == 1440  # type: ignore[union-attr]
    assert ended.busy is None
    reasons = [each.reason for each in site.console.history.revisions("home")]
    assert reasons == [f"change {change.id}: a test", f"before change {change.id}: a test"]


def test_a_change_that_does_not_verify_is_taken_back_and_the_inventory_stays(site: Site) -> None:
    before = site.file.read_bytes()
    old = site.router.running.digest
    values = {"line.mtu": "1440", "checks": "[{command: show environment, pattern: 'RTX9999'}]"}
    ended = site.applied(site.planned(values, verification_seconds=1))
    assert ended.stage == Stage.TAKEN_BACK
    assert site.router.running.digest == old
    assert site.file.read_bytes() == before
    assert "RTX9999" in site.said(ended)


def test_a_router_that_moved_since_the_plan_is_not_touched(site: Site) -> None:
    change = site.planned(MTU)
    site.router.type("description lan1 somebody")
    ended = site.applied(change)
    assert ended.stage == Stage.DRAFT, "a new plan is needed"
    assert "has changed since the plan" in (ended.outcome or {})["reason"]
    assert "1440" not in site.router.running.text
    assert "1440" not in site.file.read_text(encoding="utf-8")


def _wait(free: Event) -> None:
    free.wait(60)


def test_runs_that_last_hold_back_no_change(site: Site) -> None:
    free = Event()
    for _ in range(2 * RUNS_AT_ONCE):
        site.runner.submit(lambda: _wait(free))
    change = site.taken(site.planned(MTU))
    site.runner.apply(change.id)
    for _ in range(500):
        if site.book.find(OTTO, change.id).stage != Stage.APPLYING:
            break
        free.wait(0.1)
    stage = site.book.find(OTTO, change.id).stage
    free.set()
    site.runner.wait()
    assert stage == Stage.CHANGED


def test_another_hand_in_the_file_is_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes a comment while the change is on its way."""
    change = site.planned(MTU)
    monkeypatch.setattr("yamaha_ops.web.act.applying.write_into_inventory", _with_a_comment(site))
    ended = site.applied(change)
    assert ended.stage == Stage.CHANGED
    text = site.file.read_text(encoding="utf-8")
    assert "# another hand" in text
    assert "mtu: 1440" in text


def test_a_file_that_says_something_else_meanwhile_is_not_overwritten(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = site.planned(MTU)
    monkeypatch.setattr(
        "yamaha_ops.web.act.applying.write_into_inventory", _with_a_comment(site, "lan2", "lan3")
    )
    ended = site.applied(change)
    assert ended.stage == Stage.CHANGED
    assert "the inventory does not say so" in site.said(ended)
    assert "mtu: 1440" not in site.file.read_text(encoding="utf-8")


def _with_a_comment(site: Site, *other: str) -> Callable[..., None]:
    from yamaha_ops.web.act.wanted import write_into_inventory  # noqa: PLC0415 -- the real one

    def write(change: object, wanted: object) -> None:
        text = site.file.read_text(encoding="utf-8") + "# another hand\n"
        if other:
            text = text.replace("description: IPv6", "udp_timer: 300\n      description: IPv6")
        site.file.write_text(text, encoding="utf-8")
        write_into_inventory(change, wanted)  # type: ignore[arg-type]

    return write


def test_a_draft_of_text_is_applied(site: Site) -> None:
    from yamaha_ops.actions.backups import back_up  # noqa: PLC0415
    from yamaha_ops.history import Person  # noqa: PLC0415
    from yamaha_ops.web.act.drafts import keep_draft  # noqa: PLC0415 -- only here

    inventory, store, me = site.console.inventory(), site.console.history, Person("otto", "o@x")
    entry = inventory.router("home")
    revision, _ = back_up(entry, inventory, store, reason="now", author=me)
    base = store.configuration(store.backup(revision))
    text = base.masked() + "description lan1 drafted\n"
    keep_draft(store, "home", "web-1", text, base=base, author=me, now=1.0)
    change = site.planned(configuration="draft:web-1")
    assert [each["line"] for each in (change.plan or {})["commands"]] == [
        "description lan1 drafted"
    ]
    assert site.applied(change).stage == Stage.CHANGED
    assert "description lan1 drafted" in site.router.running.text


def test_nothing_differs_is_a_good_end(site: Site) -> None:
    ended = site.applied(site.planned())
    assert (ended.stage, (ended.outcome or {})["result"]) == (Stage.CHANGED, Result.UNCHANGED)


def test_an_unreachable_router_ends_a_change_with_nothing_sent(site: Site) -> None:
    change = site.planned(MTU)
    site.router.faults.refuse_connections = True
    ended = site.applied(change)
    site.router.faults.clear()
    assert ended.stage == Stage.FAILED
    assert "1440" not in site.file.read_text(encoding="utf-8")


def test_a_danger_has_to_be_named(site: Site) -> None:
    values = {"extra": "['lan type lan1 auto-crossover=off']"}
    change = site.planned(values)
    dangers = [danger["name"] for danger in (change.plan or {})["dangers"]]
    assert dangers
    refused = site.applied(change)
    assert refused.stage == Stage.FAILED
    assert "dangerous" in (refused.outcome or {})["reason"]
    again = site.planned(values)
    site.taken(again, *dangers)
    site.runner.applying.apply(again.id)
    assert site.book.find(OTTO, again.id).stage == Stage.CHANGED


# --- two people -----------------------------------------------------------------------------------


@pytest.fixture
def guarded(site: Site) -> Site:
    """The inventory asks for a second person."""
    write_inventory(site.file.parent, site.router.port, "\n    approval: true")
    add_user(site.console, EMMA.name, "correct horse battery", roles=EMMA.roles)
    return site


def test_nobody_approves_his_own_and_no_other_plan(guarded: Site) -> None:
    change = guarded.planned(MTU)
    print_ = fingerprint_of(change) or ""
    with pytest.raises(ConflictError, match="a second person"):
        guarded.taken(change)
    with pytest.raises(ForbiddenError, match="role approver"):
        guarded.book.approve(OTTO, change.id, print_, "")
    with pytest.raises(ConflictError, match="another one"):
        guarded.book.approve(EMMA, change.id, "0" * 64, "")
    guarded.book.approve(EMMA, change.id, print_, "looks right")
    assert guarded.applied(change).stage == Stage.CHANGED


def test_whoever_wrote_into_a_change_does_not_approve_it(guarded: Site) -> None:
    change = guarded.drafted(MTU)
    guarded.book.rewrite(EMMA, change.id, 1, Wish("mine now", {"line.mtu": "1430"}, None))
    change = guarded.book.find(OTTO, change.id)
    made = guarded.book.planned(OTTO, change.id, 2, make_plan(guarded.console, change))
    with pytest.raises(ForbiddenError, match="of his own"):
        guarded.book.approve(EMMA, change.id, fingerprint_of(made) or "", "")


def test_an_approval_ends_with_what_it_was_for(guarded: Site) -> None:
    change = guarded.planned(MTU)
    guarded.book.approve(EMMA, change.id, fingerprint_of(change) or "", "")
    guarded.book.rewrite(OTTO, change.id, 1, Wish("more", {"line.mtu": "1430"}, None))
    change = guarded.book.find(OTTO, change.id)
    guarded.book.planned(OTTO, change.id, 2, make_plan(guarded.console, change))
    with pytest.raises(ConflictError, match="a second person"):
        guarded.taken(guarded.book.find(OTTO, change.id))


@pytest.mark.parametrize("how", ["locked", "role taken", "removed"])
def test_the_word_of_somebody_who_may_not_approve_any_more_does_not_count(
    guarded: Site, how: str
) -> None:
    change = guarded.planned(MTU)
    guarded.book.approve(EMMA, change.id, fingerprint_of(change) or "", "")
    with guarded.console.database.session() as session:
        emma = session.scalars(select(User).where(User.name == EMMA.name)).one()
        if how == "locked":
            emma.barred = True
        elif how == "role taken":
            emma.roles = [Role.OPERATOR.value]
        else:
            session.delete(emma)
    with pytest.raises(ConflictError, match="a second person"):
        guarded.taken(change)


def test_a_change_cannot_switch_approval_off(guarded: Site) -> None:
    change = guarded.drafted({"approval": "false"})
    with pytest.raises(InventoryError, match="not changed in the browser"):
        make_plan(guarded.console, change)


def test_the_second_of_two_who_change_one_router_is_told(site: Site) -> None:
    one, other = site.planned(MTU), site.planned({"line.mtu": "1430"})
    assert [each.id for each in site.book.open_for("home", besides=other.id)] == [one.id]
    site.taken(one)
    with pytest.raises(ConflictError, match=f"otto is changing home just now .change {one.id}"):
        site.taken(other)
    site.runner.applying.apply(one.id)
    assert site.applied(other).stage == Stage.DRAFT, "its plan is out of date now"


def test_the_second_of_two_who_write_one_change_is_told(site: Site) -> None:
    change = site.drafted(MTU)
    site.book.rewrite(EMMA, change.id, 1, Wish("hers", {"line.mtu": "1430"}, None))
    with pytest.raises(ConflictError, match="emma has written"):
        site.book.rewrite(OTTO, change.id, 1, Wish("his", {"line.mtu": "1420"}, None))


def test_only_those_who_may_touch_or_see_a_change(site: Site) -> None:
    change = site.planned(MTU)
    with pytest.raises(ForbiddenError):
        site.book.take(VERA, change.id, fingerprint_of(change) or "", ())
    with pytest.raises(NotFoundError):
        site.book.find(OLGA, change.id)
    assert site.book.all(OLGA) == []


def test_an_end_has_no_way_back(site: Site) -> None:
    change = site.drafted(MTU)
    site.book.withdraw(OTTO, change.id)
    with pytest.raises(ConflictError, match="withdrawn now"):
        site.book.rewrite(OTTO, change.id, 1, Wish("no", MTU, None))
