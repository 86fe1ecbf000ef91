"""`yamaha-ops scrape` against routers of the lab."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.exporter.labs import ENVIRONMENT, Site, site
from yamaha_ops.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site"), "tokyo", "osaka", silent="nagoya") as running:
        yield running


@pytest.fixture(autouse=True)
def environment(lab: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("YAMAHA_OPS_INVENTORY", str(lab.inventory))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["scrape", *arguments])
    return int(ended.value.code or 0)


def _samples(text: str, name: str) -> dict[str, float]:
    return {
        sample.labels["router"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_metrics_of_the_chosen_routers_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokyo", "osaka", "--module", "full") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert _samples(out, "yamaha_up") == {"tokyo": 1.0, "osaka": 1.0}
    assert _samples(out, "yamaha_mape_ports") == {"tokyo": 240.0, "osaka": 240.0}
    assert _samples(out, "yamaha_mape_consistent") == {"tokyo": 1.0, "osaka": 1.0}
    assert _samples(out, "yamaha_config_unsaved") == {"tokyo": 0.0, "osaka": 0.0}


def test_the_lab_prints_nothing_that_is_not_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokyo", "--module", "full", "--json") == 0
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    unknown = {
        row["labels"]["command"]: row["value"] for row in metrics["yamaha_parse_unknown_lines"]
    }
    assert set(unknown.values()) == {0.0}, unknown
    failed = [row for row in metrics["yamaha_scrape_command_success"] if not row["value"]]
    assert not failed


def test_labels_choose_routers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--label", "site=osaka", "--module", "alive") == 0
    assert set(_samples(capsys.readouterr().out, "yamaha_up")) == {"osaka"}


def test_a_silent_router_is_a_zero_and_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--all", "--module", "alive", "--timeout", "5") == 1
    out, err = capsys.readouterr()
    assert _samples(out, "yamaha_up") == {"tokyo": 1.0, "osaka": 1.0, "nagoya": 0.0}
    assert "nagoya" in err


def test_the_text_file_is_replaced_as_a_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "yamaha.prom"
    path.write_text("half of a li", encoding="utf-8")
    assert run("tokyo", "--module", "alive", "--textfile", str(path)) == 0
    assert capsys.readouterr().out == ""
    assert _samples(path.read_text(encoding="utf-8"), "yamaha_up") == {"tokyo": 1.0}
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [entry.name for entry in tmp_path.iterdir()] == ["yamaha.prom"]


def test_an_impossible_place_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("tokyo", "-m", "alive", "--textfile", str(tmp_path / "no" / "x.prom")) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_json_is_one_line_a_router(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokyo", "osaka", "-m", "alive", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["router"] for line in lines} == {"tokyo", "osaka"}
    assert all(line["up"] for line in lines)


def test_an_unknown_module_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokyo", "--module", "everything") == 1
    assert "known are alive, line, standard, full" in capsys.readouterr().err
