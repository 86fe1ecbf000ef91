"""``show nat descriptor address`` and the masquerade session commands (REF 58.14-58.19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lan import leases
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded(
        "Japanese head and port list of a MAP-E descriptor", "RTX830/show_nat_descriptor_address"
    ),
    recorded("English head, port list with the session count, host table", "RTX1300/show_nat_*"),
    assumed(
        "The session count behind a Japanese port list: `   N session.`", "the recording is cut"
    ),
    assumed("The host table in Japanese", "the recording is cut"),
    assumed("The limit column of an RTX830 says 65534", "the table size; RTX1300 says 250000"),
    assumed("A descriptor without an address shows its head and `-`", "never seen"),
    documented("`... port summary` is refused with compatibility types 2 and 3", "REF 58.17"),
    assumed(
        "`... session summary`: one row a descriptor, `current/max` and peak", "published pattern"
    ),
    assumed(
        "`... session statistics`: one row a host", "only its contents are documented (REF 58.19)"
    ),
    assumed("`detail` prints the same summary", "single entries are not emulated"),
)

LIMIT: Final = 65_534
RULER: Final = "  " + "    ".join(["-*-"] * 11)


@dataclass(frozen=True, slots=True)
class Applied:
    """A descriptor in use: where, and what it has."""

    number: int
    interface: str
    source: str | None
    address: str | None
    ranges: Sequence[tuple[int, int]]
    sessions: Sequence[tuple[str, int]]
    """Inner address and session count of each host."""


def applied(caller: Caller) -> Iterator[Applied]:
    """Yield the descriptors that interfaces use, in the order of their numbers."""
    router = caller.router
    view, mapping = router.view, router.line.mapping
    for tunnel in router.line.tunnels:
        used = view.first("ip", "tunnel", "nat", "descriptor", context=f"tunnel{tunnel.number}")
        for word in used or ():
            if not word.isdigit():
                continue
            outer = view.value("nat", "descriptor", "address", "outer", word, default="ipcp")
            up = router.up_since(f"tunnel{tunnel.number}") is not None
            here = f"TUNNEL[{tunnel.number}](1)"
            hosts = [(lease.address, lease.host.sessions) for lease in leases(router)]
            busy = sorted(((a, n) for a, n in hosts if n), key=lambda each: -each[1])
            sessions = busy if up and tunnel.answered else []
            if outer == "map-e":
                known = mapping if up else None
                yield Applied(
                    int(word), here, "map-e", known.ipv4 if known else None,
                    known.ports.ranges if known else (), sessions,
                )  # fmt: skip
            else:
                ranges = ((60000, 64095), (49152, 59999), (44096, 49151))
                yield Applied(int(word), here, None, outer if up else None, ranges, sessions)


@operation("show nat descriptor address", administrator=False)
def show_nat_descriptor_address(caller: Caller, words: Words) -> Iterator[str]:
    """Print the address map: ``[N|all] [detail]``."""
    wanted = [word for word in words if word not in {"all", "detail"}]
    if len(wanted) > 1 or any(not word.isdigit() for word in wanted):
        raise Refusal(Problem.PARAMETER_COUNT)
    kind = caller.router.view.value("nat", "descriptor", "backward-compatibility", default="2")
    yield caller.say(
        f"NAT/IP masquerade compatibility type : {kind}",
        f"NAT/IPマスカレード 動作タイプ : {kind}",
    )
    for descriptor in applied(caller):
        if not wanted or str(descriptor.number) in wanted:
            yield from _map(caller, descriptor)


def _map(caller: Caller, descriptor: Applied) -> Iterator[str]:
    say = caller.say
    address = descriptor.address or "-"
    if descriptor.source:
        address = f"{descriptor.source}/{address}"
    ports = ", ".join(f"{low}-{high}" for low, high in descriptor.ranges)
    total = sum(count for _, count in descriptor.sessions)
    yield say(
        f"Reference Descriptor : {descriptor.number}, Assigned Interface : {descriptor.interface}",
        f"参照NATディスクリプタ : {descriptor.number}, 適用インタフェース : {descriptor.interface}",
    )
    yield say("Masquerade Table", "Masqueradeテーブル")
    yield say("    Outer address: ", "    外側アドレス: ") + address
    yield say("    Port range: ", "    ポート範囲: ") + f"{ports}   {total} session."
    if descriptor.sessions:
        yield RULER
        yield say(
            f"{'No.':>9}{'Inner':>19}{'Session Count':>16}{'Limit':>16}{'Type':>13}",
            f"{'No.':>9}{'内側アドレス':>13}{'セッション数':>10}{'制限値':>13}{'種別':>11}",
        )
        for number, (inner, count) in enumerate(descriptor.sessions, 1):
            yield f"{number:>8}{inner:>20}{count:>16}{LIMIT:>16}{'dynamic':>16}"


@operation("show nat descriptor masquerade session", administrator=False)
def show_sessions(caller: Caller, words: Words) -> Iterator[str]:
    """Print ``[N] summary``, or ``statistics [N]`` (15.02.09)."""
    if words[:1] == ("statistics",):
        if not caller.router.hardware.since("15.02.09"):
            raise Refusal(Problem.KEYWORD)
        yield from _statistics(caller, words[1:])
    elif words[-1:] == ("summary",):
        yield from _summary(caller, words[:-1])
    else:
        raise Refusal(Problem.PARAMETER_COUNT)


def _summary(caller: Caller, numbers: Words) -> Iterator[str]:
    yield caller.say(
        "Interface     Desc Num  Outer address         Current/Max      Peak",
        "インタフェース 番号     外側アドレス          現在/最大        ピーク",
    )
    for each in applied(caller):
        if not numbers or str(each.number) in numbers:
            total = sum(count for _, count in each.sessions)
            name = each.interface.removesuffix("(1)")
            yield (
                f"{name:<13} {each.number:<9} {each.address or '-':<21} {total}/{LIMIT:<10} {total}"
            )


def _statistics(caller: Caller, numbers: Words) -> Iterator[str]:
    yield caller.say(
        "Inner address     Current      Peak   Limited  Last limited",
        "内側アドレス      現在値       ピーク 制限回数 最終制限時刻",
    )
    for each in applied(caller):
        if not numbers or str(each.number) in numbers:
            for inner, count in each.sessions:
                yield f"{inner:<15} {count:>9} {count:>9} {0:>9}  -"


@operation("show nat descriptor masquerade port", administrator=False)
def show_ports(caller: Caller, words: Words) -> Iterator[str]:
    """Refuse, as a default RTX830 does (REF 58.17)."""
    del words
    kind = caller.router.view.value("nat", "descriptor", "backward-compatibility", default="2")
    if kind != "1":
        raise Refusal(Problem.PORT_SUMMARY)
    yield caller.say("Interface     Desc Num  Outer address         Current/Max", "ポート使用状況")
