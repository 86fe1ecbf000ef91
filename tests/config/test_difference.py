from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config import Configuration, Key, difference
from yamaha_ops.config.secrets import MASK, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.config import Difference

    Execute = Callable[[Configuration, Difference], Configuration]


def commands(a: str, b: str) -> list[str]:
    return [
        command.line
        for command in difference(Configuration.parse(a), Configuration.parse(b)).commands
    ]


def test_recorded_configurations_turn_into_each_other(
    recorded: dict[str, Configuration], execute: Execute
) -> None:
    for (one, a), (other, b) in combinations_with_replacement(recorded.items(), 2):
        delta = difference(a, b)
        reached = execute(a, delta)
        back = execute(reached, difference(reached, a))
        for got, wanted in ((reached, b), (back, a)):
            assert not difference(got, wanted).commands, (one, other)
            if not _hides_a_secret(wanted):
                assert got.canonical() == wanted.canonical(), (one, other)
        if one == other:
            assert not delta.commands


def _hides_a_secret(configuration: Configuration) -> bool:
    return any(
        secret.text == MASK
        for setting in configuration.settings.values()
        for secret in secrets_of(setting.line)
    )


def test_an_object_comes_before_its_first_use_and_goes_after_its_last(
    recorded: dict[str, Configuration],
) -> None:
    full = recorded["rtx1210_v6plus-mape_1"]
    nothing = Configuration.parse("")
    coming = [command.line.strip() for command in difference(nothing, full).commands]
    going = [command.line.strip() for command in difference(full, nothing).commands]
    for first, then in (
        ("ip filter 200030 pass * 192.168.100.0/24 icmp * *", "ip tunnel secure filter in"),
        ("ip filter dynamic 200080 * * ftp", "ip tunnel secure filter out"),
        ("nat descriptor type 1000 masquerade", "nat descriptor address outer 1000"),
        ("nat descriptor type 1000 masquerade", "ip tunnel nat descriptor"),
        ("ipv6 filter 200031 pass * * 4", "ipv6 lan2 secure filter in"),
        ("ipv6 prefix 1 ra-prefix@lan2::/64", "ipv6 lan1 rtadv send"),
        ("tunnel encapsulation map-e", "tunnel enable 1"),
        ("tunnel enable 1", "ip route default"),
    ):
        assert _position(coming, first) < _position(coming, then), (first, then)
        key = next(
            setting.key.words
            for setting in full.settings.values()
            if first.startswith(setting.key.words) and "secure" not in setting.key.words
        )
        assert _position(going, f"no {then}") < _position(going, f"no {key}"), (first, then)


def _position(lines: list[str], start: str) -> int:
    return next(index for index, line in enumerate(lines) if line.startswith(start))


def test_a_changed_setting_is_overwritten_once() -> None:
    assert commands("ip lan1 address 10.0.0.1/24", "ip lan1 address 10.0.0.2/24") == [
        "ip lan1 address 10.0.0.2/24"
    ]
    assert commands("ip lan1 secure filter in 1 2", "ip lan1 secure filter in 1 3 2") == [
        "ip lan1 secure filter in 1 3 2"
    ]


def test_a_filter_is_taken_out_of_its_list_before_it_goes() -> None:
    a = "ip filter 1 pass *\nip filter 2 reject *\nip lan1 secure filter in 1 2\n"
    assert commands(a, "ip filter 2 reject *\nip lan1 secure filter in 2\n") == [
        "ip lan1 secure filter in 2",
        "no ip filter 1",
    ]
    assert commands(a, "") == ["no ip lan1 secure filter in", "no ip filter 1", "no ip filter 2"]


def test_values_that_would_collide_go_before_the_new_ones_come() -> None:
    a = "dhcp scope 1 10.0.0.2-10.0.0.9/24\ndhcp scope bind 1 10.0.0.2 00:a0:de:00:00:01\n"
    assert commands(a, a.replace("scope 1", "scope 2").replace("bind 1", "bind 2")) == [
        "no dhcp scope bind 1 10.0.0.2",
        "no dhcp scope 1",
        "dhcp scope 2 10.0.0.2-10.0.0.9/24",
        "dhcp scope bind 2 10.0.0.2 00:a0:de:00:00:01",
    ]
    assert commands("ip lan1 address 10.0.0.1/24", "ip lan2 address 10.0.0.1/24") == [
        "no ip lan1 address",
        "ip lan2 address 10.0.0.1/24",
    ]


