"""`lua` as its users meet it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from yamaha_ops.cli.lua import app
from yamaha_ops.errors import ApplyError, InputError, InventoryError, PlanError, VerifyError
from yamaha_ops.lab import Lab
from yamaha_ops.scripts import tasks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yamaha_ops.lab import LabRouter

GOOD = "local n = tonumber(os.getenv('N')) or 5\nrt.sleep(n)\n"
BAD = "local half = 0.5\nrt.sleep(half)\n"
DOUBTFUL = "print('x')\n"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    for name, text in (("good", GOOD), ("bad", BAD), ("doubtful", DOUBTFUL)):
        (tmp_path / f"{name}.lua").write_text(text, encoding="ascii")
    return tmp_path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_nothing_to_say_is_success_and_silence(scripts: Path) -> None:
    assert run("check", scripts / "good.lua") == (0, "")


def test_an_error_exits_with_1_and_says_line_and_cure(scripts: Path) -> None:
    code, out = run("check", scripts / "good.lua", scripts / "bad.lua")
    assert code == 1
    assert f"{scripts}/bad.lua:1:14: error: 0.5 is a malformed number" in out
    assert "\n    use integers" in out


def test_a_warning_alone_exits_with_0(scripts: Path) -> None:
    code, out = run("check", scripts / "doubtful.lua")
    assert code == 0
    assert "warning: print goes nowhere" in out


def test_json_is_one_object_a_file_and_nothing_else(scripts: Path) -> None:
    code, out = run("check", "--json", scripts / "good.lua", scripts / "bad.lua")
    good, bad = map(json.loads, out.splitlines())
    assert code == 1
    assert (good["errors"], good["warnings"], good["findings"]) == (0, 0, [])
    assert bad["file"] == f"{scripts}/bad.lua"
    assert bad["errors"] == 1
    (finding,) = (each for each in bad["findings"] if each["level"] == "error")
    assert finding.keys() == {"line", "column", "level", "code", "message", "cure"}
    assert (finding["line"], finding["code"]) == (1, "decimal-number")


def test_a_script_may_come_from_stdin() -> None:
    result = CliRunner().invoke(app, ["check", "-"], input=BAD)
    assert result.exit_code == 1
    assert "-:1:14: error" in result.stdout


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        run("check", tmp_path / "none.lua")


# --- on a router ---------------------------------------------------------------------------------

PASSWORD = "planted-login-0dd1"
ADMINISTRATOR_PASSWORD = "planted-administrator-e4e4"
RESIDENT = "while true do\n  rt.sleep(60)\nend\n"
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
"""


@dataclass
class Site:
    """A user's folder, the router that it speaks of, and what was told."""

    router: LabRouter
    folder: Path

    def run(self, *words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, list(words))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    def push(self, script: str, *words: str) -> tuple[int, str, str]:
        return self.run("push", "home", script, "--tftp-port", str(self.router.tftp_port), *words)

    @property
    def files(self) -> list[str]:
        return self.router.do(lambda device: list(device.rtfs.files))


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture
def site(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    router = lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD)
    (tmp_path / "inventory.yaml").write_text(INVENTORY.format(port=router.port), encoding="ascii")
    (tmp_path / "mine.lua").write_text(RESIDENT, encoding="ascii")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("HOME_PASSWORD", PASSWORD)
    monkeypatch.setenv("HOME_ADMINISTRATOR_PASSWORD", ADMINISTRATOR_PASSWORD)
    monkeypatch.setattr(tasks, "LOOK_AFTER", 0.2)
    yield Site(router, tmp_path)
    router.stop()


def test_push_delivers_and_says_each_step_on_stderr(site: Site) -> None:
    code, out, err = site.push("mine.lua")
    assert (code, out) == (0, "home: /lua/mine.lua delivered, task 1\n")
    for step in ("folder /lua made", "read back, byte for byte", "luac on the router takes it"):
        assert step in err
    assert "password in the clear" in err
    assert "planted" not in out + err
    assert site.push("mine.lua")[1] == "home: /lua/mine.lua already there, task 1\n"


def test_push_takes_a_shipped_script_by_its_name_and_json_is_all_it_prints(site: Site) -> None:
    site.router.type("sftpd host any")
    code, out, _ = site.push("mape-watch", "--json", "--via", "sftp")
    assert (code, json.loads(out)) == (
        0,
        {
            "router": "home",
            "script": "/lua/mape-watch.lua",
            "written": True,
            "started": True,
            "task": 1,
        },
    )


