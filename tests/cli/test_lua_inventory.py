"""Scripts of the inventory as users meet them: `plan` and `apply`, and what goes wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from yamaha_ops.actions import scripting
from yamaha_ops.cli import main
from yamaha_ops.errors import ConnectError, ConsoleError
from yamaha_ops.lab import Lab
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.delivery import Delivery, prepare
from yamaha_ops.scripts.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yamaha_ops.lab import LabRouter

PASSWORD = "planted-login-51a1"
ADMINISTRATOR_PASSWORD = "planted-administrator-51a2"
HOOK = "https://hook.example/planted-hook"
RESIDENT = "local n = tonumber(os.getenv('PACE') or '') or 60\nwhile true do\n  rt.sleep(n)\nend\n"
BETTER = "-- better\n" + RESIDENT
FAILING = "error('no way')\n"
INVENTORY = """\
routers:
  home:
    host: 127.0.0.1
    port: {port}
    known_hosts: first-use
    login:
      user: admin
      password: env:HOME_PASSWORD
      administrator_password: env:HOME_ADMINISTRATOR_PASSWORD
    lan: {{address: 192.168.100.1/24}}
    management: {{sftp: {sftp}}}
    scripts:
{scripts}"""
TWO = """\
      mine: {variables: {PACE: 30, NOTIFY_URL: "env:HOOK"}}
      nightly: {at: "03:00", arguments: all, file: own/night.lua}
"""


NEVER = """\
    checks: [{name: never, command: show environment, pattern: no such text}]
"""


each_way = pytest.mark.parametrize("site", ["lan", "none"], ids=["sftp", "tftp"], indirect=True)


@dataclass
class Site:
    """A user's folder, and the router that it speaks of."""

    router: LabRouter
    folder: Path
    capsys: pytest.CaptureFixture[str]
    sftp: str = "lan"

    def want(self, scripts: str) -> None:
        text = INVENTORY.format(
            port=self.router.port, sftp=self.sftp, scripts=scripts or "      {}"
        )
        (self.folder / "inventory.yaml").write_text(text, encoding="ascii")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="ascii")

    def run(self, *words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as finished:
            main(words)
        told = self.capsys.readouterr()
        assert isinstance(finished.value.code, int)
        assert "planted" not in told.out + told.err
        return finished.value.code, told.out, told.err

    def apply(self, *words: str) -> tuple[int, str, str]:
        return self.run("apply", "home", "--yes", "--no-history", "--verify-seconds", "1", *words)

    def differs(self) -> dict[str, str]:
        """Return how each script differs, as `plan --json` says it."""
        _, out, _ = self.run("plan", "home", "--json")
        return {each["path"]: each["action"] for each in json.loads(out)["scripts"]}

    @property
    def files(self) -> dict[str, str]:
        return self.router.do(
            lambda device: {path: data.decode() for path, data in device.rtfs.files.items()}
        )

    @property
    def running(self) -> dict[str, str]:
        """The source that runs, by path."""
        return self.router.do(
            lambda device: {task.script or "": task.source for task in device.lua.running.values()}
        )

    @property
    def writes(self) -> int:
        return self.router.do(lambda device: device.rtfs.writes)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture
def site(
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> Iterator[Site]:
    router = lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HOME_PASSWORD", PASSWORD)
    monkeypatch.setenv("HOME_ADMINISTRATOR_PASSWORD", ADMINISTRATOR_PASSWORD)
    monkeypatch.setenv("HOOK", HOOK)
    monkeypatch.setenv("YAMAHA_OPS_TFTP_PORT", str(router.tftp_port))
    monkeypatch.setattr(tasks, "LOOK_AFTER", 0.2)
    sftp = getattr(request, "param", "lan")
    router.type(f"sftpd host {sftp}", save=True)
    place = Site(router, tmp_path, capsys, sftp)
    place.write("lua/mine.lua", RESIDENT)
    place.write("own/night.lua", BETTER)
    place.want(TWO)
    yield place
    router.stop()


@each_way
def test_two_scripts_come_with_their_settings_and_then_nothing_is_left(site: Site) -> None:
    code, out, _ = site.run("plan", "home", "--detailed-exitcode")
    assert code == 3
    assert "  + /lua/mine.lua missing: to be put there" in out
    assert "started with NOTIFY_URL=env:HOOK, PACE=30" in out
    code, out, err = site.apply()
    assert code == 0, out + err
    assert "  ✓ /lua/mine.lua delivered\n  ✓ /lua/nightly.lua delivered\n" in out
    assert site.files == {"/lua/mine.lua": RESIDENT, "/lua/nightly.lua": BETTER}
    assert site.running == {"/lua/mine.lua": RESIDENT}
    saved = site.router.saved
    assert saved is not None
    assert f"set NOTIFY_URL={HOOK}" in saved.text
    assert "* lua /lua/nightly.lua all" in saved.text
    assert "tftp host" not in saved.text
    before = site.writes
    code, out, _ = site.run("plan", "home", "--detailed-exitcode")
    assert (code, out.startswith("home: nothing differs")) == (0, True)
    code, out, _ = site.apply()
    assert (code, "home: unchanged - nothing differs" in out, site.writes) == (0, True, before)


@each_way
def test_a_script_is_there_before_its_schedule_and_goes_after_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, bool]] = []

    def watched(job: Delivery) -> str:
        lies = prepare(job)
        seen.append((job.path in site.files, job.path in site.router.running.text))
        return lies

    monkeypatch.setattr(scripting, "prepare", watched)
    assert site.apply()[0] == 0
    assert seen == [(True, False), (True, False)]

    site.want("      mine: {}\n")
    assert site.differs() == {"/lua/mine.lua": "running old version", "/lua/nightly.lua": "extra"}
    code, out, err = site.apply()
    assert code == 0, out + err
    assert "  ✓ /lua/nightly.lua removed\n  ✓ /lua/mine.lua started\n" in out
    assert list(site.files) == ["/lua/mine.lua"]
    assert "nightly" not in site.router.running.text
    assert site.differs() == {}


