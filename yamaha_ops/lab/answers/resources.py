"""Packet buffers, external memory, licences (REF 58.49, 58.61, 58.69)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`show status packet-buffer`: layout, English in both languages", "REF 58.49"),
    assumed("Sizes and counts of the groups; they follow the world's shares", "one group is shown"),
    documented("`外部メモリが接続されていません` without a stick or card", "REF 58.61"),
    assumed("The rest of `show status external-memory`", "never seen"),
    documented("`show status license` prints nothing without a licence", "REF 58.69"),
    assumed("A licence imported by `ex-license` is not shown", "its layout is not known"),
)


GROUPS: Final = (
    ("small", 128, 10000),
    ("middle", 512, 10000),
    ("large", 2048, 10000),
    ("huge", 20000, 100),
)
"""Name, bytes of a packet, buffers at most."""
CHUNKS: Final = 4


@operation("show status packet-buffer", administrator=False)
def show_status_packet_buffer(caller: Caller, words: Words) -> Iterator[str]:
    """Print the packet buffers: all groups, or one."""
    if len(words) > 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    chosen = [group for group in GROUPS if not words or group[0] == words[0].lower()]
    if not chosen:
        raise Refusal(Problem.KEYWORD)
    names = [name for name, _, _ in GROUPS]
    shares = dict(zip(names, caller.router.world.packet_buffer, strict=True))
    for name, size, most in chosen:
        used = most * shares[name] // 100
        per_chunk = most // 16
        chunks = max(CHUNKS, -(-used // per_chunk))
        free = chunks * per_chunk - used
        yield f"{name} group: {size} bytes length"
        limits = f"max-free={most * 9 // 32} min-free={per_chunk // 10}"
        yield f"  parameters: max-buffer={most} {limits}"
        yield f"              buffers-in-chunk={per_chunk} initial-chunk={CHUNKS}"
        yield f"  {free} buffers in free list"
        yield f"  {used} buffers are allocated, req/succ/fail/rel = {used}/{used}/0/0"
        yield f"  {chunks} chunks are allocated, req/succ/fail/rel = {chunks}/{chunks}/0/0"


@operation("show status external-memory", administrator=False)
def show_status_external_memory(caller: Caller, words: Words) -> Iterator[str]:
    """Print what is plugged into USB and the microSD slot."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    absent = caller.say("No external memory is connected", "外部メモリが接続されていません")
    present = caller.say("External memory is connected", "外部メモリが接続されています")
    for name in ("usb1", "sd1"):
        there = any(path.startswith(f"{name}:") for path in caller.router.external)
        yield f"{name.upper()}: {present if there else absent}"


@operation("show status license", administrator=False, since="15.02.13")
def show_status_license(caller: Caller, words: Words) -> Iterator[str]:
    """Print nothing: the lab has no licence."""
    del caller
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    yield from ()
