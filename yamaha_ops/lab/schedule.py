"""``schedule at``: commands that run by the clock (REF 37.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.clock import local
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal

if TYPE_CHECKING:
    from yamaha_ops.lab.clock import Timer
    from yamaha_ops.lab.hardware import Hardware
    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("Dates, weekdays, times, `startup`, `+SECONDS`; lower number first", "REF 37.1"),
    documented("The command is checked only when it runs; each run is logged at INFO", "REF 37.1"),
    documented("Commands that cannot be scheduled are refused", "REF 37.1"),
    recorded("`[SCHEDULE] Startup: lua ...` in the log", "RTX1300/show_log"),
    assumed("The log line of a run by the clock is `[SCHEDULE] Execute: ...`", "wording not seen"),
    assumed("A `+SECONDS` line counts from when it was typed or the router started", "not stated"),
    assumed("A `+SECONDS` line stays in the configuration after it ran", "not stated"),
)

WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FORBIDDEN: Final = tuple(
    tuple(words.split())
    for words in (
        "administrator",
        "auth user",
        "bgp configure refresh",
        "clear vrx license",
        "cold start",
        "confirm",
        "copy",
        "date",
        "delete",
        "echo",
        "embedded file",
        "exit",
        "help",
        "http revision-up go",
        "http revision-up schedule",
        "interface reset",
        "ipsec transport template",
        "ipv6 ospf configure refresh",
        "less",
        "login password",
        "login timer",
        "login user",
        "luac",
        "macro",
        "make directory",
        "nslookup",
        "ospf configure refresh",
        "packetdump",
        "ping",
        "ping6",
        "quit",
        "remote setup",
        "rename",
        "rollback timer",
        "rtfs format",
        "rtfs garbage collect",
        "save",
        "schedule at",
        "scp",
        "show",
        "ssh",
        "sshd host key generate",
        "sshd session",
        "system packet-buffer",
        "telnet",
        "telnetd session",
        "time",
        "timezone",
        "traceroute",
        "traceroute6",
        "tunnel template",
        "user attribute",
    )
)
"""What ``schedule at`` does not take, by its first words (REF 37.1); ``console`` has exceptions."""
CONSOLE_ALLOWED: Final = ("info", "prompt")
ONLY_SINCE: Final = {
    ("load",): "15.02.03",
    ("pp", "select"): "15.02.03",
    ("tunnel", "select"): "15.02.03",
}
HORIZON_DAYS: Final = 366
SHORTEST: Final = 6
"""Words of the shortest line: ``schedule at 1 startup * restart``."""


@dataclass(frozen=True, slots=True)
class Job:
    """One ``schedule at`` line.

    Attributes:
        when: ``startup``, ``+N``, or a time of day; ``date`` is then a pattern of month and day.
        context: ``*``, or the context the command runs in, such as ``tunnel1``.
    """

    number: int
    date: str
    when: str
    context: str
    command: Words

    @classmethod
    def read(cls, words: Words) -> Job | None:
        """Read the words after ``schedule at``; None for what the lab cannot carry out."""
        number, *rest = words
        date = "*/*"
        if rest and "/" in rest[0]:
            date, *rest = rest
        if len(rest) < 3:  # noqa: PLR2004 -- time, context, command
            return None
        when, kind, *command = rest
        context = ""
        if kind in {"pp", "tunnel", "switch"}:
            context = kind + command[0]
            command = command[1:]
        if not number.isdigit() or not command:
            return None
        return cls(int(number), date, when, context, tuple(command))

    def next_after(self, now: datetime) -> datetime | None:
        """Return the next time of day this is due, later than ``now``."""
        if ":" not in self.when:
            return None
        hours, minutes, seconds = (*self.when.split(":"), "0")[:3]
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(HORIZON_DAYS):
            if self._on(day):
                for hour in _values(hours, 24):
                    for minute in _values(minutes, 60):
                        due = day.replace(hour=hour, minute=minute, second=int(seconds))
                        if due > now:
                            return due
            day += timedelta(days=1)
        return None

    def _on(self, day: datetime) -> bool:
        months, _, days = self.date.partition("/")
        if not _in(months, day.month, 1, 12):
            return False
        return _in(days.lower(), day.day, 1, 31) or _in_week(days.lower(), day)


def _values(text: str, count: int) -> range:
    return range(count) if text == "*" else range(int(text), int(text) + 1)


def _in(pattern: str, value: int, first: int, last: int) -> bool:
    for part in pattern.split(","):
        if part == "*":
            return True
        low, dash, high = part.partition("-")
        if not (low or "0").isdigit() or not (high or "0").isdigit():
            return False
        start = int(low or first)
        end = int(high or last) if dash else start
        if start <= value <= end:
            return True
    return False


def _in_week(pattern: str, day: datetime) -> bool:
    today = day.isoweekday() % 7
    for part in pattern.split(","):
        low, dash, high = part.partition("-")
        start = WEEKDAYS.index(low) if low in WEEKDAYS else 0
        end = WEEKDAYS.index(high) if high in WEEKDAYS else 6
        if not dash:
            end = start
        if (low in WEEKDAYS or high in WEEKDAYS) and start <= today <= end:
            return True
    return False


def check_schedule(words: Words, hardware: Hardware) -> None:
    """Refuse a ``schedule at`` line whose command cannot be scheduled (REF 37.1).

    Raises:
        Refusal: It cannot.
    """
    if words[:2] != ("schedule", "at") or len(words) < SHORTEST:
        return
    job = Job.read(words[2:])
    if job is None or not _schedulable(job.command, hardware):
        raise Refusal(Problem.CANNOT_SCHEDULE)


def _schedulable(command: Words, hardware: Hardware) -> bool:
    if command[:1] == ("console",):
        return command[1:2] != () and command[1] in CONSOLE_ALLOWED
    for words, revision in ONLY_SINCE.items():
        if command[: len(words)] == words and not hardware.since(revision):
            return False
    return not any(command[: len(words)] == words for words in FORBIDDEN)


class Scheduler:
    """Runs a router's ``schedule at`` lines; one timer, for what is due next."""

    __slots__ = ("_jobs", "_router", "_started", "_timer")

    def __init__(self, router: EmulatedRouter) -> None:
        self._router = router
        self._jobs: dict[Job, float | None] = {}
        self._started: dict[Job, float] = {}
        self._timer: Timer | None = None

    def start(self) -> None:
        """Run what is due at start, then wait for the rest."""
        self.rearm()
        for job in sorted(self._jobs, key=lambda job: job.number):
            if job.when == "startup":
                self._run(job, "Startup")

    def stop(self) -> None:
        """Forget everything (power goes)."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._jobs.clear()

    def rearm(self) -> None:
        """Read the lines again after a change; a ``+N`` line that was there keeps its time."""
        if not self._router.on:
            return
        jobs = (Job.read(words) for words in self._router.view.all("schedule", "at"))
        old = self._jobs
        self._jobs = {
            job: old[job] if job in old else self._due(job) for job in jobs if job is not None
        }
        self._wait()

    def _due(self, job: Job) -> float | None:
        now = self._router.clock.now()
        if job.when.startswith("+"):
            return now + int(job.when[1:])
        following = job.next_after(local(now))
        return following.timestamp() if following else None

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = [time for time in self._jobs.values() if time is not None]
        clock = self._router.clock
        self._timer = clock.later(min(due) - clock.now(), self._fire) if due else None

    def _fire(self) -> None:
        now = self._router.clock.now()
        ready = [job for job, due in self._jobs.items() if due is not None and due <= now]
        for job in ready:
            self._jobs[job] = None if job.when.startswith("+") else self._due(job)
        for job in sorted(ready, key=lambda job: job.number):
            if self._router.on:
                self._run(job, "Execute")
        if self._router.on:
            self._wait()

    def _run(self, job: Job, kind: str) -> None:
        from yamaha_ops.lab.shell import run_unattended  # noqa: PLC0415 -- the shell knows routers

        command = " ".join(job.command)
        self._router.log.add(f"[SCHEDULE] {kind}: {command}")
        run_unattended(self._router, command, context=job.context, scheduled=True)
