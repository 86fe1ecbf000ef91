"""``show arp``, ``show log``, ``show status user``: rows of what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.clock import local
from yamaha_ops.lab.commands.login import console_of
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lan import leases
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("`show arp`: Japanese header and rows", "RTX1210/show_arp"),
    recorded("`show arp`: a row in an English console", "RTX810/show_arp"),
    recorded("`カウント数: N` before the header", "a published runbook"),
    assumed("`Number of entries: N` and the header in English", "never seen"),
    documented("An ARP entry lives 1200 seconds", "REF 8.1"),
    recorded("`show log`, `show log reverse`", "RTX830/show_log, RTX1100/show_log_reverse"),
    documented("`show command history [N]`: the newest 20, secrets included", "REF 59.8"),
    assumed("The form of its rows", "never seen"),
    documented("`show status user` in both languages", "REF 58.47"),
)

ARP_SECONDS: Final = 1200


@operation("show arp", administrator=False)
def show_arp(caller: Caller, words: Words) -> Iterator[str]:
    """Print the ARP table."""
    if words not in {(), ("lan1",), ("lan2",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    router = caller.router
    entries = [] if words == ("lan2",) else list(leases(router))
    yield caller.say(f"Number of entries: {len(entries)}", f"カウント数: {len(entries)}")
    yield caller.say(
        "Interface      IP address        MAC address       TTL(sec)",
        "インタフェース IPアドレス        MACアドレス       TTL(秒)",
    )
    for lease in entries:
        host = lease.host
        left = ARP_SECONDS - int(host.leased_seconds_ago + router.uptime()) % ARP_SECONDS
        yield f"{f'LAN1(port{host.port})':<14} {lease.address:<17} {host.mac_address} {left}"


@operation("show log", "less log", administrator=False)
def show_log(caller: Caller, words: Words) -> Iterator[str]:
    """Print the log, oldest first, or newest first with ``reverse``."""
    if words not in {(), ("reverse",), ("saved",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    if words == ("saved",):
        return
    lines = list(caller.router.log.lines())
    yield from reversed(lines) if words else lines


@operation("show command history", administrator=False, since="15.02.03")
def show_command_history(caller: Caller, words: Words) -> Iterator[str]:
    """Print what was typed on this console: the last 20 lines, or from a number on (REF 59.8)."""
    if len(words) > 1 or (words and not words[0].isdigit()):
        raise Refusal(Problem.PARAMETER_COUNT)
    typed = list(enumerate(console_of(caller).history, 1))
    wanted = [(n, line) for n, line in typed if n >= int(words[0])] if words else typed[-20:]
    for number, line in wanted:
        yield f"{number:>5}: {line}"


@operation("show status user", administrator=False)
def show_status_user(caller: Caller, words: Words) -> Iterator[str]:
    """Print who is logged in."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    now = caller.router.clock.now()
    yield caller.say(
        "   (*: current user, +: administrator mode, @: authenticated via RADIUS)",
        "   (*: 自分自身のユーザー情報, +: 管理者モード, @: RADIUSでの認証)",
    )
    yield caller.say(
        "   username        connection login time   idle       IP address",
        "   ユーザー名         接続種別    ログイン      アイドル    IPアドレス",
    )
    yield "-" * 79
    for console in caller.router.consoles:
        own = "*" if console is caller.console else " "
        level = "+" if console.administrator else " "
        since = local(console.since).strftime("%m/%d %H:%M")
        idle = int(now - console.last_key)
        idled = f"{idle // 3600}:{idle % 3600 // 60:02}:{idle % 60:02}"
        yield (
            f"{own}{level} {console.user:<15} {console.name:<10} {since}  {idled:<10} "
            f"{console.peer.address}"
        )