def test_addresses_of_the_router_move_last() -> None:
    a = "ip lan1 address 10.0.0.1/24\nip filter 1 pass *\n"
    assert commands(a, "ip lan1 address 10.0.1.1/24\nip lan2 address 10.0.2.1/24\n") == [
        "ip lan2 address 10.0.2.1/24",
        "no ip filter 1",
        "ip lan1 address 10.0.1.1/24",
    ]
    assert commands(a, "ip lan1 address 10.0.1.1/24\nip lan2 address 10.0.0.2/24\n") == [
        "ip lan1 address 10.0.1.1/24",
        "ip lan2 address 10.0.0.2/24",
        "no ip filter 1",
    ]
    assert commands(a, "ip lan2 address 10.0.2.1/24\nip filter 1 pass *\n") == [
        "ip lan2 address 10.0.2.1/24",
        "no ip lan1 address",
    ]


def test_a_vlan_goes_after_what_uses_it() -> None:
    a = "vlan lan1/1 802.1q vid=10\nip lan1/1 address 10.0.0.1/24\nip lan1/1 proxyarp on\n"
    b = "vlan lan1/2 802.1q vid=10\nip lan1/2 address 10.0.0.1/24\n"
    assert commands(a, b) == [
        "no ip lan1/1 address",
        "no ip lan1/1 proxyarp",
        "no vlan lan1/1 802.1q",
        "vlan lan1/2 802.1q vid=10",
        "ip lan1/2 address 10.0.0.1/24",
    ]


PP = "pp select 1\n pppoe use lan2\n pp auth myname u {0}\n ip pp mtu {1}\n {2}\n pp enable 1\n"


def test_pp_settings_change_while_the_pp_is_down() -> None:
    """REF 56.7.1."""
    a = Configuration.parse(PP.format("old", 1454, "ip pp secure filter in 1"))
    b = Configuration.parse(PP.format("new", 1454, "ip pp secure filter in 1"))
    delta = difference(a, b)
    assert [(command.action, command.line, command.context) for command in delta.commands] == [
        ("act", "pp disable 1", ""),
        ("select", "pp select 1", ""),
        ("change", "pp auth myname u new", "pp1"),
        ("select", "pp select none", "pp1"),
        ("act", "pp enable 1", ""),
    ]
    assert delta.commands[0].risk == "pp 1 goes down while it is changed"
    assert delta.commands[2].masked == "pp auth myname u *"


def test_filters_of_a_pp_change_while_it_is_up() -> None:
    a = PP.format("x", 1454, "ip pp secure filter in 1")
    assert commands(a, PP.format("x", 1454, "ip pp secure filter in 2")) == [
        "pp select 1",
        "ip pp secure filter in 2",
        "pp select none",
    ]


def test_a_tunnel_goes_down_only_where_its_own_settings_change() -> None:
    """REF 14.2 recommends it for them; an MTU or a filter is IP's business."""
    a = "tunnel select 1\n tunnel encapsulation ipip\n ip tunnel mtu 1280\n tunnel enable 1\n"
    assert commands(a, a.replace("1280", "1460")) == [
        "tunnel select 1",
        "ip tunnel mtu 1460",
        "tunnel select none",
    ]
    assert commands(a, a.replace("ipip", "map-e").replace("1280", "1460")) == [
        "tunnel disable 1",
        "tunnel select 1",
        "tunnel encapsulation map-e",
        "ip tunnel mtu 1460",
        "tunnel select none",
        "tunnel enable 1",
    ]
    assert commands(a, a.replace(" tunnel enable 1\n", "")) == ["no tunnel enable 1"]
    assert commands("", a) == [
        "tunnel select 1",
        "tunnel encapsulation ipip",
        "ip tunnel mtu 1280",
        "tunnel select none",
        "tunnel enable 1",
    ]


def test_a_tunnel_that_goes_is_disabled_first() -> None:
    a = (
        "tunnel select 1\n ip tunnel mtu 1280\n tunnel enable 1\n"
        "ip route default gateway tunnel 1\n"
    )
    assert commands(a, "") == [
        "no ip route default",
        "no tunnel enable 1",
        "tunnel select 1",
        "no ip tunnel mtu",
        "tunnel select none",
    ]


def test_contexts_are_opened_once_and_closed() -> None:
    a = "".join(f"tunnel select {n}\n ip tunnel mtu 1280\n" for n in (1, 2, 10))
    assert commands(a, a.replace("1280", "1400")) == [
        "tunnel select 1",
        "ip tunnel mtu 1400",
        "tunnel select 2",
        "ip tunnel mtu 1400",
        "tunnel select 10",
        "ip tunnel mtu 1400",
        "tunnel select none",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "login password *",
        "administrator password encrypted *",
        "login user admin *",
        "sshd host key generate *",
        "pp select 1\npp auth myname user *",
        "ipsec ike pre-shared-key 1 text *",
        "radius secret *",
    ],
)
def test_a_mask_is_never_sent(line: str) -> None:
    delta = difference(Configuration.parse(""), Configuration.parse(line))
    assert not delta.commands
    assert "is not sent" in delta.warnings[0]


