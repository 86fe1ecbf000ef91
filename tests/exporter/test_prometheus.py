"""End to end: Prometheus scrapes the exporter, the exporter asks the lab, and alerts fire."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.exporter.labs import ENVIRONMENT, Site, site, wait_until
from yamaha_ops.cli.scrape import settings_for
from yamaha_ops.exporter.application import Application
from yamaha_ops.exporter.fleet import Fleet
from yamaha_ops.exporter.server import Server
from yamaha_ops.inventory import load

if TYPE_CHECKING:
    from collections.abc import Iterator

SHIPPED = Path(__file__).parents[2] / "dashboards" / "prometheus"


class Prometheus:
    """A running Prometheus, asked over its API."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1"

    def get(self, path: str, **query: str) -> Any:
        with urlopen(f"{self._url}/{path}?{urlencode(query)}", timeout=5) as answer:  # noqa: S310 -- loopback
            return json.load(answer)["data"]

    def up(self) -> bool:
        try:
            return bool(self.get("status/runtimeinfo"))
        except URLError:
            return False

    def value(self, query: str) -> float | None:
        result = self.get("query", query=query)["result"]
        return float(result[0]["value"][1]) if result else None

    def firing(self) -> set[tuple[str, str]]:
        """Name and router of every alert that fires."""
        return {
            (alert["labels"]["alertname"], alert["labels"].get("router", ""))
            for alert in self.get("alerts")["alerts"]
            if alert["state"] == "firing"
        }


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with site(tmp_path, "tokyo", "osaka", silent="nagoya") as running:
        yield running


@pytest.fixture
def exporter(lab: Site) -> Iterator[Server]:
    inventory = load(lab.inventory)
    settings = settings_for(inventory, config_seconds=1.0)
    fleet = Fleet(lambda: inventory.select(everything=True), settings)
    server = Server(Application(fleet, time), ("127.0.0.1", 0))
    thread = server.start()
    yield server
    server.stop()
    thread.join()
    fleet.stop()


@pytest.fixture
def prometheus(exporter: Server, tmp_path: Path) -> Iterator[Prometheus]:
    program = shutil.which("prometheus")
    if not program:
        pytest.skip("prometheus is not installed (Debian package: prometheus)")
    address = exporter.url.removeprefix("http://")
    # The shipped files, only faster: what takes minutes there takes seconds here.
    rules = (SHIPPED / "yamaha.rules.yml").read_text(encoding="utf-8")
    rules = re.sub(r"^( +)for: \w+$", r"\1for: 0s", rules, flags=re.MULTILINE)
    rules = rules.replace("max_over_time(yamaha_up[5m])", "max_over_time(yamaha_up[3s])")
    (tmp_path / "yamaha.rules.yml").write_text(rules, encoding="utf-8")
    config = (SHIPPED / "prometheus.yml").read_text(encoding="utf-8")
    config = config.replace("127.0.0.1:9876", address)
    config = re.sub(r"scrape_interval: \w+", "scrape_interval: 500ms", config)
    config = re.sub(
        r"scrape_timeout: \w+", "scrape_timeout: 500ms\n  evaluation_interval: 300ms", config
    )
    (tmp_path / "prometheus.yml").write_text(config, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "prometheus.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [
                program,
                "--config.file=prometheus.yml",
                f"--web.listen-address=127.0.0.1:{port}",
                "--storage.tsdb.path=data",
            ],
            cwd=tmp_path,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            running = Prometheus(port)
            wait_until(running.up)
            yield running
        finally:
            process.terminate()


def test_alerts_fire_when_the_line_breaks(lab: Site, prometheus: Prometheus) -> None:
    value = prometheus.value
    wait_until(lambda: value('yamaha_up{router="tokyo"}') == 1)
    wait_until(lambda: value('yamaha_up{router="osaka"}') == 1)
    wait_until(lambda: value('yamaha_up{router="nagoya"}') == 0)
    wait_until(lambda: value('yamaha_mape_ports{router="tokyo"}') == 240)
    wait_until(lambda: value('yamaha_up{router="tokyo", site="tokyo", instance="tokyo"}') == 1)
    wait_until(lambda: value("yamaha_exporter_routers") == 3)
    wait_until(lambda: ("YamahaRouterUnreachable", "nagoya") in prometheus.firing())
    assert ("YamahaTunnelDown", "tokyo") not in prometheus.firing()

    tokyo, osaka = lab.routers["tokyo"], lab.routers["osaka"]
    tokyo.change_prefix(None)
    osaka.change_prefix("240b:10:0:3200::/64")
    tokyo.type("ip route 10.0.0.0/8 gateway 192.168.100.9")
    wanted = {
        ("YamahaTunnelDown", "tokyo"),
        ("YamahaConfigUnsaved", "tokyo"),
        ("YamahaPrefixChanged", "osaka"),
    }
    wait_until(lambda: wanted <= prometheus.firing())
    assert ("YamahaConfigUnsaved", "osaka") not in prometheus.firing()

    tokyo.change_prefix("240b:10:0:3100::/64")
    tokyo.type("no ip route 10.0.0.0/8", save=True)
    wait_until(lambda: not {alert for alert in wanted if alert[1] == "tokyo"} & prometheus.firing())
    wait_until(lambda: value('yamaha_mape_consistent{router="tokyo"}') == 1)
    osaka.power_cut()
    wait_until(lambda: ("YamahaRouterUnreachable", "osaka") in prometheus.firing())
