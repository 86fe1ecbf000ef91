"""The main job as its users meet it: `plan` and `apply` on the command line, and its failures."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from yamaha_ops.cli import main
from yamaha_ops.lab import Lab, LabRouter

ROOT = Path(__file__).parents[2]
PASSWORD = "planted-login-c0ffee"
ADMINISTRATOR_PASSWORD = "planted-administrator-facade"


@dataclass
class Site:
    """A user's folder with an inventory, and the router that it speaks of."""

    router: LabRouter
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as finished:
            main(words)
        told = self.capsys.readouterr()
        assert isinstance(finished.value.code, int)
        return finished.value.code, told.out, told.err

    def rewrite(self, old: str, new: str) -> None:
        path = self.folder / "inventory.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def untouched(self) -> bool:
        return "map-e" not in self.router.running.text

    @property
    def logins(self) -> int:
        return sum("login" in line.lower() for line in self.router.log)


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
) -> Iterator[Site]:
    router = lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD)
    shipped = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    text = shipped.replace("port: 2830", f"port: {router.port}")
    assert text != shipped
    (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("YAMAHA_OPS_STATE", raising=False)
    monkeypatch.setenv("YAMAHA_OPS_HOME_PASSWORD", PASSWORD)
    monkeypatch.setenv("YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD", ADMINISTRATOR_PASSWORD)
    yield Site(router, tmp_path, monkeypatch, capsys)
    router.stop()


TRUST = "--accept-new-host-key"


def test_plan_then_apply_then_nothing_differs(site: Site) -> None:
    code, out, _ = site.run("plan", "home", TRUST)
    assert code == 0
    assert "+ tunnel encapsulation map-e" in out
    assert site.untouched

    code, out, err = site.run("apply", "home", "--yes")
    assert (code, site.router.online) == (0, True)
    assert "home: changed - verified, confirmed and saved" in out
    assert "15 ranges, 240 ports, PSID 49" in err

    code, out, _ = site.run("apply", "home")
    assert (code, out) == (0, "home: unchanged - nothing differs\n")
    assert site.run("plan", "home", "--detailed-exitcode")[0] == 0
    assert "nothing differs" in site.run("plan", "home", "--markdown")[1]


def test_the_mathematics_is_held_against_the_router(site: Site) -> None:
    code, out, _ = site.run("mape", "verify", "home", TRUST)
    assert code == 1
    assert "✗ tunnel 1" in out
    assert site.run("apply", "home", "--yes")[0] == 0
    code, out, _ = site.run("mape", "verify", "home", "--json")
    document = json.loads(out)
    assert code == 0
    assert {check["name"]: check["passed"] for check in document["checks"]}["ports"] is True


def test_the_revision_that_the_router_runs_is_held_against_what_is_wanted(
    lab: Lab, site: Site
) -> None:
    """The inventory does not name a revision; the router says 15.02.09 when we log in."""
    old = lab.start(
        password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD, firmware="15.02.09"
    )
    site.rewrite(f"port: {site.router.port}", f"port: {old.port}")
    site.rewrite("service: v6plus", "service: ocn")
    code, _, err = site.run("apply", "home", "--yes", TRUST)
    old.stop()
    assert code == 1
    assert "15.02.10" in err


def test_a_check_of_ones_own_takes_a_change_back(site: Site) -> None:
    site.rewrite(
        "    lan:\n",
        "    checks:\n      - ping: 192.0.2.1\n      - name: clock\n"
        "        command: show environment\n        pattern: no such text\n    lan:\n",
    )
    code, _, err = site.run("apply", "home", "--yes", TRUST, "--verify-seconds", "4")
    assert code == 4
    assert "✓ ping 192.0.2.1" in err
    assert "✗ clock" in err
    assert site.untouched


def test_differences_have_an_exit_code_of_their_own_only_when_asked_for(site: Site) -> None:
    assert site.run("plan", "home", TRUST, "--detailed-exitcode")[0] == 3
    assert site.run("plan", "home")[0] == 0


def test_json_is_all_that_is_on_stdout(site: Site) -> None:
    _, out, _ = site.run("plan", "home", TRUST, "--json")
    plan = json.loads(out)
    assert plan["router"] == "home"
    assert len(plan["commands"]) == 45
    code, out, _ = site.run("apply", "home", "--yes", "--json")
    outcome = json.loads(out)
    assert (code, outcome["result"]) == (0, "changed")
    assert all(check["passed"] for check in outcome["checks"])


def test_a_plan_can_go_into_a_merge_request(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454")
    _, out, _ = site.run("plan", "home", TRUST, "--markdown")
    head, _, rest = out.partition("```diff\n")
    assert head.startswith("### home: RTX830 Rev.")
    assert "- not saved by whoever typed it, and kept by this change" in head
    assert "\n- ip lan2 mtu\n" in rest or "\n- no ip lan2 mtu\n" in rest
    assert "\n# tunnel1\n+ tunnel encapsulation map-e\n" in rest
    assert rest.endswith("\n```\n")


def test_a_saved_plan_is_applied_exactly_or_refused(site: Site) -> None:
    assert site.run("plan", "home", TRUST, "--out", "plan.json")[0] == 0
    assert (site.folder / "plan.json").stat().st_mode & 0o077 == 0
    site.router.type("ip lan2 mtu 1454")
    code, _, err = site.run("apply", "home", "--plan", "plan.json")
    assert code == 1
    assert "the router's configuration has changed since the plan was saved" in err
    assert site.untouched
    site.router.type("no ip lan2 mtu")
    assert site.run("apply", "home", "--plan", "plan.json")[0] == 0
    assert site.router.online


def test_nobody_at_the_terminal_means_no(site: Site) -> None:
    code, _, err = site.run("apply", "home", TRUST)
    assert code == 1
    assert "nobody is there to answer: Apply to home" in err
    assert site.untouched


Break = Callable[[Site], None]


def _wrong_password(site: Site) -> None:
    site.monkeypatch.setenv("YAMAHA_OPS_HOME_PASSWORD", "planted-wrong")


def _wrong_administrator_password(site: Site) -> None:
    site.monkeypatch.setenv("YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD", "planted-wrong")


def _no_password(site: Site) -> None:
    site.monkeypatch.delenv("YAMAHA_OPS_HOME_PASSWORD")


def _unreachable(site: Site) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        site.rewrite(f"port: {site.router.port}", f"port: {free.getsockname()[1]}")


def _changed_host_key(site: Site) -> None:
    assert site.run("plan", "home", TRUST)[0] == 0
    site.router.change_host_key()


def _misspelt_field(site: Site) -> None:
    site.rewrite("service: v6plus", "sevrice: v6plus")


def _missing_variable(site: Site) -> None:
    (site.folder / "templates").mkdir()
    (site.folder / "templates" / "99-mine.j2").write_text("set A={{ vpn_key }}\n", encoding="utf-8")


def _nothing(site: Site) -> None:
    del site


@pytest.mark.parametrize(
    ("broken", "words", "said"),
    [
        (_wrong_password, [TRUST], "home: "),
        (_wrong_administrator_password, [TRUST], "did not take the administrator password"),
        (_no_password, [TRUST], "YAMAHA_OPS_HOME_PASSWORD"),
        (_unreachable, [TRUST], "127.0.0.1"),
        (_changed_host_key, [TRUST], "host key"),
        (_nothing, [], "--accept-new-host-key"),
        (_misspelt_field, [TRUST], "inventory.yaml:"),
        (_missing_variable, [TRUST], "99-mine.j2:1: there is no vpn_key"),
    ],
)
def test_what_is_wrong_is_one_clear_message_and_nothing_is_changed(
    site: Site, broken: Break, words: list[str], said: str
) -> None:
    broken(site)
    code, out, err = site.run("apply", "home", "--yes", *words)
    assert code == 1
    assert out == ""
    assert said in err
    assert err.startswith("yamaha-ops: ")
    assert "Traceback" not in err
    assert err.count("\n") <= 6
    assert site.untouched
    assert not list(site.folder.glob(".yamaha-ops/journal/*.jsonl"))


def test_no_secret_is_found_anywhere(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Planted secrets, then every output, log line and file is searched for them."""
    template = "pp select 1\n pppoe use lan2\n pp auth myname user@example.jp planted-pppoe\n"
    (site.folder / "templates").mkdir()
    (site.folder / "templates" / "98-pp.j2").write_text(template, encoding="utf-8")
    said: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for words in (
            ["plan", "home", TRUST, "--out", "plan.json"],
            ["plan", "home", "--json"],
            ["apply", "home", "--yes"],
            ["apply", "home", "--yes", "--json"],
        ):
            code, out, err = site.run(*words)
            assert code == 0, err
            said += [out, err]
        assert "planted-pppoe" in site.router.running.text
        site.monkeypatch.setenv("YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD", "planted-wrong")
        said += site.run("apply", "home", "--yes")[1:]
    said += [record.getMessage() for record in caplog.records]
    mine = {site.folder / "templates" / "98-pp.j2"}
    said += [
        path.read_text(encoding="utf-8", errors="replace")
        for path in site.folder.rglob("*")
        if path.is_file() and path not in mine
    ]
    assert len(said) > 10
    assert not [text for text in said if "planted" in text]


PPPOE = "pp select 1\n pppoe use lan2\n pp auth myname user@example.jp planted-{}\n"


def _with_pppoe(site: Site, password: str) -> None:
    (site.folder / "templates").mkdir(exist_ok=True)
    (site.folder / "templates" / "98-pp.j2").write_text(PPPOE.format(password), encoding="utf-8")


def test_the_history_has_what_a_router_was_and_what_it_became(site: Site) -> None:
    assert site.run("apply", "home", "--yes", TRUST)[0] == 0
    lines = [json.loads(line) for line in site.run("history", "home", "--json")[1].splitlines()]
    assert [line["reason"] for line in lines] == ["apply", "before apply"]
    assert "map-e" in site.run("show", "home")[1]
    assert "map-e" not in site.run("show", "home", "~1")[1]


def test_no_history_is_kept_where_none_is_wanted(site: Site) -> None:
    assert site.run("apply", "home", "--yes", TRUST, "--no-history")[0] == 0
    assert not (site.folder / ".yamaha-ops" / "history.git").exists()


def test_a_history_that_cannot_be_written_spoils_no_change(site: Site) -> None:
    (site.folder / "file").write_text("", encoding="utf-8")
    code, out, err = site.run("apply", "home", "--yes", TRUST, "--history", "file/history.git")
    assert (code, site.router.online) == (0, True)
    assert "home: changed" in out
    assert "not kept in the history (before apply)" in err
    assert "not kept in the history (apply)" in err


def test_a_changed_secret_is_sent_where_sftp_shows_the_old_one(site: Site) -> None:
    _with_pppoe(site, "first")
    site.router.type("sftpd host any", save=True)
    site.rewrite("    lan:\n", "    management:\n      sftp: any\n    lan:\n")
    assert site.run("apply", "home", "--yes", TRUST)[0] == 0
    _with_pppoe(site, "second")
    _, out, _ = site.run("plan", "home", "--json")
    assert [command["line"] for command in json.loads(out)["commands"]] == [
        "pp select 1",
        "pp auth myname user@example.jp *",
        "pp select none",
    ]
    assert site.run("apply", "home", "--yes")[0] == 0
    assert "planted-second" in site.router.running.text
    assert site.run("apply", "home", "--yes")[1] == "home: unchanged - nothing differs\n"


def test_a_secret_that_cannot_be_seen_is_named(site: Site) -> None:
    _with_pppoe(site, "first")
    assert site.run("apply", "home", "--yes", TRUST)[0] == 0
    _with_pppoe(site, "second")
    code, out, err = site.run("apply", "home", "--yes")
    assert code == 0
    assert "nothing differs, but pp auth myname" in out
    assert "SFTP does not give them" in err
    assert site.run("apply", "home", "--yes", "--resend-secrets")[0] == 0
    assert "planted-second" in site.router.running.text
