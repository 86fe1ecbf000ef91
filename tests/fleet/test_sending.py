"""What goes to a cluster and what comes back, without one: batches, claims, losses."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import pytest
from distributed import KilledWorker

from tests.fleet import pretending
from yamaha_ops.errors import (
    ConnectError,
    InputError,
    LateError,
    LostError,
    UnknownStateError,
    UnreachableError,
)
from yamaha_ops.fleet import (
    Changer,
    Cluster,
    Done,
    Policy,
    batches,
    everywhere,
    run,
    run_on_cluster,
)
from yamaha_ops.fleet.once import Claimed, Once
from yamaha_ops.fleet.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DONE: Counter[int] = Counter()


def _change(number: int) -> int:
    DONE[number] += 1
    if number == 3:
        raise ConnectError("the line was lost")
    return number * 2


def _read(number: int) -> int:
    if number % 10 == 3:
        raise UnreachableError("nobody answers")
    return number * 2


def _fault(number: int) -> int:
    raise ZeroDivisionError(number)


def _changes(items: Sequence[int], client: pretending.Client) -> list[Done[int, int]]:
    change = partial(Changer(client), _change)
    with ThreadPoolExecutor(3) as executor:
        return list(run(change, items, executor=executor, at_once=3))


def _killed() -> KilledWorker:
    worker: Any = None
    return KilledWorker("key", worker, 3)


def _site(number: int) -> int:
    return number % 4


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[pretending.Client]:
    DONE.clear()
    with pretending.client() as made:

        def queue(name: str, _client: object = None) -> pretending.Queue:
            return pretending.Queue(name, made)

        monkeypatch.setattr("distributed.Queue", queue)
        yield made


def test_reading_goes_in_batches_and_everybody_is_accounted_for(client: pretending.Client) -> None:
    results = list(run_on_cluster(_read, range(50), client=client, at_once=2))
    assert sorted(done.item for done in results) == list(range(50))
    assert {done.item for done in results if done.error} == {3, 13, 23, 33, 43}
    assert all(done.value == done.item * 2 for done in results if not done.error)
    assert len(client.sent) == 7


def test_a_batch_that_is_given_up_leaves_nobody_out(client: pretending.Client) -> None:
    def fate(number: int) -> None:
        if number == 2:
            raise _killed()

    client.fate = fate
    results = list(run_on_cluster(_read, range(24), client=client, at_once=2))
    assert sorted(done.item for done in results) == list(range(24))
    lost = [done for done in results if isinstance(done.error, LostError)]
    assert [done.item for done in lost] == list(range(8, 16))


def test_a_fault_of_ours_is_no_loss(client: pretending.Client) -> None:
    with pytest.raises(ZeroDivisionError):
        list(run_on_cluster(_fault, range(3), client=client, at_once=2))


def test_what_cannot_be_sent_is_a_fault_at_once(client: pretending.Client) -> None:
    lock = Lock()

    def job(_number: int) -> None:
        with lock:
            pass

    with pytest.raises((AttributeError, TypeError)):
        list(run_on_cluster(job, range(3), client=client, at_once=2))
    assert not client.sent


def test_a_change_is_a_task_of_its_own_and_its_failure_is_its_own(
    client: pretending.Client,
) -> None:
    results = _changes(range(6), client)
    assert sorted(done.item for done in results) == list(range(6))
    assert [type(done.error) for done in results if done.error] == [ConnectError]
    assert Counter(range(6)) == DONE
    assert len(client.sent) == 6
    assert not any(client.queues.values())


def test_a_change_whose_worker_was_lost_before_it_began_was_not_begun(
    client: pretending.Client,
) -> None:
    def fate(number: int) -> None:
        if number == 1:
            raise _killed()

    client.fate = fate
    (first,) = _changes([7], client)
    assert isinstance(first.error, LostError)
    assert "nothing was sent" in str(first.error)
    assert not DONE


def test_a_change_whose_worker_was_lost_afterwards_is_unknown(client: pretending.Client) -> None:
    def fate(_number: int) -> None:
        (claim,) = client.queues
        client.queues[claim].clear()  # somebody has begun
        raise _killed()

    client.fate = fate
    (done,) = _changes([7], client)
    assert isinstance(done.error, UnknownStateError)


def test_what_a_scheduler_runs_again_does_nothing_the_second_time(
    client: pretending.Client,
) -> None:
    """As it does with a task that had ended when its worker was lost with the result."""
    claimed = Claimed(5)
    client.queues[claimed.claim] = [1]
    sender = Sender(client)
    assert sender.submit(Once(_change), claimed).result(20) == 10
    again = sender.submit(Once(_change), claimed)
    with pytest.raises(UnknownStateError):
        again.result(20)
    assert Counter([5]) == DONE


def test_a_site_is_never_split() -> None:
    found = list(batches(range(40), 6, _site))
    assert sorted(item for batch in found for item in batch) == list(range(40))
    sites = [{_site(item) for item in batch} for batch in found]
    assert all(not one & other for one in sites for other in sites if one is not other)
    assert [len(batch) for batch in batches(range(20), 6)] == [6, 6, 6, 2]


def test_limits_reach_the_worker(client: pretending.Client) -> None:
    policy: Policy[int] = Policy(seconds=30, site=_site, per_site=1)
    results = list(run_on_cluster(_read, range(8), client=client, at_once=4, policy=policy))
    assert len(results) == 8
    assert not any(isinstance(done.error, LateError) for done in results)


def test_another_version_on_a_worker_is_refused(
    client: pretending.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert everywhere(client, bool) is False
    monkeypatch.setattr(client, "run", lambda *_: {"tcp://worker": ("0.0.1", True)}, raising=False)
    with pytest.raises(InputError, match=r"tcp://worker has yamaha-ops 0\.0\.1"):
        everywhere(client, bool)


def _nowhere(address: str, **files: Path) -> None:
    with Cluster(address, **files).connected():
        pass


@pytest.mark.parametrize("address", ["tcp://192.0.2.1:8786", "dask.example.jp:8786"])
def test_secrets_do_not_go_near_an_open_door(address: str) -> None:
    with pytest.raises(InputError, match="not encrypted"):
        _nowhere(address)


def test_tls_needs_all_three_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="three files"):
        _nowhere("tls://192.0.2.1:8786", ca=tmp_path / "ca.pem")
    missing: dict[str, Any] = dict.fromkeys(("ca", "certificate", "key"), tmp_path / "no.pem")
    with pytest.raises(InputError, match="cannot be read"):
        _nowhere("tls://192.0.2.1:8786", **missing)
