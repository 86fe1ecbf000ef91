"""One round of questions: what is asked, and what becomes of the answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config import Configuration
from yamaha_ops.errors import AuthenticationError, CommandError, ConnectError, ConsoleError
from yamaha_ops.health import MODULES, Interfaces, Wanted, collect
from yamaha_ops.status.environment import Environment
from yamaha_ops.status.tunnel import Tunnel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.health.conftest import StoppedClock, TableSession


def test_a_round_gives_a_record_for_every_answer(session: TableSession) -> None:
    health = collect(session)
    assert (health.router, health.module, health.model) == ("tokyo", "standard", "RTX830")
    assert [e.serial for e in health.records(Environment)] == ["M4A000000"]
    outcomes = {answer.command: answer.outcome for answer in health.answers}
    assert outcomes["show status lan2"] == "ok"
    assert all(not answer.unknown_lines for answer in health.answers)


def test_no_command_is_asked_twice(session: TableSession) -> None:
    collect(session, MODULES["full"])
    assert len(session.asked) == len(set(session.asked))


def test_interfaces_are_found_in_routes_and_descriptors(session: TableSession) -> None:
    health = collect(session)
    assert health.interfaces.tunnels == (1,)
    assert [tunnel.state for tunnel in health.records(Tunnel)] == ["up"]
    assert "show status pp 1" not in session.asked


def test_known_interfaces_are_asked_about_though_no_route_names_them(session: TableSession) -> None:
    session.answers["show ip route"] = (
        "default   192.0.2.1   PP[02]   static\n192.0.2.0/24 192.0.2.9 LAN3(DHCP) implicit"
    )
    del session.answers["show nat descriptor address"]
    health = collect(session, known=Interfaces(("lan1",), (1,), (1,)))
    assert health.interfaces == Interfaces(("lan1", "lan3"), (1,), (1, 2))
    assert {"show status tunnel 1", "show status pp 1"} <= set(session.asked)
    assert "show status lan2" not in session.asked


def test_a_command_that_the_firmware_lacks_is_no_failure(session: TableSession) -> None:
    health = collect(session)
    [answer] = [a for a in health.answers if a.command == "show status ipv6 dhcp"]
    assert (answer.outcome, answer.record) == ("unsupported", None)


def test_a_refusal_for_another_reason_is_a_failure(session: TableSession) -> None:
    session.answers["show arp"] = "エラー: このコマンドは管理レベルでのみ使用できます"
    health = collect(session)
    [answer] = [a for a in health.answers if a.command == "show arp"]
    assert answer.outcome == "failed"
    assert answer.error == session.answers["show arp"]


def test_an_answer_that_nobody_understands_is_a_failure(session: TableSession) -> None:
    session.answers["show arp"] = "何か"
    [answer] = [a for a in collect(session).answers if a.command == "show arp"]
    assert answer.outcome == "failed"
    assert "not an answer" in str(answer.error)


def test_unknown_lines_are_kept(session: TableSession) -> None:
    session.answers["show status yno"] += "\nNEW: 正常"
    [answer] = [a for a in collect(session).answers if a.command == "show status yno"]
    assert answer.unknown_lines == ("NEW: 正常",)


def test_a_lost_line_ends_the_round(session: TableSession) -> None:
    session.fails["show arp"] = ConnectError("the line was lost")
    with pytest.raises(ConnectError):
        collect(session)


def test_a_deadline_stops_the_questions(
    session: TableSession, stopped_clock: Callable[[float], StoppedClock]
) -> None:
    clock = session.clock = stopped_clock(1.0)
    health = collect(session, deadline=clock.now + 5, clock=clock)
    assert len(session.asked) < 4
    assert {a.outcome for a in health.answers[-5:]} == {"failed"}
    assert "no time" in str(health.answers[-1].error)


def test_the_line_is_judged_with_the_mathematics(session: TableSession) -> None:
    [line] = collect(session).lines
    assert (line.descriptor, line.ports_assigned, line.ports_expected) == (1000, 240, 240)
    assert line.consistent
    assert line.prefix == "240b:10:0:3100::/56"
    session.answers["show nat descriptor masquerade session summary"] = (
        "TUNNEL[1]  1000      106.72.0.0       120/65534     3001"
    )
    [line] = collect(session).lines
    assert (line.sessions, line.saturation) == (120, 0.5)


def test_ports_in_use_are_known_where_the_router_counts_ports(session: TableSession) -> None:
    [line] = collect(session).lines
    assert line.ports_in_use is None
    command = "show nat descriptor address"
    before = session.answers[command]
    session.answers[command] = re.sub(r"(62224-62239).*", r"\1   60 used.", before)
    [line] = collect(session).lines
    assert (line.ports_in_use, line.ports_assigned, line.saturation) == (60, 240, 0.25)


@pytest.mark.parametrize(
    ("old", "new"),
    [("106.72.0.0", "106.72.0.1"), ("62224-62239", "62224-62238"), ("58128-58143, ", "")],
)
def test_a_line_that_contradicts_its_prefix_is_inconsistent(
    session: TableSession, old: str, new: str
) -> None:
    command = "show nat descriptor address"
    session.answers[command] = session.answers[command].replace(old, new)
    [line] = collect(session).lines
    assert line.consistent is False


def test_a_line_without_a_known_prefix_is_not_judged(session: TableSession) -> None:
    session.answers["show ipv6 address"] = ""
    del session.answers["show status tunnel 1"]
    [line] = collect(session).lines
    assert (line.consistent, line.ports_expected, line.ports_assigned) == (None, None, 240)


def test_the_configuration_is_read_in_the_full_module_only(session: TableSession) -> None:
    assert collect(session).configuration is None
    state = collect(session, MODULES["full"]).configuration
    assert state is not None
    assert state.interfaces.tunnels == (1,)
    assert state.interfaces.pps == (1,)
    assert state.static_forwards == {1000: 2}
    assert len(state.digest) == 64
    assert (state.unsaved, state.drift) == (False, None)
    assert "show config difference 0" in session.asked
    assert "show status pp 1" in session.asked


def test_interfaces_are_those_that_the_configuration_enables() -> None:
    def of(text: str) -> Interfaces:
        return Interfaces.configured(Configuration.parse(text))

    tunnels = "tunnel select 1\n ip tunnel mtu 1300\ntunnel select 2\n ip tunnel mtu 1300\n"
    assert of(tunnels) == Interfaces(("lan1", "lan2"), (), ())
    assert of(tunnels + "tunnel enable 2\n").tunnels == (2,)
    assert of(tunnels + "tunnel enable all\n").tunnels == (1, 2)
    assert of("ip lan3 address dhcp\n").lans == ("lan1", "lan2", "lan3")


def test_what_a_restart_would_lose_is_unsaved(session: TableSession) -> None:
    session.difference = "Administrator Password: \nno ip route default gateway tunnel 1\n"
    state = collect(session, MODULES["full"]).configuration
    assert state is not None
    assert state.unsaved


def test_old_firmware_cannot_tell_what_is_unsaved(session: TableSession) -> None:
    session.fails["show config difference 0"] = CommandError("refused")
    state = collect(session, MODULES["full"]).configuration
    assert state is not None
    assert state.unsaved is None


def test_drift_counts_commands_to_the_wanted_configuration(session: TableSession) -> None:
    goal = Configuration.parse(session.text + "ip route 10.0.0.0/8 gateway 192.168.100.9\n")
    wanted = Wanted(goal)
    state = collect(session, MODULES["full"], wanted=wanted).configuration
    assert state is not None
    assert state.drift == 1


def test_the_saved_configuration_is_opened_with_the_passwords_it_holds(
    session: TableSession,
) -> None:
    session.text += "administrator password *\n"
    session.difference = "Administrator Password: \n"
    full, command = MODULES["full"], "show config difference 0"
    state = collect(session, full, wanted=Wanted(None, lambda: "sesame")).configuration
    assert state is not None
    assert state.unsaved is False
    assert [reply.text for reply in session.replies] == [b"sesame"]
    session.asked.clear()
    state = collect(session, full).configuration
    assert state is not None
    assert (state.unsaved, command in session.asked) == (None, False)
    session.text += "login password *\n"
    state = collect(session, full, wanted=Wanted(None, lambda: "sesame")).configuration
    assert state is not None
    assert (state.unsaved, command in session.asked) == (None, False)


def test_a_question_nobody_foresaw_costs_only_its_own_answer(session: TableSession) -> None:
    session.fails["show config difference 0"] = ConsoleError("a question that nothing answers")
    health = collect(session, MODULES["full"])
    assert health.configuration is not None
    assert health.configuration.unsaved is None
    assert any(health.records(Environment))


def test_without_the_administrator_password_the_rest_still_comes(session: TableSession) -> None:
    session.fails["show config"] = AuthenticationError("no password")
    health = collect(session, MODULES["full"])
    [answer] = [a for a in health.answers if a.command == "show config"]
    assert (answer.outcome, health.configuration) == ("failed", None)
    assert any(health.records(Environment))
