"""Showing an answer page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from yamaha_ops.lab.console.screen import cells, rows
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Say
from yamaha_ops.lab.shell import Ask, Plain, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from yamaha_ops.lab.faults import Faults
    from yamaha_ops.lab.shell import Answer

FIDELITY: Final = (
    recorded(
        "The pager's marker, overwritten by blanks, the text goes on in its row",
        "RTX1300/show_status_dhcp",
    ),
    assumed("Carriage returns around the marker's blanks", "the recording shows blanks only"),
    documented("SPACE a page, Enter a line, q or Ctrl-C stops", "REF 2.4"),
    documented("The pager stops after as many rows as `console lines` says", "REF 2.4"),
)

KEYS: Final = " \r\nqQ\x03"


class Screen(Protocol):
    """What paging needs to know of a console.

    Attributes:
        lines: Rows of a page; None pages nothing.
    """

    lines: int | None
    columns: int
    faults: Faults

    @property
    def japanese(self) -> bool:
        """The language of the marker."""


def paged(
    answer: Answer,
    screen: Screen,
    show: Callable[[str], None],
    overwrite: Callable[[int], None],
) -> Generator[Ask, str, None]:
    """Show an answer row by row, stop at the end of each page, pass its questions on.

    Args:
        answer: What a command yields.
        screen: The console's width and page.
        show: Prints one row.
        overwrite: Blanks that many cells of the row the cursor is in.

    Raises:
        Refusal: The router answers with an error line.
    """
    page = screen.faults.page_every or screen.lines
    left, shown = page, 0
    reply: str | None = None
    while True:
        try:
            item = next(answer) if reply is None else answer.send(reply)
        except StopIteration:
            return
        reply = None
        if isinstance(item, Ask):
            reply = yield item
            continue
        if isinstance(item, Plain):
            show(item)
            continue
        for row in rows((item,), screen.columns):
            if shown == screen.faults.truncate_after_lines:
                return
            shown += 1
            if page is not None and left is not None:
                if left == 0:
                    left = yield from _more(screen, page, overwrite)
                    if left == 0:
                        return
                left -= 1
            show(Stored(row) if isinstance(item, Stored) else row)


def _more(screen: Screen, page: int, overwrite: Callable[[int], None]) -> Generator[Ask, str, int]:
    """Stop at the end of a page; return how many rows may follow, 0 for none."""
    marker = Say.MORE.text(japanese=screen.japanese)
    key = yield Ask(marker, key=True)
    while key not in KEYS:
        key = yield Ask("", key=True)
    overwrite(cells(marker))
    if key == " ":
        return page
    return 1 if key in "\r\n" else 0
