"""The metrics: names, samples, and what is left out."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from yamaha_ops.exporter import METRICS, Scrape, as_json, families, page, text
from yamaha_ops.exporter.metric import PREFIX
from yamaha_ops.exporter.reference import reference
from yamaha_ops.health import Answer, Health
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "transcripts"
OWN = ROOT / "tests" / "transcripts"


def _values(scrape: Scrape, name: str, *, per_host: bool = False) -> dict[tuple[str, ...], float]:
    return {
        tuple(value for label, value in sample.labels.items() if label != "router"): sample.value
        for family in families([scrape], per_host=per_host)
        for sample in family.samples
        if sample.name == f"{PREFIX}_{name}"
    }


def _of(command: str, answer: str) -> Scrape:
    parsed = parse(command, answer)
    given = Answer(command, "ok", 0.1, parsed.record, parsed.unknown_lines)
    return Scrape("tokyo", 2.0, 1.0, Health("tokyo", "x", "RTX830", "", 2.0, 1.0, (given,)))


def test_names_are_unique_and_follow_the_conventions() -> None:
    names = [metric.sample for metric in METRICS]
    assert len(names) == len(set(names))
    for metric in METRICS:
        assert re.fullmatch(r"yamaha_[a-z0-9_]+", metric.sample)
        assert metric.help.endswith(".")
        assert not re.search(r"_(?:percent|count|ms|bits|kilobytes)(?:_|$)", metric.sample)
        assert metric.kind != "counter" or not metric.name.endswith("_total")


def test_a_router_that_cannot_be_asked_gives_only_that() -> None:
    scrape = Scrape("tokyo", 5.0, 0.5, error="nothing answers")
    names = {family.name for family in families([scrape])}
    assert names == {
        "yamaha_up",
        "yamaha_scrape_duration_seconds",
        "yamaha_scrape_timestamp_seconds",
    }
    assert _values(scrape, "up") == {(): 0.0}


def test_the_line_of_a_healthy_router(full_scrape: Scrape) -> None:
    line = ("1000", "TUNNEL[1]")
    assert _values(full_scrape, "mape_ports") == {line: 240.0}
    assert _values(full_scrape, "mape_ports_expected") == {line: 240.0}
    assert _values(full_scrape, "mape_consistent") == {line: 1.0}
    assert _values(full_scrape, "mape_saturation_ratio") == {line: 0.5}
    assert _values(full_scrape, "nat_static_forwards") == {("1000",): 2.0}
    assert _values(full_scrape, "tunnel_up") == {("1",): 1.0}
    assert _values(full_scrape, "config_unsaved") == {(): 0.0}
    assert _values(full_scrape, "backup_timestamp_seconds") == {(): 1_700_000_000.0}


def test_counters_beyond_32_bits_are_whole(full_scrape: Scrape) -> None:
    assert _values(full_scrape, "interface_receive_bytes_total")[("LAN2",)] == 99076765285


def test_a_line_that_is_not_printed_gives_no_sample(full_scrape: Scrape) -> None:
    assert _values(full_scrape, "temperature_celsius") == {}
    assert ("LAN1",) not in _values(full_scrape, "interface_receive_overflows_total")
    assert _values(full_scrape, "interface_receive_overflows_total") == {("LAN2",): 7.0}


def test_a_command_that_is_not_there_is_neither_success_nor_failure(full_scrape: Scrape) -> None:
    missing = ("show status ipv6 dhcp",)
    assert missing not in _values(full_scrape, "scrape_command_success")
    assert _values(full_scrape, "scrape_command_unsupported")[missing] == 1.0


def test_an_unknown_sentence_is_unknown() -> None:
    scrape = _of("show status tunnel 1", "TUNNEL[1]:\n  Current status is Resting.")
    assert _values(scrape, "tunnel_up") == {}
    states = _values(scrape, "tunnel_state")
    assert states == {("1", "up"): 0.0, ("1", "down"): 0.0, ("1", "unknown"): 1.0}
    assert _values(scrape, "parse_unknown_lines") == {("show status tunnel 1",): 1.0}


def test_hosts_are_counted_only_on_request(full_scrape: Scrape) -> None:
    assert _values(full_scrape, "nat_host_sessions") == {}
    hosts = _values(full_scrape, "nat_host_sessions", per_host=True)
    assert hosts == {("1000", "TUNNEL[1]", "192.168.100.2"): 71.0}
    assert _values(full_scrape, "nat_busiest_host_sessions") == {("1000", "TUNNEL[1]"): 71.0}


def test_a_new_prefix_changes_the_fingerprint() -> None:
    head = "LAN1 scope-id 1 [up]\n"
    one, again, other = (
        _values(_of("show ipv6 address", f"{head} グローバル {address}"), "ipv6_prefix_fingerprint")
        for address in ("240b:10:0:3100::1/64", "240b:10:0:3100::2/64", "240b:10:0:3200::1/64")
    )
    assert one == again
    assert one != other
    masked = _of("show ipv6 address", f"{head} グローバル 240b:xxxx::1/64")
    assert _values(masked, "ipv6_prefix_fingerprint") == {}


def test_no_default_route_is_a_zero() -> None:
    scrape = _of("show ip route", "192.168.1.0/24  192.168.1.1  LAN1  implicit")
    assert _values(scrape, "default_routes") == {("ipv4",): 0.0}


def test_a_time_without_an_offset_is_no_moment() -> None:
    assert (
        _values(_of("show environment", "Boot time: 2026/01/01 00:00:00"), "boot_time_seconds")
        == {}
    )


def test_the_text_is_what_prometheus_reads(full_scrape: Scrape) -> None:
    read = list(text_string_to_metric_families(text(families([full_scrape])).decode()))
    assert {sample.labels["router"] for family in read for sample in family.samples} == {"tokyo"}
    given = {sample.name for family in families([full_scrape]) for sample in family.samples}
    assert {sample.name for family in read for sample in family.samples} == given


def test_a_page_is_byte_by_byte_what_prometheus_client_writes(full_scrape: Scrape) -> None:
    odd = Scrape('o"s\\aka\n', 1.0, 123456789.25)
    for scrapes in ([], [full_scrape, odd], *([scrape] for scrape in _every_recording())):
        for per_host in (False, True):
            expected = text(families(scrapes, per_host=per_host))
            assert page(scrapes, per_host=per_host) == expected


def test_several_routers_share_a_family(full_scrape: Scrape) -> None:
    text_of_two = text(families([full_scrape, Scrape("osaka", 1.0, 1.0)])).decode()
    assert text_of_two.count("# TYPE yamaha_up gauge") == 1
    assert 'yamaha_up{router="osaka"} 0.0' in text_of_two


def test_json_names_the_samples(full_scrape: Scrape) -> None:
    data = as_json(full_scrape)
    assert (data["router"], data["up"], data["error"]) == ("tokyo", True, None)
    assert data["metrics"]["yamaha_mape_ports"] == [
        {"labels": {"descriptor": "1000", "interface": "TUNNEL[1]"}, "value": 240.0}
    ]


def _every_recording() -> Iterator[Scrape]:
    import json  # noqa: PLC0415 -- only here

    for path in sorted([*OWN.glob("*/*.json"), *SHARED.glob("*/*.json")]):
        command = json.loads(path.read_text(encoding="utf-8"))["command"]
        yield _of(command, path.with_suffix(".txt").read_text(encoding="utf-8"))


def test_every_recorded_record_can_be_a_metric() -> None:
    for scrape in _every_recording():
        assert text(families([scrape], per_host=True))


def test_promtool_finds_nothing_to_say(full_scrape: Scrape) -> None:
    promtool = shutil.which("promtool")
    if not promtool:
        pytest.skip("promtool is not installed (Debian package: prometheus)")
    for scrape in (full_scrape, *_every_recording()):
        checked = subprocess.run(
            [promtool, "check", "metrics"],
            input=text(families([scrape], per_host=True)),
            capture_output=True,
            check=False,
        )
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_the_reference_is_up_to_date() -> None:
    page = ROOT / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == reference(), (
        "renew it: python -m yamaha_ops.exporter.reference > docs/metrics.md"
    )
