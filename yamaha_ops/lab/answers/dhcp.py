"""``show status dhcp`` (REF 58.26) and ``show status dhcpc`` (REF 58.27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.answers.durations import lease as remaining
from yamaha_ops.lab.console.screen import right
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lan import Scope, leases, scopes
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.lan import Lease
    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("Leases in Japanese", "RTX1300/show_status_dhcp"),
    recorded("Leases and totals in English", "RTX810/show_status_dhcp"),
    recorded("`summary` in English", "RTX810/show_status_dhcp_summary"),
    assumed("`(タイプ) クライアントID`, the Japanese totals", "published patterns or REF 58.26"),
    documented("The client's state; its text is assumed", "REF 58.27"),
)

OUTER: Final = (22, 24)
"""Where the labels of a scope end, in English and Japanese."""
INNER: Final = (25, 34)
"""Where the labels of a lease end."""


@operation("show status dhcp", administrator=False)
def show_status_dhcp(caller: Caller, words: Words) -> Iterator[str]:
    """Print leases and totals of every scope: ``[summary] [SCOPE]``."""
    summary = words[:1] == ("summary",)
    wanted = words[1:] if summary else words
    if len(wanted) > 1 or any(not word.isdigit() for word in wanted):
        raise Refusal(Problem.PARAMETER_COUNT)
    known = list(leases(caller.router))
    for scope in scopes(caller.router.view):
        if wanted and int(wanted[0]) != scope.number:
            continue
        own = [lease for lease in known if lease.scope == scope.number]
        head = caller.say("DHCP Scope number: ", "DHCPスコープ番号: ")
        yield f"{head}{scope.number}"
        if summary:
            for number, lease in enumerate(own, 1):
                name = f", {lease.host.name}" if lease.host.name else ""
                yield f"{number:>3}: {lease.address:>18}:  {lease.host.mac_address}{name}"
        else:
            yield from _scope(caller, scope, own)


def _scope(caller: Caller, scope: Scope, own: list[Lease]) -> Iterator[str]:
    network = str(scope.network.network_address)
    yield _row(caller, OUTER, "Network address:", "ネットワークアドレス:", network)
    for lease in own:
        host = lease.host
        yield _row(caller, INNER, "Leased address:", "割り当て中アドレス:", lease.address)
        if host.by_client_id:
            octets = host.mac_address.replace(":", " ")
            label = ("(type) Client ID:", "(タイプ) クライアントID:")
            yield _row(caller, INNER, *label, f"(01) {octets}")
        else:
            label = ("Client ethernet address:", "クライアントイーサネットアドレス:")
            yield _row(caller, INNER, *label, host.mac_address)
        if host.name:
            yield _row(caller, INNER, "Host Name:", "ホスト名:", host.name)
        left = remaining(lease.remaining_seconds, japanese=caller.japanese)
        yield _row(caller, INNER, "Remaining lease:", "リース残時間:", left)
    usable = scope.total - scope.excepted - len(own)
    yield _row(caller, OUTER, "All:", "全アドレス数:", str(scope.total))
    yield _row(caller, OUTER, "Except:", "除外アドレス数:", str(scope.excepted))
    yield _row(caller, OUTER, "Leased:", "割り当て中アドレス数:", str(len(own)))
    yield _row(caller, OUTER, "Usable:", "利用可能アドレス数:", str(usable))


def _row(caller: Caller, ends: tuple[int, int], en: str, ja: str, value: str) -> str:
    return f"{caller.say(right(en, ends[0]), right(ja, ends[1]))} {value}"


@operation("show status dhcpc", administrator=False)
def show_status_dhcpc(caller: Caller, words: Words) -> Iterator[str]:
    """Print the DHCP client's state; the lab's line gives no IPv4 address by DHCP."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    for interface in ("lan1", "lan2"):
        if caller.router.view.value("ip", interface, "address", default="") == "dhcp":
            yield caller.say(
                f"Interface: {interface.upper()}", f"インタフェース: {interface.upper()}"
            )
            yield caller.say("IP address: not assigned", "IPアドレス: 取得できていません")
