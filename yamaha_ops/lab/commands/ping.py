"""``ping`` and ``ping6`` (REF 56.7.9, 56.7.10): does the emulated line carry anything?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lan import leases
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import Ask, operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Answer, Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("`ping`: replies, packets, round trip, in Japanese", "RTX1100/ping"),
    assumed("`ping` in English; `ping6` looks like `ping`", "never seen"),
    documented(
        "Without `-c` until Ctrl-C; a lost packet prints nothing without `-w`", "REF 56.7.9"
    ),
    assumed(
        "All packets go at once; without `-c` one goes, then Ctrl-C is waited for", "tests wait"
    ),
)

OPTIONS: Final = frozenset({"-s", "-c", "-sa", "-w"})
MILLISECONDS: Final = ("2.056", "1.742")
STOP: Final = "\x03"


@dataclass(frozen=True, slots=True)
class Order:
    """What a ``ping`` line asks for; no count means until Ctrl-C."""

    host: str
    count: int | None

    @classmethod
    def read(cls, words: Words) -> Order:
        """Read the words after ``ping``.

        Raises:
            Refusal: No host, or an option without a value.
        """
        if len(words) % 2 == 0:
            raise Refusal(Problem.PARAMETER_COUNT)
        *given, host = words
        options = dict(zip(given[::2], given[1::2], strict=True))
        if set(options) - OPTIONS:
            raise Refusal(Problem.KEYWORD)
        count = options.get("-c")
        if count is not None and not count.isdigit():
            raise Refusal(Problem.INTEGER)
        return cls(host, int(count) if count else None)


@operation("ping", "ping6", administrator=False)
def ping(caller: Caller, words: Words) -> Answer:
    """Send echo requests and tell what came back."""
    order = Order.read(words)
    sent = 1 if order.count is None else order.count
    received = sent if _reached(caller, order.host) else 0
    for number in range(received):
        yield _reply(caller, order.host, number)
    while order.count is None and (yield Ask("", key=True)) != STOP:
        pass
    yield ""
    yield from _summary(caller, sent, received)


def _reached(caller: Caller, host: str) -> bool:
    router = caller.router
    if ":" in host:
        return router.line.prefix is not None
    own = (words[0].partition("/")[0] for words in router.view.all("ip", "lan1", "address"))
    near = {*own, *(lease.address for lease in leases(router))}
    return host in near or router.online


def _reply(caller: Caller, host: str, number: int) -> str:
    time = MILLISECONDS[number % len(MILLISECONDS)]
    return caller.say(
        f"received from {host}: icmp_seq={number} ttl=254 time={time}ms",
        f"{host}から受信: シーケンス番号={number} ttl=254 時間={time}ミリ秒",
    )


def _summary(caller: Caller, sent: int, received: int) -> Iterator[str]:
    loss = 100 * (sent - received) / sent if sent else 0.0
    yield caller.say(
        f"{sent} packets transmitted, {received} packets received, {loss:.1f}% packet loss",
        f"{sent}個のパケットを送信し、{received}個のパケットを受信しました。{loss:.1f}%パケットロス",
    )
    if received:
        times = [float(MILLISECONDS[n % len(MILLISECONDS)]) for n in range(received)]
        span = f"{min(times):.3f}/{sum(times) / received:.3f}/{max(times):.3f}"
        yield caller.say(
            f"round-trip min/avg/max = {span} ms", f"往復遅延 最低/平均/最大 = {span} ミリ秒"
        )
