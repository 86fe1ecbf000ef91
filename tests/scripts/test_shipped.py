"""Every shipped watch through alarm and recovery, on the lab's router, in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.scripts.trial import LUA
from yamaha_ops.lab.world import HOSTS, Flow, Host, Offer

if TYPE_CHECKING:
    from tests.scripts.trial import Trial

WATCHES = ("load-alarm", "mape-watch", "prefix-watch", "push-metrics", "reach-watch", "save-notice")
GREEDY = (*HOSTS, Host(3, "02:00:00:00:00:01", "camera", sessions=3000))
HOOK = {"NOTIFY_URL": "http://127.0.0.1/hook"}


def shared(script: str) -> str:
    """The part that the watches have in common."""
    source = (LUA / f"{script}.lua").read_text(encoding="ascii")
    return source[source.index("-- Shared with") : source.index("-- End of what is shared.")]


def test_what_is_shared_is_the_same_everywhere() -> None:
    assert len({shared(script) for script in WATCHES}) == 1


@pytest.mark.parametrize("script", WATCHES)
def test_the_header_names_every_variable_that_is_read(script: str) -> None:
    source = (LUA / f"{script}.lua").read_text(encoding="ascii")
    header = source.split("\n\n", 1)[0]
    read = set(re.findall(r'(?:getenv|setting)\("([A-Z0-9_]+)"', source))
    named = set(re.findall(r"^-- (?:Variables)? +([A-Z0-9]+_[A-Z0-9_]+) ", header, re.MULTILINE))
    assert read == named


@pytest.mark.parametrize("script", WATCHES)
def test_a_good_hour_leaves_no_word_in_the_log(trial: Trial, script: str) -> None:
    trial.set(REACH_WATCH_HOST="192.0.2.1", PUSH_METRICS_URL="http://127.0.0.1/metrics")
    assert trial.run(f"{script}.lua").said == []
    assert {log for _, log in trial.commands} <= {"off"}, "looking must not fill the log"


# --- mape-watch ----------------------------------------------------------------------------------


def test_too_many_sessions_are_told_once_and_their_end_once(trial: Trial) -> None:
    trial.world(300, hosts=GREEDY).world(1800, hosts=HOSTS).run("mape-watch.lua")
    assert trial.said == [
        (300, "[mape-watch] 3078 NAT sessions, 2000 are too many"),
        (1800, "[mape-watch] 78 NAT sessions again"),
    ]


def test_between_the_thresholds_nothing_changes(trial: Trial) -> None:
    for second, sessions in zip(count(60, 60), (2100, 1700, 2100, 1700, 1400, 1700), strict=False):
        trial.world(second, hosts=(Host(0, "02:00:00:00:00:01", sessions=sessions),))
    trial.run("mape-watch.lua")
    assert trial.texts == [
        "[mape-watch] 2100 NAT sessions, 2000 are too many",
        "[mape-watch] 1400 NAT sessions again",
    ]


def test_a_lost_line_has_no_ports_and_tells_when_it_has_them_again(trial: Trial) -> None:
    trial.world(300, offer=Offer(prefix=None)).world(900, offer=Offer())
    trial.run("mape-watch.lua")
    assert trial.texts == [
        "[mape-watch] the line has no ports: MAP-E is not established",
        "[mape-watch] the line has 240 ports",
    ]


def test_ports_that_are_not_the_expected_ones_are_told(trial: Trial) -> None:
    trial.set(MAPE_WATCH_PORTS=1008).run("mape-watch.lua")
    assert trial.said == [(0, "[mape-watch] the line has 240 ports")]


def test_a_descriptor_that_is_not_there_is_told_once(trial: Trial) -> None:
    trial.set(MAPE_WATCH_DESCRIPTOR=7).run("mape-watch.lua")
    assert trial.said == [(0, "[mape-watch] NAT descriptor 7 is not in use")]


def test_a_broken_list_of_ranges_is_put_together_again(trial: Trial) -> None:
    trial.canned["show nat descriptor address 1000"] = lambda: (
        "  Port range: 4880-4895, 8976-8991, 25\n360-25375, 49936-4\n9951   21\n99 session.\n"
    )
    trial.run("mape-watch.lua")
    assert trial.said == [(0, "[mape-watch] 2199 NAT sessions, 2000 are too many")]
    trial.set(MAPE_WATCH_PORTS=64).run("mape-watch.lua")
    assert len(trial.said) == 1, "4 ranges of 16 are 64 ports"


# --- prefix-watch --------------------------------------------------------------------------------


def test_another_prefix_is_told_and_so_is_none(trial: Trial) -> None:
    trial.world(300, offer=Offer(prefix="240b:10:0:9900::/64"))
    trial.world(900, offer=Offer(prefix=None)).world(1500, offer=Offer())
    trial.run("prefix-watch.lua")
    assert trial.texts == [
        "[prefix-watch] LAN1 has the IPv6 address 240b:10:0:9900::1/64",
        "[prefix-watch] LAN1 has no IPv6 prefix",
        "[prefix-watch] LAN1 has the IPv6 address 240b:10:0:3100::1/64",
    ]


def test_a_prefix_that_is_no_longer_renewed_is_told(trial: Trial) -> None:
    left = iter([3000, 1200, 540, 480, 420, 604800, 604800])
    trial.canned["show ipv6 address lan1"] = lambda: (
        f" Global     240b:10::1/64 (lifetime: {next(left, 604800)}/700000)\n"
    )
    trial.run("prefix-watch.lua")
    assert trial.texts == [
        "[prefix-watch] 240b:10::1/64 is not renewed: 540 seconds are left",
        "[prefix-watch] 240b:10::1/64 is renewed again",
    ]


# --- load-alarm ----------------------------------------------------------------------------------


def test_load_is_told_with_hysteresis(trial: Trial) -> None:
    for second, load in zip(count(60, 60), (90, 70, 85, 65, 55, 75), strict=False):
        trial.world(second, cpu=(load, load, load))
    trial.run("load-alarm.lua")
    assert trial.texts == ["[load-alarm] CPU at 90 percent", "[load-alarm] CPU back at 55 percent"]


def test_memory_is_told_too(trial: Trial) -> None:
    trial.set(LOAD_ALARM_MEMORY=50).world(60, memory=51).world(600, memory=20)
    trial.run("load-alarm.lua")
    assert trial.texts == [
        "[load-alarm] memory at 51 percent",
        "[load-alarm] memory back at 20 percent",
    ]


DEVICES = """
rt.hw.open = function(name)
  if name == ABSENT then return nil, "no such device" end
  local function say(what) return function(_, ...)
    rt.syslog("notice", name .. " " .. what .. " " .. table.concat({...}, " "))
  end end
  return { blink = say("blink"), on = say("on"), off = say("off"), tone = say("tone"),
    close = say("close"), read = say("read") }
