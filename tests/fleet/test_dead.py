"""Who does not answer is remembered from one run to the next, and passed over for a while."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.actions.crew import Crew
from yamaha_ops.actions.dead import BACKOFF, Dead
from yamaha_ops.errors import AuthenticationError, CommandError, UnreachableError
from yamaha_ops.inventory import Router

if TYPE_CHECKING:
    from pathlib import Path

ROUTERS = [Router(name=name, host="192.0.2.1") for name in ("tokyo", "osaka", "nagoya")]
CREW = Crew(at_once=2)


class _Time:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class _Network:
    """Answers for everybody but those in `dead`."""

    def __init__(self) -> None:
        self.dead: dict[str, Exception] = {}
        self.asked: list[str] = []

    def __call__(self, router: Router) -> str:
        self.asked.append(router.name)
        if router.name in self.dead:
            raise self.dead[router.name]
        return router.name


@pytest.fixture
def time() -> _Time:
    return _Time()


@pytest.fixture
def network() -> _Network:
    return _Network()


def _run(path: Path, time: _Time, network: _Network) -> dict[str, str | None]:
    """Run as a scheduled command does: everything it knows comes from the file."""
    network.asked.clear()
    dead = Dead(path, time, lambda: 0.5)
    done = list(CREW.ask(network, ROUTERS, dead=dead))
    assert sorted(each.item.name for each in done) == ["nagoya", "osaka", "tokyo"]
    return {each.item.name: str(each.error) if each.error else None for each in done}


def test_three_runs_in_vain_then_a_pause_that_grows(
    tmp_path: Path, time: _Time, network: _Network
) -> None:
    path = tmp_path / "state" / "dead.json"
    network.dead["osaka"] = UnreachableError("nothing answers")
    asked = []
    for _ in range(40):
        _run(path, time, network)
        asked.append("osaka" in network.asked)
        assert {"tokyo", "nagoya"} <= set(network.asked)
        time.now += 60
    assert asked[:3] == [True] * 3
    assert 5 <= sum(asked) <= 7
    said = _run(path, time, network)["osaka"]
    assert said is not None
    assert said.startswith("osaka: ")


def test_who_is_back_is_forgotten(tmp_path: Path, time: _Time, network: _Network) -> None:
    path = tmp_path / "dead.json"
    network.dead["osaka"] = UnreachableError("nothing answers")
    for _ in range(3):
        _run(path, time, network)
    said = _run(path, time, network)["osaka"]
    assert said == "osaka: it failed 3 times in a row and is tried again in 240 s"
    assert "osaka" not in network.asked
    network.dead.clear()
    time.now += 240
    assert _run(path, time, network)["osaka"] is None
    assert json.loads(path.read_text("utf-8")) == {}


def test_what_a_router_says_is_an_answer(tmp_path: Path, time: _Time, network: _Network) -> None:
    path = tmp_path / "dead.json"
    network.dead = {
        "osaka": CommandError("the router refuses it"),
        "tokyo": AuthenticationError("the password is wrong"),
    }
    for _ in range(4):
        _run(path, time, network)
    assert "osaka" in network.asked
    assert "tokyo" not in network.asked


def test_two_runs_at_once_keep_what_both_found(tmp_path: Path, time: _Time) -> None:
    path = tmp_path / "dead.json"
    one, other = Dead(path, time), Dead(path, time)
    one.note("tokyo", answered=False)
    other.note("osaka", answered=False)
    one.save()
    other.save()
    assert set(json.loads(path.read_text("utf-8"))) == {"tokyo", "osaka"}
    assert not path.stat().st_mode & 0o077


@pytest.mark.parametrize("text", ["", "[1]", '{"tokyo": 3}', '{"tokyo": ["x", 1]}', "\x00"])
def test_a_file_that_says_nothing_silences_nobody(
    tmp_path: Path, time: _Time, network: _Network, text: str
) -> None:
    path = tmp_path / "dead.json"
    path.write_text(text, encoding="utf-8")
    assert set(_run(path, time, network).values()) == {None}


def test_a_clock_that_was_wrong_silences_nobody_for_long(
    tmp_path: Path, time: _Time, network: _Network
) -> None:
    path = tmp_path / "dead.json"
    network.dead["osaka"] = UnreachableError("nothing answers")
    time.now += 10 * 365 * 86400
    for _ in range(9):
        _run(path, time, network)
        time.now += 1000
    time.now = _Time.now
    refusal = Dead(path, time).refusal("osaka")
    assert refusal is not None
    longest = BACKOFF.longest * (1 + BACKOFF.jitter)
    assert f"tried again in {longest:.0f} s" in str(refusal)
