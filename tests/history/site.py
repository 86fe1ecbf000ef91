"""A user's folder with an inventory, and the lab routers that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from yamaha_ops.cli import main
from yamaha_ops.inventory import Inventory, load

if TYPE_CHECKING:
    from yamaha_ops.lab import Lab, LabRouter

ROOT = Path(__file__).parents[2]
PASSWORD = "planted-login-ba5eba11"
ADMINISTRATOR_PASSWORD = "planted-administrator-0ddba11"
TRUST = "--accept-new-host-key"


@dataclass
class Site:
    """One router called `home`, and what the command line says about it."""

    lab: Lab
    router: LabRouter
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as finished:
            main(words)
        told = self.capsys.readouterr()
        assert isinstance(finished.value.code, int)
        return finished.value.code, told.out, told.err

    def done(self, *words: str) -> str:
        code, out, err = self.run(*words)
        assert code == 0, err
        return out

    @property
    def inventory(self) -> Inventory:
        return load(self.folder / "inventory.yaml")

    @property
    def repository(self) -> Path:
        return self.folder / ".yamaha-ops" / "history.git"


def start_router(lab: Lab, **options: Any) -> LabRouter:
    return lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD, **options)


def make_site(
    lab: Lab,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Site:
    router = start_router(lab)
    shipped = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    text = shipped.replace("port: 2830", f"port: {router.port}")
    assert text != shipped
    (folder / "inventory.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("STATE", "HISTORY", "HISTORY_KEY", "AUTHOR"):
        monkeypatch.delenv(f"YAMAHA_OPS_{name}", raising=False)
    monkeypatch.setenv("YAMAHA_OPS_HOME_PASSWORD", PASSWORD)
    monkeypatch.setenv("YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD", ADMINISTRATOR_PASSWORD)
    return Site(lab, router, folder, monkeypatch, capsys)
