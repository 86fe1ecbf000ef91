"""Many routers: who says what an error is about, and what limits hold."""

from __future__ import annotations

import pickle
from collections import Counter
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.actions.crew import Crew, ground, site_of
from yamaha_ops.errors import InputError, LateError
from yamaha_ops.fleet import Handshakes
from yamaha_ops.inventory import Inventory, Router

if TYPE_CHECKING:
    from pathlib import Path

ROUTERS = [
    Router(name=f"r{number}", host="192.0.2.1", labels={"site": "ab"[number % 2]})
    for number in range(12)
]


def test_a_router_that_is_late_is_named_and_the_others_go_on() -> None:
    stuck = Event()

    def job(router: Router) -> str:
        if router.name == "r3":
            stuck.wait(40)
        return router.name

    results = []
    for done in Crew(at_once=3, deadline=1.5).ask(job, ROUTERS):
        results.append(done)
        if len(results) == len(ROUTERS):
            stuck.set()
    (late,) = [done for done in results if done.error]
    assert isinstance(late.error, LateError)
    assert str(late.error) == "r3: it took longer than 1.5 seconds and was given up"


def test_a_site_bears_no_more_than_it_is_asked_to() -> None:
    lock, running, most = Lock(), Counter[str](), Counter[str]()

    def job(router: Router) -> None:
        site = site_of(router)
        with lock:
            running[site] += 1
            most[site] = max(most[site], running[site])
        with lock:
            running[site] -= 1

    assert len(list(Crew(at_once=8, per_site=1).ask(job, ROUTERS))) == len(ROUTERS)
    assert most == {"a": 1, "b": 1}


def test_routers_without_a_site_do_not_share_one() -> None:
    alone = [Router(name=name, host="192.0.2.1") for name in ("x", "y")]
    assert len({site_of(router) for router in alone}) == 2


def test_a_change_is_never_given_up(tmp_path: Path) -> None:
    inventory = Inventory(tmp_path / "inventory.yaml", {}, {})
    with pytest.raises(InputError, match="takes no deadline"):
        list(Crew(at_once=1, deadline=9).change(lambda _: None, ROUTERS, shared=inventory))


def test_handshakes_are_limited_for_the_whole_process() -> None:
    """Whoever holds the same limit, even a copy of it from elsewhere, counts with the others."""
    inside, go_on, entered = Lock(), Event(), []
    ours = Handshakes(2)
    copies = [pickle.loads(pickle.dumps(ours)) for _ in range(5)]  # noqa: S301 -- our own

    def shake(limit: Handshakes) -> None:
        with limit:
            with inside:
                entered.append(limit)
            go_on.wait(40)

    threads = [Thread(target=shake, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    try:
        while len(entered) < 2:
            go_on.wait(0.01)
        go_on.wait(0.1)
        assert len(entered) == 2
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
    assert len(entered) == 5


def test_what_a_job_takes_along_has_no_routers(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    inventory = Inventory(path, {router.name: router for router in ROUTERS}, {})
    taken = pickle.loads(pickle.dumps(ground(inventory)))  # noqa: S301 -- our own
    assert (taken.routers, taken.state) == ({}, inventory.state)
