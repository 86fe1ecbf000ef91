"""The examples of docs/config.md, executed."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from yamaha_ops.cli import main
from yamaha_ops.config.check import CODES

PAGE = Path(__file__).parents[2] / "docs/config.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_commands_print_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in re.findall(r"`(\S+\.conf)`:\n```rtx\n(.*?)```", TEXT, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    examples = [
        example
        for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
        for example in re.split(r"^\$ yamaha-ops ", block, flags=re.MULTILINE)[1:]
    ]
    assert len(examples) == 4
    for example in examples:
        command, _, expected = example.partition("\n")
        with pytest.raises(SystemExit):
            main(shlex.split(command))
        assert capsys.readouterr().out == expected


def test_python_examples() -> None:
    parser = doctest.DocTestParser()
    test = parser.get_doctest(TEXT, {}, PAGE.name, str(PAGE), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    result = runner.run(test)
    assert result.attempted > 5
    assert not result.failed


def test_every_code_is_listed() -> None:
    listed = re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning) \| (.*) \|$", TEXT, re.MULTILINE)
    assert listed == [(code, str(level), what) for code, (level, what) in CODES.items()]
