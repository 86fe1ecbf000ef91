from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory import Inventory, Secret, load

ROOT = Path(__file__).parents[2]

Loader = Callable[[str], Inventory]
Refuser = Callable[[str], str]

HOME = """\
routers:
  home:
    host: 192.168.100.1
    line: {service: v6plus}
    lan: {address: 192.168.100.1/24, dhcp: 192.168.100.2-192.168.100.191}
"""


def test_the_shipped_inventory_is_the_line_of_the_article() -> None:
    home = load(ROOT / "inventory.yaml").router("home")
    assert (home.model, home.host, home.port) == ("RTX830", "127.0.0.1", 2830)
    assert home.login.user == "admin"
    assert str(home.login.password) == "env:YAMAHA_OPS_HOME_PASSWORD"
    assert str(home.login.administrator_password) == ("env:YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD")
    assert home.line is not None
    assert (home.line.service, home.line.ipv6, home.line.mtu) == ("v6plus", "ra", 1460)
    assert home.lan is not None
    assert home.lan.address == IPv4Interface("192.168.100.1/24")


def test_a_router_without_wishes_gets_the_defaults(loaded: Loader) -> None:
    home = loaded(HOME).router("home")
    assert (home.model, home.port, home.known_hosts) == ("RTX830", 22, "strict")
    assert not home.legacy_algorithms
    assert home.lan is not None
    assert home.lan.dhcp is not None
    assert home.lan.dhcp.range.last == IPv4Address("192.168.100.191")


def test_a_misspelt_field_is_named_with_its_place_and_the_right_spelling(refused: Refuser) -> None:
    said = refused(HOME.replace("dhcp:", "dhpc:"))
    assert said == "inventory.yaml:5:38: lan has no field dhpc; did you mean dhcp?"


def test_all_problems_are_told_together_in_the_order_of_the_file(refused: Refuser) -> None:
    said = refused("""\
        routers:
          home:
            host: 192.168.100.1
            prot: 22
            line: {service: v6pluss}
          away:
            port: 70000
        """)
    assert said.splitlines() == [
        "4 problems",
        "  inventory.yaml:4:5: there is no field prot; did you mean port?",
        "  inventory.yaml:5:12: line.service is not a known value; did you mean v6plus?",
        "  inventory.yaml:6:3: host is missing",
        "  inventory.yaml:7:5: port: input should be less than or equal to 65535",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "inventory.yaml:1:1: an inventory is a mapping of include, defaults, groups, routers"),
        ("routers: {}\n", "inventory.yaml:1:1: the inventory has no routers"),
        (
            "router:\n  home: {}\n",
            "inventory.yaml:1:1: there is no section router; did you mean routers?",
        ),
        ("routers:\n  home:\n", "inventory.yaml:2:3: routers.home is a mapping"),
        ("routers: [\n", "inventory.yaml:2:1: is not YAML: expected the node content, but found"),
        ("a: 1\na: hunter2\n", "inventory.yaml:2:1: the same key stands here twice"),
        ("routers: {x: {host: a, name: b}}\n", "inventory.yaml:1:24: the name is the key above"),
    ],
)
def test_a_file_of_the_wrong_shape_is_one_clear_sentence(
    refused: Refuser, text: str, said: str
) -> None:
    assert refused(text).startswith(said)
    assert "hunter2" not in refused(text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=r"none\.yaml: cannot be read: No such file"):
        load(tmp_path / "none.yaml")


def test_a_dhcp_range_outside_the_lan_is_refused(refused: Refuser) -> None:
    said = refused(HOME.replace("100.191", "101.191"))
    assert said == "inventory.yaml:5:38: lan.dhcp: the range is not inside 192.168.100.0/24"


def test_names_labels_and_all_are_three_ways_to_choose(loaded: Loader) -> None:
    inventory = loaded("""\
        routers:
          one: {host: a, labels: {site: tokyo, floor: 3}}
          two: {host: b, labels: {site: tokyo, floor: 4}}
          three: {host: c}
        """)

    def names(
        names: Sequence[str] = (), labels: Sequence[str] = (), *, everything: bool = False
    ) -> list[str]:
        return [router.name for router in inventory.select(names, labels, everything)]

    assert names(["two", "one", "two"]) == ["two", "one"]
    assert names([], ["site=tokyo"]) == ["one", "two"]
    assert names([], ["site=tokyo", "floor=4"]) == ["two"]
    assert names(everything=True) == ["one", "two", "three"]
    with pytest.raises(InventoryError, match="there is no router 'thre'; did you mean three"):
        names(["thre"])
    with pytest.raises(InventoryError, match="no router has the label site=tokio; did you mean"):
        names([], ["site=tokio"])
    with pytest.raises(InventoryError, match="not key=value"):
        names([], ["tokyo"])
    with pytest.raises(InventoryError, match="no router is chosen"):
        names()
    with pytest.raises(InventoryError, match="one of the three"):
        names(["one"], everything=True)