@each_way
def test_each_difference_has_its_word(site: Site) -> None:
    assert site.differs() == {"/lua/mine.lua": "missing", "/lua/nightly.lua": "missing"}
    assert site.apply()[0] == 0
    site.router.type("terminate lua all")
    site.write("own/night.lua", BETTER + "-- more\n")
    assert site.differs() == {"/lua/mine.lua": "not running", "/lua/nightly.lua": "different"}
    code, out, err = site.apply()
    assert code == 0, out + err
    assert "home: changed - the configuration was as wanted already\n" in out
    assert "  ✓ /lua/mine.lua started\n  ✓ /lua/nightly.lua delivered\n" in out
    site.want(TWO.replace("30", "40"))
    assert site.differs() == {"/lua/mine.lua": "running old version"}
    assert site.apply()[0] == 0
    assert site.differs() == {}


def test_what_nobody_asked_for_is_told_and_left_alone(site: Site) -> None:
    site.router.do(lambda device: device.rtfs.make_directory("/lua"))
    site.router.do(lambda device: device.rtfs.write("/lua/other.lua", b"rt.sleep(1)\n"))
    code, out, _ = site.run("plan", "home")
    assert "/lua/other.lua is there and nobody asked for it; it is left alone" in " ".join(
        out.split()
    )
    assert site.apply()[0] == 0
    site.want("")
    assert site.apply()[0] == 0
    assert list(site.files) == ["/lua/other.lua"]
    assert code == 0


@each_way
def test_a_script_that_somebody_changed_since_is_not_taken_away(site: Site) -> None:
    assert site.apply()[0] == 0
    site.router.do(lambda device: device.rtfs.write("/lua/nightly.lua", b"rt.sleep(99)\n"))
    site.want("      mine: {}\n")
    assert "/lua/nightly.lua" not in site.differs()
    assert site.apply()[0] == 0
    assert "/lua/nightly.lua" in site.files


def test_a_reviewed_plan_is_refused_once_a_script_has_changed(site: Site) -> None:
    assert site.run("plan", "home", "--out", "plan.json")[0] == 0
    assert HOOK not in (site.folder / "plan.json").read_text(encoding="utf-8")
    site.write("own/night.lua", BETTER + "-- more\n")
    code, _, err = site.apply("--plan", "plan.json")
    assert code == 1
    assert "has changed since the plan was saved" in err
    assert site.files == {}
    site.write("own/night.lua", BETTER)
    assert site.apply("--plan", "plan.json")[0] == 0
    assert "/lua/nightly.lua" in site.files


