"""The shipped rules, and tables made of one's own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from yamaha_ops.mape import EVIDENCE, MapeError, Rule, RuleTable, owner, shipped_rules
from yamaha_ops.mape.blocks import BLOCKS

OWN = Rule("2404:7a82::/37", "125.196.208.0/21", 19, 4, "draft-03", provider="own")


def test_the_shipped_rules_are_those_of_four_providers() -> None:
    counts: dict[str | None, int] = {}
    for rule in shipped_rules():
        counts[rule.provider] = counts.get(rule.provider, 0) + 1
    assert counts == {"v6plus": 8, "biglobe": 258, "ocn": 160, "nuro": 4}


def test_every_shipped_rule_ends_at_bit_56_and_says_how_it_is_known() -> None:
    for rule in shipped_rules():
        assert rule.end == 56
        assert rule.evidence in EVIDENCE
        assert rule.source
        assert rule.br
        assert (rule.psid_offset, rule.psid_length) == (
            (6, 6) if rule.provider == "ocn" else (4, 8)
        )


def test_no_two_shipped_rules_overlap_in_ipv4() -> None:
    blocks = sorted((rule.ipv4_value, rule.ipv4_length) for rule in shipped_rules())
    assert all(low + (1 << 32 - length) <= high for (low, length), (high, _) in pairwise(blocks))


def test_the_shipped_rules_are_read_once() -> None:
    assert shipped_rules() is shipped_rules()


def test_two_rules_with_one_prefix_are_refused() -> None:
    with pytest.raises(MapeError, match="two rules have the IPv6 prefix 2404:7a82::/37"):
        RuleTable([OWN, OWN])


def test_an_own_rule_comes_before_the_shipped_ones_inside_its_prefix_even_if_shorter() -> None:
    shipped = shipped_rules()
    both = shipped.overridden_by(RuleTable([OWN]))
    assert len(both) == len(shipped) + 1 - 2
    assert both.match("2404:7a82:1::") is OWN
    assert both.match("240b:10::") is shipped.match("240b:10::")
    assert shipped.match("2404:7a82:1::") is not OWN


def test_of_nested_ipv4_prefixes_the_longest_owns_the_address() -> None:
    wide = Rule("2001:db8::/40", "192.0.0.0/16", 24, 4)
    narrow = Rule("2001:db8:100::/40", "192.0.2.0/24", 16, 6)
    table = RuleTable([wide, narrow])
    assert owner("192.0.2.1", 5000, table).rule is narrow
    assert owner("192.0.3.1", 5000, table).rule is wide
    with pytest.raises(MapeError, match="belongs to nobody: PSID offset 6"):
        owner("192.0.2.1", 1000, table)


def test_no_known_block_of_others_hides_a_rule() -> None:
    for prefix, _ in BLOCKS:
        if not prefix.startswith(("2400:4050", "2400:4150", "240d:f:")):
            assert shipped_rules().match(prefix) is None


def test_rules_are_written_in_one_form_and_compare_by_it() -> None:
    rule = Rule("2001:0DB8:0000::/40", "192.0.2.0/24", 16, br="2001:DB8::0:1")
    assert (rule.ipv6, rule.br) == ("2001:db8::/40", "2001:db8::1")
    assert rule == Rule("2001:db8::/40", "192.0.2.0/24", 16, br="2001:db8::1")
