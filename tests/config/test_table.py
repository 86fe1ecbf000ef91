"""The command table as data: complete, consistent, and enough to make and unmake every setting."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from yamaha_ops.config import Interpreter
from yamaha_ops.config.references import level
from yamaha_ops.config.setting import Setting
from yamaha_ops.config.statement import read
from yamaha_ops.config.table import Entry, Slot, commands

SHARED = Path(__file__).parents[3] / "shared/data/commands.json"
TAGS = {
    "action", "after", "asks", "block", "clears", "commas", "defines", "device", "disables", "down",
    "each", "exclusive", "group", "host32", "loss", "no", "options", "risk", "schedule", "secret",
    "select", "set", "tail", "text", "uses", "whole",
}  # fmt: skip
SETTINGS = [
    entry for entry in commands().entries if not {"action", "select", "block"} & set(entry.tags)
]


def example(entry: Entry) -> str:
    words = [slot.literal or _parameter(slot) for slot in entry.slots]
    fewest = entry.arity[0] - entry.splits
    return " ".join(words + ["1"] * max(fewest, 0))


SAMPLES = (
    "1", "lan1", "bridge1", "in", "default", "a=1", "call", "ip", "tcp", "protocol=tcp", "port=80",
    "primary=1", "server=1", "line", "user",
)  # fmt: skip


def _parameter(slot: Slot) -> str:
    pattern = re.compile(slot.pattern, re.IGNORECASE)
    return next(sample for sample in SAMPLES if pattern.fullmatch(sample))


def test_every_row_says_only_what_the_code_knows() -> None:
    for entry in commands().entries:
        assert entry.context in {"global", "pp", "tunnel", "pp_or_tunnel", "switch"}, entry.template
        assert set(entry.tags) <= TAGS, entry.template
    templates = [(entry.template, entry.context) for entry in commands().entries]
    assert len(templates) == len(set(templates))


def test_what_is_used_can_be_defined() -> None:
    defined = {entry.tags.get("defines") for entry in commands().entries}
    for entry in commands().entries:
        for use in entry.tags.get("uses", "").split():
            assert use.partition("@")[0] in defined, entry.template


def test_references_have_no_circle() -> None:
    """A level exists for every row, and objects stand below what uses them."""
    levels = {entry.template: level(entry) for entry in commands().entries}
    assert levels["ip filter {filter_num}"] == 0
    assert levels["ip filter dynamic {dyn_filter_num}"] == 1
    assert levels["ip tunnel secure filter {direction}"] > 1
    assert levels["tunnel enable {tunnel:all|[0-9-]+}"] > levels["tunnel encapsulation"]
    assert levels["ip route {network}"] > levels["tunnel enable {tunnel:all|[0-9-]+}"]


@pytest.mark.parametrize("context", ["global", "pp", "tunnel", "pp_or_tunnel", "switch"])
def test_every_setting_can_be_made_and_removed(context: str) -> None:
    for entry in SETTINGS:
        if entry.context != context:
            continue
        interpreter = Interpreter()
        if context != "global":
            kind = "pp" if context == "pp_or_tunnel" else context
            interpreter.execute(f"{kind} select 1")
        line = example(entry)
        interpreter.execute(line)
        (setting,) = interpreter.configuration.settings.values()
        assert setting.entry is entry or setting.entry.rank > entry.rank, line
        assert setting.removal.startswith("no ")
        interpreter.execute(setting.removal)
        assert not interpreter.configuration.settings, setting.removal


def test_a_keyword_is_never_taken_for_a_shorter_command() -> None:
    told = read("sshd host key generate 2869 AAAA")
    assert isinstance(told, Setting)
    assert told.entry.template == "sshd host key generate"


MERGED = {"4.2": "4.1", "4.4": "4.3"}
"""The encrypted form of a password is the same setting as the plain one."""
PARAMETERS = {
    "interface": "lan1",
    "interface/sub_interface": "lan1/1",
    "phys_lan_interface": "lan1",
    "bridge_interface": "bridge1",
    "direction": "in",
    "dir": "in",
    "call_arrive": "call",
    "type": "winny",
    "switch": "on",
    "protocol": "tcp",
    "ip_address-ip_address": "10.0.0.1-10.0.0.9",
    "proxy": "ra-prefix@lan2::1/64",
}


@pytest.mark.skipif(not SHARED.exists(), reason=f"no table at {SHARED}")
def test_every_documented_command_is_known() -> None:
    """Corrections split and join rows, but no documented command is lost."""
    for row in json.loads(SHARED.read_text(encoding="utf-8")):
        line = re.sub(r"\{([^}]+)\}", lambda found: PARAMETERS.get(found[1], "1"), row["template"])
        # Where the table was printed without its last key parameter, one follows here.
        found = [commands().candidates(f"{line}{more}".split()) for more in (" in", " 1 in")]
        references = {entry.reference for entries in found for entry in entries}
        assert MERGED.get(row["ref"], row["ref"]) in references, line
