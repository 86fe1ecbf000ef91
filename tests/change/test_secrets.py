"""A secret that does not work is taken back, though a console never shows which one runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.change.apply import plan
from yamaha_ops.change.expectation import Expectation, Probe
from yamaha_ops.change.outcome import Result
from yamaha_ops.config import Configuration

if TYPE_CHECKING:
    from tests.change.bench import Bench
    from tests.change.conftest import MakeBench

COMMUNITY = "snmp community read-only planted-{}\n"
NEVER = Expectation(probes=(Probe("never", "show environment", "no such text"),))


def _runs(bench: Bench, number: int) -> bool:
    saved = bench.router.saved
    assert saved is not None
    line = COMMUNITY.format(number)
    return line in bench.router.running.text and line in saved.text


def _second_of(bench: Bench) -> Bench:
    """Let the router run one secret, and want another."""
    bench.router.type(COMMUNITY.format(1), save=True)
    wanted = Configuration.parse(bench.router.running.text.replace("planted-1", "planted-2"))
    return bench.with_(wanted=wanted, expected=NEVER, verification_seconds=4.0)


def test_a_known_old_secret_is_put_back_at_once(make_bench: MakeBench) -> None:
    bench = _second_of(make_bench(sftp=True))
    outcome = bench.apply()
    assert outcome.result == Result.TAKEN_BACK
    assert "taken back: 1 commands undone" in bench.said
    assert _runs(bench, 1)


def test_a_hidden_old_secret_is_brought_back_by_the_guard(make_bench: MakeBench) -> None:
    bench = _second_of(make_bench()).with_(resend_secrets=True)
    outcome = bench.apply()
    assert outcome.result == Result.TAKEN_BACK
    assert "the old secret of snmp community read-only is not known" in bench.said
    assert _runs(bench, 1)


def test_without_a_guard_a_person_has_to_look(make_bench: MakeBench) -> None:
    bench = _second_of(make_bench()).with_(resend_secrets=True, guard="none")
    outcome = bench.apply()
    assert outcome.result == Result.UNKNOWN
    assert "hides the old one" in outcome.reason
    assert "planted-2" in bench.router.running.text
    bench.router.do(lambda device: device.restart())
    bench.job.clock.sleep(60)
    assert bench.apply(resume_only=True).result in {Result.FAILED, Result.TAKEN_BACK}
    assert _runs(bench, 1)


def test_a_hidden_value_is_never_typed(make_bench: MakeBench) -> None:
    """Taking back a line of which more than the secret changed must not set it to a star."""
    bench = make_bench()
    bench.router.type("pp select 1", "pp auth myname one planted-1", "pp select none", save=True)
    before = bench.router.running.text
    wanted = Configuration.parse(before.replace("myname one planted-1", "myname two planted-2"))
    outcome = bench.with_(wanted=wanted, expected=NEVER, verification_seconds=4.0).apply()
    assert outcome.result == Result.TAKEN_BACK
    assert "myname one planted-1" in bench.router.running.text


def test_a_saved_secret_that_is_not_running_is_masked_as_a_whole(make_bench: MakeBench) -> None:
    """A narrow console breaks lines, and the second half of a secret looks like none."""
    bench = make_bench()
    secret = "planted-" * 10
    bench.router.type(f"ipsec ike pre-shared-key 1 text {secret}", save=True)
    bench.router.type("no ipsec ike pre-shared-key 1")
    (warning,) = plan(bench.job).warnings
    assert warning.endswith("undone by: ipsec ike pre-shared-key 1 text *")