def test_what_a_console_would_ask_for_is_never_sent() -> None:
    delta = difference(Configuration.parse(""), Configuration.parse("login password secret\n"))
    assert not delta.commands
    assert delta.warnings == (
        "line 1: 'login password *' is not sent: a console asks for its value; set it by hand",
    )


def test_the_devices_own_settings_are_left_alone() -> None:
    shown = "login password *\nlogin user a *\nsshd host key generate *\nip lan1 address dhcp\n"
    stored = (
        "login password encrypted X\nlogin user a encrypted Y\nsshd host key generate 2869 ZZ\n"
        "ip lan1 address dhcp\n"
    )
    assert commands(shown, stored) == []
    assert commands(stored, shown) == []
    assert commands(stored, "ip lan1 address dhcp\n") == []
    assert Configuration.parse(shown).digest == Configuration.parse(stored).digest


def test_a_new_user_and_a_new_password_are_sent() -> None:
    assert commands("", "login user a secret\n") == ["login user a secret"]
    assert commands("login user a old\n", "login user a new\n") == ["login user a new"]


def test_a_secret_that_one_side_masks_counts_as_equal() -> None:
    real = "pp select 1\n pp auth myname user secret\n"
    assert commands(real, real.replace("secret", "*")) == []
    assert commands(real.replace("secret", "*"), real) == []
    masked = difference(
        Configuration.parse(real), Configuration.parse(real.replace("user secret", "other *"))
    )
    assert not masked.commands
    assert "its secret is masked" in masked.warnings[0]


def test_lines_without_meaning_are_named_not_sent() -> None:
    delta = difference(
        Configuration.parse("frobnicate\n"), Configuration.parse("frobnicate\nfrob 2\n")
    )
    assert not delta.commands
    assert delta.warnings == (
        "line 2: 'frob 2' is not sent: 'frob 2' is not a command this table knows",
    )


def test_disturbing_commands_are_flagged() -> None:
    delta = difference(Configuration.parse(""), Configuration.parse("lan type lan1 auto\n"))
    assert [command.risk for command in delta.commands] == ["resets every LAN interface"]
    old, new = "ip lan1 address 10.0.0.1/24", "ip lan1 address 10.0.0.2/24"
    moved = difference(Configuration.parse(old), Configuration.parse(new))
    assert [command.risk for command in moved.commands] == ["sessions to the old address end"]
    added = difference(Configuration.parse(""), Configuration.parse(new))
    assert [command.risk for command in added.commands] == [None]


def test_routing_settings_are_made_to_count() -> None:
    """REF 28.1, 29.10, 31.1."""
    assert commands("ospf use on\nbgp use on\n", "ospf use off\nbgp use on\n") == [
        "ospf use off",
        "ospf configure refresh",
    ]


def test_whole_blocks_are_sent() -> None:
    block = "embedded file a.lua <<EOF\nlocal x = 1\n\nEOF\n"
    assert commands("", block) == ["embedded file a.lua <<EOF", "local x = 1", "", "EOF"]
    assert commands(block, block.replace("EOF", "END")) == []
    assert commands(block, "") == ["no embedded file a.lua"]


def test_special_characters_survive_the_console() -> None:
    a, b = "", "url filter 1 reject a\\?b\ndescription lan1 'a \"b\" #c'\n"
    sent = commands(a, b)
    assert sent == ['url filter 1 reject "a?b"', r'description lan1 "a \"b\" #c"']
    assert Configuration.parse("\n".join(sent)).digest == Configuration.parse(b).digest


def test_the_difference_says_what_it_is_about() -> None:
    delta = difference(
        Configuration.parse("ip filter 1 pass *\nip filter 2 pass *\n"),
        Configuration.parse("ip filter 1 reject *\nip filter 3 pass *\n"),
    )
    assert [setting.key.words for setting in delta.added] == ["ip filter 3"]
    assert [setting.key.words for setting in delta.removed] == ["ip filter 2"]
    assert [(old.line, new.line) for old, new in delta.changed] == [
        ("ip filter 1 pass *", "ip filter 1 reject *")
    ]
    assert delta
    assert not difference(Configuration.parse(""), Configuration.parse("#\n"))
    assert Key("", "ip filter 1") == delta.changed[0][0].key
