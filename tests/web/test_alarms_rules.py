"""What is an alarm: the same as in the Prometheus rules; how one opens, stays, closes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.health.conftest import ANSWERS, TableSession
from tests.web.watching import scrape, silence
from yamaha_ops.exporter.metrics import METRICS
from yamaha_ops.web.watch.conditions import (
    Above,
    Below,
    Changed,
    Fell,
    Is,
    Lost,
    Rose,
    RunningOut,
    Track,
)
from yamaha_ops.web.watch.judge import Judge, Transition
from yamaha_ops.web.watch.rules import BY_NAME, CALM_SECONDS, RULES, Rule
from yamaha_ops.web.words import LANGUAGES, words

PROMETHEUS = Path("dashboards/prometheus/yamaha.rules.yml")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
RECORDED = {
    "router:yamaha_nat_sessions:limit_ratio": ("nat_sessions", "nat_sessions_limit"),
    "router:yamaha_dhcp_scope:leased_ratio": (
        "dhcp_scope_leased_addresses",
        "dhcp_scope_total_addresses",
    ),
}
"""Recording rules that alerts look at, as the division that they are."""


def seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+)([smhd])", text)
    assert found, text
    return float(found[1]) * SECONDS[found[2]]


def alerts() -> dict[str, dict[str, Any]]:
    groups = YAML(typ="safe", pure=True).load(PROMETHEUS)["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


def told(rule: Rule) -> tuple[str, float]:
    """Write a rule as its alert: expression and time."""
    metric = next(each for each in METRICS if each.name == rule.metric)
    name = metric.sample
    if rule.per:
        name = next(name for name, pair in RECORDED.items() if pair == (rule.metric, rule.per))
    where = ", ".join(f'{key}="{value}"' for key, value in rule.where)
    series = f"{name}{{{where}}}" if where else name
    match rule.condition:
        case Above(limit=limit):
            expression = f"{f'time() - {series}' if rule.age else series} > {limit:g}"
        case Below(limit=limit):
            expression = f"{series} < {limit:g}"
        case Is(value=value):
            expression = f"{series} == {value:g}"
        case Changed(window=window):
            expression = f"changes({series}[{window:g}s]) > 0"
        case Rose(window=window):
            expression = f"increase({series}[{window:g}s]) > 0"
        case Fell():
            expression = f"resets({series}[900s]) > 0"
        case Lost():
            expression = f"{series} == 0 and max_over_time({series}[86400s]) == 1"
        case RunningOut(limit=limit, floor=floor, ahead=ahead):
            expression = (
                f"{series} > {floor:g} and predict_linear({series}[3600s], {ahead:g}) > {limit:g}"
            )
        case _:
            pytest.fail(f"no alert is written like {rule}")
    return expression, rule.hold


def normal(expression: str) -> str:
    spelled = re.sub(r"\[(\d+[smhd])\]", lambda m: f"[{seconds(m[1]):g}s]", expression)
    return spelled.replace("2 * 86400", f"{2 * 86400:g}")


@pytest.mark.parametrize("rule", [each for each in RULES if each.name in alerts()])
def test_a_rule_says_what_the_prometheus_alert_of_its_name_says(rule: Rule) -> None:
    alert = alerts()[rule.name]
    expression, hold = told(rule)
    asked = normal(alert["expr"])
    held = seconds(alert.get("for", "0s"))
    if rule.name == "YamahaRouterUnreachable":
        # Five minutes without an answer, and one more: six minutes of no answer.
        assert asked == "max_over_time(yamaha_up[300s]) == 0"
        asked, held = "yamaha_up == 0", held + 300
    assert (expression, hold) == (asked, held)
    assert rule.severity == alert["labels"]["severity"]


def test_only_named_ones_have_no_counterpart() -> None:
    assert {rule.name for rule in RULES} - set(alerts()) == {"YamahaTooHot"}
    assert set(alerts()) - {rule.name for rule in RULES} == {"YamahaScrapeStale"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alarm_has_its_words(language: str) -> None:
    known = words(language)
    for rule in RULES:
        text = known[f"alarm.{rule.name}.title"]
        assert text.format(subject="X", value="1"), rule
        assert known[f"alarm.{rule.name}.advice"]


def test_a_healthy_router_has_no_alarm() -> None:
    judge = Judge()
    for minute in range(120):
        session = uptime(f"2days 0{1 + minute // 60}:{minute % 60:02}:00")
        answered = scrape(session, backup_time=1_800_000_000.0)
        assert judge.judge(answered, minute * 60.0) == [], minute


# --- one rule at a time ---------------------------------------------------------------------------


def with_load(percent: int) -> TableSession:
    session = TableSession()
    session.answers["show environment"] = ANSWERS["show environment"].replace(
        "3%(5min)", f"{percent}%(5min)"
    )
    return session


def only(name: str) -> Judge:
    return Judge(rules=(BY_NAME[name],))


def whats(found: list[Transition]) -> list[str]:
    return [each.what for each in found]


def test_a_load_must_last_and_must_go_well_below_before_its_alarm_closes() -> None:
    judge = only("YamahaProcessorBusy")
    busy, less, calm = scrape(with_load(81)), scrape(with_load(75)), scrape(with_load(60))
    assert judge.judge(busy, 0) == []
    assert judge.judge(busy, 899) == []
    assert judge.judge(less, 900) == []  # it was not above all the time
    assert judge.judge(busy, 960) == []
    opened = judge.judge(busy, 960 + 900)
    assert [(each.what, each.value) for each in opened] == [("opened", 0.81)]
    assert judge.judge(busy, 1920) == []
    assert judge.judge(less, 9000) == []  # below the limit, and not yet let go
    assert judge.judge(calm, 9060) == []
    assert judge.judge(busy, 9120) == []
    assert judge.judge(calm, 9180) == []
    assert whats(judge.judge(calm, 9180 + CALM_SECONDS)) == ["closed"]
    assert judge.judge(calm, 9999) == []


def test_what_a_silent_router_had_stays_as_it_was() -> None:
    judge = Judge(rules=(BY_NAME["YamahaProcessorBusy"], BY_NAME["YamahaRouterUnreachable"]))
    judge.judge(scrape(with_load(90)), 0)
    assert whats(judge.judge(scrape(with_load(90)), 900)) == ["opened"]
    assert judge.judge(silence(), 960) == []
    opened = judge.judge(silence(), 960 + 360)
    assert [(each.rule.name, each.what) for each in opened] == [
        ("YamahaRouterUnreachable", "opened")
    ]
    judge.judge(scrape(with_load(10)), 1400)
    closed = judge.judge(scrape(with_load(10)), 1400 + CALM_SECONDS)
    assert whats(closed) == ["closed", "closed"]


def test_one_failed_round_is_no_outage() -> None:
    judge = only("YamahaRouterUnreachable")
    found = []
    for minute in range(30):
        found += judge.judge(silence() if minute % 5 == 4 else scrape(), minute * 60)
    assert found == []


def test_a_tunnel_that_is_not_called_up_and_then_removed() -> None:
    judge = only("YamahaTunnelDown")
    down = TableSession()
    down.answers["show status tunnel 1"] = ANSWERS["show status tunnel 1"].replace(
        "接続されています", "切断されています"
    )
    judge.judge(scrape(down), 0)
    opened = judge.judge(scrape(down), 120)
    assert [(each.what, each.subject) for each in opened] == [("opened", "1")]
    removed = TableSession()
    removed.answers["show status tunnel 1"] = "エラー: コマンド名を確認してください"
    judge.judge(scrape(removed), 180)
    assert whats(judge.judge(scrape(removed), 180 + CALM_SECONDS)) == ["closed"]


def test_another_prefix_is_told_for_a_quarter_of_an_hour() -> None:
    judge = only("YamahaPrefixChanged")
    moved = TableSession()
    moved.answers["show ipv6 address"] = ANSWERS["show ipv6 address"].replace("3100:", "3200:")
    assert judge.judge(scrape(), 0) == []
    assert whats(judge.judge(scrape(moved), 60)) == ["opened"]
    assert judge.judge(scrape(moved), 960) == []
    judge.judge(scrape(moved), 1020)
    assert whats(judge.judge(scrape(moved), 1020 + CALM_SECONDS)) == ["closed"]


def test_a_prefix_that_changed_while_the_console_was_down_is_seen_afterwards() -> None:
    judge = only("YamahaPrefixChanged")
    judge.judge(scrape(), 0)
    again = Judge((), judge.memory(), (BY_NAME["YamahaPrefixChanged"],))
    moved = TableSession()
    moved.answers["show ipv6 address"] = ANSWERS["show ipv6 address"].replace("3100:", "3200:")
    assert whats(again.judge(scrape(moved), 0)) == ["opened"]


def test_an_open_alarm_outlives_a_restart_and_closes_afterwards() -> None:
    again = Judge([("YamahaProcessorBusy", "")], {}, (BY_NAME["YamahaProcessorBusy"],))
    assert again.judge(scrape(with_load(90)), 0) == []  # it is open already
    again.judge(scrape(with_load(10)), 60)
    assert whats(again.judge(scrape(with_load(10)), 60 + CALM_SECONDS)) == ["closed"]


def uptime(text: str) -> TableSession:
    session = TableSession()
    session.answers["show environment"] = ANSWERS["show environment"].replace(
        "2days 01:00:00", text
    )
    return session


def test_a_restart_is_told_once() -> None:
    judge = only("YamahaRouterRestarted")
    assert judge.judge(scrape(uptime("2days 01:00:00")), 0) == []
    assert whats(judge.judge(scrape(uptime("0days 00:00:30")), 60)) == ["happened"]
    assert judge.judge(scrape(uptime("0days 00:01:30")), 120) == []


def test_a_restart_during_an_outage_is_told_though_the_uptime_grew() -> None:
    judge = only("YamahaRouterRestarted")
    judge.judge(scrape(uptime("0days 00:10:00")), 0)
    judge.judge(silence(), 3600)
    assert whats(judge.judge(scrape(uptime("0days 00:30:00")), 7200)) == ["happened"]


def test_what_the_toolkit_did_itself_is_no_news() -> None:
    judge = only("YamahaRouterRestarted")
    judge.judge(scrape(uptime("2days 01:00:00")), 0)
    assert judge.judge(scrape(uptime("0days 00:00:30")), 60, ours=lambda: True) == []
    assert judge.judge(scrape(uptime("0days 00:01:30")), 120) == []


def test_a_configuration_that_somebody_changed_is_told_once() -> None:
    judge = only("YamahaConfigChanged")
    other = TableSession()
    other.text += "ip route 10.0.0.0/8 gateway 192.168.100.9\n"
    asked: list[str] = []

    def ours() -> bool:
        asked.append("")
        return False

    assert judge.judge(scrape(), 0, ours=ours) == []
    assert asked == []  # journals are looked at only where something changed
    assert whats(judge.judge(scrape(other), 60, ours=ours)) == ["happened"]
    assert judge.judge(scrape(other), 120, ours=ours) == []


def test_a_service_that_never_was_connected_is_no_alarm_and_one_that_is_lost_is() -> None:
    judge = only("YamahaYnoDisconnected")
    for minute in range(60):
        assert judge.judge(scrape(), minute * 60) == []  # XMPP never was
    lost = TableSession()
    lost.answers["show status yno"] = "CWMP              :  未接続\nXMPP              :  未接続"
    judge.judge(scrape(lost), 3600)
    opened = judge.judge(scrape(lost), 3600 + 1800)
    assert [(each.what, each.subject) for each in opened] == [("opened", "CWMP")]


def test_ports_that_will_run_out_are_told_before_they_have() -> None:
    condition = RunningOut(limit=1.0, floor=0.6, ahead=3600.0)
    rising, level = Track(), Track()
    assert [condition.bad(rising, 0.4 + minute * 0.006, minute * 60) for minute in range(60)][-1]
    assert not any(condition.bad(level, 0.9, minute * 60) for minute in range(60))
    assert not condition.bad(Track(), 0.5, 0.0)
    assert len(rising.points) <= 61


def test_a_clock_that_is_set_changes_nothing_for_alarms() -> None:
    judge = only("YamahaProcessorBusy")
    found = []
    for minute in range(16):
        jumped = 1_800_000_000.0 + (minute % 2) * 10_000_000
        found += judge.judge(replace(scrape(with_load(95)), time=jumped), minute * 60)
    assert whats(found) == ["opened"]
