"""What every shipped script owes the router, before it is ever run there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LUA = Path(__file__).parents[2] / "lua"
SCRIPTS = sorted(LUA.glob("*.lua"))


def code(path: Path) -> str:
    """The script without its comments and texts."""
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="ascii"))
    return re.sub(r'"[^"\n]*"', '""', text)


each_script = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)


def test_there_are_scripts() -> None:
    assert {"tunnel-watch.lua", "v6plus-notify.lua"} <= {path.name for path in SCRIPTS}


@each_script
def test_it_is_ascii_and_explains_itself(path: Path) -> None:
    header = path.read_bytes().decode("ascii").split("\n\n", 1)[0]
    for word in ("Purpose", "Start", "Variables", "Cost", "Needs"):
        assert re.search(rf"^-- {word} ", header, re.MULTILINE), word


@each_script
def test_it_can_be_typed_at_the_console_as_an_embedded_file(path: Path) -> None:
    lines = path.read_text(encoding="ascii").splitlines()
    typed = [line for line in lines if not line.lstrip().startswith("--")]
    assert not [line for line in typed if "?" in line or "\t" in line or line.strip() == "EOF"]


@each_script
def test_its_numbers_are_integers(path: Path) -> None:
    """A decimal point is a syntax error on the router, and so division is avoided altogether."""
    assert not re.search(r"\d\.\d|[\w)]\s*[/^]\s*[\w(]", code(path))


@each_script
def test_it_uses_nothing_that_the_router_lacks(path: Path) -> None:
    lacking = r"\b(math\.(floor|ceil|huge)|io\.popen|os\.execute|coroutine|require|print|goto)\b"
    assert not re.search(lacking, code(path))


@each_script
def test_it_never_stops_tasks_or_changes_settings(path: Path) -> None:
    commands = re.findall(r'rt\.command\("([^"]*)', path.read_text(encoding="ascii"))
    assert all(command.startswith("show ") for command in commands)