def test_push_embeds_a_script_where_no_transfer_may_be_opened(site: Site) -> None:
    code, out, _ = site.push("mine.lua", "--via", "embedded", "--yes")
    assert code == 0
    assert "+ embedded file mine.lua <<EOF" in out
    assert out.endswith("home: emfs:/mine.lua delivered, task 1\n")
    assert site.files == []
    assert "embedded file mine.lua" in site.router.running.text


def test_push_refuses_what_check_refuses_unless_told_otherwise(site: Site) -> None:
    (site.folder / "bad.lua").write_text("local t = os.tmpname()\nrt.sleep(1)\n", encoding="ascii")
    with pytest.raises(InputError, match=r"bad\.lua:1: the router's Lua has no os\.tmpname"):
        site.push("bad.lua")
    assert site.files == []
    assert site.push("bad.lua", "--unchecked", "--no-start")[0] == 0
    assert site.files == ["/lua/bad.lua"]


def test_push_says_what_the_router_said_of_a_failure(site: Site) -> None:
    (site.folder / "bad.lua").write_text("error('no way')\n", encoding="ascii")
    with pytest.raises(VerifyError) as failed:
        site.push("bad.lua")
    assert "router:  lua: /lua/bad.lua:1: no way" in failed.value.explain()
    assert failed.value.exit_code == 4


def test_run_status_and_stop_go_together(site: Site) -> None:
    site.push("mine.lua", "--no-start")
    assert site.run("run", "home", "mine")[1] == "home: /lua/mine.lua runs, task 1\n"

    with pytest.raises(PlanError, match="runs already, task 1"):
        site.run("run", "home", "mine")
    code, out, _ = site.run("status", "home", "--json")
    record = json.loads(out)
    assert (code, record["router"]) == (0, "home")
    assert [task["script"] for task in record["tasks"]] == ["/lua/mine.lua"]

    assert "/lua/mine.lua" in site.run("status", "home")[1]

    code, out, _ = site.run("stop", "home", "mine", "--json")
    assert [task["id"] for task in json.loads(out)["stopped"]] == [1]
    assert site.run("stop", "home", "mine")[1] == "home: nothing of mine was running\n"


@pytest.mark.parametrize("which", ["1", "all"])
def test_stop_takes_numbers_and_all(site: Site, which: str) -> None:
    site.push("mine.lua")
    assert site.run("stop", "home", which)[1] == "home: stopped task 1, /lua/mine.lua\n"


def test_a_script_that_fails_shows_in_run_and_in_the_history(site: Site) -> None:
    (site.folder / "bad.lua").write_text("error('no way')\n", encoding="ascii")
    site.push("bad.lua", "--no-start")
    with pytest.raises(ApplyError) as failed:
        site.run("run", "home", "bad")
    assert failed.value.output == "lua: /lua/bad.lua:1: no way"
    code, out, _ = site.run("run", "home", "bad", "--json")
    said = {"error": "/lua/bad.lua failed", "output": "lua: /lua/bad.lua:1: no way"}
    assert (code, json.loads(out)) == (1, {"router": "home", **said})
    record = json.loads(site.run("status", "home", "--json")[1])
    (past,) = record["history"]
    assert (past["script"], past["runs"], past["errors"]) == ("/lua/bad.lua", 2, 2)
    assert past["last_error"] == "lua: /lua/bad.lua:1: no way"


def test_schedule_is_a_guarded_change_of_configuration(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "https://hook.example/planted-hook")
    words = ("schedule", "home", "mine", "--set", "NOTIFY_URL=env:HOOK", "--set", "X=5")
    code, out, err = site.run(*words, "--yes")
    assert code == 0, err
    assert "+ schedule at 10 startup * lua /lua/mine.lua" in out
    assert "planted" not in out + err
    saved = site.router.saved
    assert saved is not None
    assert "set NOTIFY_URL=https://hook.example/planted-hook" in saved.text
    assert "home: unchanged" in site.run(*words, "--yes")[1]

    code, out, _ = site.run(
        "schedule", "home", "mine", "--remove", "--set", "X=", "--yes", "--json"
    )
    assert json.loads(out)["result"] == "changed"
    assert "mine.lua" not in site.router.running.text
    assert "set X=" not in site.router.running.text


