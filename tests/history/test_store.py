"""The repository: what it holds, how it is found again, and that no secret is in it."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.history.kept import KEY, NOW, PERSON, TEXT, git, is_valid, keep, make_store, snapshot
from yamaha_ops.config import Configuration, difference
from yamaha_ops.errors import SecretError
from yamaha_ops.history import HistoryError, Kind, Person, Store, new_key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path / "history.git")


def changed(store: Store, *mtus: int) -> list[str]:
    return [keep(store, f"{TEXT}ip lan2 mtu {mtu}\n", reason=f"mtu {mtu}")[0].id for mtu in mtus]


def test_a_backup_comes_back_complete(store: Store) -> None:
    revision, new = keep(store, reason="first")
    assert new
    assert (revision.author, revision.reason) == ("Hanako", "first")
    assert revision.time == NOW
    again = store.configuration(store.backup(store.resolve("home", "latest")))
    assert "Reporting Date" not in again.text
    assert again.text == "".join(
        f"{line}\n" for line in TEXT.splitlines() if "Reporting" not in line
    )
    assert not difference(Configuration.parse(TEXT), again)


@pytest.mark.parametrize(
    "line",
    [
        'description lan2 "@{home}"',
        'description lan2 "@{@}{pp1/pp-auth-myname/5}"',
        "ipsec ike pre-shared-key 2 text planted@{x}",
        "description lan2 @{",
    ],
)
def test_what_looks_like_a_reference_comes_back_as_it_was(store: Store, line: str) -> None:
    text = f"{TEXT}{line}\n"
    keep(store, text)
    assert not keep(store, text)[1]
    again = store.configuration(store.backup(store.resolve("home", "latest")))
    assert again.text.endswith(f"{line}\n")
    assert "planted-pp\n" in again.text


def test_no_secret_is_in_any_object(store: Store) -> None:
    keep(store)
    keep(store, TEXT.replace("planted-pp", "planted-new"))
    objects = subprocess.run(
        [
            "git",
            f"--git-dir={store.git.path}",
            "cat-file",
            "--batch",
            "--batch-all-objects",
        ],
        capture_output=True,
        check=True,
    ).stdout
    assert b"@{pp1/pp-auth-myname/5}" in objects
    assert b"planted" not in objects
    assert KEY.encode() not in objects


def test_another_date_of_printing_is_no_new_revision(store: Store) -> None:
    first, _ = keep(store)
    second, new = keep(store, TEXT.replace("08:11:56", "09:12:57"))
    assert (second.id, new) == (first.id, False)
    assert len(list(store.revisions("home"))) == 1


def test_only_the_secret_that_changed_changes_its_token(store: Store) -> None:
    keep(store)
    keep(store, TEXT.replace("planted-pp", "planted-new"), reason="new password")
    lines = git(store.git.path, "diff", "--unified=0", "home~1", "home").splitlines()
    touched = [line for line in lines if line.startswith(("+ ", "- "))]
    # One line for running and one for startup, on both sides.
    assert len(touched) == 4
    assert all("pp1/pp-auth-myname/5" in line for line in touched)
    was = store.configuration(store.backup(store.resolve("home", "~1")))
    assert "planted-pp\n" in was.text


def test_another_key_or_a_moved_token_opens_nothing(store: Store) -> None:
    keep(store)
    backup = store.backup(store.resolve("home", "latest"))
    with pytest.raises(SecretError, match="does not open"):
        make_store(store.git.path, key=new_key()).configuration(backup)
    with pytest.raises(SecretError, match="is not a key"):
        make_store(store.git.path, key="password").configuration(backup)
    files = store.git.files(backup.revision)
    tokens = json.loads(files["secrets.json"])
    running = tokens["running"]
    running["pp1/pp-auth-myname/5"] = running["login-user-admin/5"]
    files["secrets.json"] = json.dumps(tokens).encode()
    forged = store.git.commit(files, backup.revision, "forged", PERSON, NOW)
    store.git.move("refs/heads/home", forged, backup.revision)
    with pytest.raises(SecretError, match="belongs somewhere else"):
        store.configuration(store.backup(store.resolve("home", "latest")))


def test_revisions_are_found_by_every_name(store: Store) -> None:
    one, two, three = changed(store, 1452, 1453, 1454)
    store.tag(store.resolve("home", "~1"), "before-the-move")
    found = {
        word: store.resolve("home", word).id
        for word in ("latest", "~0", "~1", "~2", "before-the-move", one[:10], three, "@2026-12-01")
    }
    assert found == {
        "latest": three,
        "~0": three,
        "~1": two,
        "~2": one,
        "before-the-move": two,
        one[:10]: one,
        three: three,
        "@2026-12-01": three,
    }
    assert [each.id for each in store.revisions("home", limit=2)] == [three, two]
    assert [each.tags for each in store.revisions("home")] == [(), ("before-the-move",), ()]


@pytest.mark.parametrize(
    "word", ["~9", "nothing", "HEAD", "refs/heads/home", "@2026-09-01", "--all", "a..b", "ffffff"]
)
def test_a_revision_that_is_not_there_is_one_sentence(store: Store, word: str) -> None:
    keep(store)
    with pytest.raises(HistoryError, match="there is no revision"):
        store.resolve("home", word)


@pytest.mark.parametrize("word", ["@yesterday", "@", "@2026-13-01"])
def test_a_date_that_is_none_is_not_taken_for_today(store: Store, word: str) -> None:
    keep(store)
    with pytest.raises(HistoryError, match="is no date"):
        store.resolve("home", word)


def test_a_hash_of_another_router_is_not_this_ones(store: Store) -> None:
    keep(store)
    other, _ = keep(store, router="office")
    with pytest.raises(HistoryError, match="there is no revision"):
        store.resolve("home", other.id[:12])


def test_a_tag_is_not_moved_by_accident(store: Store) -> None:
    changed(store, 1453, 1454)
    store.tag(store.resolve("home", "~1"), "good")
    store.tag(store.resolve("home", "~1"), "good")
    with pytest.raises(HistoryError, match="is given to revision"):
        store.tag(store.resolve("home", "latest"), "good")
    store.tag(store.resolve("home", "latest"), "good", force=True)
    assert store.resolve("home", "good") == store.resolve("home", "latest")


@pytest.mark.parametrize(
    "name", ["running", "rendered", "latest", "a b", "", "-x", "../x", "abcdef"]
)
def test_what_means_something_else_is_no_tag(store: Store, name: str) -> None:
    keep(store)
    with pytest.raises(HistoryError, match="cannot be a tag"):
        store.tag(store.resolve("home", "latest"), name)


@pytest.mark.parametrize("router", ["a..b", "box.lock", "a.b-c_d", "main", "HEAD"])
def test_every_name_of_an_inventory_is_a_name_of_a_branch(store: Store, router: str) -> None:
    revision, _ = keep(store, router=router)
    store.tag(revision, "x.lock")
    assert [each.router for each in store.latest()] == [router]
    assert store.resolve(router, "x.lock").tags == ("x.lock",)
    assert is_valid(store.git.path)


def test_an_unchanged_router_was_backed_up_all_the_same(store: Store) -> None:
    assert store.backup_time("home") is None
    store.record(snapshot(), reason="a", author=PERSON, now=1000.0)
    store.record(snapshot(), reason="b", author=PERSON, now=5000.0)
    assert store.backup_time("home") == 5000.0


def test_what_could_not_be_read_is_said_when_it_is_asked_for(store: Store) -> None:
    keep(store)
    with pytest.raises(HistoryError, match="holds no previous configuration"):
        store.backup(store.resolve("home", "latest")).text(Kind.PREVIOUS)


def test_a_later_format_is_refused(store: Store) -> None:
    revision, _ = keep(store)
    files = store.git.files(revision.id)
    files["about.json"] = b'{"format": 2}'
    later = store.git.commit(files, revision.id, "later", PERSON, NOW)
    store.git.move("refs/heads/home", later, revision.id)
    with pytest.raises(HistoryError, match="another version"):
        store.backup(store.resolve("home", "latest"))


def test_a_reason_is_one_line_and_an_author_is_whoever_it_was(store: Store) -> None:
    revision, _ = store.record(
        snapshot(), reason="two\nlines\x1f ", author=Person("花子", "h@example.jp"), now=NOW
    )
    assert (revision.author, revision.reason) == ("花子", "two lines")


def test_drafts_are_kept_apart_from_backups(store: Store) -> None:
    keep(store)
    store.draft(
        "home", Configuration.parse("ip lan2 mtu 1400\n"), name="mine", author=PERSON, now=NOW
    )
    assert store.configuration(store.backup(store.drafted("home", "mine"))).text == (
        "ip lan2 mtu 1400\n"
    )
    assert len(list(store.revisions("home"))) == 1
    with pytest.raises(HistoryError, match="there is no draft"):
        store.drafted("home", "yours")


def test_a_history_without_git_says_so(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="is not installed") as caught:
        keep(make_store(tmp_path / "history.git", program="/nowhere/git"))
    assert "install git" in caught.value.explain()


def test_a_listing_stays_instant(tmp_path: Path) -> None:
    """A thousand routers, and years of one that changes daily."""
    store = make_store(tmp_path / "history.git")
    store.git.create()
    store.git.run("config", "core.fsync", "none")
    stream = [b"blob\nmark :1\ndata 2\nx\n"]

    def commit(branch: str, number: int) -> bytes:
        return (
            f"commit refs/heads/{branch}\ncommitter A <a@b> {1_600_000_000 + number} +0000\n"
            f"data 5\nnight\nM 100644 :1 running.txt{number}\n"
        ).encode()

    stream += [commit("old", number) for number in range(2000)]
    stream += [commit(f"router{number}", number) for number in range(1000)]
    store.git.run("fast-import", "--quiet", data=b"".join(stream))
    store.git.run("pack-refs", "--all")
    started = time.perf_counter()
    assert len(list(store.revisions("old", limit=20))) == 20
    listed = time.perf_counter()
    assert len(list(store.latest())) == 1001
    assert listed - started < 1
    assert time.perf_counter() - listed < 2
