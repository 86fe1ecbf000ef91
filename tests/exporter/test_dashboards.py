"""Rules, dashboards, discovery and unit files: all speak of metrics and options that exist."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from yamaha_ops.cli import exporter, scrape
from yamaha_ops.exporter import METRICS
from yamaha_ops.exporter.dashboard import LANGUAGES, text
from yamaha_ops.exporter.own import OWN

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "dashboards" / "prometheus"
GRAFANA = ROOT / "dashboards" / "grafana"
RULES = PROMETHEUS / "yamaha.rules.yml"

LABELS = {metric.sample: {"router", *metric.labels} for metric in METRICS} | {
    name: {"outcome"} for name, _kind, _text in OWN
}
SELECTOR = re.compile(r"(\b(?:\w+:)?yamaha_\w+(?::\w+)?)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")


def _load(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def _rules() -> list[dict[str, Any]]:
    return [rule for group in _load(RULES)["groups"] for rule in group["rules"]]


def _recorded() -> set[str]:
    return {rule["record"] for rule in _rules() if "record" in rule}


def _panels(language: str) -> list[dict[str, Any]]:
    path = GRAFANA / f"yamaha-ops.{language}.json"
    panels: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["panels"]
    return panels


def _queries() -> Iterator[tuple[str, str]]:
    """Every query with the names that its labels are used by."""
    for rule in _rules():
        yield rule["expr"], json.dumps(rule.get("annotations", {}))
    for language in LANGUAGES:
        for panel in _panels(language):
            for target in panel.get("targets", ()):
                yield target["expr"], target["legendFormat"]


def test_every_query_is_about_metrics_that_exist() -> None:
    recorded = _recorded()
    for expr, shown in _queries():
        found = [match for match in SELECTOR.findall(expr) if match[0]]
        assert found, expr
        known: set[str] = set()
        for name, selectors in found:
            assert name in LABELS or name in recorded, f"{name} in {expr}"
            known |= LABELS.get(name, set())
            if name in LABELS:
                assert set(LABEL.findall(selectors)) <= LABELS[name], expr
        used = set(re.findall(r"\$labels\.(\w+)", shown)) | set(re.findall(r"\{\{(\w+)\}\}", shown))
        if not any(name in recorded for name, _ in found):
            assert used <= known, f"{shown} of {expr}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dashboard_is_up_to_date(language: str) -> None:
    path = GRAFANA / f"yamaha-ops.{language}.json"
    assert path.read_text(encoding="utf-8") == text(language), (
        "renew it: python -m yamaha_ops.exporter.dashboard dashboards/grafana"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dashboard_has_the_form_of_grafana_10(language: str) -> None:
    data = json.loads(text(language))
    assert data["schemaVersion"] >= 38
    assert {each["name"] for each in data["templating"]["list"]} == {"datasource", "router"}
    panels = data["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == "${datasource}"
            assert [target["refId"] for target in panel["targets"]] == sorted(
                {target["refId"] for target in panel["targets"]}
            )


def test_both_dashboards_show_the_same() -> None:
    one, other = (
        [[target["expr"] for target in panel.get("targets", ())] for panel in _panels(language)]
        for language in LANGUAGES
    )
    assert one == other
    english, japanese = ([panel["title"] for panel in _panels(each)] for each in LANGUAGES)
    assert all(title.isascii() for title in english)
    assert sum(not title.isascii() for title in japanese) > len(japanese) * 0.8


def test_every_alert_speaks_both_languages_and_has_a_test() -> None:
    alerts = [rule for rule in _rules() if "alert" in rule]
    tested = (PROMETHEUS / "yamaha.rules.test.yml").read_text(encoding="utf-8")
    assert len(alerts) > 15
    for alert in alerts:
        notes = alert["annotations"]
        assert notes["summary"].isascii()
        assert not notes["summary_ja"].isascii()
        assert ("description" in notes) == ("description_ja" in notes)
        assert alert["labels"]["severity"] in {"critical", "warning", "info"}
        assert alert["alert"] in tested


def _promtool(*arguments: str) -> str:
    promtool = shutil.which("promtool")
    if not promtool:
        pytest.skip("promtool is not installed (Debian package: prometheus)")
    done = subprocess.run(
        [promtool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_promtool_accepts_rules_and_example() -> None:
    _promtool("check", "rules", "--lint=all", "--lint-fatal", RULES.name)
    _promtool("check", "config", "prometheus.yml")


def test_promtool_sees_each_alert_fire_and_rest() -> None:
    assert "SUCCESS" in _promtool("test", "rules", "yamaha.rules.test.yml")


def test_promtool_can_read_every_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [
        {"record": f"q{number}", "expr": re.sub(r"\$__rate_interval", "5m", expr)}
        for number, (expr, _shown) in enumerate(_queries())
    ]
    path = tmp_path / "queries.json"
    path.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}), encoding="utf-8")
    _promtool("check", "rules", str(path))


def _command_lines() -> Iterator[list[str]]:
    for path in sorted((ROOT / "deploy").iterdir()):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = re.search(r"bin/yamaha-ops (.*?)(?: 2>&1.*)?$", line)
            if found and not line.startswith("#"):
                yield shlex.split(found[1])


def test_unit_files_use_options_that_exist() -> None:
    modules = {"exporter": exporter, "scrape": scrape}
    lines = [line for line in _command_lines() if line[0] in modules]
    assert len(lines) == 3
    for name, *arguments in lines:
        command = get_command(modules[name].app)
        context = command.make_context(name, list(arguments))
        assert context.params


def test_unit_files_are_well_formed() -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not installed")
    units = sorted(str(path) for path in (ROOT / "deploy").glob("*.service"))
    done = subprocess.run(
        [analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    # A machine without the program in its place cannot start it; anything else is a fault.
    complaints = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert not [line for line in complaints if "yamaha-ops" in line]
