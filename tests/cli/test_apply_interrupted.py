"""Ctrl-C in real processes: a safe end after the first, at once after the second; always said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.change import bench as benches
from yamaha_ops.change.journal import Step
from yamaha_ops.cli._conducting import Conductor
from yamaha_ops.lab import Lab, ManualClock, Offer, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from threading import Event

PATIENCE_SECONDS = 180
"""Processes take their time where many tests run at once; nothing here waits so long by itself."""
pytestmark = pytest.mark.timeout(4 * PATIENCE_SECONDS)


@dataclass
class Site:
    """A user's folder and emulated routers, whose lines never come up."""

    benches: dict[str, benches.Bench]
    folder: Path

    def start(
        self, *words: str, sure: bool = True, stderr: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        said = [*words, *(["--yes"] if sure else [])]
        return subprocess.Popen(
            [sys.executable, "-m", "yamaha_ops", "apply", *said, "--json"],
            cwd=self.folder,
            env={**os.environ, "YAMAHA_OPS_STATE": str(self.folder / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )

    def mend(self) -> None:
        """Let every line come up."""
        for bench in self.benches.values():
            bench.router.change_prefix("240b:10:0:3100::/64")

    def wait_for(self, step: Step, name: str, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and process.poll() is None:
            if any(entry.step >= step for entry in self.benches[name].job.journal.entries()):
                return
            time.sleep(0.01)
        pytest.fail(f"{name} never came to {step.name}")


def _told(process: subprocess.Popen[bytes]) -> dict[str, dict[str, Any]]:
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return {line["router"]: line for line in map(json.loads, out.splitlines())}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, value in benches.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    shipped = (benches.ROOT / "inventory.yaml").read_text(encoding="utf-8")
    head, _, home = shipped.partition("  home:")
    text = head
    made = {}
    with Lab(clock=ManualClock(datetime.now(UTC).isoformat())) as lab:
        for name in ("r1", "r2"):
            world = World(offer=Offer(settle_seconds=0))
            made[name] = benches.make_bench(lab, tmp_path / "state", called=name, world=world)
            made[name].router.change_prefix(None)
            port = f"port: {made[name].router.port}"
            text += f"  {name}:{home}".replace("port: 2830", port)
        (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
        for each in made.values():
            each.job.connect().close()  # its host key is on record now
        yield Site(made, tmp_path)


@pytest.mark.parametrize("sent", [[signal.SIGINT], [signal.SIGHUP, signal.SIGHUP]])
def test_the_first_takes_back_what_is_not_confirmed(site: Site, sent: list[signal.Signals]) -> None:
    with site.start("r1") as process:
        site.wait_for(Step.SENT, "r1", process)
        for number in sent:
            process.send_signal(number)
        told = _told(process)
    assert (told["r1"]["result"], told["r1"]["reason"]) == ("failed", "interrupted")
    assert process.returncode == 1
    assert site.benches["r1"].is_old
    assert not site.benches["r1"].job.journal.entries()


def test_the_second_leaves_at_once_and_the_next_run_looks_after_it(site: Site) -> None:
    bench = site.benches["r1"]
    with site.start("r1") as process:
        site.wait_for(Step.SENT, "r1", process)
        bench.router.faults.delay_seconds = 3.0
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        told = _told(process)
    bench.router.faults.clear()
    assert told["r1"]["result"] == "unknown"
    assert "the router goes back by itself within" in told["r1"]["reason"]
    assert process.returncode == 5
    assert bench.apply(resume_only=True).exit_code in {1, 4}
    assert bench.is_old


def test_of_many_no_further_one_is_begun_and_the_next_run_does_them(site: Site) -> None:
    with site.start("--all", "--wave", "1") as process:
        site.wait_for(Step.SENT, "r1", process)
        process.send_signal(signal.SIGTERM)
        told = _told(process)
    assert {name: each["result"] for name, each in told.items()} == {
        "r1": "failed",
        "r2": "skipped",
    }
    assert all(bench.is_old for bench in site.benches.values())
    site.mend()
    with site.start("--all", "--wave", "1") as process:
        told = _told(process)
    assert {each["result"] for each in told.values()} == {"changed"}, told
    assert all(bench.is_new for bench in site.benches.values())


def test_that_nobody_reads_what_it_says_stops_no_change(site: Site) -> None:
    site.mend()
    with site.start("r1", stderr=subprocess.PIPE) as process:
        assert process.stderr
        process.stderr.close()
        process.stderr = None
        told = _told(process)
    assert told["r1"]["result"] == "changed"
    assert process.returncode == 0
    with site.start("r2") as process:
        assert process.stdout
        process.stdout.close()
        assert process.wait(PATIENCE_SECONDS) == 0
    assert all(bench.is_new for bench in site.benches.values())


def test_each_router_has_its_outcome_where_nobody_is_there_to_say_yes(site: Site) -> None:
    with site.start("--all", sure=False) as process:
        told = _told(process)
    assert {name: each["result"] for name, each in told.items()} == {
        "r1": "failed",
        "r2": "failed",
    }
    assert "nobody is there to answer" in told["r2"]["reason"]
    assert process.returncode == 1
    assert all(bench.is_old for bench in site.benches.values())


# --- in this process -----------------------------------------------------------------------------


def _conducted(
    work: Callable[[Conductor[str]], Iterator[str]],
) -> tuple[list[str], list[str], Event]:
    said: list[str] = []
    conductor: Conductor[str] = Conductor(lambda: said.append("interrupted"), lambda: 5)
    return list(conductor.run(lambda: work(conductor))), said, conductor.stop


def test_a_signal_is_heard_between_two_values() -> None:
    def work(conductor: Conductor[str]) -> Iterator[str]:
        yield "begun"
        os.kill(os.getpid(), signal.SIGINT)
        assert conductor.stop.wait(PATIENCE_SECONDS)
        yield "brought to an end"

    values, said, _ = _conducted(work)
    assert values == ["begun", "brought to an end"]
    assert said == ["interrupted"]


def test_a_signal_while_a_question_is_asked_means_no() -> None:
    def question() -> bool:
        signal.raise_signal(signal.SIGINT)
        return True

    def work(conductor: Conductor[str]) -> Iterator[str]:
        yield str(conductor.ask(question))
        yield str(conductor.ask(lambda: True))

    values, said, stop = _conducted(work)
    assert values == ["False", "False"]
    assert said == []
    assert stop.is_set()


def test_an_error_comes_out_where_it_is_looked_at() -> None:
    def work(conductor: Conductor[str]) -> Iterator[str]:
        def question() -> bool:
            raise LookupError("no terminal")

        with pytest.raises(LookupError):
            conductor.ask(question)
        yield "asked"
        raise ValueError("after it")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="after it"):
        _conducted(work)
    assert signal.getsignal(signal.SIGINT) is before