def test_what_check_refuses_is_refused_before_anything_is_sent(site: Site) -> None:
    site.write("lua/mine.lua", "rt.sleep(0.5)\n")
    for words in (("plan", "home"), ("apply", "home", "--yes", "--no-history")):
        code, _, err = site.run(*words)
        assert code == 1
        assert "lua/mine.lua:1: 0.5 is a malformed number on the router" in err
    assert "mine.lua" not in site.router.running.text
    assert site.files == {}


def test_what_the_routers_compiler_refuses_leaves_its_configuration_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.apply()[0] == 0
    before = site.router.running.text
    site.write("lua/mine.lua", "local = 1\n")
    site.want(TWO.replace("30", "40"))
    # Our own check would have found it; here only the router's compiler does.
    monkeypatch.setattr(scripting, "check", lambda _source, _name: ())
    code, _, err = site.apply()
    assert code == 1
    assert "the router's luac refuses mine.lua; nothing that runs was touched" in err
    assert site.router.running.text == before
    assert site.running == {"/lua/mine.lua": RESIDENT}
    assert list(site.files) == ["/lua/mine.lua", "/lua/nightly.lua"]


@each_way
def test_a_full_file_system_ends_it_before_anything_is_sent(site: Site) -> None:
    assert site.apply()[0] == 0
    before = site.router.running.text

    def fill_up(device: Any) -> None:
        device.rtfs.write("/full", b"x" * (device.rtfs.free() - 10))

    site.router.do(fill_up)
    site.write("lua/mine.lua", BETTER)
    site.want(TWO.replace("30", "40"))
    code, _, err = site.apply()
    assert code == 1
    # Over SFTP only reading back finds it out: the client drops what is said at the file's end.
    said = "TFTP error 3: Disk full" if site.sftp == "none" else "is not what was sent there"
    assert said in err
    assert site.router.running.text == before
    assert site.files["/lua/mine.lua"] == RESIDENT
    assert site.running == {"/lua/mine.lua": RESIDENT}


@each_way
def test_a_script_that_fails_leaves_the_old_one_running_and_the_outcome_says_so(
    site: Site,
) -> None:
    assert site.apply()[0] == 0
    site.write("lua/mine.lua", FAILING)
    site.want(TWO.replace("30", "40"))
    code, out, _ = site.apply("--json")
    ended = json.loads(out)
    assert code == 4
    assert ended["result"] == "incomplete"
    (failed,) = ended["scripts"]
    assert (failed["path"], failed["done"]) == ("/lua/mine.lua", "failed")
    assert "no way" in failed["reason"]
    assert site.files["/lua/mine.lua"] == RESIDENT
    assert site.running == {"/lua/mine.lua": RESIDENT}
    assert "set PACE=40" in site.router.running.text
    assert site.differs()["/lua/mine.lua"] == "different"


def test_a_new_script_that_fails_is_reported_and_the_others_come_nevertheless(site: Site) -> None:
    site.write("lua/mine.lua", FAILING)
    code, out, _ = site.apply()
    assert code == 1
    assert "home: incomplete" in out
    assert "no way" in out
    assert site.files["/lua/nightly.lua"] == BETTER
    assert site.differs() == {"/lua/mine.lua": "not running"}


def test_where_the_change_is_taken_back_no_script_is_touched(site: Site) -> None:
    assert site.apply()[0] == 0
    site.write("lua/mine.lua", BETTER)
    site.want(TWO.replace("30", "40") + NEVER)
    code, out, err = site.apply()
    assert code == 4, out + err
    assert site.running == {"/lua/mine.lua": RESIDENT}
    assert site.files["/lua/mine.lua"] == RESIDENT
    assert "set PACE=30" in site.router.running.text
    assert site.differs() == {"/lua/mine.lua": "different"}


@each_way
def test_a_run_that_died_between_configuration_and_script_is_brought_to_its_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.apply()[0] == 0
    site.want(TWO.replace("30", "40"))
    with monkeypatch.context() as patch:

        def die(_self: object, _outcome: object) -> None:
            raise ConnectError("the power went here")

        patch.setattr(scripting.Scripting, "finish", die)
        assert site.apply()[0] == 1
    assert "set PACE=40" in site.router.running.text
    assert site.differs() == {"/lua/mine.lua": "running old version"}
    code, out, _ = site.apply()
    assert (code, "/lua/mine.lua started" in out) == (0, True)
    assert site.differs() == {}


