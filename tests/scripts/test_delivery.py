"""Delivery to the lab's router, over SFTP and TFTP, through everything that can go wrong."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scripts.place import BETTER, BRIEF, BROKEN, FAILING, PATH, RESIDENT
from yamaha_ops.change.lock import locked
from yamaha_ops.errors import (
    ApplyError,
    AuthenticationError,
    CommandError,
    ConnectError,
    InputError,
    PlanError,
    UnknownStateError,
    VerifyError,
    YamahaOpsError,
)
from yamaha_ops.inventory import Secret
from yamaha_ops.router import Files, Session, SftpFiles, TftpFiles
from yamaha_ops.router.files import Told, untold
from yamaha_ops.scripts.delivery import Delivered, deliver, prepare
from yamaha_ops.scripts.digest import sums
from yamaha_ops.scripts.ledger import Book, Ledger, digest
from yamaha_ops.scripts.ways import Sftp, SftpOrTftp

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripts.place import Site

each_way = pytest.mark.parametrize("way", ["tftp", "sftp"])


@each_way
def test_the_first_delivery_makes_the_folder_and_starts_the_script(site: Site, way: str) -> None:
    done = site.deliver(RESIDENT, way)
    assert done == Delivered("home", PATH, written=True, started=True, task=1)
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]
    assert site.door == []


@each_way
def test_the_same_again_writes_nothing_and_leaves_the_task_alone(site: Site, way: str) -> None:
    site.deliver(RESIDENT, way)
    before = site.writes
    done = site.deliver(RESIDENT, way)
    assert done == Delivered("home", PATH, written=False, started=False, task=1)
    assert site.writes == before


@each_way
def test_a_better_script_takes_the_place_of_the_old_one(site: Site, way: str) -> None:
    site.deliver(RESIDENT, way)
    assert site.deliver(BETTER, way).written
    assert site.files == {PATH: BETTER}
    assert site.running == [BETTER]


@each_way
def test_a_script_that_does_not_load_leaves_the_old_one_running(site: Site, way: str) -> None:
    site.deliver(RESIDENT, way)
    with pytest.raises(ApplyError, match="luac refuses") as refused:
        site.deliver(BROKEN, way)
    assert "/lua/watch.new.lua:1:" in str(refused.value.output)
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]
    assert site.door == []


@each_way
def test_a_script_that_fails_at_once_is_taken_back(site: Site, way: str) -> None:
    site.deliver(RESIDENT, way)
    with pytest.raises(VerifyError, match="the one before is back and runs") as failed:
        site.deliver(FAILING, way)
    assert "no way" in str(failed.value.output)
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]


def test_a_first_script_that_fails_is_removed(site: Site) -> None:
    with pytest.raises(VerifyError, match="it was removed"):
        site.deliver(FAILING)
    assert (site.files, site.running) == ({}, [])


def test_a_script_that_ends_well_by_itself_is_fine(site: Site) -> None:
    assert site.deliver(BRIEF) == Delivered("home", PATH, written=True, started=True, task=None)


def test_without_start_what_runs_is_left_alone(site: Site) -> None:
    site.deliver(RESIDENT)
    done = site.deliver(BETTER, begin=False)
    assert (done.written, done.started) == (True, False)
    assert site.files == {PATH: BETTER}
    assert site.running == [RESIDENT], "a running task keeps its loaded code"


def test_arguments_are_handed_on(site: Site) -> None:
    site.deliver(b"local a, b = ... rt.syslog('info', a .. b)\n", arguments="x y")
    assert any("[LUA] xy" in line for line in site.router.log)


@pytest.mark.parametrize("name", ["../x.lua", "x", "a b.lua", "x.new.lua", "x.old.lua", "x;y.lua"])
def test_names_that_no_command_could_carry_are_refused(site: Site, name: str) -> None:
    with pytest.raises(InputError):
        site.job(RESIDENT, name=name)


def test_folders_are_made_down_to_the_last(site: Site) -> None:
    site.deliver(RESIDENT, folder="/lua/watches/own")
    assert list(site.files) == ["/lua/watches/own/watch.lua"]


def test_another_run_on_the_same_router_is_waited_for(site: Site) -> None:
    job = site.job(RESIDENT)
    with locked(job.lock, router="home"), pytest.raises(PlanError, match="another run"):
        deliver(job)
    assert site.files == {}


@each_way
def test_a_delivery_tells_how_far_it_is(site: Site, way: str) -> None:
    source = b"-- " + b"x" * 2000 + b"\n" + RESIDENT
    site.deliver(source, way)
    sent = [event for event in site.events if event.text == "sending watch.lua"]
    assert {(event.unit, event.total) for event in sent} == {("bytes", len(source))}
    done = [event.done for event in sent]
    assert (done[0], done[-1], done) == (0, len(source), sorted(done))
    assert any(event.text == "reading watch.lua back" for event in site.events)


# --- as far as it can come before the configuration ----------------------------------------------


@each_way
def test_a_new_script_is_put_in_place_and_not_started(site: Site, way: str) -> None:
    assert prepare(site.job(RESIDENT, way)) == PATH
    assert (site.files, site.running, site.door) == ({PATH: RESIDENT}, [], [])
    before = site.writes
    done = site.deliver(RESIDENT, way)
    assert (done.written, done.started, done.task) == (False, True, 1)
    assert site.writes == before


@each_way
def test_a_better_script_waits_beside_the_old_one(site: Site, way: str) -> None:
    site.deliver(RESIDENT, way)
    assert prepare(site.job(BETTER, way)) == "/lua/watch.new.lua"
    assert site.files == {PATH: RESIDENT, "/lua/watch.new.lua": BETTER}
    assert site.running == [RESIDENT]
    sent = site.said.count("bytes sent")
    assert site.deliver(BETTER, way).written
    assert (site.files, site.running) == ({PATH: BETTER}, [BETTER])
    assert site.said.count("bytes sent") == sent, "nothing is sent twice"


@pytest.mark.parametrize("before", [None, RESIDENT], ids=["new", "better"])
def test_what_was_prepared_goes_on_without_another_transfer(
    site: Site, before: bytes | None
) -> None:
    def never() -> Files:
        raise AssertionError

    if before:
        site.deliver(before)
    lies = prepare(site.job(BETTER))
    assert site.deliver(BETTER, lies=lies, files=never).started
    assert (site.files, site.running, site.door) == ({PATH: BETTER}, [BETTER], [])


def test_what_waits_beside_is_sent_again_where_it_is_something_else(site: Site) -> None:
    site.deliver(RESIDENT)
    prepare(site.job(BETTER))
    assert site.deliver(RESIDENT.replace(b"60", b"61")).written
    assert list(site.files) == [PATH]


def test_what_the_compiler_refuses_is_refused_there(site: Site) -> None:
    site.deliver(RESIDENT)
    with pytest.raises(ApplyError, match="luac refuses"):
        prepare(site.job(BROKEN))
    assert (site.files, site.running) == ({PATH: RESIDENT}, [RESIDENT])


def test_a_line_lost_on_the_way_is_no_end(site: Site) -> None:
    prepare(site.job(RESIDENT, connect=fragile(site, 6)))
    assert "the line was lost" in site.said
    assert site.files == {PATH: RESIDENT}


def test_a_script_begins_anew_where_its_settings_have_changed(site: Site) -> None:
    first = site.deliver(RESIDENT)
    assert not site.deliver(RESIDENT).started
    again = site.deliver(RESIDENT, anew=True)
    assert (again.written, again.started) == (False, True)
    assert again.task != first.task or site.running == [RESIDENT]


def test_it_is_kept_whose_a_file_is_and_what_runs_an_older_one(site: Site) -> None:
    ledger = Ledger(site.state / "scripts" / "home.ledger.json")
    site.deliver(RESIDENT, ledger=ledger)
    assert ledger.read() == Book()
    site.deliver(BETTER, ledger=ledger, begin=False)
    assert list(ledger.read().outdated) == [PATH]
    site.deliver(BETTER, ledger=ledger, ours=True, anew=True)
    assert ledger.read().outdated == {}
    assert ledger.read().put[PATH].digest == digest(BETTER)


# --- slots ---------------------------------------------------------------------------------------


def fill(site: Site, number: int) -> None:
    def start(device: Any) -> None:
        device.rtfs.make_directory("/lua")
        for each in range(number):
            device.rtfs.write(f"/lua/{each}.lua", RESIDENT)

    site.router.do(start)
    for each in range(number):
        site.router.type(f"lua /lua/{each}.lua")


def test_a_ninth_script_is_refused_before_anything_is_written(site: Site) -> None:
    fill(site, 8)
    before = site.writes
    with pytest.raises(PlanError, match="all 8 Lua tasks are in use"):
        site.deliver(RESIDENT)
    assert site.writes == before
    assert len(site.running) == 8


def test_one_of_eight_can_be_replaced(site: Site) -> None:
    fill(site, 7)
    site.deliver(RESIDENT)
    assert site.deliver(BETTER).task is not None
    assert site.running.count(BETTER) == 1


# --- the TFTP door -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before", ["tftp host none", "tftp host lan", "tftp host 192.0.2.7 192.0.2.9-192.0.2.20"]
)
def test_the_door_is_opened_for_this_machine_only_and_put_back(site: Site, before: str) -> None:
    site.router.type(before)
    seen = []

    def files() -> Files:
        seen.append(site.door)
        return TftpFiles(site.entry, port=site.router.tftp_port)

    site.deliver(RESIDENT, files=files)
    assert seen == [["tftp host 127.0.0.1"]]
    assert site.door == [before]
    assert not site.record.exists()


@pytest.mark.parametrize("before", ["tftp host any", "tftp host 127.0.0.1-127.0.0.9"])
def test_a_door_that_is_open_for_us_already_is_not_touched(site: Site, before: str) -> None:
    site.router.type(before)
    site.deliver(RESIDENT)
    assert site.door == [before]


def test_the_door_is_closed_on_a_new_session_when_the_first_one_is_lost(site: Site) -> None:
    sessions: list[Session] = []

    def keep() -> Session:
        sessions.append(site.session())
        return sessions[-1]

    def cut() -> Files:
        assert site.door == ["tftp host 127.0.0.1"]
        sessions[0].drop()
        raise ConnectError("the line was cut")

    with pytest.raises(ConnectError, match="the line was cut"):
        site.deliver(RESIDENT, connect=keep, files=cut)
    assert site.door == []
    assert not site.record.exists()


def test_an_impatient_user_leaves_no_door_open_and_nothing_half_written(site: Site) -> None:
    def interrupted() -> Files:
        assert site.door == ["tftp host 127.0.0.1"]
        raise KeyboardInterrupt

    site.deliver(RESIDENT)
    with pytest.raises(KeyboardInterrupt):
        site.deliver(BETTER, files=interrupted)
    assert (site.door, site.files, site.running) == ([], {PATH: RESIDENT}, [RESIDENT])


def test_a_door_that_could_not_be_closed_is_said_and_closed_by_the_next_run(site: Site) -> None:
    sessions: list[Session] = []

    def keep() -> Session:
        sessions.append(site.session())
        return sessions[-1]

    def cut() -> Files:
        sessions[0].drop()
        site.router.faults.refuse_connections = True
        raise ConnectError("the line was cut")

    with pytest.raises(UnknownStateError, match="may still be open") as left:
        site.deliver(RESIDENT, connect=keep, files=cut)
    assert "tftp host none" in str(left.value.hint)
    assert json.loads(site.record.read_text()) == {
        "before": "no tftp host",
        "during": "tftp host 127.0.0.1",
    }
    site.router.faults.clear()
    assert site.door == ["tftp host 127.0.0.1"]
    site.deliver(RESIDENT)
    assert (site.door, site.record.exists()) == ([], False)


def test_what_somebody_else_set_meanwhile_is_left_alone(site: Site) -> None:
    def files() -> Files:
        site.router.type("tftp host 192.0.2.1")
        raise ConnectError("the line was cut")

    with pytest.raises(ConnectError):
        site.deliver(RESIDENT, files=files)
    assert site.door == ["tftp host 192.0.2.1"]


# --- either way ----------------------------------------------------------------------------------


def test_sftp_is_taken_where_the_router_offers_it(site: Site) -> None:
    site.deliver(RESIDENT, "auto")
    assert "TFTP" not in site.said


def test_tftp_is_taken_where_it_does_not_and_a_warning_says_so(site: Site) -> None:
    site.router.type("no sftpd host")
    site.deliver(RESIDENT, "auto")
    assert site.files == {PATH: RESIDENT}
    assert "TFTP it is, with the password in the clear" in site.said


def test_a_password_that_sftp_refused_is_not_sent_again_in_the_clear(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "planted-wrong-1c1c")
    login = site.entry.login.model_copy(update={"administrator_password": Secret("env:WRONG")})
    wrong = site.entry.model_copy(update={"login": login})
    way = replace(
        cast("SftpOrTftp", site.way("auto")), sftp=Sftp(partial(SftpFiles, wrong, state=site.state))
    )
    with pytest.raises(AuthenticationError):
        deliver(replace(site.job(RESIDENT), way=way))
    assert site.files == {}
    assert "TFTP" not in site.said


# --- faults of the transfer ----------------------------------------------------------------------


def untouched(site: Site, way: str, trouble: type[YamahaOpsError]) -> None:
    with pytest.raises(trouble):
        site.deliver(BETTER, way)
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]
    assert site.door == []


@each_way
def test_a_wrong_password_changes_nothing_and_is_nowhere_to_be_read(
    site: Site, way: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site.deliver(RESIDENT, way)
    monkeypatch.setenv("WRONG", "planted-wrong-1c1c")
    login = site.entry.login.model_copy(update={"administrator_password": Secret("env:WRONG")})
    wrong = site.entry.model_copy(update={"login": login})
    files: dict[str, Any] = {
        "tftp": partial(TftpFiles, wrong, port=site.router.tftp_port),
        "sftp": partial(SftpFiles, wrong, state=site.state),
    }
    caplog.set_level(logging.DEBUG)
    with pytest.raises(YamahaOpsError) as refused:
        site.deliver(BETTER, way, files=files[way])
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]
    assert site.door == []
    for told in (caplog.text, refused.value.explain(), site.said):
        assert "planted" not in told


@each_way
def test_a_full_file_system_changes_nothing(site: Site, way: str) -> None:
    site.deliver(RESIDENT, way)

    def fill_up(device: Any) -> None:
        device.rtfs.write("/full", b"x" * device.rtfs.free())

    site.router.do(fill_up)
    with pytest.raises(YamahaOpsError):
        site.deliver(BETTER, way)
    site.router.do(lambda device: device.rtfs.delete("/full"))
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]
    assert site.door == []


def test_lost_packets_are_sent_again(site: Site) -> None:
    site.router.faults.tftp_loss = 0.1
    source = b"-- " + b"x" * 3000 + b"\n" + RESIDENT
    site.deliver(source)
    assert site.files == {PATH: source}


def test_a_wire_that_loses_everything_gives_up(site: Site) -> None:
    site.deliver(RESIDENT)
    site.router.faults.tftp_loss = 1.0
    untouched(site, "tftp", ConnectError)


@dataclass
class Treacherous:
    """Files that arrive otherwise than sent."""

    site: Site
    spoil: Any

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        pass

    def read(self, path: str, told: Told = untold) -> bytes:
        told(1, 1)
        return self.site.files[path]

    def write(self, path: str, data: bytes, told: Told = untold) -> None:
        told(len(data), len(data))
        self.site.router.do(lambda device: device.rtfs.write(path, self.spoil(data)))
        if self.spoil(data) == b"":
            raise ConnectError("cut in the middle")


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (lambda data: data[:10], ApplyError),
        (lambda data: data.replace(b"60", b"61"), ApplyError),
        (lambda data: data.replace(b"\n", b"\r\n"), ApplyError),
        (lambda data: data[:0], ConnectError),
    ],
    ids=["short", "wrong", "line ends", "cut"],
)
def test_nothing_half_written_is_ever_run(
    site: Site, spoil: Any, trouble: type[YamahaOpsError]
) -> None:
    site.deliver(RESIDENT)
    with pytest.raises(trouble):
        site.deliver(BETTER, files=partial(Treacherous, site, spoil))
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]


@dataclass
class TakesOnly(Treacherous):
    """Files of a router that takes files and gives none back."""

    def read(self, path: str, told: Told = untold) -> bytes:
        told(0, None)
        raise CommandError(f"the router did not give {path} over TFTP: it refused")


def test_what_cannot_be_read_back_is_summed_up_on_the_router(site: Site) -> None:
    files = partial(TakesOnly, site, lambda data: data)
    site.deliver(RESIDENT, files=files)
    assert "cannot be read back" in site.said
    assert (site.files, site.running) == ({PATH: RESIDENT}, [RESIDENT])
    before = site.writes
    assert not site.deliver(RESIDENT, files=files).written
    assert site.writes == before


@pytest.mark.parametrize("spoiled", [RESIDENT.replace(b"60", b"61"), RESIDENT[:-1], b""])
def test_sums_that_differ_stop_it_too(site: Site, spoiled: bytes) -> None:
    site.deliver(BETTER)
    with pytest.raises((ApplyError, ConnectError)):
        site.deliver(RESIDENT, files=partial(TakesOnly, site, lambda _data: spoiled))
    assert (site.files, site.running) == ({PATH: BETTER}, [BETTER])


@given(st.binary(max_size=300), st.data())
@settings(max_examples=50, deadline=None)
def test_one_changed_byte_changes_the_sums(data: bytes, draw: st.DataObject) -> None:
    if data:
        place = draw.draw(st.integers(0, len(data) - 1))
        other = bytes([data[place] ^ draw.draw(st.integers(1, 255))])
        assert sums(data) != sums(data[:place] + other + data[place + 1 :])
    assert sums(data) != sums(data + b"\0")


# --- a line that is lost -------------------------------------------------------------------------


class Fragile:
    """A session whose line is cut before one of its commands."""

    def __init__(self, inner: Session, left: int) -> None:
        self._inner = inner
        self._left = left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            self._inner.drop()
            raise ConnectError("the line was lost")

    def send(self, command: str, timeout: float | None = None) -> str:
        self._count()
        return self._inner.send(command, timeout)

    def run(self, command: str, timeout: float | None = None) -> str:
        self._count()
        return self._inner.run(command, timeout)


def fragile(site: Site, cut_before: int) -> Callable[[], Session]:
    """Let the first session lose its line; what follows holds."""
    first = [True]

    def connect() -> Session:
        session = site.session()
        if first.pop() if first else False:
            return cast("Session", Fragile(session, cut_before))
        return session

    return connect


@pytest.mark.parametrize("cut_before", range(17))
def test_wherever_the_line_is_lost_the_new_script_runs_in_the_end(
    site: Site, cut_before: int
) -> None:
    site.deliver(RESIDENT)
    site.deliver(BETTER, connect=fragile(site, cut_before))
    assert "the line was lost" in site.said
    assert (site.files, site.running, site.door) == ({PATH: BETTER}, [BETTER], [])


@pytest.mark.parametrize("cut_before", range(10, 22, 3))
def test_wherever_the_line_is_lost_a_failing_script_is_taken_back(
    site: Site, cut_before: int
) -> None:
    site.deliver(RESIDENT)
    with pytest.raises(VerifyError, match="the one before is back and runs"):
        site.deliver(FAILING, connect=fragile(site, cut_before))
    assert "the line was lost" in site.said
    assert (site.files, site.running, site.door) == ({PATH: RESIDENT}, [RESIDENT], [])


# --- runs that died ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "left",
    [
        {"/lua/watch.new.lua": b"half"},
        {"/lua/watch.old.lua": RESIDENT, "/lua/watch.new.lua": BETTER},
        {"/lua/watch.old.lua": RESIDENT, "/lua/watch.lua": BETTER},
        {"/lua/watch.lua": RESIDENT, "/lua/watch.new.lua": b"half"},
    ],
    ids=["upload", "between the renames", "before the start", "second upload"],
)
def test_whatever_an_earlier_run_left_the_next_one_ends_well(
    site: Site, left: dict[str, bytes]
) -> None:
    def leave(device: Any) -> None:
        device.rtfs.make_directory("/lua")
        for path, data in left.items():
            device.rtfs.write(path, data)

    site.router.do(leave)
    site.deliver(BETTER)
    assert {path: data for path, data in site.files.items() if ".new" not in path} == {PATH: BETTER}
    assert site.running == [BETTER]


def test_a_delivery_that_died_between_the_renames_is_mended_even_if_the_next_one_fails(
    site: Site,
) -> None:
    def leave(device: Any) -> None:
        device.rtfs.make_directory("/lua")
        device.rtfs.write("/lua/watch.old.lua", RESIDENT)

    site.router.do(leave)
    with pytest.raises(ApplyError):
        site.deliver(BROKEN)
    assert site.files == {PATH: RESIDENT}
    assert "an earlier delivery was cut off" in site.said


def test_a_router_with_lua_switched_off_says_so_and_keeps_the_file(site: Site) -> None:
    site.router.type("lua use off")
    with pytest.raises(VerifyError) as refused:
        site.deliver(RESIDENT)
    assert "エラー" in str(refused.value.output)
    assert site.files == {}
