"""``show environment [detail]`` (REF 57.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.answers.durations import uptime
from yamaha_ops.lab.clock import local
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("The English answer, line by line", "RTX1210, RTX1200/show_environment"),
    recorded("`起動時刻: ` and `CPU: ` in Japanese", "RTX830/show_environment"),
    assumed("`メモリ: `, `現在の時刻: `, `起動からの経過時間: `", "published patterns or none"),
    assumed("`実行中設定ファイル`, `デフォルト設定ファイル`", "wording unproven"),
    assumed("`Packet-buffer`, `Security Class` stay English in Japanese", "labels never seen"),
    documented("An RTX830 shows no temperature", "REF 57.1"),
    documented("Each core only with `detail`", "REF 57.1"),
    assumed("A core's line is `CPU0: ...`", "form of RTX1300's show status packet-scheduling"),
)


@operation("show environment", administrator=False)
def show_environment(caller: Caller, words: Words) -> Iterator[str]:
    """Print the state of the box."""
    if words not in {(), ("detail",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    router, hardware, world = caller.router, caller.router.hardware, caller.router.world
    first, second = hardware.mac_addresses
    five, one, long = world.cpu
    load = f"{five:>4}%(5sec){one:>4}%(1min){long:>4}%(5min)"
    used = caller.say(f"Memory: {world.memory}% used", f"メモリ: {world.memory}% used")
    small, middle, large, huge = world.packet_buffer
    now = router.clock.now()
    yield f"{hardware.model} BootROM Ver. 1.00"
    yield hardware.firmware
    yield (
        f"  main:  {hardware.model} ver=00 serial={hardware.serial} "
        f"MAC-Address={first} MAC-Address={second}"
    )
    yield f"CPU: {load}    {used}"
    if words:
        yield f"CPU0:{load}"
        yield f"CPU1:{load}"
    yield (
        f"Packet-buffer: {small:>3}%(small) {middle:>3}%(middle) {large:>3}%(large) "
        f"{huge:>3}%(huge) used"
    )
    running, default = router.booted_from, router.slots.default
    yield caller.say(
        f"Firmware: internal  Config. file: config{running}",
        f"実行中ファームウェア: internal  実行中設定ファイル: config{running}",
    )
    yield caller.say(
        f"Default firmware: internal  Default config. file: config{default}",
        f"デフォルトファームウェア: internal  デフォルト設定ファイル: config{default}",
    )
    yield caller.say("Serial Baudrate: 9600", "シリアルボーレート: 9600")
    yield caller.say("Boot time: ", "起動時刻: ") + _time(router.boot_time)
    yield caller.say("Current time: ", "現在の時刻: ") + _time(now)
    yield caller.say("Elapsed time from boot: ", "起動からの経過時間: ") + uptime(router.uptime())
    yield _security(caller)


def _security(caller: Caller) -> str:
    level, forget, telnet = caller.router.view.first("security", "class") or ("1", "on", "off")
    return f"Security Class: {level}, FORGET: {forget.upper()}, TELNET: {telnet.upper()}"


def _time(seconds: float) -> str:
    return local(seconds).strftime("%Y/%m/%d %H:%M:%S +09:00")
