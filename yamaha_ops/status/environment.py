"""``show environment``: model, firmware, load, files, clock (REF 57.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.fields import gather, moment, seconds
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from datetime import datetime

    from yamaha_ops.status.fields import FieldReader, Fields
    from yamaha_ops.status.grammar import Reader


@dataclass(frozen=True, slots=True)
class PacketBuffer:
    """Used share (0..1) of each class of packet buffer."""

    small: float | None = None
    middle: float | None = None
    large: float | None = None
    huge: float | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """What the router says of itself; None for every line it does not print.

    Ratios are 0..1; the processor's are averages over 5 seconds, 1 and 5 minutes, over all cores.
    ``temperature_celsius`` exists only on models with a sensor: an RTX830 has none (REF 57.1).
    """

    model: str | None = None
    firmware: str | None = None
    serial: str | None = None
    cpu_5s_ratio: float | None = None
    cpu_1m_ratio: float | None = None
    cpu_5m_ratio: float | None = None
    memory_used_ratio: float | None = None
    packet_buffer_used_ratio: PacketBuffer | None = None
    boot_time: datetime | None = None
    current_time: datetime | None = None
    uptime_seconds: int | None = None
    temperature_celsius: float | None = None
    config_file: str | None = None
    default_config_file: str | None = None


GRAMMAR = Grammar(
    labels={
        "CPU": "load",
        "main": "main",
        "Packet-buffer": "buffers",
        "Firmware": "files",
        "実行中ファームウェア": "files",
        "実行中設定ファイル": "files",
        "Default firmware": "default_files",
        "デフォルトファームウェア": "default_files",
        "デフォルト設定ファイル": "default_files",
        "Boot time": "boot_time",
        "起動時刻": "boot_time",
        "Current time": "current_time",
        "現在の時刻": "current_time",
        "Elapsed time from boot": "uptime",
        "起動からの経過時間": "uptime",
        "Inside Temperature(C.)": "temperature",
        "Serial Baudrate": IGNORED,
        "シリアルボーレート": IGNORED,
        "Security Class": IGNORED,
    },
    forms=(
        ("revision", re.compile(r"[A-Za-z][\w-]* Rev\.\d")),
        (IGNORED, re.compile(r"[A-Za-z][\w-]* (?:BootROM|FlashROM)")),
        ("buffers", re.compile(r"[^:%]{1,40}:\s+\d{1,3}%\(small\)")),
        ("temperature", re.compile(r"筐体内温度")),
    ),
)

_REVISION = re.compile(r"(\S+) (Rev\.\S+)")
_SERIAL = re.compile(r"serial=(\S+)")
_WINDOWS = re.compile(r"(\d{1,3})%\((5sec|1min|5min)\)", re.ASCII)
_MEMORY = re.compile(r"(?:Memory|メモリ):\s*(\d{1,3})%", re.ASCII)
_BUFFERS = re.compile(r"(\d{1,3})%\((small|middle|large|huge)\)", re.ASCII)
_CONFIG_FILE = re.compile(r"(?:[Cc]onfig\. file|設定ファイル):\s*(\S+)")
_TEMPERATURE = re.compile(r"[^:]*:\s*(-?\d{1,3}(?:\.\d)?)", re.ASCII)

_LOAD_FIELDS = {"5sec": "cpu_5s_ratio", "1min": "cpu_1m_ratio", "5min": "cpu_5m_ratio"}


def parse(text: str | bytes, command: str) -> tuple[Environment, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    # With `detail` a line per core may follow the load: the first one is the average.
    return Environment(**gather(reader, reader, _READERS)), reader


def _revision(_value: str, line: str) -> Fields:
    found = _REVISION.match(line)
    return {"model": found[1], "firmware": found[2]} if found else None


def _main(value: str, _line: str) -> Fields:
    found = _SERIAL.search(value)
    return {"serial": found[1]} if found else None


def _load(value: str, _line: str) -> Fields:
    read = {_LOAD_FIELDS[window]: values.ratio(used) for used, window in _WINDOWS.findall(value)}
    memory = _MEMORY.search(value)
    if memory:
        read["memory_used_ratio"] = values.ratio(memory[1])
    return read or None


def _buffers(_value: str, line: str) -> Fields:
    read = {size: values.ratio(used) for used, size in _BUFFERS.findall(line)}
    return {"packet_buffer_used_ratio": PacketBuffer(**read)} if read else None


def _file(name: str) -> FieldReader:
    def read(_value: str, line: str) -> Fields:
        found = _CONFIG_FILE.search(line)
        return {name: found[1]} if found else None

    return read


def _temperature(_value: str, line: str) -> Fields:
    found = _TEMPERATURE.match(line)
    return {"temperature_celsius": float(found[1])} if found else None


_READERS = {
    "revision": _revision,
    "main": _main,
    "load": _load,
    "buffers": _buffers,
    "files": _file("config_file"),
    "default_files": _file("default_config_file"),
    "boot_time": moment("boot_time"),
    "current_time": moment("current_time"),
    "uptime": seconds("uptime_seconds"),
    "temperature": _temperature,
}
