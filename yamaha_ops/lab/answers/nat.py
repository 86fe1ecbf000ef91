"""``show nat descriptor address`` and the masquerade session commands (REF 58.14-58.19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.nat import TABLE, applied
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.nat import Applied
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

RULER: Final = "  " + "    ".join(["-*-"] * 11)


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
    for descriptor in applied(caller.router):
        if not wanted or str(descriptor.number) in wanted:
            yield from _map(caller, descriptor)


def _map(caller: Caller, descriptor: Applied) -> Iterator[str]:
    say = caller.say
    address = descriptor.address or "-"
    if descriptor.source:
        address = f"{descriptor.source}/{address}"
    ports = ", ".join(f"{low}-{high}" for low, high in descriptor.ranges)
    yield say(
        f"Reference Descriptor : {descriptor.number}, Assigned Interface : {descriptor.interface}",
        f"参照NATディスクリプタ : {descriptor.number}, 適用インタフェース : {descriptor.interface}",
    )
    yield say("Masquerade Table", "Masqueradeテーブル")
    yield say("    Outer address: ", "    外側アドレス: ") + address
    yield say("    Port range: ", "    ポート範囲: ") + f"{ports}   {descriptor.total} session."
    if descriptor.sessions:
        yield RULER
        yield say(
            f"{'No.':>9}{'Inner':>19}{'Session Count':>16}{'Limit':>16}{'Type':>13}",
            f"{'No.':>9}{'内側アドレス':>13}{'セッション数':>10}{'制限値':>13}{'種別':>11}",
        )
        for number, (inner, count) in enumerate(descriptor.sessions, 1):
            yield f"{number:>8}{inner:>20}{count:>16}{descriptor.limit:>16}{'dynamic':>16}"


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
    for each in applied(caller.router):
        if not numbers or str(each.number) in numbers:
            name = each.interface.removesuffix("(1)")
            use = f"{each.total}/{TABLE:<10} {each.total}"
            yield f"{name:<13} {each.number:<9} {each.address or '-':<21} {use}"


def _statistics(caller: Caller, numbers: Words) -> Iterator[str]:
    yield caller.say(
        "Inner address     Current      Peak   Limited  Last limited",
        "内側アドレス      現在値       ピーク 制限回数 最終制限時刻",
    )
    for each in applied(caller.router):
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