def test_schedule_asks_where_nobody_said_yes(site: Site) -> None:
    with pytest.raises(InputError, match="nobody is there to answer"):
        site.run("schedule", "home", "mine")
    assert "mine.lua" not in site.router.running.text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("push", "home", "nothing"), "there is no script nothing"),
        (("push", "home", "mine.lua", "--via", "post"), "there is no way 'post'"),
        (("push", "home", "mine.lua", "--folder", "lua"), "'lua' is no folder"),
        (("schedule", "home", "mine", "--set", "X"), "X needs a value"),
        (("schedule", "home", "mine", "--guard", "hope"), "there is no guard 'hope'"),
        (("schedule", "home", "mine", "--at", "soon"), "'soon' is no time"),
        (("run", "office", "mine"), "office"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    site: Site, words: tuple[str, ...], says: str
) -> None:
    with pytest.raises(InputError) as refused:
        site.run(*words)
    assert says in refused.value.message


# --- many routers --------------------------------------------------------------------------------


@pytest.fixture
def two(lab: Lab, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, LabRouter]]:
    """The same folder, with a second router in its inventory that offers SFTP as the first does."""
    other = lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD)
    text = INVENTORY.format(port=site.router.port) + INVENTORY.format(port=other.port).replace(
        "routers:\n  home:", "  office:"
    )
    (site.folder / "inventory.yaml").write_text(text, encoding="ascii")
    for each in (site.router, other):
        each.type("sftpd host any")
    monkeypatch.setenv("HOOK", "https://hook.example/planted-hook")
    yield site, other
    other.stop()


def test_many_routers_are_served_at_once_and_each_result_is_told(
    two: tuple[Site, LabRouter],
) -> None:
    site, _ = two
    code, out, _ = site.run("push", "--all", "mine.lua")
    assert code == 0
    assert sorted(out.splitlines()) == [
        "home: /lua/mine.lua delivered, task 1",
        "office: /lua/mine.lua delivered, task 1",
    ]
    code, out, _ = site.run("status", "--all", "--json")
    seen = {each["router"]: each for each in map(json.loads, out.splitlines())}
    assert {name: len(each["tasks"]) for name, each in seen.items()} == {"home": 1, "office": 1}
    code, out, _ = site.run("stop", "home", "office", "mine", "--json")
    assert {json.loads(line)["router"] for line in out.splitlines()} == {"home", "office"}
    assert site.run("run", "--all", "mine")[0] == 0


def test_one_routers_failure_is_its_own_and_the_highest_exit_code_wins(
    two: tuple[Site, LabRouter],
) -> None:
    site, other = two
    assert site.run("push", "home", "mine.lua")[0] == 0
    (site.folder / "own").mkdir()
    (site.folder / "own" / "mine.lua").write_text("error('no way')\n", encoding="ascii")
    other.power_cut()
    code, out, err = site.run("push", "--all", "own/mine.lua")
    other.power_on()
    assert (code, out) == (4, "")
    assert "home: mine.lua failed when it was started; the one before is back and runs" in err
    assert "lua: /lua/mine.lua:1: no way" in err
    assert "office" in err

    code, out, _ = site.run("run", "--all", "none", "--json")
    assert code == 1
    for line in map(json.loads, out.splitlines()):
        assert line.keys() == {"router", "error", "output"}


def test_schedules_of_many_routers_are_one_change_each(two: tuple[Site, LabRouter]) -> None:
    site, other = two
    words = ("schedule", "--all", "mine", "--set", "NOTIFY_URL=env:HOOK")
    with pytest.raises(InputError, match="nobody is there to answer"):
        site.run("schedule", "home", "mine")
    code, out, err = site.run(*words, "--yes")
    assert code == 0, out + err
    assert "home: changed" in out
    assert "office: changed" in out
    assert "planted" not in out + err
    for router in (site.router, other):
        assert "schedule at 10 startup * lua /lua/mine.lua" in router.running.text


def test_no_router_and_no_script_are_told_apart(site: Site) -> None:
    with pytest.raises(InventoryError, match="no router is chosen"):
        site.run("push", "mine.lua")


def test_every_command_closes_the_door_that_a_dead_run_left_open(site: Site) -> None:
    record = site.folder / ".yamaha-ops" / "scripts" / "home.json"
    for words in (("status", "home"), ("stop", "home", "all"), ("schedule", "home", "x", "--yes")):
        site.router.type("tftp host 127.0.0.1")
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text('{"before": "no tftp host", "during": "tftp host 127.0.0.1"}')
        site.run(*words)
        assert "tftp host" not in site.router.running.text
        assert not record.exists()
