"""The reader of an inbox is woken for what it waits for, and never loses or waits for ever."""

from __future__ import annotations

import threading

import pytest
from paramiko.buffered_pipe import PipeTimeout

from yamaha_ops.router import inbox
from yamaha_ops.router.inbox import Inbox

END = b"> \r\n> \r\n> "


@pytest.fixture
def box() -> Inbox:
    return Inbox()


def test_without_an_end_to_wait_for_everything_is_read_at_once(box: Inbox) -> None:
    box.feed(b"abc\r\n")
    assert (len(box), box.read_ready()) == (5, True)
    assert (box.read(2), box.read(9)) == (b"ab", b"c\r\n")
    assert not box.read_ready()
    with pytest.raises(PipeTimeout):
        box.read(9, 0.0)


@pytest.mark.parametrize("come", [b"row\r\n", b"row\r\n> ", b"row\r\n> \r\n> "])
def test_what_ends_in_the_middle_is_held_back_but_not_for_ever(
    box: Inbox, monkeypatch: pytest.MonkeyPatch, come: bytes
) -> None:
    monkeypatch.setattr(inbox, "HELD", 0.01)
    box.await_end(END)
    box.feed(come)
    woken = threading.Event()
    told: list[bytes] = []

    def read() -> None:
        told.append(box.read(99, 30))
        woken.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert woken.wait(20)  # long before the time-out of the reader
    reader.join()
    assert told == [come]


@pytest.mark.parametrize("come", [b"row\r\n" + END, b"row", b"---more---", b"Password: ", b"\r"])
def test_the_end_and_whatever_else_needs_an_answer_is_read_at_once(
    box: Inbox, monkeypatch: pytest.MonkeyPatch, come: bytes
) -> None:
    monkeypatch.setattr(inbox, "HELD", 3600.0)
    box.await_end(END)
    reader = threading.Timer(0.0, box.feed, [come])
    reader.start()
    assert box.read(99) == come
    reader.join()


def test_a_closed_inbox_gives_what_it_has_and_then_nothing(box: Inbox) -> None:
    box.await_end(END)
    box.feed(b"row\r\n")
    box.close()
    assert box.read(99) == b"row\r\n"
    assert box.read(99) == b""


def test_what_is_there_is_read_without_waiting_or_taken_out(box: Inbox) -> None:
    box.await_end(END)
    box.feed(b"row\r\n")
    assert box.read(3, 0.0) == b"row"
    assert box.empty() == b"\r\n"
    assert len(box) == 0
