"""Changing safely: rollback timer, load, restart, schedule, on a clock moved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.lab.storage import Saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.conftest import Bench, Terminal

    Make = Callable[..., Bench]

ROUTE = "ip route default gateway tunnel 1"


def changed(made: Bench) -> bool:
    return ROUTE in made.router.running.text


def is_on(made: Bench) -> bool:
    return made.router.on


def armed(made: Bench, seconds: int = 60) -> Terminal:
    terminal = made.login().administrator()
    assert terminal.answer(f"rollback timer {seconds}") == []
    assert terminal.answer(ROUTE) == []
    return terminal


def test_the_timer_takes_the_change_back(bench: Make) -> None:
    made = bench()
    armed(made)
    made.clock.advance(59)
    before = changed(made)
    made.clock.advance(2)
    assert (before, changed(made)) == (True, False)


def test_the_login_timer_takes_the_change_back_first(bench: Make) -> None:
    made = bench()
    terminal = armed(made, 100_000)
    made.clock.advance(301)
    assert terminal.closed
    assert not changed(made)


@pytest.mark.parametrize("accept", ["confirm", "save", "load 0 difference silent"])
def test_what_accepts(bench: Make, accept: str) -> None:
    made = bench()
    terminal = armed(made)
    terminal.type("save 1", "rollback timer 60", accept, "secret2")
    made.clock.advance(61)
    assert not terminal.console.rollback.armed
    assert changed(made) == (not accept.startswith("load"))


def test_a_clean_logout_accepts_and_stepping_down_does_not(bench: Make) -> None:
    made = bench()
    terminal = armed(made)
    terminal.type("exit")
    terminal.keys("n")
    assert terminal.console.rollback.armed
    terminal.type("exit")
    assert terminal.closed
    made.clock.advance(61)
    assert changed(made)


def test_a_cut_line_does_not_accept(bench: Make) -> None:
    made = bench()
    armed(made).console.hang_up()
    assert changed(made)
    made.clock.advance(61)
    assert not changed(made)


def test_after_a_cut_line_the_login_timer_runs_on(bench: Make) -> None:
    made = bench()
    armed(made, 100_000).console.hang_up()
    made.clock.advance(299)
    before = changed(made)
    made.clock.advance(2)
    assert (before, changed(made)) == (True, False)


def test_the_timer_belongs_to_its_console(bench: Make) -> None:
    made = bench()
    armed(made)
    other = made.login().administrator()
    other.type("confirm")
    made.clock.advance(61)
    assert not changed(made)


def test_a_rollback_keeps_what_was_saved(bench: Make) -> None:
    made = bench()
    armed(made)
    made.login().administrator().type("save")
    made.clock.advance(61)
    saved = made.router.slots.get("0")
    assert saved is not None
    assert ROUTE in saved.text
    assert not changed(made)


@pytest.mark.parametrize(
    "typed", ["rollback timer 0", "rollback timer x", "load 0 rollback-timer=119", "load 7"]
)
def test_what_is_out_of_range(bench: Make, typed: str) -> None:
    answer = bench().login().administrator().answer(typed)
    assert len(answer) == 1
    assert answer[0].startswith("エラー: ")


def test_old_firmware_has_no_guard(bench: Make) -> None:
    terminal = bench(firmware="15.02.01").login().administrator()
    for command in ("rollback timer 60", "confirm", "load 0", "show config difference 0"):
        assert terminal.answer(command) == ["エラー: コマンド名を確認してください"]


def test_load_shows_its_commands_and_asks_the_password_it_holds(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type(ROUTE, "save 1", f"no {ROUTE}")
    assert terminal.type("load 1 difference").endswith("Administrator Password: ")
    assert terminal.type("wrong").endswith("# ")
    assert not changed(made)
    terminal.type("load 1 difference rollback-timer=120")
    assert terminal.type("secret2").split("\n")[1:] == [ROUTE, "# "]
    made.clock.advance(121)
    assert not changed(made)


def test_a_difference_is_carried_out_inside_its_contexts(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    tunnel = ("tunnel select 1", "tunnel encapsulation ipip", "ip tunnel mtu 1460")
    terminal.type(*tunnel, "tunnel select none", "save 1", "no tunnel select 1")
    terminal.type("tunnel select 1", "no tunnel encapsulation", "no ip tunnel mtu")
    terminal.type("tunnel select none", "load 1 difference silent no-key-generate", "secret2")
    assert "\n tunnel encapsulation ipip\n ip tunnel mtu 1460\n" in made.router.running.text


def test_load_without_a_key_option_makes_a_new_host_key(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type("load 0 silent no-key-generate", "secret2")
    assert made.router.host_key_generation == 0
    terminal.type("load 0 silent", "secret2")
    assert made.router.host_key_generation == 1


def test_show_config_difference(bench: Make) -> None:
    terminal = bench().login().administrator()
    terminal.type(ROUTE)
    terminal.type("show config difference 0")
    assert terminal.type("secret2").split("\n")[1:] == [
        f"no {ROUTE.rpartition(' gateway')[0]}",
        "# ",
    ]


def test_interactive_load_asks_for_each_command(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type(ROUTE, "ip lan1 mtu 1400", "save 1", "load 0 silent", "secret2")
    terminal.type("load 1 difference interactive")
    first = terminal.type("secret2")
    assert first.endswith("(Y/N)")
    taken = ROUTE in first.split("\n")[-1]
    terminal.keys("y")
    terminal.keys("n")
    assert changed(made) == taken


def test_slots_keep_two_backups(bench: Make) -> None:
    terminal = bench().login().administrator()
    for number in (1, 2, 3):
        terminal.type(f"save 2 try {number}")
    rows = terminal.answer("show config list")
    assert [row.split()[-1] for row in rows if row[1] == "2"] == ["3", "2", "1"]
    terminal.type("delete config 2.1")
    assert len([row for row in terminal.answer("show config list") if row[1] == "2"]) == 2
    assert terminal.answer("delete config 4") == ["エラー: 設定ファイルが存在しません"]


def test_restart_drops_the_line_and_brings_the_saved_slot_back(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type(ROUTE, "restart")
    terminal.keys("n")
    assert terminal.closed
    assert not is_on(made)
    made.clock.advance(3)
    assert is_on(made)
    assert not changed(made)
    assert "Restart by restart command" in "\n".join(made.router.log.lines())


def test_restart_n_makes_n_the_default(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type(ROUTE, "save 3", "restart 3")
    made.clock.advance(3)
    assert changed(made)
    assert made.router.slots.default == 3


def test_a_power_cut_loses_the_log_and_an_armed_change(bench: Make) -> None:
    made = bench()
    armed(made)
    made.router.power_off()
    made.router.power_on()
    assert not changed(made)
    assert next(made.router.log.lines()).endswith("Power-on boot")


def test_cold_start_goes_back_to_the_factory(bench: Make) -> None:
    made = bench(ROUTE + "\n")
    terminal = made.login().administrator()
    terminal.type("make directory /lua", "cold start", "secret2")
    made.clock.advance(3)
    assert "telnetd host lan" in made.router.running.text
    assert not changed(made)
    assert made.router.rtfs.listing("/") == []


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("schedule at 1 +600 * restart", 600),
        ("schedule at 1 9:10 * restart", 600),
        ("schedule at 1 11/24 09:10:30 * restart", 630),
        ("schedule at 1 */tue 9:10 * restart", 600),
        ("schedule at 1 */mon-fri *:05 * restart", 300),
    ],
)
def test_a_schedule_is_the_guard_of_old_firmware(bench: Make, line: str, seconds: int) -> None:
    made = bench(firmware="15.02.03")
    terminal = made.login().administrator()
    assert terminal.answer(line) == []
    made.clock.advance(seconds - 1)
    on = is_on(made)
    made.clock.advance(1.5)
    assert (on, is_on(made)) == (True, False)
    made.clock.advance(3)
    assert "schedule" not in made.router.running.text
    assert "[SCHEDULE]" in "\n".join(made.router.log.lines())


def test_a_removed_schedule_does_not_run(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type("schedule at 1 +60 * restart", "no schedule at 1")
    made.clock.advance(100)
    assert is_on(made)


@pytest.mark.parametrize("command", ["save", "confirm", "show log", "console columns 200"])
def test_what_cannot_be_scheduled(bench: Make, command: str) -> None:
    terminal = bench().login().administrator()
    answer = terminal.answer(f"schedule at 1 +60 * {command}")
    assert len(answer) == 1
    assert answer[0].startswith("エラー: ")


def test_a_scheduled_command_runs_in_its_context(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type("schedule at 2 +5 tunnel 3 tunnel encapsulation ipip")
    made.clock.advance(6)
    assert "tunnel select 3\n tunnel encapsulation ipip" in made.router.running.text


def test_what_was_typed_is_shown_in_the_routers_own_form(bench: Make) -> None:
    terminal = bench().login().administrator()
    terminal.type("schedule at 1 0:00 * ntpdate ntp.nict.jp")
    rows = terminal.answer("show config | grep schedule")
    assert rows[1:] == ["schedule at 1 */* 00:00:00 * ntpdate ntp.nict.jp"]


def test_a_restart_forgets_the_change_of_a_cut_line(bench: Make) -> None:
    made = bench()
    armed(made, 600).console.hang_up()
    other = made.login().administrator()
    other.type("save", "restart")
    made.clock.advance(1000)
    assert changed(made), "what was saved is in force, and nothing takes it back"
    assert made.router.orphans == []


def test_a_broken_file_is_taken_as_far_as_it_goes(bench: Make) -> None:
    made = bench()
    text = "Cisco IOS\nhostname x\nline vty 0 4\nversion 15\nboot system\n" + ROUTE + "\n"
    made.router.slots.save(1, Saved(text + "embedded file x <<EOF\nnever ended\n", 0.0))
    terminal = made.login().administrator()
    terminal.type("load 1 silent")
    assert changed(made)
    assert terminal.answer("show status pp 1")[0] == "PP[01]:"
    terminal.type("show config difference 1", "show config 1", "", "")
    assert not terminal.closed
