"""Faults on demand: what may go wrong between a client and a router."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """What is wrong with one router just now. Everything is off at first.

    Attributes:
        delay_seconds: Everything the console sends arrives this much later.
        jitter_seconds: And up to this much more, at random.
        cut_after_bytes: The connection is lost after the console has sent this many bytes more.
        cut_after_lines: The same, counted in lines.
        garble_every: One byte in so many arrives wrong.
        truncate_after_lines: An answer stops after so many rows without a word; the prompt follows.
        page_every: The pager stops after so many rows whatever ``console lines`` says.
        lose_first_line: The next line that is typed is lost, as right after the banner it may be.
        refuse_connections: The SSH port closes each connection at once.
        refuse_logins: No password is right.
        tftp_loss: Share of TFTP packets that get lost, 0..1.
        random: The source of chance; seeded, so that a run can be repeated.
    """

    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    cut_after_bytes: int | None = None
    cut_after_lines: int | None = None
    garble_every: int | None = None
    truncate_after_lines: int | None = None
    page_every: int | None = None
    lose_first_line: bool = False
    refuse_connections: bool = False
    refuse_logins: bool = False
    tftp_loss: float = 0.0
    random: random.Random = field(default_factory=lambda: random.Random(830), repr=False)  # noqa: S311 -- chance, not secrecy

    def clear(self) -> None:
        """Mend everything."""
        fresh = Faults()
        for name in Faults.__slots__:
            setattr(self, name, getattr(fresh, name))

    @property
    def waits(self) -> bool:
        """Whether what is sent arrives late."""
        return self.delay_seconds > 0 or self.jitter_seconds > 0

    def wait(self) -> float:
        """Return by how many seconds the next piece is late."""
        return self.delay_seconds + self.random.uniform(0, self.jitter_seconds)

    def spoil(self, data: bytes) -> bytes:
        """Return the data as it arrives: some bytes wrong, if they are to be."""
        if not self.garble_every:
            return data
        every = self.garble_every
        return bytes(byte ^ 0x20 if self.random.randrange(every) == 0 else byte for byte in data)

    def cut(self, data: bytes) -> tuple[bytes, bool]:
        """Return what of the data still gets through, and whether the line is lost after it."""
        end = None
        if self.cut_after_bytes is not None:
            if len(data) >= self.cut_after_bytes:
                end = self.cut_after_bytes
            else:
                self.cut_after_bytes -= len(data)
        if self.cut_after_lines is not None:
            lines = data.splitlines(keepends=True)
            whole = [line for line in lines if line.endswith(b"\n")]
            if len(whole) >= self.cut_after_lines:
                reached = len(b"".join(whole[: self.cut_after_lines]))
                end = reached if end is None else min(end, reached)
            else:
                self.cut_after_lines -= len(whole)
        if end is None:
            return data, False
        self.cut_after_bytes = self.cut_after_lines = None
        return data[:end], True