def test_state_is_beside_the_inventory_unless_the_environment_says_otherwise(
    loaded: Loader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("YAMAHA_OPS_STATE", raising=False)
    assert loaded(HOME).state == Path(".yamaha-ops")
    monkeypatch.setenv("YAMAHA_OPS_STATE", str(tmp_path / "kept"))
    assert loaded(HOME).state == tmp_path / "kept"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("host: 'not a host'", "host: must be an address or a host name"),
        ("host: a, login: {user: 'two words'}", "login.user: must be a user name of 1 to 32"),
        ("host: a, dns: {records: {-x: 192.0.2.1}}", "must be a domain name such as example.jp"),
        ("host: a, management: {ssh: lann}", "management.ssh.0: must be lan, none, any, an inter"),
        ('host: a, extra: ["a\\nb"]', "extra.0: must be one console line of printable"),
        ("host: a, management: {ssh: none}", "management.ssh: must let the toolkit in"),
        ("host: a, management: {telnet: [lan, lan1]}", "any, none and lan stand alone"),
        (
            "host: a, schedules: {x: {at: startup, command: save}}",
            "schedules.x.command: a router does not schedule save",
        ),
        (
            "host: a, schedules: {x: {at: never, command: restart}}",
            "schedules.x.at: must be startup, or a time such as 03:00",
        ),
        (
            "host: a, lan: {address: 10.0.0.1/24, dhcp: {range: 10.0.0.2-10.0.0.9, lease: 73:00}}",
            "lan.dhcp.lease: is longer than max_lease",
        ),
        ("host: a, checks: [{ping: x}]", "checks.0.ping: must be an address"),
        ("host: a, checks: [{}]", "checks.0.ping: needs either ping or command"),
        ("host: a, checks: [{command: restart, pattern: x}]", "must be a show or ping command"),
        ("host: a, checks: [{command: show arp, pattern: '['}]", "is no regular expression"),
        ("host: a, firmware: latest", "firmware: must be a firmware revision such as 15.02.09"),
        (
            "host: a, line: {service: v6plus, description: " + "あ" * 33 + "}",
            "line.description: must fit in 64 half-width characters",
        ),
    ],
)
def test_a_wrong_value_is_told_in_words(refused: Refuser, fields: str, said: str) -> None:
    assert said in refused(f"routers: {{one: {{{fields}}}}}\n")


def test_a_router_can_be_told_what_it_runs(loaded: Loader) -> None:
    home = loaded(HOME).router("home")
    assert home.firmware is None
    assert str(home.running("Rev.15.02.09").firmware) == "15.02.09"


def test_scripts_are_inherited_field_by_field_and_taken_away_by_no_value(loaded: Loader) -> None:
    book = loaded("""\
        groups:
          watched:
            scripts:
              mape-watch: {variables: {MAPE_WATCH_HIGH: 1500, NOTIFY_URL: "env:HOOK"}}
              reach-watch: {variables: {REACH_WATCH_HOST: 203.0.113.9}}
        routers:
          home:
            host: a
            groups: [watched]
            scripts:
              mape-watch: {variables: {MAPE_WATCH_HIGH: 900}}
              reach-watch:
              report: {at: "*/mon 03:00", via: embedded}
        """)
    scripts = book.router("home").scripts
    assert list(scripts) == ["mape-watch", "report"]
    told = {name: str(value) for name, value in scripts["mape-watch"].variables.items()}
    assert told == {"MAPE_WATCH_HIGH": "900", "NOTIFY_URL": "env:HOOK"}
    assert isinstance(scripts["mape-watch"].variables["NOTIFY_URL"].value, Secret)
    assert scripts["mape-watch"].path("mape-watch") == "/lua/mape-watch.lua"
    assert scripts["report"].path("report") == "emfs:/report.lua"
    assert (scripts["mape-watch"].resident, scripts["report"].resident) == (True, False)


@pytest.mark.parametrize(
    ("scripts", "says"),
    [
        ("{x: {at: soon}}", "scripts.x.at: must be startup, a time such as 03:00"),
        ("{x: {at: +60}}", "scripts.x.at"),
        ("{../x: {}}", "letters, digits, hyphens and underscores"),
        ("{x: {folder: lua}}", "must be a folder on the router such as /lua"),
        ("{x: {via: post}}", "scripts.x.via is not a known value; valid: auto, sftp"),
        ("{x: {arguments: 'a; b'}}", "must be words, unquoted"),
        ("{x: {variables: {1X: 1}}}", "letters, digits and underscores, a letter first"),
        ("{x: {variables: {X: [1]}}}", "must be a number, a text or a reference"),
        ("{x: {variables: {X: ''}}}", "must be one line that is not empty"),
        ("{x: {variables: {X: 'env:1'}}}", "must be a reference to a secret"),
        (
            "{x: {variables: {API_TOKEN: planted}}}",
            "scripts.x.variables.API_TOKEN: must be a reference",
        ),
        (
            "{x: {variables: {URL: a}}, y: {variables: {URL: b}}}",
            "scripts.y.variables.URL: is set otherwise by x",
        ),
        (
            "{" + ", ".join(f"s{number}: {{}}" for number in range(9)) + "}",
            "scripts: 9 start with the router, which runs 8 at once",
        ),
    ],
)
def test_scripts_that_no_router_could_run_are_refused(
    refused: Refuser, scripts: str, says: str
) -> None:
    told = refused(f"routers: {{home: {{host: a, scripts: {scripts}}}}}\n")
    assert says in told
    assert "planted" not in told
