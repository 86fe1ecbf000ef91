"""A session's side of the console settings it borrows: in force, put back, recovered."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import CommandError, ConsoleError, YamahaOpsError
from yamaha_ops.router import answers, console, screen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yamaha_ops.router.session import Session

WAIT_SECONDS: Final = 15.0
"""How long another process may keep the settings of a router before this one gives up."""

_OTHER_WIDTH: Final = 10
"""Columns fewer in the second reading; breaks of both widths then never fall together."""

_DATE: Final = "# Reporting Date:"


class Borrowing:
    """What one session does about the console's settings.

    Args:
        session: The session, to send with.
        state: The folder that holds the record of what is borrowed.
    """

    def __init__(self, session: Session, state: Path) -> None:
        self._session = session
        self._state = state
        self._loans: list[console.Loan] = []

    @contextmanager
    def wide(self) -> Iterator[None]:
        """Borrow for the length of a block; blocks may be nested."""
        loan = console.join(self._state, self._session.router)
        in_force = bool(loan in self._loans and loan.borrowed)
        self._loans.append(loan)
        try:
            with loan.mutex:
                if not in_force:
                    self._borrow(loan)
            yield
        finally:
            self._loans.pop()
            with loan.mutex:
                if console.part(loan):
                    self._end(loan)

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Put everything back that this process has borrowed, and keep others from borrowing."""
        loan = console.join(self._state, self._session.router)
        try:
            with loan.mutex:
                if loan.borrowed is None:
                    self._lock(loan.record)
                try:
                    self._put_back(loan)
                    yield
                finally:
                    loan.record.release()
        finally:
            console.part(loan)

    def recover(self) -> None:
        """Put back what a session that died has left behind, if there is such a thing."""
        record = console.Record(self._state, self._session.router)
        if not record.left_behind() or not record.take():
            return
        try:
            # An ordinary user may not be shown the configuration; the administrator is, later.
            with suppress(CommandError):
                self._restore(record)
        finally:
            record.release()

    def configuration(self) -> list[str]:
        """Return the whole lines of the running configuration, without what is borrowed."""
        with self.wide():
            loan = self._loans[-1]
            columns = self._columns
            first = self._shown(loan)
            if not any(screen.is_full(line, columns) for line in first):
                return first
            # A row as long as the console is wide may go on in the next one, or just be that long.
            # A reading at another width tells: only a real line end stands in both.
            self._put_in_force(loan, columns - _OTHER_WIDTH)
            second = self._shown(loan)
            self._put_in_force(loan, columns)
            whole = screen.rejoined(first, _dated_like(second, first))
        if whole is None:
            raise ConsoleError(
                "the configuration changed while it was read",
                router=self._session.router,
                hint="try again",
            )
        return whole

    @property
    def _columns(self) -> int:
        return console.most_columns(self._session.model, self._session.firmware)

    def _borrow(self, loan: console.Loan) -> None:
        if loan.borrowed is None:
            self._lock(loan.record)
            loan.present = self._present()
        self._put_in_force(loan, self._columns)

    def _lock(self, record: console.Record) -> None:
        """Keep other processes from borrowing, and put right what a dead one left behind."""
        if not record.take(WAIT_SECONDS):
            raise ConsoleError(
                "another run of this program is using this router's console settings",
                router=self._session.router,
                hint="wait until it ends",
            )
        try:
            self._restore(record)
        except YamahaOpsError:
            record.release()
            raise

    def _put_in_force(self, loan: console.Loan, columns: int) -> None:
        borrowed = console.Borrowed.of(loan.present, columns)
        loan.record.write(borrowed)
        before, loan.borrowed = loan.borrowed, borrowed
        values = console.wanted(columns)
        for name in {**(before.temporary if before else {}), **borrowed.temporary}:
            self._session.send(f"console {name} {values[name]}")

    def _put_back(self, loan: console.Loan) -> None:
        """Put the settings back; where the line is lost, the record stays for the next session."""
        if loan.borrowed and self._session.usable:
            for command in loan.borrowed.undoing():
                self._session.send(command)
            loan.record.remove()
        loan.borrowed = None

    def _end(self, loan: console.Loan) -> None:
        try:
            self._put_back(loan)
        finally:
            loan.borrowed = None
            loan.record.release()

    def _restore(self, record: console.Record) -> None:
        left = record.read()
        if left is None:
            return
        for command in left.undoing(self._present()):
            self._session.send(command)
        record.remove()

    def _present(self) -> dict[str, str]:
        return console.in_force(answers.lines(self._session.run(console.QUESTION)))

    def _shown(self, loan: console.Loan) -> list[str]:
        lines = self._session.run("show config").split("\n")
        if loan.borrowed is None:
            raise ConsoleError(
                "another session put the console settings back while the configuration was read",
                router=self._session.router,
                hint="try again",
            )
        return loan.borrowed.hidden(lines)


def _dated_like(lines: list[str], model: list[str]) -> list[str]:
    """Return lines with another reading's time of printing, so that the two can be compared."""
    date = next((line for line in model if line.startswith(_DATE)), None)
    return [date if date and line.startswith(_DATE) else line for line in lines]
