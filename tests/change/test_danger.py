"""What would hurt the router or lock its people out is refused unless it is named."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.change.outcome import Result
from yamaha_ops.config import Circumstances, Configuration
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from tests.change.bench import Bench
    from tests.change.conftest import MakeBench

DESK = Circumstances(model="RTX830", management=(ip_address("192.168.100.5"),))


def _wanting(bench: Bench, old: str, new: str) -> Bench:
    text = bench.job.wanted.text
    assert old in text
    return bench.with_(wanted=Configuration.parse(text.replace(old, new)), circumstances=DESK)


def test_the_shipped_inventory_is_no_danger(make_bench: MakeBench) -> None:
    assert make_bench().with_(circumstances=DESK).apply().result == Result.CHANGED


def test_a_plan_that_locks_the_desk_out_is_refused(make_bench: MakeBench) -> None:
    bench = _wanting(make_bench(), "sshd host lan\n", "sshd host 192.168.100.77\n")
    with pytest.raises(PlanError, match=r"lock-out: after 'sshd host") as refused:
        bench.apply()
    assert "--allow 'lock-out'" in (refused.value.hint or "")
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_a_reset_of_the_lan_is_refused_until_it_is_named(make_bench: MakeBench) -> None:
    bench = _wanting(
        make_bench(), "telnetd host lan\n", "telnetd host lan\nlan type lan1 100-fdx\n"
    )
    with pytest.raises(PlanError, match="lan type lan1 100-fdx: resets every LAN interface"):
        bench.apply()
    assert bench.is_old
    named = replace(bench, job=replace(bench.job, allowed=("lan type lan1 100-fdx",)))
    assert named.apply().result == Result.CHANGED


def test_a_line_without_protocol_4_is_an_error_before_it_is_a_dead_line(
    make_bench: MakeBench,
) -> None:
    bench = _wanting(make_bench(), "200030 200031 200038 200039", "200030 200038 200039")
    with pytest.raises(PlanError, match="tunnel-blocked"):
        bench.apply()
    assert bench.is_old
