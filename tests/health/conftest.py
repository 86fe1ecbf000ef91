"""A router that answers from a table, without a wire."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from yamaha_ops.router import Reply

ANSWERS = {
    "show environment": """RTX830 BootROM Ver. 1.00
RTX830 Rev.15.02.30 (Tue Jun  4 10:00:00 2024)
  main:  RTX830 ver=00 serial=M4A000000 MAC-Address=00:a0:de:00:00:01
CPU:    1%(5sec)   2%(1min)   3%(5min)    メモリ: 24% used
Packet-buffer:   0%(small)   0%(middle)   7%(large)   0%(huge) used
実行中設定ファイル: config0
デフォルト設定ファイル: config0
起動時刻: 2026/01/01 00:00:00 +09:00
起動からの経過時間: 2days 01:00:00""",
    "show ip route": """宛先ネットワーク    ゲートウェイ     インタフェース  種別  付加情報
default             -                 TUNNEL[1]    static
192.168.100.0/24    192.168.100.1          LAN1  implicit""",
    "show nat descriptor address": """NAT/IPマスカレード 動作タイプ : 2
参照NATディスクリプタ : 1000, 適用インタフェース : TUNNEL[1](1)
Masqueradeテーブル
    外側アドレス: map-e/106.72.0.0
    ポート範囲: 4880-4895, 8976-8991, 13072-13087, 17168-17183, 21264-21279, 25
360-25375, 29456-29471, 33552-33567, 37648-37663, 41744-41759, 45840-45855, 499
36-49951, 54032-54047, 58128-58143, 62224-62239
       1     192.168.100.2              71           65534         dynamic""",
    "show nat descriptor masquerade session summary": """Current/Max : 120 / 65534
Peak        : 3001""",
    "show ipv6 address": """LAN1 scope-id 1 [up]
 Received:    352937 packets 56673991 octets
 Transmitted: 306356 packets 44687875 octets

 グローバル     240b:10:0:3100::1/64 (lifetime: 604728/2591928)
 グローバル     240b:10:0:3100:6a:4800:0:3100/64""",
    "show status tunnel 1": """TUNNEL[1]:
説明:
  インタフェースの種類: MAP-E
  IPv6: 240b:10:0:3100:6a:4800:0:3100
  トンネルインタフェースは接続されています
  開始: 2026/01/01 00:01:00
  通信時間: 2日1時間
  受信: (IPv4) 3969155 パケット [4890313899 オクテット]
        (IPv6) 0 パケット [0 オクテット]
  送信: (IPv4) 1194736 パケット [162735369 オクテット]
        (IPv6) 0 パケット [0 オクテット]""",
    "show status lan1": """LAN1
動作モード設定:
  PORT1: Auto Negotiation (1000BASE-T Full Duplex)
  PORT2: Auto Negotiation (Link Down)
最大パケット長(MTU):            1500 オクテット
送信パケット:                   9 パケット(90 オクテット)
受信パケット:                   8 パケット(80 オクテット)""",
    "show status lan2": """LAN2
説明:                           IPv6 IPoE(MAP-E)
動作モード設定:                 Auto Negotiation (1000BASE-T Full Duplex)
送信パケット:                   31083764 パケット(10377392756 オクテット)
  IPv6(全体/ファストパス):      31083764 パケット / 29789642 パケット
受信パケット:                   70086225 パケット(99076765285 オクテット)
受信オーバーフロー:             7""",
    "show status dhcp": """DHCPスコープ番号: 1
   ネットワークアドレス: 192.168.100.0
   割り当て中アドレス: 192.168.100.2
   クライアントイーサネットアドレス: 00:a0:de:00:00:02
   リース残時間: 2日 13時間 37分 41秒
   全アドレス数: 190
   除外アドレス数: 0
   割り当て中アドレス数: 1
   利用可能アドレス数: 189""",
    "show ip route summary": """Protocol   Active    Hidden
-----------------------------
Static          1         0
Total           2         0""",
    "show status yno": """CWMP              :  正常 (2026/01/01 00:02:00)
