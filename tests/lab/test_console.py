"""The console: what it prints byte for byte, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config.table import commands
from yamaha_ops.lab.commands.help import _explanations

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.conftest import Bench

    Make = Callable[..., Bench]


def test_prompts_are_two_bytes(bench: Make) -> None:
    terminal = bench().login()
    assert terminal.read().endswith("Memory 256Mbytes, 2LAN\n> ")
    assert terminal.type("administrator") == "administrator\nPassword: "
    assert terminal.type("secret2") == "\n# "


def test_a_context_and_a_prompt_of_ones_own(bench: Make) -> None:
    terminal = bench().login().administrator()
    assert terminal.type("tunnel select 1").endswith("\ntunnel1# ")
    assert terminal.type("pp select 3").endswith("\npp3# ")
    assert terminal.type("console prompt HOME-").endswith("\nHOME-pp3# ")
    assert terminal.type("pp select none").endswith("\nHOME-# ")
    assert terminal.type("exit").endswith("(Y/N)")
    assert terminal.type("N").endswith("HOME-> HOME-> ") or terminal.console.administrator is False


def test_a_wrong_administrator_password_leaves_the_user_prompt(bench: Make) -> None:
    terminal = bench().login()
    terminal.type("administrator")
    answer = terminal.type("wrong")
    assert answer.endswith("> ")
    assert not terminal.console.administrator


def test_crlf_gives_one_more_prompt_and_an_empty_password(bench: Make) -> None:
    terminal = bench().login()
    assert terminal.keys("\r\n").count("> ") == 2
    terminal.keys("administrator\r\n")
    assert not terminal.console.administrator


@pytest.mark.parametrize(
    ("typed", "ja", "en"),
    [
        ("nonsense", "エラー: コマンド名を確認してください", "Error: Invalid command name"),
        (
            "show status pp",
            "エラー: パラメータの数が不適当です",
            "Error: Insufficient or too many parameters",
        ),
        (
            "console lines 0",
            "エラー: パラメータが範囲を越えています",
            "Error: Parameter out of range",
        ),
        (
            "ip tunnel mtu 1460",
            "エラー: このコマンドは相手を選択してから実行してください",
            "Error: Execute pp select command beforehand",
        ),
    ],
)
def test_errors_in_both_languages(bench: Make, typed: str, ja: str, en: str) -> None:
    terminal = bench().login().administrator()
    assert terminal.answer(typed) == [ja]
    terminal.type("console character en.ascii")
    assert terminal.answer(typed) == [en]


def test_an_ordinary_user_is_kept_out(bench: Make) -> None:
    terminal = bench().login()
    terminal.type("console character en.ascii")
    assert terminal.answer("ip route default gateway tunnel 1") == ["Error: Administrator use only"]
    assert terminal.answer("save") == ["Error: Administrator use only"]
    assert terminal.answer("wrong words") == ["Error: Invalid command name"]


def test_a_setting_that_works_prints_nothing(bench: Make) -> None:
    terminal = bench().login().administrator()
    assert terminal.type("ip route default gateway tunnel 1").endswith("tunnel 1\n# ")


@pytest.mark.parametrize("character", ["ja.sjis", "ja.euc", "ja.utf8"])
def test_character_sets(bench: Make, character: str) -> None:
    terminal = bench().login()
    terminal.type(f"console character {character}")
    assert terminal.answer("nonsense") == ["エラー: コマンド名を確認してください"]


def test_rows_have_79_cells_and_break_inside_words(bench: Make, v6plus: str) -> None:
    made = bench(v6plus)
    made.clock.advance(5)
    rows = made.login().answer("show nat descriptor address")
    # RTX830/show_nat_descriptor_address breaks after the same digits.
    assert rows[4].endswith("21264-21279, 25")
    assert rows[5].startswith("360-25375")
    assert rows[5].endswith("499")
    assert rows[6].startswith("36-49951")


def test_wider_columns_break_later_and_show_in_the_configuration(bench: Make, v6plus: str) -> None:
    made = bench(v6plus)
    made.clock.advance(5)
    terminal = made.login()
    terminal.type("console columns 200")
    rows = terminal.answer("show nat descriptor address")
    assert rows[4].endswith("62224")
    assert "console columns 200" in terminal.answer("show config")


def test_columns_beyond_200_came_with_15_02_14(bench: Make) -> None:
    new = bench().login()
    assert new.answer("console columns 4096") == []
    old = bench(firmware="15.02.13").login()
    assert old.answer("console columns 4096") == ["エラー: パラメータが範囲を越えています"]


def test_the_pager_stops_and_goes_on_in_its_row(bench: Make, v6plus: str) -> None:
    terminal = bench(v6plus).login()
    terminal.type("console lines 10")
    shown = terminal.type("show config")
    assert shown.endswith("\n---つづく---")
    assert len(shown.split("\n")) == 12, "the echo, ten rows, the marker"
    more = terminal.keys("\r")
    assert more.startswith("\r" + " " * 12 + "\r")
    assert more.endswith("---つづく---")
    assert more.count("\n") == 1, "Enter gives one row"
    assert terminal.keys(" ").count("\n") == 10
    assert terminal.keys("q").endswith("\r> ")


def test_the_pager_in_english(bench: Make, v6plus: str) -> None:
    terminal = bench(v6plus).login()
    terminal.type("console character en.ascii", "console lines 10")
    assert terminal.type("show config").endswith("\n---more---")


def test_typed_ahead_keys_feed_the_pager(bench: Make, v6plus: str) -> None:
    terminal = bench(v6plus).login()
    terminal.type("console lines 10")
    assert terminal.keys("show config\rq").endswith("\r> ")


def test_grep(bench: Make, v6plus: str) -> None:
    terminal = bench(v6plus).login()
    assert terminal.answer("show config | grep map-e") == [
        "検索中 ...",
        " tunnel encapsulation map-e",
        "nat descriptor address outer 1000 map-e",
    ]
    assert terminal.answer("show config | grep -i NAT | grep -v tunnel")[1:] == [
        "nat descriptor type 1000 masquerade",
        "nat descriptor address outer 1000 map-e",
    ]
    assert terminal.answer("show config | grep -w tunne") == ["検索中 ..."]
    terminal.type("console lines infinity")
    assert len(terminal.answer("show config | less")) > 20


def test_help_at_a_question_mark(bench: Make) -> None:
    terminal = bench().login()
    shown = terminal.keys("console columns ?")
    assert shown.startswith("console columns ?\n")
    assert "入力形式： console columns " in shown
    assert shown.endswith("> console columns ")
    terminal.keys("\x03")
    assert "\\?" not in terminal.type("console prompt a\\?b").partition("\n")[2]


def test_help_names_values_and_defaults(bench: Make) -> None:
    terminal = bench().login().administrator()
    shown = terminal.keys("console lines ?").split("\n")
    assert shown[1:-1] == [
        "    入力形式： console lines lines",
        "               lines = 10..100 or 'infinity'",
        "　    　説明： コンソールの1ページの行数を決めます",
        "デフォルト値： 24",
    ]
    terminal.keys("\x03")
    terminal.type("console character en.ascii")
    shown = terminal.keys("pppoe padi restart ?").split("\n")
    assert shown[1:-1] == [
        "       Format: pppoe padi restart time",
        "               time = 20..10000",
        "      Default: 3000",
    ]
    terminal.keys("\x03")
    shown = terminal.keys("pp enable ?").split("\n")
    assert shown[1:-1] == [
        "       Format: pp enable peer_num [peer_num ...]",
        "  Explanation: Puts a PP into use",
    ]
    terminal.keys("\x03")
    shown = terminal.keys("ip lan1 secure ?").split("\n")
    assert shown[1:-1] == ["filter"]
    terminal.keys("\x03")
    shown = terminal.keys("system cpu threshold ?").split("\n")
    assert "               duration = 1..300" in shown


def test_every_explanation_is_of_a_command() -> None:
    known = {entry.template for entry in commands().entries if entry.since != "-"}
    assert set(_explanations()) <= known
    assert all(told.ja and told.en for told in _explanations().values())


def test_secrets_are_masked(bench: Make) -> None:
    text = "\n".join(bench().login().answer("show config"))
    assert "login user admin *\n" in text
    assert "administrator password *\n" in text
    assert "sshd host key generate *" in text
    assert "secret" not in text


def test_comment_lines_look_like_prompts(bench: Make) -> None:
    rows = bench().login().administrator().answer("show config")
    assert rows[0] == "# RTX830 Rev.15.02.22 (Mon Dec 20 18:20:29 2021)"
    assert sum(row.startswith("# ") for row in rows) == 5


def test_telnet_asks_password_then_user(bench: Make) -> None:
    made = bench()
    terminal = made.telnet()
    assert terminal.read() == "Password: "
    assert terminal.type("").endswith("Username: ")
    assert terminal.type("admin").endswith("Password: ")
    assert terminal.type("secret1").endswith("> ")
    assert terminal.console.user == "admin"


def test_telnet_refuses_a_host(bench: Make) -> None:
    terminal = bench("telnetd host 10.9.9.9\n").telnet()
    assert terminal.read() == "Error: Login access is restricted.\n"
    assert terminal.closed


def test_eight_sessions_and_no_more(bench: Make) -> None:
    made = bench()
    eight = [made.login() for _ in range(8)]
    assert not any(terminal.closed for terminal in eight)
    assert made.login().closed
    eight[3].console.hang_up()
    ninth = made.login()
    assert ninth.console.name == "ssh4"


def test_the_login_timer_ends_an_idle_session(bench: Make) -> None:
    made = bench()
    terminal = made.login()
    made.clock.advance(299)
    terminal.type("")
    made.clock.advance(299)
    assert not terminal.closed
    made.clock.advance(2)
    assert terminal.closed


def test_exit_asks_when_something_changed(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type("ip route default gateway tunnel 1")
    shown = terminal.type("exit")
    assert shown.endswith("新しい設定を保存しますか? (Y/N)")
    assert terminal.keys("y").startswith("y\nセーブ中... CONFIG0 終了\n> ")
    saved = made.router.slots.get("0")
    assert saved is not None
    assert "ip route default gateway tunnel 1" in saved.text
    terminal.type("exit")
    assert terminal.closed


def test_show_status_user_and_disconnect(bench: Make) -> None:
    made = bench()
    first, second = made.login(), made.login().administrator()
    rows = second.answer("show status user")
    assert [row[:2] for row in rows[-2:]] == ["  ", "*+"]
    second.type("disconnect user admin/ssh1")
    assert first.closed
    assert not second.closed


def test_ctrl_s_holds_output_while_input_runs(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    assert terminal.keys("\x13ip route default gateway tunnel 1\r") == ""
    assert "ip route default gateway tunnel 1" in made.router.running.text
    assert terminal.keys("\x11").endswith("# ")


def test_lines_longer_than_4095_are_cut(bench: Make) -> None:
    terminal = bench().login()
    assert terminal.keys("x" * 5000).count("x") == 4095


def test_an_embedded_file_is_typed_line_by_line(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    assert terminal.type("embedded file x.lua <<EOF") == "embedded file x.lua <<EOF\n"
    terminal.type("show status | nothing", "if x then y() end")
    assert terminal.type("EOF") == "EOF\n# "
    text = made.router.running.text
    assert "embedded file x.lua <<EOF\nshow status | nothing\nif x then y() end\nEOF\n" in text


def test_tab_completes_a_word(bench: Make) -> None:
    terminal = bench().login()
    assert terminal.keys("show enviro\t") == "show environment "
    assert terminal.keys("\x15xyz\t").endswith("xyz")


def test_the_first_line_may_be_lost(bench: Make) -> None:
    terminal = bench().login()
    terminal.console.faults.lose_first_line = True
    assert terminal.answer("show arp") == []
    assert len(terminal.answer("show arp")) > 2


@pytest.mark.parametrize(
    ("setting", "sessions"),
    [
        ("user attribute admin host=10.9.9.9\n", 0),
        ("user attribute admin host=127.0.0.1-127.0.0.9\n", 2),
        ("user attribute admin multi-session=off\n", 1),
        ("user attribute * multi-session=off\nuser attribute admin multi-session=on\n", 2),
        ("sshd session 1\n", 1),
        ("sshd host lan\n", 2),
        ("sshd host none\n", 0),
    ],
)
def test_who_gets_in(bench: Make, setting: str, sessions: int) -> None:
    made = bench(setting)
    assert [not made.login().closed for _ in range(2)].count(True) == sessions


def test_a_user_without_the_attribute_stays_a_user(bench: Make) -> None:
    terminal = bench("user attribute admin administrator=off\n").login()
    terminal.type("administrator")
    assert not terminal.console.administrator


def test_the_login_timer_of_a_user_goes_before_the_general_one(bench: Make) -> None:
    made = bench("login timer 1000\nuser attribute admin login-timer=120\n")
    terminal = made.login()
    made.clock.advance(121)
    assert terminal.closed


def test_passwords_are_asked_for_and_kept_in_clear_or_encrypted(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type("administrator password", "secret2", "newone", "newone")
    assert "administrator password newone\n" in made.router.running.text
    terminal.type("administrator password encrypted", "newone", "other", "other")
    assert "other" not in made.router.running.text
    assert "administrator password encrypted *" in terminal.answer("show config")
    second = made.login()
    second.type("administrator", "other")
    assert second.console.administrator
    terminal.type("login user bob hunter2")
    assert "hunter2" not in made.router.running.text
    assert "login user bob *" in terminal.answer("show config")


def test_hosts_of_the_lan_get_in_and_others_do_not(bench: Make) -> None:
    assert not bench("sshd host 192.168.100.50-192.168.100.60\n").login().closed
    assert bench("sshd host 203.0.113.5\n").login().closed


def test_a_description_is_shift_jis_in_every_character_set(bench: Make) -> None:
    made = bench('description lan2 "回線"\n')
    for character in ("ja.sjis", "ja.utf8", "en.ascii"):
        terminal = made.login()
        terminal.type(f"console character {character}")
        terminal.raw.clear()
        terminal.console.feed(b"show config\r")
        assert "回線".encode("cp932") in terminal.raw


def test_secrets_leak_into_log_and_history_as_on_a_router(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type("login user bob quiet1", "syslog execute command on", "login user bob loud1")
    terminal.type("nonsense loud2")
    log = "\n".join(made.router.log.lines())
    assert "loud1" in log
    assert "loud2" not in log
    assert "quiet1" not in log
    assert any("quiet1" in row for row in terminal.answer("show command history"))
