"""Defaults, groups, several files: what a router inherits, and who is blamed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yamaha_ops.inventory import Inventory
from yamaha_ops.inventory.layers import Layer, merge
from yamaha_ops.inventory.source import Place, Source

if TYPE_CHECKING:
    from pathlib import Path

Loader = Callable[[str], Inventory]
Refuser = Callable[[str], str]

FLEET = """\
defaults:
  login: {user: admin}
  lan: {address: 192.168.100.1/24, dhcp: {range: 192.168.100.2-192.168.100.191}}
groups:
  home: {labels: {kind: home}, line: {service: v6plus}}
  tokyo:
    groups: [home]
    labels: {site: tokyo}
    line: {description: Tokyo}
  tuned: {line: {udp_timer: 300, description: tuned}}
routers:
  one: {host: a, groups: [tokyo, tuned]}
  two: {host: b, groups: [tuned, tokyo], login: {user: other}, lan: {dhcp: }}
"""


def test_mappings_merge_and_the_later_group_counts(loaded: Loader) -> None:
    one, two = loaded(FLEET).select(everything=True)
    assert one.labels == two.labels == {"kind": "home", "site": "tokyo"}
    assert one.line is not None
    assert two.line is not None
    assert (one.line.service, one.line.udp_timer, one.line.description) == ("v6plus", 300, "tuned")
    assert two.line.description == "Tokyo"
    assert (one.login.user, two.login.user) == ("admin", "other")


def test_a_field_with_no_value_takes_the_inherited_one_away(loaded: Loader) -> None:
    one, two = loaded(FLEET).select(everything=True)
    assert one.lan is not None
    assert one.lan.dhcp is not None
    assert two.lan is not None
    assert two.lan.dhcp is None


def test_every_value_knows_where_it_came_from(loaded: Loader) -> None:
    merged = loaded(FLEET).origins["one"]
    origins = {
        ".".join(map(str, keys)): f"{origin.layer} {origin.place}"
        for keys, origin in merged.origins.items()
    }
    assert origins["login.user"] == "defaults inventory.yaml:2:11"
    assert origins["line.service"] == "groups.home inventory.yaml:5:39"
    assert origins["line.description"] == "groups.tuned inventory.yaml:10:34"
    assert origins["host"] == "routers.one inventory.yaml:12:9"


def test_a_fault_in_a_group_is_blamed_on_the_group_once(refused: Refuser) -> None:
    said = refused(FLEET.replace("udp_timer: 300", "udp_timer: 3"))
    assert said == (
        "inventory.yaml:10:18: line.udp_timer: input should be greater than or equal to 30"
    )


def test_a_fault_in_a_group_that_nobody_uses_is_found(refused: Refuser) -> None:
    said = refused("groups: {spare: {hots: a}}\nrouters: {one: {host: a}}\n")
    assert said == "inventory.yaml:1:18: there is no field hots; did you mean host?"


def test_an_unknown_group_is_named_with_the_nearest(refused: Refuser) -> None:
    said = refused("groups: {tokyo: {}}\nrouters: {one: {host: a, groups: [tokio]}}\n")
    assert said == "inventory.yaml:2:35: there is no group tokio; did you mean tokyo?"


def test_a_group_that_inherits_from_itself_is_refused(refused: Refuser) -> None:
    said = refused(
        "groups:\n  a: {groups: [b]}\n  b: {groups: [a]}\nrouters: {one: {host: x, groups: [a]}}\n"
    )
    assert said == "inventory.yaml:3:16: group a inherits from itself"


def test_several_files_are_one_inventory(path: Path, loaded: Loader) -> None:
    sites = path.parent / "sites"
    sites.mkdir()
    (sites / "osaka.yaml").write_text("routers: {osaka: {host: b, groups: [all]}}\n")
    (sites / "kobe.yaml").write_text("include: [osaka.yaml]\nrouters: {kobe: {host: c}}\n")
    inventory = loaded(
        "include: [sites/*.yaml]\ngroups: {all: {labels: {x: y}}}\nrouters: {tokyo: {host: a}}\n"
    )
    assert list(inventory.routers) == ["tokyo", "kobe", "osaka"]
    assert inventory.router("osaka").labels == {"x": "y"}
    assert inventory.origins["osaka"].origin(("host",)).place == Place("sites/osaka.yaml", 1, 19)


def test_an_include_that_matches_nothing_is_refused(refused: Refuser) -> None:
    said = refused("include: [none/*.yaml]\nrouters: {a: {host: a}}\n")
    assert said == "inventory.yaml:1:11: nothing matches none/*.yaml"


def test_a_router_in_two_files_is_refused(path: Path, refused: Refuser) -> None:
    (path.parent / "more.yaml").write_text("routers: {one: {host: b}}\n")
    said = refused("include: [more.yaml]\nrouters: {one: {host: a}}\n")
    assert said == "more.yaml:1:11: routers.one stands in inventory.yaml:2:11 already"


def test_anchors_keep_working(loaded: Loader) -> None:
    inventory = loaded(
        "routers:\n  one: &base {host: a, port: 2022}\n  two:\n    <<: *base\n    host: b\n"
    )
    assert inventory.router("two").port == 2022


def test_aliases_that_multiply_beyond_reason_are_refused(refused: Refuser) -> None:
    laughs = [f"{chr(c)}: &{chr(c)} [{', '.join([f'*{chr(c - 1)}'] * 9)}]" for c in range(98, 118)]
    assert refused("a: &a [x]\n" + "\n".join(laughs)) == "inventory.yaml: aliases make it endless"


def test_an_alias_of_itself_is_refused(refused: Refuser) -> None:
    assert "routers.one" in refused("routers: &r {one: *r}\n")


# A busy machine is no finding.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
keys = st.sampled_from("abcd")
values = st.integers() | st.dictionaries(keys, st.integers(), max_size=3)
layers = st.lists(st.dictionaries(keys, values, max_size=4), max_size=4)


@calm
@given(layers)
def test_what_the_last_layer_says_counts(data: list[dict[str, object]]) -> None:
    source = Source("x", {}, {})
    merged = merge([Layer(str(index), source, (), each) for index, each in enumerate(data)])
    for key in "abcd":
        values = [each[key] for each in data if key in each]
        if not values:
            assert key not in merged.data
        elif not isinstance(values[-1], dict):
            assert merged.data[key] == values[-1]
            last = max(index for index, each in enumerate(data) if key in each)
            assert merged.origin((key,)).layer == str(last)
        else:
            assert set(values[-1]) <= set(merged.data[key])


def test_a_group_may_say_half_of_what_goes_together(loaded: Loader) -> None:
    inventory = loaded("""\
        groups:
          fixed: {line: {service: v6plus-fixed}}
          remote: {filters: {forward: {web: {to: 192.168.100.9, service: https}}}}
        routers:
          one:
            host: a
            groups: [fixed, remote]
            lan: {address: 192.168.100.1/24}
            line: {fixed: {address: 203.0.113.1, br: "2001:db8::1", interface_id: "::1"}}
        """)
    assert inventory.router("one").line is not None
