"""``show status pp N``: a PPPoE (or other PPP) session (REF 58.3).

State sentences are matched as wholes: "connect" stands in "never connected" as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.fields import gather, seconds, traffic, word
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.status.fields import Fields
    from yamaha_ops.status.grammar import Line, Reader

STATES = {
    "Current PPPoE session status is Connected.": "connected",
    "Current PPPoE session status is In connecting process.": "connecting",
    "Current PPPoE session status is Offline.": "offline",
    "Current PPPoE session status is Offline, never connected.": "never_connected",
    "Current PPPoE session status is disabled.": "disabled",
    "Current line status is disabled.": "disabled",
    "PPPoEセッションは接続されています": "connected",
    "PPTPセッションは接続されています": "connected",
    "PPPoEセッションは接続処理中です": "connecting",
    "PPPoEセッションは継っていません": "offline",
    "PPPoEセッションは一度も継っていません": "never_connected",
    "PPPoEセッションは現在使用できません": "disabled",
    "回線は現在使用できません": "disabled",
}
"""Every recorded state sentence, as the firmware writes it (継って, not 繋がって)."""

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PP:
    """One PP. ``state`` is connected, connecting, offline, never_connected, disabled or unknown.

    It is None where the text holds no sentence of state. Counters restart at every connection.
    ``pp`` is None for ``PP[anonymous]``.
    """

    pp: int | None = None
    description: str | None = None
    state: str | None = None
    peer: str | None = None
    connected_seconds: int | None = None
    receive_packets: int | None = None
    receive_bytes: int | None = None
    transmit_packets: int | None = None
    transmit_bytes: int | None = None
    local_address: str | None = None
    remote_address: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A state sentence out of its answer; ``state`` is None for a mere label."""

    text: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Sentences:
    """State sentences out of their answers, as people note them down."""

    sentences: tuple[Sentence, ...] = ()


GRAMMAR = Grammar(
    labels={
        "Description": "description",
        "説明": "description",
        "Access Concentrator": "peer",
        "接続相手": "peer",
        "通信時間": "connected",
        "Received": "receive",
        "受信": "receive",
        "Transmitted": "transmit",
        "送信": "transmit",
        "CCP": IGNORED,
        # About the connection before this one: its phrase must not become the state.
        "Last PPPoE session status": "last",
        "直前のPPPoEセッションの状態": "last",
    },
    sentences=dict.fromkeys(STATES, "state")
    | dict.fromkeys(("PPP Cofigure Options", "PPP Configure Options", "PPPオプション"), IGNORED),
    forms=(
        ("head", re.compile(r"PP\[[^\]]+\]:\s*$")),
        ("addresses", re.compile(r"\s*PP IP Address Local")),
        (
            "connected",
            re.compile(r"(?:\d+ (?:days?|hours?|minutes?|seconds?)\s+)+connection", re.ASCII),
        ),
        ("state", re.compile(r"Current \S+ (?:session |line )?status is ")),
        ("state", re.compile(r"(?:PPPoEセッション|PPTPセッション|回線)は")),
        (IGNORED, re.compile(r"\s*(?:LCP|IPCP|IPV6CP|CCP|CBCP) Local", re.ASCII)),
    ),
)

_HEAD = re.compile(r"PP\[(\d{1,4})\]", re.ASCII)
_ADDRESSES = re.compile(r"PP IP Address Local: ([^\s,]+), Remote: (\S+)")


def parse(text: str | bytes, command: str) -> tuple[PP | Sentences, Reader]:
    """Read one answer.

    Sentences without the head of an answer, asked for without a number, give a `Sentences`.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    sentences: list[Sentence] = []
    read = gather(reader, _set_apart(reader, sentences), _READERS)
    if sentences and not read and not command.rsplit(maxsplit=1)[-1].isdigit():
        return Sentences(tuple(sentences)), reader
    # The state is the first sentence of the answer: later ones tell about the past.
    states = [sentence.state for sentence in sentences if sentence.state]
    return PP(state=next(iter(states), None), **read), reader


def _set_apart(reader: Reader, sentences: list[Sentence]) -> Iterator[Line]:
    """Take the sentences out of the lines; an unknown one is a sentence, and not understood."""
    for key, value, line in reader:
        if key == "state":
            state = STATES.get(value, UNKNOWN)
            sentences.append(Sentence(value, state))
            if state == UNKNOWN:
                reader.reject(line)
        elif key == "last":
            sentences.append(Sentence(line.strip(), None))
        else:
            yield key, value, line


def _head(value: str, _line: str) -> Fields:
    found = _HEAD.match(value)
    return {"pp": int(found[1]) if found else None}


def _addresses(value: str, _line: str) -> Fields:
    found = _ADDRESSES.match(value)
    if found is None:
        return None
    local, remote = map(values.present, found.groups())
    return {"local_address": local, "remote_address": remote}


_READERS = {
    "head": _head,
    "description": word("description"),
    "peer": word("peer"),
    "connected": seconds("connected_seconds"),
    "receive": traffic("receive"),
    "transmit": traffic("transmit"),
    "addresses": _addresses,
}
