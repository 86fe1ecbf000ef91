"""``rt.hw``: light and sound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.lab.scripting import said, script

if TYPE_CHECKING:
    from yamaha_ops.lab import Lab, LabRouter


def test_light_and_sound_are_there_to_be_seen(lab: Lab, router: LabRouter) -> None:
    source = """
        local led = rt.hw.open("status-led1")
        led:blink(500, 250)
        local buzzer = rt.hw.open("buzzer1")
        for _, tone in ipairs({ "B2", "E3", "B3", "B4" }) do buzzer:tone(tone) end
    """
    assert script(lab, router, source) == ""
    panel = router.device.panel
    assert (panel.led, panel.sound, panel.tones) == (
        "blink 500 250",
        "B4",
        ["B2", "E3", "B3", "B4"],
    )
    more = """
        local led, buzzer = rt.hw.open("status-led1"), rt.hw.open("buzzer1")
        led:on()
        buzzer:off()
        led:close()
    """
    assert script(lab, router, more) == ""
    assert (panel.led, panel.sound) == ("on", "")
    assert script(lab, router, "rt.hw.open('status-led1'):off()") == ""
    assert panel.led == "off"


def test_a_restart_leaves_the_panel_dark(lab: Lab, router: LabRouter) -> None:
    assert script(lab, router, "rt.hw.open('status-led1'):on()") == ""
    router.power_cut()
    router.power_on()
    assert router.device.panel.led == "off"


def test_load_of_the_processor(lab: Lab, router: LabRouter) -> None:
    router.change_world(replace(router.device.world, cpu=(7, 42, 3)))
    source = """
        local load = rt.hw.open("cpu1"):read()
        rt.syslog("info", load.load_5s .. " " .. load.load_1m .. " " .. load.load_5m)
    """
    assert script(lab, router, source) == ""
    assert said(router) == ["7 42 3"]


def test_what_is_not_there(lab: Lab, router: LabRouter) -> None:
    source = """
        for _, name in ipairs({ "thermometer1", "memory1", "usb1", "status-led2" }) do
          local device, problem = rt.hw.open(name)
          rt.syslog("info", tostring(device) .. " " .. problem)
        end
        rt.syslog("info", tostring(rt.hw.open("cpu1").blink))
    """
    assert script(lab, router, source) == ""
    assert said(router) == ["nil no such device"] * 4 + ["nil"]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("rt.hw.open()", "bad argument #1 to 'open' (string expected, got nil)"),
        ("rt.hw.open('buzzer1'):tone('C4')", "bad argument #1 to 'tone' (invalid tone)"),
        (
            "rt.hw.open('status-led1'):blink(500)",
            "bad argument #2 to 'blink' (number expected, got nil)",
        ),
        ("rt.hw.open('status-led1'):blink(0, 1)", "bad argument #1 to 'blink' (out of range)"),
        ("local d = rt.hw.open('cpu1') d:close() d:read()", "closed device"),
        ("rt.hw.open('cpu1'):on()", "attempt to call method 'on' (a nil value)"),
    ],
)
def test_wrong_use_is_told(lab: Lab, router: LabRouter, call: str, problem: str) -> None:
    assert script(lab, router, call) == f"lua: /lua/x.lua:1: {problem}"
