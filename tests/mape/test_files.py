"""Rules of one's own: both JSON forms, and what is said of a file that cannot be used."""

from __future__ import annotations

import json
from typing import Any

import pytest

from yamaha_ops.mape import MapeError, calculate
from yamaha_ops.mape.files import rules_from_json

OWN = {"ipv6": "2001:db8::/40", "ipv4": "192.0.2.0/24", "ea_bits": 16, "psid_offset": 6}
# The example of the standard (v6pc/v6mig-prov spec.md, section 3.4), with other methods beside it.
HB46PP: dict[str, Any] = {
    "enabler_name": "A VNE",
    "service_name": "A service",
    "ttl": 86400,
    "order": ["464xlat", "map_e", "dslite"],
    "map_e": {
        "version": 0,
        "mesh": True,
        "br": "2001:db8:1::1",
        "rules": [
            {
                "ipv6": "2001:db8:1:2000::/52",
                "ipv4": "203.0.113.0/24",
                "ea_length": 12,
                "psid_offset": 4,
            }
        ],
    },
    "dslite": {"aftr": "aftr.example.net"},
}


def hb46pp(**map_e: object) -> str:
    return json.dumps(HB46PP | {"map_e": HB46PP["map_e"] | map_e})


def test_the_answer_of_a_provisioning_server_gives_rules() -> None:
    (rule,) = rules_from_json(json.dumps(HB46PP))
    assert (rule.ipv6, rule.ipv4, rule.ea_bits) == ("2001:db8:1:2000::/52", "203.0.113.0/24", 12)
    assert (rule.psid_offset, rule.psid_length) == (4, 4)
    assert (rule.br, rule.provider) == ("2001:db8:1::1", "A VNE")


@pytest.mark.parametrize(
    ("version", "form"),
    [({}, "draft-03"), ({"version": 0}, "draft-03"), ({"version": 1}, "rfc7597")],
)
def test_the_version_decides_the_interface_id(version: dict[str, int], form: str) -> None:
    map_e = {key: value for key, value in HB46PP["map_e"].items() if key != "version"}
    for data in (HB46PP | {"map_e": map_e | version}, map_e | version):
        (rule,) = rules_from_json(json.dumps(data))
        assert rule.interface_id == form


def test_keys_that_the_standard_does_not_know_are_skipped_there() -> None:
    rules = [HB46PP["map_e"]["rules"][0] | {"comment": "new"}]
    assert len(rules_from_json(hb46pp(rules=rules, future=1))) == 1


@pytest.mark.parametrize("wrap", [lambda rules: rules, lambda rules: {"rules": rules}])
def test_the_own_form_is_a_list_or_an_object_with_one(wrap: Any) -> None:
    table = rules_from_json(json.dumps(wrap([OWN | {"interface_id": "draft-03", "br": None}])))
    line = calculate("2001:db8:12:3400::/56", table)
    assert (line.ipv4, line.psid) == ("192.0.2.18", 0x34)
    assert line.ce == "2001:db8:12:3400:c0:2:1200:3400"


def test_the_offset_of_an_own_rule_follows_its_form_if_not_given() -> None:
    rule = {key: value for key, value in OWN.items() if key != "psid_offset"}
    (plain,) = rules_from_json(json.dumps([rule]))
    (draft,) = rules_from_json(json.dumps([rule | {"interface_id": "draft-03"}]))
    assert (plain.psid_offset, draft.psid_offset) == (6, 4)


def test_an_own_rule_may_bring_its_psid() -> None:
    rule = {"ipv6": "2001:db8:12:3400::/56", "ipv4": "192.0.2.18", "ea_bits": 0}
    (found,) = rules_from_json(json.dumps([rule | {"psid": 52, "psid_length": 8}]))
    assert (found.provisioned_psid, found.psid_length) == (52, 8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "rules.json: not JSON"),
        (b"\xff\xfe\xff", "rules.json: not JSON"),
        ("[]", "rules.json: holds no list of rules"),
        ("7", "rules.json: holds no list of rules"),
        ("[7]", "rules.json: rule 1: is not an object"),
        (json.dumps([OWN, {"ipv6": "2001:db8::/40"}]), "rules.json: rule 2: ipv4 is missing"),
        (json.dumps([OWN, OWN]), "rules.json: two rules have the IPv6 prefix"),
        (json.dumps([OWN | {"ea": 1}]), "rule 1: unknown key 'ea'; the keys of a rule are ipv6"),
        (json.dumps([OWN | {"ea_bits": "16"}]), 'ea_bits must be a whole number, not "16"'),
        (json.dumps([OWN | {"ea_bits": True}]), "ea_bits must be a whole number, not true"),
        (json.dumps([OWN | {"ipv4": 1}]), "ipv4 must be text, not 1"),
        (json.dumps([OWN | {"psid_offset": 9}]), "rule 1: PSID offset 9 and PSID length 8 need 17"),
        (json.dumps([OWN | {"ipv4": "192.0.2.1/24"}]), "rule 1: rule prefix 192.0.2.1/24 has bits"),
        ("[" * 100_000, "rules.json: not JSON"),
        (json.dumps({"map_e": None, "order": []}), "offers no MAP-E"),
        (json.dumps({"map_e": None}), "offers no MAP-E"),
        (hb46pp(version=2), "map_e.version is 2; it must be 0 or 1"),
        (hb46pp(version=[]), r"map_e.version is \[\]; it must be 0 or 1"),
        (hb46pp(rules=[]), "holds no list of rules"),
        (hb46pp(rules=[{"ipv6": "2001:db8::/40"}]), "rule 1: ea_length is missing"),
        (
            hb46pp(rules=[{"ipv6": "2001:db8::/40", "ipv4": "192.0.2.0/24", "ea_length": 16}]),
            "rule 1: psid_offset is missing",
        ),
        (json.dumps({"order": ["dslite"]}), 'offers no MAP-E; the order is ."dslite"'),
        (json.dumps({"order": []}), "offers no MAP-E; the order is ..$"),
        (json.dumps({"order": 7}), "offers no MAP-E"),
        (json.dumps({"map_e": []}), "map_e is not an object"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(text: str | bytes, message: str) -> None:
    with pytest.raises(MapeError, match=message):
        rules_from_json(text, source="rules.json")