end
"""


def test_the_light_blinks_while_it_lasts_and_the_buzzer_sounds_once(trial: Trial) -> None:
    trial.world(60, cpu=(0, 90, 0)).world(120, memory=90).world(600, cpu=(0, 5, 0))
    trial.world(1200, memory=5).run("load-alarm.lua", before=DEVICES)
    assert [(text.split()[0], text.split()[1]) for text in trial.texts if "tone" not in text] == [
        ("[load-alarm]", "CPU"),
        ("status-led1", "blink"),
        ("buzzer1", "off"),
        ("buzzer1", "close"),
        ("[load-alarm]", "memory"),
        ("status-led1", "blink"),
        ("buzzer1", "off"),
        ("buzzer1", "close"),
        ("[load-alarm]", "CPU"),
        ("[load-alarm]", "memory"),
        ("status-led1", "off"),
        ("status-led1", "close"),
    ]
    assert [text for text in trial.texts if "tone" in text][:4] == [
        f"buzzer1 tone {tone}" for tone in ("B2", "E3", "B3", "B4")
    ]


@pytest.mark.parametrize("absent", ["status-led1", "buzzer1"])
def test_a_missing_device_is_done_without(trial: Trial, absent: str) -> None:
    trial.world(60, cpu=(0, 90, 0)).world(600, cpu=(0, 5, 0))
    trial.run("load-alarm.lua", before=DEVICES.replace("ABSENT", f'"{absent}"'))
    assert not [text for text in trial.texts if text.startswith(absent)]
    assert len([text for text in trial.texts if text.startswith("[load-alarm]")]) == 2


def test_the_buzzer_can_be_left_out(trial: Trial) -> None:
    trial.set(LOAD_ALARM_BUZZER=0).world(60, cpu=(0, 90, 0)).run("load-alarm.lua", before=DEVICES)
    assert not [text for text in trial.texts if text.startswith("buzzer1")]


# --- reach-watch ---------------------------------------------------------------------------------


def test_a_silent_host_is_told_after_patience_and_when_it_answers(trial: Trial) -> None:
    trial.set(REACH_WATCH_HOST="192.0.2.1", REACH_WATCH_SOURCE="192.168.100.1")
    trial.world(300, offer=Offer(prefix=None)).world(900, offer=Offer())
    trial.run("reach-watch.lua")
    assert trial.commands[0] == ("ping -c 5 -sa 192.168.100.1 192.0.2.1", "off")
    assert trial.said == [
        (360, "[reach-watch] 192.0.2.1 does not answer: 100 percent lost"),
        (960, "[reach-watch] 192.0.2.1 answers again after 660 seconds"),
    ]


@pytest.mark.parametrize("row", ["5 packets transmitted, 3 received, 40.0% packet loss"])
def test_a_few_lost_pings_are_not_an_outage(trial: Trial, row: str) -> None:
    trial.set(REACH_WATCH_HOST="h").canned["ping -c 5 h"] = lambda: row
    assert trial.run("reach-watch.lua").said == []


@pytest.mark.parametrize("host", ["", "x;save", "x&y", '"a\\ b"'])
def test_what_is_no_host_never_becomes_a_command(trial: Trial, host: str) -> None:
    if host:
        trial.set(REACH_WATCH_HOST=host)
    trial.run("reach-watch.lua")
    assert trial.commands == []
    assert trial.texts == ["[reach-watch] REACH_WATCH_HOST is not set, or no address or name"]


# --- save-notice ---------------------------------------------------------------------------------


def test_every_save_is_told_and_its_own_word_is_not_taken_for_one(trial: Trial) -> None:
    trial.set(**HOOK, NOTIFY_NAME="home")
    trial.at(100, lambda: trial.router.log.add('Configuration saved in "CONFIG0" by TELNET'))
    trial.at(200, lambda: trial.router.log.add('Configuration saved in "CONFIG1" by SSH'))
    trial.run("save-notice.lua")
    assert trial.said == [
        (100, "[save-notice] CONFIG0 was saved by TELNET"),
        (200, "[save-notice] CONFIG1 was saved by SSH"),
    ]
    assert [json.loads(request["post_text"]) for request in trial.requests] == [
        {"text": "home save-notice: CONFIG0 was saved by TELNET"},
        {"text": "home save-notice: CONFIG1 was saved by SSH"},
    ]


# --- push-metrics --------------------------------------------------------------------------------


def test_metrics_are_pushed_in_the_text_format(trial: Trial) -> None:
    trial.router.set_world(replace(trial.router.world, cpu=(100, 7, 12)))
    trial.set(
        PUSH_METRICS_URL="http://127.0.0.1:9091/metrics/job/rtx",
        PUSH_METRICS_LABELS="'site=\"tokyo\"'",
        PUSH_METRICS_DESCRIPTOR=1000,
        PUSH_METRICS_TUNNEL=1,
    )
    trial.run("push-metrics.lua", until=120)
    request = trial.requests[0]
    assert {key: request[key] for key in ("url", "method", "content_type")} == {
        "url": "http://127.0.0.1:9091/metrics/job/rtx",
        "method": "POST",
        "content_type": "text/plain",
    }
    rows = dict(row.rsplit(" ", 1) for row in request["post_text"].splitlines())
    assert request["post_text"].endswith("\n")
    assert request["post_text"].isascii()
    site = 'site="tokyo"'
    assert rows == {
        f'yamaha_cpu_utilization_ratio{{window="5s",{site}}}': "1",
        f'yamaha_cpu_utilization_ratio{{window="1m",{site}}}': "0.07",
        f'yamaha_cpu_utilization_ratio{{window="5m",{site}}}': "0.12",
        f"yamaha_memory_used_ratio{{{site}}}": "0.21",
        f'yamaha_nat_sessions{{descriptor="1000",{site}}}': "78",
        f'yamaha_tunnel_receive_packets_total{{tunnel="1",protocol="ipv4",{site}}}': rows[
            f'yamaha_tunnel_receive_packets_total{{tunnel="1",protocol="ipv4",{site}}}'
        ],
        f'yamaha_tunnel_transmit_packets_total{{tunnel="1",protocol="ipv4",{site}}}': rows[
            f'yamaha_tunnel_transmit_packets_total{{tunnel="1",protocol="ipv4",{site}}}'
        ],
        f"yamaha_push_time_seconds{{{site}}}": str(int(trial.begun)),
    }
    assert len(trial.requests) == 3


def test_a_gateway_that_does_not_answer_is_told_once(trial: Trial) -> None:
    trial.set(PUSH_METRICS_URL="http://127.0.0.1/x")
    trial.at(100, lambda: setattr(trial, "web", None))
    trial.at(1000, lambda: setattr(trial, "web", 500))
    trial.at(2000, lambda: setattr(trial, "web", 204))
    trial.run("push-metrics.lua")
    assert trial.said == [
        (120, "[push-metrics] metrics are not taken: no answer"),
        (1020, "[push-metrics] metrics are not taken: status 500"),
        (2040, "[push-metrics] metrics are taken again"),
    ]


def test_without_an_address_it_says_so_and_ends(trial: Trial) -> None:
    assert trial.run("push-metrics.lua").said == [(0, "[push-metrics] PUSH_METRICS_URL is not set")]


# --- the scripts that do not share ---------------------------------------------------------------


def test_a_tunnel_that_only_sends_is_told_and_when_it_receives_again(trial: Trial) -> None:
    busy = trial.router.world.tunnel
    trial.world(300, tunnel=replace(busy, receive=Flow(1000, 1000)))
    trial.world(1200, tunnel=busy).run("tunnel-watch.lua")
    assert [text.partition("] ")[2] for text in trial.texts] == [
        "TUNNEL[1] sends but has received nothing for 180 seconds",
        "TUNNEL[1] receives again",
    ]


def test_the_provider_is_told_the_address_at_each_new_prefix(trial: Trial) -> None:
    trial.set(V6PLUS_NOTIFY_USER="u", V6PLUS_NOTIFY_PASSWORD="planted-pass")
    trial.at(500, lambda: trial.router.log.add("Add IPv6 prefix 240b:10:0:9900::/64 via LAN1"))
    trial.run("v6plus-notify.lua")
    assert [request["url"] for request in trial.requests] == [
        "http://fcs.enabler.ne.jp/update?user=u&pass=planted-pass"
    ] * 2
    assert "planted" not in str(trial.said)


# --- the shared part -----------------------------------------------------------------------------


def test_what_cannot_be_sent_while_the_line_is_down_is_sent_later_in_order(trial: Trial) -> None:
    trial.set(**HOOK, NOTIFY_FIELD="content").at(0, lambda: None)
    trial.world(300, hosts=GREEDY).at(290, lambda: setattr(trial, "web", None))
    trial.world(600, hosts=HOSTS).at(890, lambda: setattr(trial, "web", 204))
    trial.run("mape-watch.lua")
    taken = trial.requests[-2:]
    assert [json.loads(request["post_text"]) for request in taken] == [
        {"content": "rtx mape-watch: 3078 NAT sessions, 2000 are too many"},
        {"content": "rtx mape-watch: 78 NAT sessions again"},
    ]
    assert len(trial.said) == 2, "the log holds each of them once however often it is sent"


def test_a_hook_that_never_answers_keeps_the_watch_alive_and_its_memory_small(trial: Trial) -> None:
    trial.set(**HOOK, MAPE_WATCH_HIGH=50, MAPE_WATCH_LOW=40).web = None
    for second, sessions in zip(count(60, 60), [60, 30] * 30, strict=False):
        trial.world(second, hosts=(Host(0, "02:00:00:00:00:01", sessions=sessions),))
    trial.run("mape-watch.lua")
    assert len(trial.said) > 50
    trial.web = 200
    assert len(trial.requests) <= 61, "one try a look"