def test_nobody_is_asked_where_nothing_is_to_be_done_and_somebody_where_a_script_is(
    site: Site,
) -> None:
    assert site.apply()[0] == 0
    assert site.run("apply", "home", "--no-history")[0] == 0
    site.router.type("terminate lua all")
    code, _, err = site.run("apply", "home", "--no-history")
    assert code == 1
    assert "nobody is there to answer: Apply to home?" in err
    assert site.running == {}


def test_markdown_has_a_table_of_the_scripts(site: Site) -> None:
    code, out, _ = site.run("plan", "home", "--markdown")
    assert code == 0
    assert "```\n\n| script | is | what is done |\n|---|---|---|\n" in out
    assert "| `/lua/mine.lua` | missing | to be put there (" in out
    assert out.endswith("|\n")


def test_a_setting_that_no_script_reads_is_told(site: Site) -> None:
    site.want("      mine: {variables: {PACEE: 30}}\n")
    _, out, _ = site.run("plan", "home")
    assert "mine.lua never mentions PACEE" in out


def test_an_embedded_script_is_text_of_the_configuration_and_started(site: Site) -> None:
    site.want("      mine: {via: embedded, variables: {PACE: 30}}\n")
    assert site.differs() == {"emfs:/mine.lua": "missing"}
    code, out, err = site.apply()
    assert code == 0, out + err
    assert site.files == {}
    assert list(site.running) == ["emfs:/mine.lua"]
    assert site.differs() == {}
    site.write("lua/mine.lua", RESIDENT.replace("60", "61"))
    assert site.differs() == {"emfs:/mine.lua": "running old version"}
    assert site.apply()[0] == 0
    assert "61" in site.running["emfs:/mine.lua"]
    site.want("")
    assert site.differs() == {"emfs:/mine.lua": "extra"}
    assert site.apply()[0] == 0
    assert site.running == {}
    assert "mine.lua" not in site.router.running.text
    assert site.differs() == {}


def test_too_many_scripts_are_refused_before_anything_is_sent(site: Site) -> None:
    site.router.do(lambda device: device.rtfs.make_directory("/other"))

    def put(path: str, device: Any) -> None:
        device.rtfs.write(path, RESIDENT.encode())

    for number in range(8):
        path = f"/other/{number}.lua"
        site.router.do(partial(put, path))
        site.router.type(f"lua {path}")
    code, _, err = site.apply()
    assert code == 1
    assert "1 scripts shall run and 8 others do, of 8 at once" in err
    assert "mine.lua" not in site.router.running.text


def test_inventory_show_shows_the_scripts(site: Site) -> None:
    _, out, _ = site.run("inventory", "show", "home")
    assert "scripts.mine.variables.NOTIFY_URL" in out
    assert "env:HOOK" in out


@each_way
def test_no_password_goes_in_the_clear_where_the_change_itself_opens_sftp(site: Site) -> None:
    site.router.type("no sftpd host")
    site.want(TWO.replace("mine: {", "mine: {via: sftp, "))
    code, out, err = site.apply()
    if site.sftp == "none":
        assert code == 1
        assert "opened no SFTP" in err
        assert site.files == {}
        return
    assert code == 0, out + err
    assert "in the clear" not in err
    assert site.running == {"/lua/mine.lua": RESIDENT}


def test_status_says_what_the_inventory_wants_otherwise(site: Site) -> None:
    assert site.apply()[0] == 0
    site.router.do(lambda device: device.rtfs.write("/lua/other.lua", b"rt.sleep(1)\n"))
    site.router.type("terminate lua all")
    _, out, _ = site.run("lua", "status", "home")
    assert "home: 0 of 8 tasks in use" in out
    assert "  ! /lua/mine.lua: not running\n" in out
    assert "  ? /lua/other.lua: the inventory does not know it\n" in out
    assert site.run("lua", "run", "home", "mine")[0] == 0
    _, out, _ = site.run("lua", "status", "home", "--json")
    assert json.loads(out)["scripts"] == [
        {"path": "/lua/mine.lua", "differs": None},
        {"path": "/lua/nightly.lua", "differs": None},
        {"path": "/lua/other.lua", "differs": "unknown"},
    ]


def test_a_record_that_cannot_be_written_takes_nothing_from_the_change(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object, _settings: object) -> None:
        raise ConsoleError("the record of the scripts put on the router cannot be kept: full")

    monkeypatch.setattr(Ledger, "set", full)
    code, _, err = site.apply()
    assert code == 0
    assert "! the record of the scripts put on the router cannot be kept" in err
    assert list(site.running) == ["/lua/mine.lua"]
