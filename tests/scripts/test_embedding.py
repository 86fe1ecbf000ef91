"""Scripts inside the configuration: neither SFTP nor TFTP is opened, the guard watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scripts.place import BETTER, BROKEN, FAILING, RESIDENT
from tests.scripts.trial import LUA
from yamaha_ops.change.job import Job
from yamaha_ops.config import Configuration
from yamaha_ops.errors import ApplyError, InputError, VerifyError
from yamaha_ops.scripts.delivery import Delivered
from yamaha_ops.scripts.embedding import Embedding, block, embed

if TYPE_CHECKING:
    from tests.scripts.place import Site
    from yamaha_ops.change.plan import Plan

PATH = "emfs:/watch.lua"
BODY = ("while true do", "  rt.sleep(60)", "end")
OTHER = RESIDENT.replace(b"60", b"30")


def yes(_plan: Plan) -> bool:
    return True


def wish(site: Site, source: bytes, *, begin: bool = True) -> Embedding:
    site.router.type("no sftpd host")
    job = Job(
        router="home",
        wanted=Configuration.parse(""),
        connect=site.session,
        state=site.state,
        clock=site.clock,
        report=site.events.append,
    )
    return Embedding(job, "watch.lua", source, yes, begin)


def held(site: Site) -> list[str]:
    """The blocks that are running, and saved as well."""
    saved = site.router.saved
    assert saved is not None
    blocks = [
        [s.lines for key, s in each.settings.items() if key.words.startswith("embedded file")]
        for each in (site.router.running, saved)
    ]
    assert blocks[0] == blocks[1]
    return [line for lines in blocks[0] for line in lines]


def test_a_script_is_embedded_guarded_saved_and_started(site: Site) -> None:
    assert embed(wish(site, RESIDENT)) == Delivered("home", PATH, True, True, 1)  # noqa: FBT003 -- in the record's order
    assert held(site) == ["embedded file watch.lua <<EOF", *BODY, "EOF"]
    assert len(site.running) == 1
    assert (site.files, site.door) == ({}, [])


def test_the_same_again_changes_nothing(site: Site) -> None:
    embed(wish(site, RESIDENT))
    done = embed(wish(site, BETTER))
    assert (done.written, done.started, done.task) == (False, False, 1), "comments stay behind"


def test_another_one_takes_its_place(site: Site) -> None:
    embed(wish(site, RESIDENT))
    assert embed(wish(site, OTHER)).started
    assert [b"30" in source for source in site.running] == [True]


def test_one_that_does_not_load_leaves_the_old_one_in_place_and_running(site: Site) -> None:
    embed(wish(site, RESIDENT))
    before = held(site)
    with pytest.raises(ApplyError, match="luac refuses") as refused:
        embed(wish(site, BROKEN))
    assert "emfs:/watch.lua:1:" in str(refused.value.output)
    assert held(site) == before
    assert [b"60" in source for source in site.running] == [True]


def test_one_that_fails_is_taken_back_and_the_old_one_started_again(site: Site) -> None:
    embed(wish(site, RESIDENT))
    before = held(site)
    with pytest.raises(VerifyError, match="what was there is back") as failed:
        embed(wish(site, FAILING))
    assert "no way" in str(failed.value.output)
    assert held(site) == before
    assert [b"60" in source for source in site.running] == [True]


def test_a_first_one_that_fails_leaves_nothing(site: Site) -> None:
    site.router.type("no sftpd host", save=True)
    with pytest.raises(VerifyError):
        embed(wish(site, FAILING))
    assert (held(site), site.running) == ([], [])


def test_what_is_not_approved_is_not_sent(site: Site) -> None:
    refused = Embedding(wish(site, RESIDENT).job, "watch.lua", RESIDENT, lambda _plan: False)
    with pytest.raises(ApplyError, match="not approved"):
        embed(refused)
    assert "embedded" not in site.router.running.text


@pytest.mark.parametrize(
    "source",
    [b"local a = 'what?'\n", b"\tlocal a = 1\n", b"x = [[\nEOF\n]]\n", b"a = '\x83\x5c'\n"],
)
def test_what_a_console_would_read_otherwise_is_refused(source: bytes) -> None:
    with pytest.raises(InputError):
        block("x.lua", source)


@pytest.mark.parametrize("path", sorted(LUA.glob("*.lua")), ids=lambda path: path.name)
def test_every_shipped_script_can_be_embedded(path: object) -> None:
    source = (LUA / str(path)).read_bytes()
    assert len(block("x.lua", source)) > 10
