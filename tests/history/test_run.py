"""`run` on the command line: result words, what is refused, where the output goes."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.history.site import TRUST, Site
from yamaha_ops.actions.remote import Result, execute, refuse_changes, skipped
from yamaha_ops.errors import (
    CommandError,
    ConnectTimeoutError,
    IncompleteOutputError,
    InputError,
    UnreachableError,
)


@pytest.fixture
def site(site: Site) -> Site:
    site.done("run", "home", TRUST, "--", "show", "environment")
    return site


def answers(site: Site, *words: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = site.run("run", "home", "--json", *words)
    return code, json.loads(out)


def test_one_command_behind_the_dashes(site: Site) -> None:
    out = site.done("run", "home", "--", "show", "environment")
    assert out.startswith("# home: show environment - success\nRTX830 ")
    assert "--" not in out.splitlines()[0]


def test_the_first_error_ends_a_list_and_the_rest_is_skipped(site: Site) -> None:
    commands = "# before the move\nshow environment\n\nshow nonsense\nshow arp\n"
    (site.folder / "commands.txt").write_text(commands, encoding="utf-8")
    code, found = answers(site, "--file", "commands.txt")
    assert code == 1
    assert found["result"] == "error"
    assert [(each["command"], each["result"]) for each in found["commands"]] == [
        ("show environment", "success"),
        ("show nonsense", "error"),
        ("show arp", "skipped"),
    ]
    assert found["commands"][1]["error"].startswith(("Error:", "エラー:"))


def test_an_answer_that_does_not_come_is_a_time_out(site: Site) -> None:
    (site.folder / "commands.txt").write_text("show techinfo\nshow arp\n", encoding="utf-8")
    site.router.faults.delay_seconds = 0.12
    code, found = answers(site, "--file", "commands.txt", "--timeout", "0.1")
    site.router.faults.delay_seconds = 0.0
    assert code == 1
    assert [each["result"] for each in found["commands"]] == ["time-out", "skipped"]


@pytest.mark.parametrize(
    "command",
    ["ip lan2 mtu 1454", "sh environment", "save", "restart", "show log > usb1:log.txt", "no show"],
)
def test_a_change_is_refused_before_anybody_is_asked(site: Site, command: str) -> None:
    before = len(site.router.log)
    code, out, err = site.run("run", "home", "--", command)
    assert (code, out) == (1, "")
    assert f"'{command}' may change something" in err
    assert len(site.router.log) == before


@pytest.mark.parametrize("command", ["show config | grep '>'", "SHOW arp", "ping -c 1 192.0.2.1"])
def test_what_only_reads_is_allowed(command: str) -> None:
    refuse_changes([command])


def test_a_refusal_shows_no_secret() -> None:
    with pytest.raises(InputError) as refused:
        refuse_changes(["administrator password planted"])
    assert "planted" not in refused.value.explain()


def test_changes_are_sent_only_with_both_words(site: Site) -> None:
    code, _, err = site.run("run", "home", "--no-read-only", "--", "ip", "lan2", "mtu", "1454")
    assert (code, "nobody is there to answer" in err) == (1, True)
    assert "mtu" not in site.router.running.text
    words = ("--no-read-only", "--yes", "--", "description", "lan2", "two words")
    code, found = answers(site, *words)
    assert (code, found["result"]) == (0, "success")
    assert 'description lan2 "two words"' in site.router.running.text
    code, found = answers(site, "--no-read-only", "--yes", "--", "ip nonsense")
    assert (code, found["result"]) == (1, "error")


def test_output_goes_to_private_files_and_secrets_are_masked(site: Site) -> None:
    site.router.type("pp select 1", "pp auth myname u planted-pppoe")
    site.done("run", "--all", "--output", "answers", "--", "show", "config")
    path = site.folder / "answers" / "home.txt"
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text(encoding="utf-8")
    assert "pp auth myname u *" in text
    assert "planted" not in text


def test_commands_that_a_router_repeats_are_masked_as_well(site: Site) -> None:
    change = ("run", "home", "--no-read-only", "--yes", "--file", "-")
    lines = "syslog execute command on\npp select 1\npp auth myname u planted-pppoe\n"
    site.monkeypatch.setattr("sys.stdin", io.StringIO(f"{lines}show command history\n"))
    for words in (change, ("run", "home", "--", "show log")):
        out = site.done(*words)
        shown = [line for line in out.splitlines() if line.endswith("pp auth myname u *")]
        assert [line for line in shown if not line.startswith("#")]
        assert "planted" not in out


def test_reading_leaves_the_router_as_it_was(site: Site) -> None:
    before = site.router.running.text
    site.done("run", "home", "--", "show", "log")
    assert site.router.running.text == before


@pytest.mark.parametrize("words", [(), ("--file", "commands.txt", "--", "show", "arp")])
def test_there_is_one_source_of_commands(site: Site, words: tuple[str, ...]) -> None:
    code, _, err = site.run("run", "home", *words)
    assert code == 1
    assert "one command behind --, or a file of them" in err


class Scripted:
    """A session that answers as told."""

    def __init__(self, *ends: str | Exception) -> None:
        self._ends = iter(ends)

    def run(self, _command: str, _timeout: float) -> str:
        end = next(self._ends)
        if isinstance(end, Exception):
            raise end
        return end


def test_every_end_has_its_word() -> None:
    error = CommandError("refused", output="Error: Invalid command name")
    session: Any = Scripted("fine\n", error, "never asked")
    ended = list(execute(session, ["a", "b", "c"], read_only=True, timeout=1))
    assert [each.result for each in ended] == [Result.SUCCESS, Result.ERROR, Result.SKIPPED]
    assert ended[1].error == "Error: Invalid command name"
    late: Any = Scripted(IncompleteOutputError("no prompt"))
    (only,) = execute(late, ["a"], read_only=True, timeout=1)
    assert only.result is Result.TIME_OUT


def test_a_router_that_cannot_be_reached_is_an_error_or_a_time_out() -> None:
    assert skipped("home", ["a", "b"], UnreachableError("gone")).result is Result.ERROR
    timed_out = skipped("home", ["a", "b"], ConnectTimeoutError("silent"))
    assert timed_out.result is Result.TIME_OUT
    assert [each.result for each in timed_out.commands] == [Result.TIME_OUT, Result.SKIPPED]
