"""Every fault by its name: `lab fault` and the API are the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.lab import host
from yamaha_ops.lab.faults import Faults
from yamaha_ops.lab.mishaps import MISHAPS

if TYPE_CHECKING:
    from yamaha_ops.lab import Lab, LabRouter

SET = {
    "delay": ("0.5", "delay_seconds", 0.5),
    "jitter": ("0.25", "jitter_seconds", 0.25),
    "cut-bytes": ("100", "cut_after_bytes", 100),
    "cut-lines": ("3", "cut_after_lines", 3),
    "garble": ("50", "garble_every", 50),
    "truncate": ("2", "truncate_after_lines", 2),
    "pager": ("5", "page_every", 5),
    "lose-line": (None, "lose_first_line", True),
    "refuse-connections": (None, "refuse_connections", True),
    "refuse-logins": (None, "refuse_logins", True),
    "tftp-loss": ("0.5", "tftp_loss", 0.5),
}


def bring_about(lab: Lab, kind: str, *values: str) -> dict[str, object]:
    question: host.Reply = {"do": "fault", "router": "rtx1", "kind": kind, "values": list(values)}
    return host._answer(lab, question)


def state(router: LabRouter) -> dict[str, object]:
    return {name: getattr(router.faults, name) for name in Faults.__slots__ if name != "random"}


def test_every_fault_is_known_here() -> None:
    others = {"host-key", "power-cut", "power-on", "prefix", "other-administrator", "clear"}
    assert set(MISHAPS) == set(SET) | others


@pytest.mark.parametrize("kind", SET)
def test_one_fault_at_a_time(lab: Lab, router: LabRouter, kind: str) -> None:
    before = state(router)
    value, attribute, expected = SET[kind]
    assert bring_about(lab, kind, *([value] if value else [])) == {}
    assert state(router) == before | {attribute: expected}
    assert bring_about(lab, "clear") == {}
    assert state(router) == before


def test_what_happens_to_the_router_itself(lab: Lab, router: LabRouter) -> None:
    key = router.do(lambda device: device.public_key())
    assert bring_about(lab, "host-key") == {}
    assert router.do(lambda device: device.public_key()) != key
    assert bring_about(lab, "other-administrator", "ip lan1 mtu 1400", "syslog info off") == {}
    saved = router.saved
    assert saved is not None
    assert "ip lan1 mtu 1400\n" in saved.text
    assert bring_about(lab, "prefix", "none") == {}
    assert router.do(lambda device: device.world.offer.prefix) is None
    assert bring_about(lab, "prefix", "240b:10:0:3200::/64") == {}
    assert router.do(lambda device: device.world.offer.prefix) == "240b:10:0:3200::/64"
    assert bring_about(lab, "power-cut") == {}
    assert router.do(lambda device: device.on) is False
    assert bring_about(lab, "power-on") == {}
    assert router.do(lambda device: device.on) is True


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("delay", ["-1"]),
        ("delay", ["soon"]),
        ("delay", ["nan"]),
        ("delay", []),
        ("garble", ["0.5"]),
        ("tftp-loss", ["2"]),
        ("lose-line", ["1"]),
        ("prefix", ["here"]),
        ("other-administrator", ["ip lan1 mtu 1 2 3"]),
        ("nonsense", []),
    ],
)
@pytest.mark.usefixtures("router")
def test_what_is_no_fault(lab: Lab, kind: str, values: list[str]) -> None:
    answer = bring_about(lab, kind, *values)
    assert str(answer["error"]).startswith("not a fault: ")


@pytest.mark.usefixtures("router")
def test_an_unknown_router(lab: Lab) -> None:
    question: host.Reply = {"do": "fault", "router": "rtx9", "kind": "clear", "values": []}
    assert host._answer(lab, question)["error"] == "the lab has no router rtx9; it has rtx1"
