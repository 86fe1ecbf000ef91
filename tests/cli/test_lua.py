"""`lua` as its users meet it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from yamaha_ops.cli.lua import app
from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "local n = tonumber(os.getenv('N')) or 5\nrt.sleep(n)\n"
BAD = "local half = 0.5\nrt.sleep(half)\n"
DOUBTFUL = "print('x')\n"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    for name, text in (("good", GOOD), ("bad", BAD), ("doubtful", DOUBTFUL)):
        (tmp_path / f"{name}.lua").write_text(text, encoding="ascii")
    return tmp_path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_nothing_to_say_is_success_and_silence(scripts: Path) -> None:
    assert run("check", scripts / "good.lua") == (0, "")


def test_an_error_exits_with_1_and_says_line_and_cure(scripts: Path) -> None:
    code, out = run("check", scripts / "good.lua", scripts / "bad.lua")
    assert code == 1
    assert f"{scripts}/bad.lua:1:14: error: 0.5 is a malformed number" in out
    assert "\n    use integers" in out


def test_a_warning_alone_exits_with_0(scripts: Path) -> None:
    code, out = run("check", scripts / "doubtful.lua")
    assert code == 0
    assert "warning: print goes nowhere" in out


def test_json_is_one_object_a_file_and_nothing_else(scripts: Path) -> None:
    code, out = run("check", "--json", scripts / "good.lua", scripts / "bad.lua")
    good, bad = map(json.loads, out.splitlines())
    assert code == 1
    assert (good["errors"], good["warnings"], good["findings"]) == (0, 0, [])
    assert bad["file"] == f"{scripts}/bad.lua"
    assert bad["errors"] == 1
    (finding,) = (each for each in bad["findings"] if each["level"] == "error")
    assert finding.keys() == {"line", "column", "level", "code", "message", "cure"}
    assert (finding["line"], finding["code"]) == (1, "decimal-number")


def test_a_script_may_come_from_stdin() -> None:
    result = CliRunner().invoke(app, ["check", "-"], input=BAD)
    assert result.exit_code == 1
    assert "-:1:14: error" in result.stdout


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        run("check", tmp_path / "none.lua")
