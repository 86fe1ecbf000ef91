"""`yamaha-ops config`: what scripts rely on: stdout, JSON, exit codes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

A = "ip filter 1 pass *\nip lan1 secure filter in 1\nip lan1 address 192.168.100.1/24\n"
B = """\
ip lan1 address 192.168.100.2/24
tunnel select 1
 tunnel encapsulation map-e
 tunnel enable 1
lan type lan1 auto
login user admin *
pp select 1
 pp auth myname user secret
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command line in a folder with the files a and b."""
    (tmp_path / "a").write_text(A, encoding="utf-8")
    (tmp_path / "b").write_text(B, encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        places = [str(tmp_path / each) if each in {"a", "b"} else each for each in arguments]
        with pytest.raises(SystemExit) as finished:
            main(["config", *places])
        captured = capsys.readouterr()
        assert isinstance(finished.value.code, int)
        return finished.value.code, captured.out, captured.err

    return call


def test_diff_prints_commands_and_nothing_else_on_stdout(run: Run) -> None:
    code, out, err = run("diff", "a", "b")
    assert code == 0
    assert out.splitlines() == [
        "tunnel select 1",
        "tunnel encapsulation map-e",
        "tunnel select none",
        "tunnel enable 1",
        "lan type lan1 auto",
        "pp select 1",
        "pp auth myname user secret",
        "pp select none",
        "no ip lan1 secure filter in",
        "no ip filter 1",
        "ip lan1 address 192.168.100.2/24",
    ]
    assert "'login user admin *' is not sent" in err
    assert "resets every LAN interface" in err
    assert "secret" not in err.replace("its secret is masked; put the secret in its place", "")


def test_diff_as_json(run: Run) -> None:
    code, out, err = run("diff", "a", "b", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["commands"][:2] == ["tunnel select 1", "tunnel encapsulation map-e"]
    assert (document["added"], document["removed"], document["changed"]) == (4, 2, 1)
    assert len(document["warnings"]) == 1
    assert document["risks"] == [
        "lan type lan1 auto: resets every LAN interface",
        "ip lan1 address 192.168.100.2/24: sessions to the old address end",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("a", "a"), 0),
        (("a", "b"), 0),
        (("a", "a", "--detailed-exitcode"), 0),
        (("a", "b", "--detailed-exitcode"), 3),
        (("a", "b", "--detailed-exitcode", "--json"), 3),
        (("a", "missing"), 1),
        (("a",), 2),
    ],
)
def test_diff_exit_codes(run: Run, arguments: tuple[str, ...], expected: int) -> None:
    assert run("diff", *arguments)[0] == expected


def test_nothing_is_printed_when_nothing_differs(run: Run) -> None:
    assert run("diff", "a", "a") == (0, "", "")


def test_broken_input_is_named(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(b"ip lan1 address dhcp\n\x00")
    code, out, err = run("diff", "a", str(bad))
    assert (code, out) == (1, "")
    assert err.startswith(f"yamaha-ops: {bad}:2: the text holds the control character")


def test_stdin_is_a_file_too(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "a").open(encoding="utf-8") as text:
        monkeypatch.setattr("sys.stdin", text)
        assert run("diff", "-", "a") == (0, "", "")


def test_check_prints_findings_and_fails_on_errors(run: Run) -> None:
    code, out, err = run("check", "b")
    assert code == 0
    assert "warning [recovery-phrase]" in out
    assert err == "0 errors, 1 warnings\n"
    code, out, _ = run("check", "b", "--host", "192.168.100.9")
    assert code == 1
    assert "error [lock-out] ssh does not run" in out


def test_check_as_json(run: Run) -> None:
    code, out, _ = run("check", "b", "--host", "192.168.100.9", "--json")
    document = json.loads(out)
    assert code == 1
    assert (document["errors"], document["warnings"]) == (1, 1)
    assert {each["code"]: each["level"] for each in document["findings"]} == {
        "recovery-phrase": "warning",
        "lock-out": "error",
    }


def test_accepted_errors_do_not_fail(run: Run) -> None:
    arguments = ("check", "b", "--host", "192.168.100.9", "--accept", "lock-out=console only")
    code, out, _ = run(*arguments)
    assert code == 0
    assert "accepted: console only" in out
    assert run("check", "b", "--accept", "nonsense=x")[0] == 2
    assert run("check", "b", "--accept", "lock-out")[0] == 2


def test_check_knows_model_revision_and_ports(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "c"
    file.write_text(
        "statistics nat on\nsecurity class 1 off off\nnat descriptor type 1 masquerade\n"
        "nat descriptor address outer 1 map-e\nip lan2 nat descriptor 1\n"
        "nat descriptor masquerade static 1 1 192.168.100.9 tcp 8080\n",
        encoding="utf-8",
    )
    arguments = ("--model", "RTX830", "--firmware", "15.02.09", "--prefix", "240b:10:0:3100::/64")
    code, out, _ = run("check", str(file), *arguments)
    assert code == 1
    assert "[firmware] it needs Rev.15.02.10" in out
    assert "[forward-port] port 8080 is not one of this line's" in out
    assert run("check", str(file), "--firmware", "new")[0] == 2


def test_check_takes_what_the_inventory_knows(run: Run, tmp_path: Path) -> None:
    """Model, revision, ports, who must get in, and what may stay."""
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(
        "routers:\n  home:\n    host: 192.168.100.1\n    firmware: 15.02.09\n"
        "    line: {service: v6plus, prefix: '240b:10:0:3100::/64'}\n"
        "    management: {hosts: [192.168.100.9]}\n"
        "    accepted: {recovery-phrase: the cabinet is locked}\n",
        encoding="utf-8",
    )
    file = tmp_path / "c"
    file.write_text("ip lan1 address 192.168.100.1/24\nstatistics nat on\n", encoding="utf-8")
    code, out, _ = run("check", str(file), "--router", "home", "-i", str(inventory), "--json")
    document = json.loads(out)
    assert (code, document["errors"]) == (1, 2)
    assert [(each["code"], each["accepted"]) for each in document["findings"]] == [
        ("recovery-phrase", "the cabinet is locked"),
        ("lock-out", None),
        ("firmware", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "result", "line"),
    [
        (("--in", "lan1", "--src", "10.0.0.1", "--dst", "10.0.0.2", "--dport", "443"), "pass", 1),
        (("--out", "lan1", "--src", "10.0.0.1", "--dst", "10.0.0.2"), "pass", None),
    ],
)
def test_filter_says_which_line_decides(
    run: Run, arguments: tuple[str, ...], result: str, line: int | None
) -> None:
    code, out, _ = run("filter", "a", *arguments, "--json")
    document = json.loads(out)
    assert code == 0
    assert (document["result"], document["line"]) == (result, line)


def test_filter_speaks_to_people(run: Run) -> None:
    where = ("--src", "10.0.0.1", "--dst", "10.0.0.2")
    code, out, _ = run("filter", "a", "--in", "LAN1", *where, "--proto", "icmp")
    assert code == 0
    assert out == "pass: filter 1 passes it\nline 1: ip filter 1 pass *\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--src", "10.0.0.1", "--dst", "10.0.0.2"),
        ("--in", "lan1", "--out", "lan1", "--src", "10.0.0.1", "--dst", "10.0.0.2"),
        ("--in", "lan1", "--src", "10.0.0.1", "--dst", "2001:db8::1"),
        ("--in", "lan1", "--src", "home", "--dst", "10.0.0.2"),
        ("--in", "lan1", "--src", "10.0.0.1", "--dst", "10.0.0.2", "--proto", "tpc"),
        ("--in", "lan1", "--src", "10.0.0.1", "--dst", "10.0.0.2", "--dport", "65536"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_usage_error(
    run: Run, arguments: tuple[str, ...]
) -> None:
    assert run("filter", "a", *arguments)[0] == 2


def test_a_finding_is_one_line_for_grep_and_fits_a_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    piped = run("check", "b")[1].splitlines()
    assert any(len(line) > 80 for line in piped)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    shown = run("check", "b")[1]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(len, plain)) <= 80
    assert "".join("".join(plain).split()) == "".join("".join(piped).split())
