"""The pages say what happens, and leave nothing out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.scripts.trial import LUA
from yamaha_ops.cli.lua import app
from yamaha_ops.scripts.access import WAYS
from yamaha_ops.scripts.check.rules import RULES
from yamaha_ops.scripts.embedding import EMBEDDED

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH = (DOCS / "lua.md").read_text(encoding="utf-8")
JAPANESE = (DOCS / "lua.ja.md").read_text(encoding="utf-8")
pages = pytest.mark.parametrize("page", [ENGLISH, JAPANESE], ids=["en", "ja"])


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", ENGLISH, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_example_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hasty.lua").write_text(block("lua"), encoding="ascii")
    monkeypatch.chdir(tmp_path)
    command, _, expected = block("console").removeprefix("$ yamaha-ops lua ").partition("\n")
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.stdout == expected
    assert result.exit_code == 1


def test_every_rule_is_on_the_page_with_its_level() -> None:
    rows = re.findall(r"^\| (`[a-z`, -]+`) \| (error|warning) \|", ENGLISH, re.MULTILINE)
    listed = {(code, level) for codes, level in rows for code in re.findall("`([a-z-]+)`", codes)}
    assert listed == {(rule.code, rule.level) for rule in RULES} | {("syntax", "error")}


@pages
def test_every_script_and_every_way_is_on_the_page(page: str) -> None:
    for name in [path.stem for path in LUA.glob("*.lua")] + [*WAYS, EMBEDDED]:
        assert f"| `{name}` |" in page, name


@pages
def test_every_command_of_the_page_is_one(page: str) -> None:
    named = set(re.findall(r"yamaha-ops lua ([a-z]+)", page))
    assert named == {command.name or "" for command in app.registered_commands} - {""} | {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }


def test_the_python_lines_of_the_page_run() -> None:
    exec(block("python"), {})  # noqa: S102 -- imports, and nothing else
