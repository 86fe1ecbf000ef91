"""A change works and stays, or the router is as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.change.apply import apply, plan
from yamaha_ops.change.event import Kind
from yamaha_ops.change.expectation import Probe, expect, ping
from yamaha_ops.change.outcome import Result
from yamaha_ops.change.plan import Reviewed
from yamaha_ops.change.sequence import carry_out
from yamaha_ops.config import Configuration
from yamaha_ops.durable import write_private
from yamaha_ops.errors import ExitCode, PlanError, YamahaOpsError
from yamaha_ops.mape import calculate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.change.conftest import MakeBench


def test_a_factory_router_comes_to_a_verified_saved_line(make_bench: MakeBench) -> None:
    bench = make_bench()
    outcome = bench.apply()
    assert (outcome.result, outcome.exit_code) == (Result.CHANGED, ExitCode.DONE)
    assert bench.is_new
    assert bench.router.online
    assert [check.name for check in outcome.checks if check.passed] == [
        "tunnel 1",
        "IPv6 prefix",
        "IPv4 address",
        "ports",
        "default route",
    ]
    assert "15 ranges, 240 ports, PSID 49" in bench.said


def test_the_second_apply_sends_nothing(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.apply()
    before = bench.router.log
    outcome = bench.apply()
    assert (outcome.result, outcome.reason) == (Result.UNCHANGED, "nothing differs")
    assert not any("Configuration saved" in line for line in bench.router.log[len(before) :])
    assert bench.is_new


def test_what_is_not_approved_is_not_sent(make_bench: MakeBench) -> None:
    bench = make_bench()
    outcome = apply(bench.job, lambda _plan: False)
    assert outcome.result == Result.FAILED
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_a_refused_command_undoes_those_before_it(make_bench: MakeBench) -> None:
    bench = make_bench(firmware="15.02.09")
    text = bench.job.wanted.text.replace(
        " ip tunnel mtu 1460\n", " ip tunnel mtu 1460\n tunnel map-e type v6plus\n"
    )
    bench = bench.with_(wanted=Configuration.parse(text))
    outcome = bench.apply()
    assert (outcome.result, outcome.exit_code) == (Result.FAILED, ExitCode.FAILED)
    assert "tunnel map-e type v6plus" in bench.said
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_a_line_that_does_not_come_up_is_taken_back(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.router.change_prefix(None)
    outcome = bench.apply()
    assert (outcome.result, outcome.exit_code) == (Result.TAKEN_BACK, ExitCode.TAKEN_BACK)
    assert bench.is_old
    failures = [event.text for event in bench.events if event.kind is Kind.FAILURE]
    assert any("IPv6 prefix: none" in text for text in failures)


def test_ports_that_the_mathematics_does_not_give_are_taken_back(make_bench: MakeBench) -> None:
    bench = make_bench()
    other = expect(bench.job.wanted, calculate("240b:10:0:3200::/64"))
    outcome = bench.with_(expected=other).apply()
    assert outcome.result == Result.TAKEN_BACK
    assert "expected 240b:10:0:3200::/64" in bench.said
    assert bench.is_old


def test_the_users_own_checks_count(make_bench: MakeBench) -> None:
    bench = make_bench()
    good = expect(bench.job.wanted, probes=(ping("192.0.2.1"),))
    assert bench.with_(expected=good).apply().result == Result.CHANGED
    assert "ping 192.0.2.1: " in bench.said
    bad = expect(bench.job.wanted, probes=(Probe("clock", "show environment", "no such text"),))
    other = bench.with_(expected=bad, wanted=bench.job.wanted.without(["dns service fallback"]))
    outcome = other.apply()
    assert outcome.result == Result.TAKEN_BACK
    assert bench.is_new


def test_a_line_without_mape_is_verified_by_what_it_has(make_bench: MakeBench) -> None:
    bench = make_bench()
    text = bench.job.wanted.text.replace("map-e", "ipip")
    seen = expect(Configuration.parse(text))
    assert (seen.tunnels, seen.mape, seen.gateways, seen.delegated) == (
        (1,),
        None,
        ("TUNNEL[1]",),
        True,
    )
    pppoe = Configuration.parse(
        "ip route default gateway pp 1\npp select 1\n pp always-on on\n pppoe use lan2\n"
        " pp enable 1\n"
    )
    assert expect(pppoe).peers == (1,)
    assert expect(pppoe).gateways == ("PP[01]",)


def test_a_router_that_moved_after_the_plan_is_left_alone(make_bench: MakeBench) -> None:
    bench = make_bench()
    made = plan(bench.job)
    bench.router.type("ip lan2 mtu 1454", save=True)
    moved = bench.router.running
    with pytest.raises(PlanError, match="somebody changed"):
        carry_out(bench.job, made, bench.job.connect(), bench.old)
    assert bench.router.running.digest == moved.digest
    assert not bench.job.journal.entries()


def test_what_somebody_else_left_unsaved_is_shown_before_it_would_be_kept(
    make_bench: MakeBench,
) -> None:
    bench = make_bench()
    assert not plan(bench.job).warnings
    bench.router.type("ip lan2 mtu 1454")
    (warning,) = plan(bench.job).warnings
    assert warning.endswith("undone by: no ip lan2 mtu")


def test_a_reviewed_plan_is_applied_only_while_nothing_moved(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench()
    saved = tmp_path / "plan.json"
    write_private(saved, json.dumps(plan(bench.job).as_json()))
    Reviewed.load(saved).check(plan(bench.job))
    bench.router.type("ip lan2 mtu 1454")
    with pytest.raises(PlanError, match="the router's configuration has changed"):
        Reviewed.load(saved).check(plan(bench.job))
    bench.router.type("no ip lan2 mtu")
    other = bench.with_(wanted=bench.job.wanted.without(["dns service fallback"]))
    with pytest.raises(PlanError, match="the inventory has changed"):
        Reviewed.load(saved).check(plan(other.job))


SCRIPT = """embedded file hello.lua <<EOF
-- a line that is longer than a console of eighty columns is wide, and has a | and a > in it
if true then
  rt.syslog("info", "Error: not one")

