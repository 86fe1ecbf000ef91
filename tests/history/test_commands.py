"""Backup, history, diff, show, tag, draft and restore as their users meet them."""

from __future__ import annotations

import json
import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.history.kept import git, is_valid
from tests.history.site import ADMINISTRATOR_PASSWORD, PASSWORD, TRUST, Site, start_router
from yamaha_ops.config import Key
from yamaha_ops.history import new_key

if TYPE_CHECKING:
    from pathlib import Path

PP = (
    "pp select 1",
    "pppoe use lan2",
    "pp auth myname user@example.jp planted-pppoe-1",
    "pp select none",
)
NEW_PASSWORD = ("pp select 1", "pp auth myname user@example.jp planted-pppoe-2", "pp select none")


@pytest.fixture
def site(site: Site) -> Site:
    """A router that offers SFTP, has a PPPoE password, and was backed up once."""
    site.router.type("sftpd host lan", *PP, save=True)
    assert site.done("backup", "home", TRUST, "--reason", "first").startswith("home: kept as ")
    return site


def revisions(site: Site) -> list[dict[str, str]]:
    return [json.loads(line) for line in site.done("history", "home", "--json").splitlines()]


def pppoe(site: Site) -> str:
    return site.router.running.settings[Key("pp1", "pp auth myname")].values[-1]


