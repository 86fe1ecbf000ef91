"""The audit log: read by administrators, a page at a time."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.web.access.entry import Stranger
from yamaha_ops.web.access.records import PAGE, Wanted, entries, every_entry
from yamaha_ops.web.store.people import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browser, SteppedClock
    from yamaha_ops.web.console import Console

DAY = 86400


@pytest.fixture
def log(people: Console, clock: SteppedClock) -> Console:
    """Fill the log: five days, a visit a day by each of two, each with a change."""
    for _ in range(5):
        for name in ("vera", "otto"):
            who = Stranger(name, "192.0.2.1")
            people.audit(who, "login", how="password")
            people.audit(who, "change.approve", "tokyo" if name == "otto" else "osaka", change=12)
        clock.step(DAY)
    return people


def _day(clock: SteppedClock, days_ago: int) -> str:
    return datetime.fromtimestamp(clock.wall - days_ago * DAY).astimezone().date().isoformat()


def test_it_is_filtered_by_who_what_where_and_when(
    log: Console, signed_in: Callable[[str], Browser], clock: SteppedClock
) -> None:
    start = clock.wall - 5 * DAY
    for wanted, count in (
        (Wanted(), 20),
        (Wanted(who="otto"), 10),
        (Wanted(act="change"), 10),
        (Wanted(act="change.approve", router="tokyo"), 5),
        (Wanted(act="%"), 0),
        (Wanted(since=start + 2 * DAY), 12),
        (Wanted(since=start + 2 * DAY, until=start + 3 * DAY), 4),
        (Wanted(who="nobody"), 0),
    ):
        assert len(list(every_entry(log, wanted))) == count, wanted
    adam = signed_in("adam")
    shown = adam.get(f"/audit?who=otto&since={_day(clock, 3)}&until={_day(clock, 2)}").text
    assert shown.count('<th scope="row">otto</th>') == 4
    assert "192.0.2.1" in shown
    assert adam.get("/audit?since=nonsense&until=9999-12-31").status_code == 200
    assert "Nothing fits." in adam.get("/audit?who=nobody").text


def test_it_is_read_a_page_at_a_time_without_a_gap(
    people: Console, signed_in: Callable[[str], Browser]
) -> None:
    with people.database.session() as session:
        for number in range(2 * PAGE + 1):
            detail = {"number": number}
            session.add(AuditEntry(time=0.0, who="vera", act="x", address="", detail=detail))
            session.flush()
    wanted = Wanted(act="x")
    pages, before = [], None
    while True:
        found = entries(people, wanted, before=before)
        pages.append([entry.detail["number"] for entry in found.entries])
        before = found.older
        if before is None:
            break
    assert [len(each) for each in pages] == [PAGE, PAGE, 1]
    assert [number for each in pages for number in each] == list(range(2 * PAGE, -1, -1))
    adam = signed_in("adam")
    first = adam.get("/audit?act=x").text
    assert f"/audit?act=x&amp;before={entries(people, wanted, before=None).older}" in first
    assert first.count("<tr>") == PAGE + 1


def test_it_is_exported_as_json_and_that_is_written_down(
    log: Console, signed_in: Callable[[str], Browser]
) -> None:
    adam = signed_in("adam")
    answer = adam.get("/audit/export?who=otto&act=change")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.json"'
    told = json.loads(answer.text)
    assert len(told) == 5
    assert told[0] | {"id": 0, "time": ""} == {
        "id": 0,
        "time": "",
        "who": "otto",
        "act": "change.approve",
        "router": "tokyo",
        "address": "192.0.2.1",
        "detail": {"change": 12},
    }
    assert datetime.fromisoformat(told[0]["time"]).tzinfo is not None
    assert [each.who for each in every_entry(log, Wanted(act="audit.export"))] == ["adam"]


def test_what_stands_in_it_is_shown_and_not_run(
    people: Console, signed_in: Callable[[str], Browser]
) -> None:
    people.audit(Stranger("<script>alert(1)</script>", "x"), "x", note='"><img src=x onerror=y>')
    shown = signed_in("adam").get("/audit").text
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