end
EOF
"""


def test_an_embedded_file_is_typed_as_one_command(make_bench: MakeBench) -> None:
    bench = make_bench()
    wanted = Configuration.parse(bench.job.wanted.text + SCRIPT)
    assert bench.with_(wanted=wanted).apply().result == Result.CHANGED
    assert SCRIPT in bench.router.running.text
    changed = Configuration.parse(wanted.text.replace("not one", "not two"))
    assert bench.with_(wanted=changed).apply().result == Result.CHANGED
    assert bench.apply().result == Result.CHANGED
    assert "hello.lua" not in bench.router.running.text
    assert bench.is_new


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("description lan1 what?", 'description lan1 "what?"'),
        ("snmp sysname a|less", 'snmp sysname "a|less"'),
        ("snmp syslocation here>usb1:x", 'snmp syslocation "here>usb1:x"'),
    ],
)
def test_a_value_with_an_operator_is_quoted(make_bench: MakeBench, line: str, sent: str) -> None:
    bench = make_bench()
    wanted = Configuration.parse(f"{bench.job.wanted.text}{line}\n")
    assert sent in [command.line for command in plan(bench.with_(wanted=wanted).job).commands]
    assert bench.with_(wanted=wanted).apply().result == Result.CHANGED


def test_a_secret_that_the_router_hides_is_sent_again_when_asked_for(
    make_bench: MakeBench,
) -> None:
    bench = make_bench()
    lines = "snmp community read-only planted-{}\n"
    first, second = (
        Configuration.parse(bench.job.wanted.text + lines.format(number)) for number in (1, 2)
    )
    assert bench.with_(wanted=first).apply().result == Result.CHANGED
    unchanged = bench.with_(wanted=second).apply()
    assert unchanged.result == Result.UNCHANGED
    assert "the router hides the secret" in unchanged.reason
    outcome = bench.with_(wanted=second, resend_secrets=True).apply()
    assert (outcome.result, outcome.commands) == (Result.CHANGED, 1)
    assert "planted-2" in bench.router.running.text
    assert "planted" not in bench.said + outcome.reason


def test_a_block_that_a_console_might_read_otherwise_is_refused(make_bench: MakeBench) -> None:
    bench = make_bench()
    text = f"{bench.job.wanted.text}embedded file a.lua <<EOF\nx = 1 ? 2\nEOF\n"
    with pytest.raises(YamahaOpsError, match="cannot be typed: a question mark inside the block"):
        bench.with_(wanted=Configuration.parse(text)).apply()
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_a_router_without_a_guard_is_not_touched(make_bench: MakeBench) -> None:
    bench = make_bench(firmware="15.02.01")
    with pytest.raises(PlanError, match="no guard"):
        bench.apply()
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_the_scheduled_restart_guards_as_well(make_bench: MakeBench) -> None:
    bench = make_bench().with_(guard="scheduled-restart")
    assert bench.apply().result == Result.CHANGED
    assert bench.is_new
    assert "schedule at" not in bench.router.running.text
