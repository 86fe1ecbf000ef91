"""Configurations of real routers, and a router to run commands on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config import Configuration, Interpreter

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.config import Difference

RECORDED = Path(__file__).parents[3] / "shared/data/configs"


def recorded_files() -> list[Path]:
    return sorted(RECORDED.glob("*.conf"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "recorded_file" in metafunc.fixturenames:
        files = recorded_files()
        missing = pytest.param(
            None, marks=pytest.mark.skip(reason=f"no recorded configurations at {RECORDED}")
        )
        ids = [file.stem for file in files]
        metafunc.parametrize("recorded_file", files or [missing], ids=ids or None)


class Recordings(dict[str, Configuration]):
    """Configurations by name, in few words: hypothesis shows the arguments of a test."""

    def __repr__(self) -> str:
        return f"{len(self)} recorded configurations"


@pytest.fixture(scope="session")
def recorded() -> dict[str, Configuration]:
    """Every recorded configuration by the name of its file."""
    found = Recordings(
        {file.stem: Configuration.parse(file.read_bytes()) for file in recorded_files()}
    )
    if not found:
        pytest.skip(f"no recorded configurations at {RECORDED}")
    return found


@pytest.fixture(scope="session")
def execute() -> Callable[[Configuration, Difference], Configuration]:
    """Run the commands of a difference on a configuration, as a router would."""

    def run(start: Configuration, delta: Difference) -> Configuration:
        interpreter = Interpreter(start)
        for command in delta.commands:
            assert interpreter.context == command.context
            interpreter.execute(command.line)
        assert not interpreter.context
        assert not interpreter.pending
        return interpreter.configuration

    return run