def test_a_backup_holds_three_configurations_and_no_secret(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454", save=True)
    site.router.type("ip lan2 mtu 1400")
    site.done("backup", "home")
    mtu = {
        kind: "".join(
            line
            for line in git(site.repository, "show", f"home:{kind}.txt").splitlines()
            if "mtu" in line
        )
        for kind in ("running", "startup", "previous")
    }
    assert mtu == {"running": "ip lan2 mtu 1400", "startup": "ip lan2 mtu 1454", "previous": ""}
    running = git(site.repository, "show", "home:running.txt")
    assert "pp auth myname user@example.jp @{pp1/pp-auth-myname/5}" in running
    everything = git(site.repository, "log", "-p", "--all")
    for secret in (PASSWORD, ADMINISTRATOR_PASSWORD, "planted"):
        assert secret not in everything
    assert is_valid(site.repository)


def test_nothing_changed_is_no_new_revision_and_reading_changes_nothing(site: Site) -> None:
    before = site.router.running.text
    assert site.done("backup", "home").startswith("home: nothing changed since ")
    assert len(revisions(site)) == 1
    assert site.router.running.text == before


def test_the_history_says_who_and_why(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454")
    site.done("backup", "home", "--reason", "slow line", "--author", "花子 <h@example.jp>")
    new, old = revisions(site)
    assert (new["author"], new["reason"], old["reason"]) == ("花子", "slow line", "first")
    listed = site.done("history", "home").splitlines()
    assert len(listed) == 2
    assert "slow line" in listed[0]
    assert "slow line" in site.done("history")


def test_without_sftp_a_backup_says_what_is_missing(site: Site) -> None:
    site.router.type("no sftpd host", *NEW_PASSWORD, save=True)
    code, _, err = site.run("backup", "home")
    assert code == 0
    assert "startup: secrets are masked: SFTP does not give it" in err
    # What has not changed since SFTP was there is still complete.
    text = git(site.repository, "show", "home:previous.txt")
    assert "@{pp1/pp-auth-myname/5}" in text


def test_a_restore_brings_back_lines_and_secrets(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454", *NEW_PASSWORD, save=True)
    site.done("backup", "home", "--reason", "second")
    out = site.done("restore", "home", "~1", "--yes")
    assert "home: changed - verified, confirmed and saved" in out
    assert "planted" not in out
    assert "mtu" not in site.router.running.text
    assert pppoe(site) == "planted-pppoe-1"
    assert site.router.saved
    assert site.router.saved.digest == site.router.running.digest


def test_a_restore_of_a_restore_is_empty(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454", *NEW_PASSWORD, save=True)
    first = revisions(site)[0]["revision"]
    site.done("restore", "home", first[:10], "--yes")
    outcome = json.loads(site.done("restore", "home", first[:10], "--yes", "--json"))
    assert (outcome["result"], outcome["commands"]) == ("unchanged", 0)
    assert (
        json.loads(site.done("restore", "home", "latest", "--dry-run", "--json"))["commands"] == []
    )


def test_a_restore_can_be_restored(site: Site) -> None:
    """What ran before a restore is kept, even if nobody had backed it up."""
    site.router.type("ip lan2 mtu 1454", *NEW_PASSWORD, save=True)
    site.done("restore", "home", "latest", "--yes")
    assert pppoe(site) == "planted-pppoe-1"
    after, before, _ = revisions(site)
    assert after["reason"].startswith("restored running of ")
    assert before["reason"].startswith("before restoring running of ")
    site.done("restore", "home", "~1", "--yes")
    assert "ip lan2 mtu 1454" in site.router.running.text
    assert pppoe(site) == "planted-pppoe-2"


def test_unsaved_secrets_are_left_alone(site: Site) -> None:
    """A password that was typed and not saved is masked everywhere: nobody can tell it."""
    site.router.type(*NEW_PASSWORD)
    site.done("backup", "home")
    assert "pp auth myname user@example.jp *" in git(site.repository, "show", "home:running.txt")
    assert json.loads(site.done("restore", "home", "latest", "--yes", "--json"))["commands"] == 0
    assert pppoe(site) == "planted-pppoe-2"


def test_a_replacement_gets_everything_but_what_is_the_devices_own(site: Site) -> None:
    site.router.type("tunnel select 1", "ipsec tunnel 1", "tunnel select none", save=True)
    site.router.type(
        "ipsec sa policy 1 1 esp aes-cbc sha-hmac",
        "ipsec ike pre-shared-key 1 text planted-ike",
        "ip lan2 mtu 1454",
        save=True,
    )
    site.done("backup", "home")
    replacement = start_router(site.lab)
    path = site.folder / "inventory.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"port: {site.router.port}", f"port: {replacement.port}"))
    site.done("restore", "home", "latest", "--yes", TRUST)
    old, new = site.router.running, replacement.running
    replacement.stop()
    assert new.digest == old.digest
    assert new.settings[Key("pp1", "pp auth myname")].values[-1] == "planted-pppoe-1"
    assert "text planted-ike" in new.text


def test_a_restore_needs_somebody_who_says_yes(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454")
    code, _, err = site.run("restore", "home", "latest")
    assert code == 1
    assert "nobody is there to answer: Restore home?" in err
    assert "ip lan2 mtu 1454" in site.router.running.text


def test_a_restore_works_though_the_inventory_cannot_be_rendered(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454")
    (site.folder / "templates").mkdir()
    (site.folder / "templates" / "99-broken.j2").write_text("{{ nothing }}\n", encoding="utf-8")
    site.done("restore", "home", "latest", "--yes")
    assert "mtu" not in site.router.running.text


def test_diff_names_lines_commands_and_secrets(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454", *NEW_PASSWORD, save=True)
    site.done("backup", "home")
    lines = site.done("diff", "home", "~1", "latest").splitlines()
    changed = [line for line in lines if line[0] in "+-!" and line[:3] not in {"+++", "---"}]
    assert changed == ["+ip lan2 mtu 1454", "! the secret @{pp1/pp-auth-myname/5} is another one"]
    commands = site.done("diff", "home", "~1", "latest", "--commands").splitlines()
    assert sorted(commands) == [
        "ip lan2 mtu 1454",
        "pp auth myname user@example.jp *",
        "pp select 1",
        "pp select none",
    ]
    code, out, _ = site.run("diff", "home", "previous", "startup", "--json", "--detailed-exitcode")
    assert code == 3
    assert "+ip lan2 mtu 1454" in json.loads(out)["lines"]


def test_any_two_can_be_compared(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454")
    site.done("backup", "home")
    site.done("tag", "home", "golden", "~1")
    site.done("show", "home", "golden", "--reveal", "--out", "mine.txt")
    site.done("draft", "home", "mine.txt", "--name", "mine")
    site.router.type("ip lan2 mtu 1300")
    same = [("golden", "draft:mine"), ("startup", "golden"), ("file:mine.txt", "latest:startup")]
    for one, other in same:
        assert site.run("diff", "home", one, other, "--detailed-exitcode") == (0, "", "")
    different = [("running", "draft:mine"), ("startup", "running"), ("rendered", "golden")]
    for one, other in different:
        assert site.run("diff", "home", one, other, "--detailed-exitcode")[0] == 3
    assert "ip lan2 mtu 1300" in site.done("diff", "home", "--live", "startup", "running")
    assert "ip lan2 mtu 1454" in site.done("diff", "home")


def test_a_draft_is_applied_by_restore(site: Site) -> None:
    site.done("show", "home", "--out", "mine.txt")
    path = site.folder / "mine.txt"
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text(encoding="utf-8") + "ip lan2 mtu 1380\n", encoding="utf-8")
    site.done("draft", "home", "mine.txt")
    site.done("restore", "home", "draft", "--yes")
    assert "ip lan2 mtu 1380" in site.router.running.text
    assert pppoe(site) == "planted-pppoe-1"


def test_show_never_prints_a_secret_and_needs_no_key_for_that(site: Site) -> None:
    (site.folder / ".yamaha-ops" / "history.key").unlink()
    out = site.done("show", "home")
    assert "pp auth myname user@example.jp *" in out
    assert not (site.folder / ".yamaha-ops" / "history.key").exists()
    code, _, err = site.run("show", "home", "--reveal")
    assert code == 1
    assert "--out" in err


def test_another_key_is_one_clear_message(site: Site) -> None:
    site.monkeypatch.setenv("ANOTHER", new_key())
    code, _, err = site.run("restore", "home", "latest", "--yes", "--history-key", "env:ANOTHER")
    assert code == 1
    assert "the history key (env:ANOTHER) does not open" in err
    key = new_key()
    code, _, err = site.run("restore", "home", "latest", "--history-key", key)
    assert code == 1
    assert key not in err
    assert "must be a reference" in err


def test_the_repository_can_be_pushed_and_restored_elsewhere(site: Site, tmp_path: Path) -> None:
    away = tmp_path / "away.git"
    subprocess.run(["git", "init", "--bare", "--quiet", away], check=True)
    git(site.repository, "push", "--quiet", "--mirror", str(away))
    site.router.type(*NEW_PASSWORD, save=True)
    site.done("restore", "home", "latest", "--yes", "--history", str(away))
    assert pppoe(site) == "planted-pppoe-1"


def test_one_unreachable_router_does_not_keep_the_others_from_a_backup(site: Site) -> None:
    path = site.folder / "inventory.yaml"
    text = path.read_text(encoding="utf-8")
    entry = text[text.index("  home:") :]
    gone = entry.replace("  home:", "  gone:").replace(f"port: {site.router.port}", "port: 1")
    path.write_text(text + gone, encoding="utf-8")
    site.router.type("ip lan2 mtu 1454")
    code, out, err = site.run("backup", "--all", "--json")
    results = {each["router"]: each for each in map(json.loads, out.splitlines())}
    assert code == 1
    assert results["home"]["result"] == "new"
    assert results["gone"]["result"] == "failed"
    assert "gone:" in err


def test_a_full_disk_ends_a_backup_and_not_the_history(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    real = subprocess.run(
        ["which", "git"], capture_output=True, check=True, text=True
    ).stdout.strip()
    (folder / "git").write_text(
        f"#!/bin/sh\ntrap '' XFSZ\nulimit -f 0\nexec {real} \"$@\"\n", encoding="utf-8"
    )
    (folder / "git").chmod(0o755)
    site.router.type("ip lan2 mtu 1454")
    path = os.environ["PATH"]
    site.monkeypatch.setenv("PATH", f"{folder}:{path}")
    code, _, err = site.run("backup", "home")
    assert code == 1
    assert "The last backup is as it was." in err
    site.monkeypatch.setenv("PATH", path)
    assert len(revisions(site)) == 1
    assert is_valid(site.repository)
    assert "kept as" in site.done("backup", "home")


def test_the_age_of_a_backup_is_a_metric(site: Site) -> None:
    out = site.done("scrape", "home")
    (line,) = [each for each in out.splitlines() if each.startswith("yamaha_backup_timestamp")]
    assert abs(time.time() - float(line.split()[-1])) < 60


def test_a_router_that_left_the_inventory_keeps_its_history(site: Site) -> None:
    path = site.folder / "inventory.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  home:", "  other:"))
    assert "first" in site.done("history", "home")
    assert "first" in site.done("history")
