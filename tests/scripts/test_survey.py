"""A router against the scripts it should run: told apart, without changing anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.scripts.place import BETTER, PATH, RESIDENT
from yamaha_ops.errors import ConsoleError, PlanError
from yamaha_ops.scripts.access import Access
from yamaha_ops.scripts.ledger import Book, Ledger, Put
from yamaha_ops.scripts.listing import Entry
from yamaha_ops.scripts.survey import survey
from yamaha_ops.scripts.wanted import Difference, Kind, Script, Seen, compare, require_slots
from yamaha_ops.status.lua import Lua, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.scripts.place import Site

HAVE = {
    "/lua/same.lua": b"same",
    "/lua/other.lua": b"other",
    "/lua/size.lua": b"longer",
    "/lua/extra.lua": b"extra",
    "/lua/notes.txt": b"x",
    "/lua/same.new.lua": b"left over",
}
SAME = Script("/lua/same.lua", b"same")
EMBEDDED = Script("emfs:/same.lua", b"same")
BEGAN = datetime(2026, 11, 24, 10, tzinfo=UTC)
RUNS = Lua(tasks=(Task(1, "SLEEP", command="lua /lua/same.lua", script="/lua/same.lua"),))


def seen(
    have: Mapping[str, bytes] = HAVE,
    lua: Lua = RUNS,
    book: Book | None = None,
    read: Callable[[str], bytes | None] | None = None,
) -> Seen:
    entries = {path[5:]: Entry(path[5:], len(data), "then") for path, data in have.items()}
    return Seen({"/lua": entries}, lua, book or Book(), read or have.get)


def kinds(scripts: list[Script], what: Seen) -> dict[str, str]:
    return {each.path: each.kind.value for each in compare(scripts, what)}


def test_missing_different_and_what_nobody_asked_for_are_told_apart() -> None:
    wishes = [
        SAME,
        Script("/lua/other.lua", b"OTHER"),
        Script("/lua/size.lua", b"size"),
        Script("/lua/none.lua", b""),
    ]
    assert kinds(wishes, seen()) == {
        "/lua/extra.lua": "unknown",
        "/lua/none.lua": "missing",
        "/lua/other.lua": "different",
        "/lua/size.lua": "different",
    }


def test_only_what_we_put_there_and_nobody_changed_since_is_extra() -> None:
    book = Book({"/lua/extra.lua": Put.of(b"extra"), "/lua/gone.lua": Put("0")})
    assert kinds([SAME], seen(book=book))["/lua/extra.lua"] == "extra"
    changed = Book({"/lua/extra.lua": Put.of(b"ours!", "then")})
    assert kinds([SAME], seen(book=changed))["/lua/extra.lua"] == "unknown"


def test_what_should_run_and_does_not_is_told() -> None:
    have = {"/lua/same.lua": b"same"}
    assert kinds([SAME], seen(have, Lua())) == {"/lua/same.lua": "not running"}
    nightly = Script("/lua/same.lua", b"same", starts=False, resident=False)
    once = Script("/lua/same.lua", b"same", resident=False)
    assert kinds([nightly], seen(have, Lua())) == {}
    assert kinds([once], seen(have, Lua())) == {}


def test_what_runs_with_other_arguments_or_began_before_is_old() -> None:
    have = {"/lua/same.lua": b"same"}
    other = Script("/lua/same.lua", b"same", arguments="a")
    assert kinds([other], seen(have)) == {"/lua/same.lua": "running old version"}
    task = Task(1, "SLEEP", script="/lua/same.lua", started_at=BEGAN)
    book = Book(outdated={"/lua/same.lua": BEGAN.isoformat()})
    assert kinds([SAME], seen(have, Lua(tasks=(task,)), book)) == {
        "/lua/same.lua": "running old version"
    }
    later = Task(1, "SLEEP", script="/lua/same.lua", started_at=BEGAN + timedelta(hours=1))
    assert kinds([SAME], seen(have, Lua(tasks=(later,)), book)) == {}, "it began anew since"


def test_an_embedded_script_is_judged_by_what_runs() -> None:
    assert kinds([EMBEDDED], seen({}, Lua())) == {"emfs:/same.lua": "not running"}
    task = Task(1, "SLEEP", command="lua emfs:/same.lua", script="emfs:/same.lua")
    assert kinds([EMBEDDED], seen({}, Lua(tasks=(task,)))) == {}
    book = Book({"emfs:/same.lua": Put("")})
    assert kinds([], seen({}, Lua(tasks=(task,)), book)) == {"emfs:/same.lua": "extra"}
    assert kinds([], seen({}, Lua(), book)) == {}, "neither configured nor running"


def test_a_delivery_that_was_cut_off_is_seen() -> None:
    have = {"/lua/same.lua": b"same", "/lua/same.old.lua": b"old"}
    assert kinds([SAME], seen(have)) == {"/lua/same.lua": "different"}


def test_where_bytes_cannot_be_read_the_record_has_to_do() -> None:
    have = {"/lua/same.lua": b"same"}
    book = Book({"/lua/same.lua": Put.of(b"same", "then")})
    assert kinds([SAME], seen(have, book=book, read=lambda _path: None)) == {}
    for unknown in (Book(), Book({"/lua/same.lua": Put.of(b"same", "before")})):
        found = kinds([SAME], seen(have, book=unknown, read=lambda _path: None))
        assert found == {"/lua/same.lua": "not compared"}
    other = Script("/lua/same.lua", b"diff")
    assert kinds([other], seen(have, book=book, read=lambda _path: None)) == {
        "/lua/same.lua": "different"
    }


def test_files_are_read_only_where_their_sizes_agree() -> None:
    def never(path: str) -> bytes:
        raise AssertionError(path)

    wish = [Script("/lua/size.lua", b"size")]
    assert kinds(wish, seen(read=never))["/lua/size.lua"] == "different"


def test_eight_scripts_run_at_once_and_no_more() -> None:
    wishes = [Script(f"/lua/{number}.lua", b"") for number in range(7)]
    own = Task(1, "RUN", script="/lua/0.lua")
    other, leaving = Task(2, "RUN", script="/other.lua"), Task(3, "RUN", script="/lua/old.lua")
    require_slots(wishes, ["/lua/old.lua"], Lua(tasks=(own, other, leaving)), "home")
    with pytest.raises(PlanError, match="7 scripts shall run and 2 others do, of 8 at once"):
        require_slots(wishes, [], Lua(tasks=(own, other, leaving)), "home")


# --- the record ----------------------------------------------------------------------------------


def test_the_record_keeps_what_was_put_and_what_runs_old(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "scripts" / "home.ledger.json")
    assert ledger.read() == Book()
    ledger.note("/lua/a.lua", Put("1", 1, "then"))
    ledger.note("/lua/b.lua", Put("2"))
    task = Task(1, "RUN", script="/lua/a.lua", started_at=BEGAN)
    ledger.outdate([task])
    assert ledger.read().runs_old(task)
    ledger.renew("/lua/a.lua")
    assert not ledger.read().runs_old(task)
    ledger.set({"PACE": "30"})
    ledger.forget("/lua/a.lua")
    assert ledger.read() == Book({"/lua/b.lua": Put("2")}, settings={"PACE": "30"})
    assert ledger.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "put": 3}'])
def test_a_record_that_cannot_be_read_says_what_to_do(tmp_path: Path, text: str) -> None:
    ledger = Ledger(tmp_path / "home.ledger.json")
    ledger.path.write_text(text, encoding="ascii")
    with pytest.raises(ConsoleError, match="cannot be read") as refused:
        ledger.read()
    assert "Remove it" in str(refused.value.hint)


# --- on a router ---------------------------------------------------------------------------------


def look(site: Site, *scripts: Script) -> tuple[Difference, ...]:
    access = Access(site.entry, site.state, tftp_port=site.router.tftp_port)
    session = site.session()
    try:
        with survey(access, session, scripts) as what:
            return compare(scripts, what)
    finally:
        session.close()


def test_over_sftp_bytes_are_compared(site: Site) -> None:
    site.deliver(RESIDENT, "sftp")
    assert look(site, Script(PATH, RESIDENT)) == ()
    assert look(site, Script(PATH, BETTER)) == (Difference(PATH, Kind.DIFFERENT),)


def test_a_look_opens_no_door_and_sends_no_password_in_the_clear(site: Site) -> None:
    site.deliver(RESIDENT, "tftp")
    site.router.type("no sftpd host")
    before = site.router.running.text
    assert look(site, Script(PATH, RESIDENT)) == (Difference(PATH, Kind.UNCOMPARED),)
    assert site.router.running.text == before
    ledger = Access(site.entry, site.state).ledger
    site.deliver(RESIDENT, "tftp", ledger=ledger, ours=True)
    assert look(site, Script(PATH, RESIDENT)) == ()
    assert look(site, Script(PATH, RESIDENT[:-1] + b" ")) == (Difference(PATH, Kind.DIFFERENT),)


def test_a_router_that_never_had_a_script_has_no_folder(site: Site) -> None:
    assert look(site, Script(PATH, RESIDENT)) == (Difference(PATH, Kind.MISSING),)
