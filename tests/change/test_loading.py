"""The guard that lets the router make the whole change by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.change.loading import PLACE, Load
from yamaha_ops.change.outcome import Result
from yamaha_ops.config import Configuration
from yamaha_ops.errors import ConnectError, PlanError

if TYPE_CHECKING:
    from tests.change.bench import Bench
    from tests.change.conftest import MakeBench
    from yamaha_ops.router import Session

PPPOE = (
    "pp select 1\n pppoe use lan2\n pp auth myname user@example.jp planted-pppoe\n"
    "{} pp enable 1\npp select none\n"
)
"""A PP that has to be taken down while its settings are changed (REF 56.7.1)."""


def _left(bench: Bench) -> bool:
    return PLACE in bench.router.do(lambda device: dict(device.rtfs.files))


def _up_and_changed(bench: Bench, mtu: str = " ip pp mtu 1454\n") -> Bench:
    """Let the router run a PP, and want another one."""
    bench.router.type(*PPPOE.format("").splitlines(), save=True)
    text = f"{bench.router.running.text}{PPPOE.format(mtu)}"
    return bench.with_(wanted=Configuration.parse(text), expected=type(bench.job.expected)())


def test_the_router_makes_the_change_and_keeps_no_file(make_bench: MakeBench) -> None:
    bench = make_bench(sftp=True, guard="load")
    outcome = bench.apply()
    assert outcome.result == Result.CHANGED, bench.said
    assert bench.is_new
    assert "load armed: 210 s (asked for)" in bench.said
    assert not _left(bench)
    assert bench.apply().result == Result.UNCHANGED


def test_a_line_that_does_not_come_up_is_taken_back(make_bench: MakeBench) -> None:
    bench = make_bench(sftp=True, guard="load")
    bench.router.change_prefix(None)
    assert bench.apply().result == Result.TAKEN_BACK
    assert bench.is_old
    assert not _left(bench)


def test_it_is_chosen_where_a_command_may_cut_our_own_line(make_bench: MakeBench) -> None:
    bench = _up_and_changed(make_bench(sftp=True))
    assert bench.apply().result == Result.CHANGED, bench.said
    assert "load armed" in bench.said
    assert "may cut our own line: the router makes the change by itself" in bench.said
    assert "planted-pppoe" in bench.router.running.text
    (journal,) = (bench.job.journal.path.parent / "done").iterdir()
    assert "planted" not in bench.said + journal.read_text(encoding="utf-8")


def test_the_next_guard_is_taken_and_why_where_there_is_no_sftp(make_bench: MakeBench) -> None:
    bench = _up_and_changed(make_bench())
    assert bench.apply().result == Result.CHANGED, bench.said
    assert "rollback-timer armed" in bench.said
    assert "the guard load is not available: there is no way to bring a file" in bench.said


def test_the_next_guard_is_taken_where_the_router_does_not_take_the_file(
    make_bench: MakeBench,
) -> None:
    bench = _up_and_changed(make_bench(sftp=True))

    def closed() -> None:
        raise ConnectError("SFTP is shut", router="home")

    bench = bench.with_(files=closed)
    assert bench.apply().result == Result.CHANGED, bench.said
    assert "no guard load: the router does not take a file to load: SFTP is shut" in bench.said
    assert "rollback-timer armed" in bench.said


def test_an_unknown_secret_is_no_part_of_a_file(make_bench: MakeBench) -> None:
    bench = _up_and_changed(make_bench(sftp=True, guard="load"))
    bench.router.type("pp select 1", "pp auth myname user@example.jp unsaved", "pp select none")
    with pytest.raises(PlanError, match="hides a secret that the file must hold: pp auth myname"):
        bench.apply()
    assert "unsaved" in bench.router.running.text
    assert not bench.job.journal.entries()


def test_what_the_router_would_make_of_it_is_asked_first(
    make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(sftp=True, guard="load")

    def leads_elsewhere(_guard: Load, _session: Session) -> bool:
        return False

    monkeypatch.setattr(Load, "_leads_there", leads_elsewhere)
    outcome = bench.apply()
    assert outcome.result == Result.FAILED
    assert "would make something else of the file" in outcome.reason
    assert bench.is_old
    assert not _left(bench)
    assert not bench.job.journal.entries()


def test_old_firmware_cannot(make_bench: MakeBench) -> None:
    bench = make_bench(firmware="15.02.01", guard="load")
    with pytest.raises(PlanError, match="cannot load with a rollback timer"):
        bench.apply()
    assert bench.is_old