XMPP              :  未接続""",
    "show status lua": """[running]
LuaタスクID (状態):  1  (WATCH)
スクリプトファイル:  /a.lua
[history]
(1)
スクリプトファイル:  /b.lua
走行回数:            5
エラー発生回数:      2""",
    "show arp": "LAN1(port4)    192.168.100.2     00:a0:de:00:00:02 1085",
    "show ipsec sa": "Total: isakmp:0 send:0 recv:0",
}

CONFIGURATION = """# RTX830 Rev.15.02.30 (Tue Jun  4 10:00:00 2024)
ip route default gateway tunnel 1
ip lan1 address 192.168.100.1/24
pp select 1
 pppoe use lan2
 pp enable 1
tunnel select 1
 tunnel encapsulation map-e
 ip tunnel nat descriptor 1000
 tunnel enable 1
nat descriptor type 1000 masquerade
nat descriptor address outer 1000 map-e
nat descriptor masquerade static 1000 1 192.168.100.5 tcp 4880=443
nat descriptor masquerade static 1000 2 192.168.100.5 udp 4881=4500
"""

UNKNOWN_COMMAND = "エラー: コマンド名を確認してください"


@dataclass
class TableSession:
    """Implements the router room's Session; what is not in the table is an unknown command."""

    answers: dict[str, str] = field(default_factory=lambda: dict(ANSWERS))
    text: str = CONFIGURATION
    difference: str = ""
    router: str = "tokyo"
    model: str = "RTX830"
    firmware: str = "Rev.15.02.30"
    is_administrator: bool = False
    context: str = ""
    usable: bool = True
    asked: list[str] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    together: list[int] = field(default_factory=list)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock())  # noqa: PLW0108 -- it stands below

    def run(self, command: str, timeout: float | None = None) -> str:  # noqa: ARG002 -- Session
        self.asked.append(command)
        if command in self.fails:
            raise self.fails[command]
        answer = self.answers.get(command, UNKNOWN_COMMAND)
        if answer.startswith("エラー"):
            raise CommandError("the router refused a command", command=command, output=answer)
        return answer

    def run_all(
        self,
        commands: Iterable[str],
        timeout: float | None = None,
        *,
        at_once: int = 1,
        rows: dict[str, int] | None = None,  # noqa: ARG002 -- one by one it makes no difference
    ) -> Iterator[list[str | CommandError]]:
        self.together.append(at_once)
        end = None if timeout is None else self.clock.monotonic() + timeout
        for command in commands:
            if end is not None and self.clock.monotonic() >= end:
                return
            try:
                yield [self.run(command, timeout)]
            except CommandError as error:
                yield [error]

    def send(
        self,
        command: str,
        timeout: float | None = None,  # noqa: ARG002 -- Session
        replies: Iterable[Reply] = (),
    ) -> str:
        self.asked.append(command)
        self.replies = tuple(replies)
        if command in self.fails:
            raise self.fails[command]
        return self.difference

    def administrator(self) -> None:
        self.is_administrator = True

    def wide(self) -> AbstractContextManager[None]:
        return nullcontext()

    def configuration(self) -> str:
        self.administrator()
        return self.run("show config") if "show config" in self.fails else self.text

    def save(self) -> str:
        raise AssertionError("looking never saves")

    def keep_alive(self) -> None:
        self.asked.append("")

    def close(self) -> None:
        self.usable = False

    def drop(self) -> None:
        self.usable = False


@pytest.fixture
def session() -> TableSession:
    """A healthy RTX830 on a MAP-E line."""
    return TableSession()


@dataclass
class StoppedClock:
    """Time that passes only when told to."""

    now: float = 1000.0
    step: float = 0.0

    def time(self) -> float:
        return 1_800_000_000.0 + self.now

    def monotonic(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def stopped_clock() -> Callable[[float], StoppedClock]:
    """A clock on which every look at it costs so many seconds."""
    return lambda step: StoppedClock(step=step)
