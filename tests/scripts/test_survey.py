"""A router against the scripts it should run, by either way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scripts.place import BETTER, BROKEN, RESIDENT
from yamaha_ops.errors import ApplyError
from yamaha_ops.scripts.access import Access
from yamaha_ops.scripts.survey import bring, survey
from yamaha_ops.scripts.wanted import Difference, Kind, Script

if TYPE_CHECKING:
    from tests.scripts.place import Site

WATCH = Script("watch.lua", RESIDENT)
NIGHTLY = Script("nightly.lua", BETTER, at="03:00")


def access(site: Site) -> Access:
    return Access(site.entry, site.state, tftp_port=site.router.tftp_port)


@pytest.mark.parametrize("via", ["sftp", "tftp"])
def test_what_is_missing_comes_and_then_nothing_differs(site: Site, via: str) -> None:
    there = access(site)
    found = survey(there, [WATCH, NIGHTLY], via)
    assert found == (
        Difference("/lua/nightly.lua", Kind.MISSING),
        Difference("/lua/watch.lua", Kind.MISSING),
    )
    done = list(bring(there, [WATCH, NIGHTLY], found, via=via, clock=site.clock))
    assert [(each.script, each.started) for each in done] == [
        ("/lua/nightly.lua", False),
        ("/lua/watch.lua", True),
    ]
    before = site.writes
    assert survey(there, [WATCH, NIGHTLY], via) == ()
    assert site.writes == before
    assert site.door == []


def test_a_survey_says_what_is_different_stopped_and_extra(site: Site) -> None:
    there = access(site)
    site.deliver(BETTER, begin=False)
    site.router.do(lambda device: device.rtfs.write("/lua/other.lua", b""))
    other = Difference("/lua/other.lua", Kind.EXTRA)
    assert survey(there, [WATCH]) == (other, Difference("/lua/watch.lua", Kind.DIFFERENT))
    better = Script("watch.lua", BETTER)
    found = survey(there, [better])
    assert found == (other, Difference("/lua/watch.lua", Kind.STOPPED))
    done = list(bring(there, [better], found, report=site.events.append, clock=site.clock))
    assert [(each.written, each.started) for each in done] == [(False, True)]
    assert "/lua/other.lua is there and nobody asked for it" in site.said
    assert "/lua/other.lua" in site.files


def test_the_first_failure_ends_it_and_what_ran_still_runs(site: Site) -> None:
    there = access(site)
    site.deliver(RESIDENT)
    broken = [Script("watch.lua", BROKEN)]
    with pytest.raises(ApplyError):
        list(bring(there, broken, survey(there, broken), clock=site.clock))
    assert site.running == [RESIDENT]
