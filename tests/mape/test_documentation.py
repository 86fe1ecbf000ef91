"""The examples of docs/mape.md and of the docstrings are what really happens."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

import yamaha_ops.mape
from yamaha_ops.cli import main
from yamaha_ops.mape import calculate
from yamaha_ops.mape.svg import draw

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "mape.md").read_text(encoding="utf-8")
PROGRAM = "yamaha-ops "


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Return each command of the console blocks with the output that the page shows."""
    shown = [
        part for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)
    ]
    return [(line, out) for line, _, out in (part.partition("\n") for part in shown if part)]


def test_there_are_examples() -> None:
    assert len(commands()) >= 10
    assert len(blocks("python")) >= 4


@pytest.mark.parametrize(("command", "expected"), commands())
def test_a_command_prints_what_the_page_shows(
    command: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.startswith(PROGRAM)
    with pytest.raises(SystemExit):
        main(shlex.split(command.removeprefix(PROGRAM)))
    out, err = capsys.readouterr()
    matches = doctest.OutputChecker().check_output(expected, out + err, doctest.ELLIPSIS)
    assert matches, f"\n{out}{err}\nis not\n{expected}"


def test_the_python_examples_of_the_page_run() -> None:
    examples = doctest.DocTestParser().get_doctest(
        "\n".join(blocks("python")), {}, "mape.md", None, 0
    )
    failed, tried = doctest.DocTestRunner().run(examples)
    assert (failed, tried) == (0, len(examples.examples))


def test_the_example_of_the_package_runs() -> None:
    failed, tried = doctest.testmod(yamaha_ops.mape)
    assert failed == 0
    assert tried


def test_the_picture_of_the_page_is_the_one_that_is_drawn() -> None:
    drawn = draw(calculate("240b:10:1234:3100::/64"))
    assert (DOCS / "mape.svg").read_text(encoding="utf-8") == drawn


def test_the_page_counts_the_evidence_right() -> None:
    counted: dict[str, int] = {}
    for rule in yamaha_ops.mape.shipped_rules():
        counted[rule.evidence or ""] = counted.get(rule.evidence or "", 0) + 1
    rows = re.findall(r"^\| `(\S+)` \| ([^|]+) \|", PAGE, re.MULTILINE)
    stated = {
        word: sum(map(int, re.findall(r"\d+(?= )", rules)))
        for word, rules in rows
        if word in yamaha_ops.mape.EVIDENCE
    }
    assert stated == counted
