"""Results stream, a failure stays with its router, and nothing piles up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import UnreachableError
from yamaha_ops.fleet import run

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_every_item_is_accounted_for_once() -> None:
    def job(number: int) -> int:
        if number % 10 == 0:
            raise UnreachableError("nobody answers", router=str(number))
        return number * 2

    with ThreadPoolExecutor(4) as executor:
        results = list(run(job, range(100), executor=executor, at_once=4))
    assert sorted(done.item for done in results) == list(range(100))
    assert {done.item for done in results if done.error} == set(range(0, 100, 10))
    assert all(done.value == done.item * 2 for done in results if not done.error)


def test_no_more_items_are_taken_than_may_be_under_way() -> None:
    lock, running, most, taken = Lock(), 0, 0, 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield number

    def job(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        with lock:
            running -= 1
        return number

    with ThreadPoolExecutor(8) as executor:
        results = run(job, items(), executor=executor, at_once=3)
        next(results)
        assert taken <= 3
        assert len(list(results)) == 49
    assert most <= 3


def test_a_fault_of_ours_is_not_taken_for_a_router_that_fails() -> None:
    def job(number: int) -> int:
        raise ZeroDivisionError(number)

    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        list(run(job, range(2), executor=executor, at_once=1))
