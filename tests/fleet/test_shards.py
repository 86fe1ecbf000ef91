"""Several exporters share a fleet without a word between them."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from yamaha_ops.errors import InputError
from yamaha_ops.fleet import hashmod, mine, owner

NAMES = [f"router{number}" for number in range(3000)]


def test_hashmod_is_the_low_half_of_md5_as_prometheus_takes_it() -> None:
    digest = hashlib.md5(b"tokyo", usedforsecurity=False).hexdigest()
    assert hashmod("tokyo", 7) == int(digest[16:], 16) % 7
    # What Prometheus's own test of it expects (model/relabel/relabel_test.go).
    assert hashmod("baz", 1000) == 976
    shares = Counter(hashmod(name, 3) for name in NAMES)
    assert all(900 < share < 1100 for share in shares.values())


def test_a_new_exporter_takes_its_share_and_moves_nobody_else() -> None:
    before = {name: owner(name, ["a", "b"]) for name in NAMES}
    after = {name: owner(name, ["c", "b", "a"]) for name in NAMES}
    moved = {name for name in NAMES if before[name] != after[name]}
    assert {after[name] for name in moved} == {"c"}
    assert 900 < len(moved) < 1100
    assert all(1350 < share < 1650 for share in Counter(before.values()).values())


@pytest.mark.parametrize("shards", [["0/2", "1/2"], ["a/a,b", "b/a,b"], ["0/1"], ["x/x"]])
def test_every_router_is_in_exactly_one_shard(shards: list[str]) -> None:
    members = [mine(shard) for shard in shards]
    assert all(sum(member(name) for member in members) == 1 for name in NAMES)


@pytest.mark.parametrize("shard", ["", "2/2", "0/0", "a", "a/b,c", "a/a,", "-1/2", "/", "1/"])
def test_what_is_no_shard_is_refused(shard: str) -> None:
    with pytest.raises(InputError, match="no shard"):
        mine(shard)
