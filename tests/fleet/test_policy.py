"""Limits: time, and places."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yamaha_ops.errors import LateError
from yamaha_ops.fleet import Policy, run
from yamaha_ops.fleet.policy import LOOKAHEAD, Admission

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_an_item_that_takes_too_long_is_given_up_and_the_others_go_on() -> None:
    stuck, now = Event(), 0.0

    def job(number: int) -> int:
        if number == 3:
            stuck.wait(40)
        return number

    results = []
    with ThreadPoolExecutor(2) as executor:
        limited = run(
            job,
            range(20),
            executor=executor,
            at_once=2,
            policy=Policy(seconds=0.05),
            clock=lambda: now,
        )
        for done in limited:
            results.append(done)
            if len(results) == 19:
                now += 1
            if done.error:
                stuck.set()
    assert sorted(done.item for done in results) == list(range(20))
    (late,) = [done for done in results if done.error]
    assert late.item == 3
    assert isinstance(late.error, LateError)


def test_what_was_given_up_keeps_its_place_until_it_ends() -> None:
    lock, running, most, free = Lock(), 0, 0, Event()

    def job(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        if number < 2:
            free.wait(20)
        with lock:
            running -= 1
        return number

    with ThreadPoolExecutor(8) as executor:
        results = run(job, range(6), executor=executor, at_once=2, policy=Policy(seconds=0.1))
        assert {next(results).item, next(results).item} == {0, 1}
        free.set()
        assert sorted(done.item for done in results) == [2, 3, 4, 5]
    assert most == 2


def test_a_site_is_not_asked_for_more_at_once_than_it_can_bear() -> None:
    lock, running, most = Lock(), Counter[str](), Counter[str]()

    def job(item: str) -> str:
        site = item[0]
        with lock:
            running[site] += 1
            most[site] = max(most[site], running[site])
        with lock:
            running[site] -= 1
        return item

    items = [f"{site}{number}" for site in "aaab" for number in range(30)]
    policy: Policy[str] = Policy(site=lambda item: item[0], per_site=1)
    with ThreadPoolExecutor(4) as executor:
        results = [d.item for d in run(job, items, executor=executor, at_once=4, policy=policy)]
    assert sorted(results) == sorted(items)
    assert most == {"a": 1, "b": 1}


@given(
    sites=st.lists(st.integers(0, 4), max_size=60),
    at_once=st.integers(1, 8),
    per_site=st.integers(1, 3),
    turns=st.randoms(use_true_random=False),
)
def test_everybody_gets_in_and_no_limit_is_broken(
    sites: list[int], at_once: int, per_site: int, turns: Any
) -> None:
    items = list(enumerate(sites))
    taken = 0

    def source() -> Iterator[tuple[int, int]]:
        nonlocal taken
        for item in items:
            taken += 1
            yield item

    policy: Policy[tuple[int, int]] = Policy(site=lambda item: item[1], per_site=per_site)
    admission = Admission(source(), at_once, policy)
    inside: list[tuple[int, int]] = []
    entered: list[tuple[int, int]] = []
    while True:
        fresh = list(admission.admit())
        inside += fresh
        entered += fresh
        assert len(inside) <= at_once
        assert all(sum(i[1] == site for i in inside) <= per_site for site in sites)
        assert taken <= len(entered) + LOOKAHEAD * at_once
        if not inside:
            break
        leaving = inside.pop(turns.randrange(len(inside)))
        admission.left(leaving)
    assert sorted(entered) == items
    assert admission.everybody_in


def test_a_fault_with_a_limit_of_time_still_ends_the_run() -> None:
    def job(number: int) -> int:
        raise ZeroDivisionError(number)

    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        list(run(job, range(2), executor=executor, at_once=1, policy=Policy(seconds=9)))
