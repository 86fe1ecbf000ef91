"""Every command of the README runs, in both languages, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.cli import main
from yamaha_ops.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.ja.md")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md"))
PASSWORD = "planted-readme-login"
ADMINISTRATOR_PASSWORD = "planted-readme-administrator"
NEEDED = {
    "apply": ("--yes", "--accept-new-host-key"),
    "plan": ("--accept-new-host-key",),
    "status": ("--accept-new-host-key",),
}
"""What a reader answers at the terminal, where a test has none."""


def _commands(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        line.partition("  #")[0].strip()
        for block in blocks
        for line in block.splitlines()
        if line.startswith("yamaha-ops ")
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A reader's folder, with the files that the README speaks of and a router to try them on."""
    with Lab() as lab:
        router = lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD)
        text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
        text = text.replace("port: 2830", f"port: {router.port}")
        (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "old.conf").write_text("ip lan1 address 192.168.100.1/24\n", encoding="utf-8")
        (tmp_path / "new.conf").write_text("ip lan1 address 192.168.0.1/24\n", encoding="utf-8")
        capture = ROOT / "tests/transcripts/RTX830/show_nat_descriptor_address.ja.1.txt"
        (tmp_path / "capture.txt").write_bytes(capture.read_bytes())
        monkeypatch.setenv("YAMAHA_OPS_HOME_PASSWORD", PASSWORD)
        monkeypatch.setenv("YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD", ADMINISTRATOR_PASSWORD)
        monkeypatch.setenv("YAMAHA_OPS_LAB", str(tmp_path / "lab"))
        monkeypatch.delenv("YAMAHA_OPS_STATE", raising=False)
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def _run(words: list[str]) -> int:
    with pytest.raises(SystemExit) as finished:
        main(words)
    assert isinstance(finished.value.code, int)
    return finished.value.code


@pytest.mark.parametrize("page", READMES)
def test_every_command_of_the_readme_runs(
    page: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = _commands(page)
    assert len(commands) >= 9
    assert folder.is_dir()
    for command in commands:
        words = re.findall(r'"([^"]+)"|(\S+)', command.removeprefix("yamaha-ops "))
        arguments = [quoted or plain for quoted, plain in words]
        if arguments[:2] == ["lab", "up"]:
            arguments += ["--port", "0"]
        code = _run([*arguments, *NEEDED.get(arguments[0], ())])
        assert code == 0, f"{command}: {capsys.readouterr().err}"
    assert _run(["lab", "down"]) == 0


def test_both_readmes_show_the_same_commands() -> None:
    english, japanese = map(_commands, READMES)
    assert english == japanese


@pytest.mark.parametrize("page", [*READMES, *PAGES])
def test_every_link_leads_to_a_file(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"
