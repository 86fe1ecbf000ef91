"""`yamaha-ops exporter` as its own process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from tests.exporter.labs import ENVIRONMENT, Site, site, wait_until
from yamaha_ops.cli.exporter import app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = "from yamaha_ops.cli.exporter import app; app()"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site"), "tokyo") as running:
        yield running


def _read(url: str) -> str:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 -- loopback
        return str(answer.read().decode())


def test_it_serves_until_it_is_told_to_stop(lab: Site) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--web.listen-address", "127.0.0.1:0"],
        env={**os.environ, **ENVIRONMENT, "YAMAHA_OPS_INVENTORY": str(lab.inventory)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        found = re.search(r"listening on (\S+)", process.stderr.readline())
        assert found
        url = found[1]
        assert url.startswith("http://127.0.0.1:")
        probed = _read(f"{url}/probe?target=tokyo&module=line")
        assert 'yamaha_mape_ports{descriptor="1000"' in probed
        assert "tokyo" in _read(f"{url}/")
        lab.inventory.write_text(lab.inventory.read_text("utf-8") + "  kobe: {}\n", "utf-8")
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: "kobe" in _read(f"{url}/sd"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "stopped" in process.stderr.read()


@pytest.mark.parametrize("shards", [("0/2", "1/2"), ("a/a,b", "b/a,b")])
def test_two_exporters_share_the_routers(tmp_path: Path, shards: tuple[str, str]) -> None:
    names = [f"router{number}" for number in range(40)]
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(
        "routers:\n" + "".join(f"  {name}: {{host: 192.0.2.1}}\n" for name in names), "utf-8"
    )
    shares = []
    for shard in shards:
        with subprocess.Popen(
            [
                sys.executable,
                "-c",
                PROGRAM,
                "--web.listen-address",
                "127.0.0.1:0",
                "--shard",
                shard,
            ],
            env={**os.environ, "YAMAHA_OPS_INVENTORY": str(inventory)},
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr
            found = re.search(r"listening on (\S+)", process.stderr.readline())
            assert found
            groups = json.loads(_read(f"{found[1]}/sd"))
            shares.append({target for group in groups for target in group["targets"]})
            process.send_signal(signal.SIGTERM)
    assert shares[0] | shares[1] == set(names)
    assert not shares[0] & shares[1]
    assert all(shares)


def test_targets_can_be_written_for_file_discovery(
    lab: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YAMAHA_OPS_INVENTORY", str(lab.inventory))
    path = tmp_path / "targets.json"
    app(["--targets", str(path)], standalone_mode=False)
    groups = json.loads(path.read_text(encoding="utf-8"))
    assert groups[0]["targets"] == ["tokyo"]
    assert groups[0]["labels"]["__meta_yamaha_label_site"] == "tokyo"
    app(["tokyo", "--targets", "-"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == groups[:1]
