"""Filters, forwards, VLANs and services in words, and the lines they become."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from yamaha_ops.errors import InventoryError, RenderError
from yamaha_ops.inventory import Router
from yamaha_ops.render import lines, render
from yamaha_ops.render.filters import Filter, in_order
from yamaha_ops.render.words import Words

Make = Callable[[str], Router]
V6PLUS = "line: {service: v6plus, prefix: '240b:10:0:3100::/64'}\n"


def told(router: Router) -> list[str]:
    assert render(router, secrets=False).warnings == ()
    return [line.text for line in lines(router)]


def added(router: Router, plain: Router) -> set[str]:
    return set(told(router)) - set(told(plain))


def refusal(router: Make, fields: str) -> str:
    with pytest.raises(InventoryError) as caught:
        router(fields)
    return str(caught.value)


def test_a_forward_becomes_a_static_entry_and_a_filter_before_the_last(router: Make) -> None:
    wish = V6PLUS + "filters: {forward: {web: {port: 4880, to: 192.168.100.10, service: https}}}"
    assert added(router(wish), router(V6PLUS)) == {
        "nat descriptor masquerade static 1000 4880 192.168.100.10 tcp 4880=443",
        "ip filter 304880 pass * 192.168.100.10 tcp * 443",
        " ip tunnel secure filter in 200030 304880 200039",
    }


def test_a_forward_to_a_port_of_another_line_is_refused_with_the_nearest(router: Make) -> None:
    wish = V6PLUS + "filters: {forward: {web: {to: 192.168.100.10, service: https}}}"
    said = refusal(router, wish)
    assert "filters.forward.web.service: 443 is not a port of this line" in said
    assert said.endswith("the nearest is 4880")


def test_without_a_known_prefix_a_forward_is_taken_as_it_is(router: Make) -> None:
    wish = "line: {service: v6plus}\nfilters: {forward: {web: {to: 192.168.100.10, service: ssh}}}"
    assert "nat descriptor masquerade static 1000 22 192.168.100.10 tcp 22" in told(router(wish))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("web: {port: 4880, to: 10.0.0.1, service: https}", "web.to: 10.0.0.1 is in no network"),
        ("web: {port: 4880, to: 192.168.100.10, service: ping}", "must be one TCP or UDP port"),
        ("web: {port: 4880, to: 192.168.100.10, service: udp/1-2}", "range of ports cannot be"),
        (
            (
                "a: {port: 4880, to: 192.168.100.10, service: https}\n"
                "    b: {port: 4880, to: 192.168.100.11, service: https}"
            ),
            "forward.b: 4880 leads to a already",
        ),
        ("web: {port: 4880, to: 192.168.100.10, service: htps}", "must be a service (any, ping"),
    ],
)
def test_a_forward_that_cannot_work_is_refused(router: Make, wish: str, said: str) -> None:
    assert said in refusal(router, f"{V6PLUS}filters:\n  forward:\n    {wish}\n")


@pytest.mark.parametrize("service", ["transix", "ipv6"])
def test_a_line_without_an_address_forwards_nothing(router: Make, service: str) -> None:
    forward = "a: {to: 192.168.100.9, service: ssh}"
    wish = f"line: {{service: {service}}}\nfilters: {{forward: {{{forward}}}}}"
    assert "no IPv4 address that could be reached" in refusal(router, wish)


def test_allow_and_block_in_words(router: Make) -> None:
    wish = V6PLUS + (
        "filters:\n"
        "  allow:\n"
        "    - {from: 203.0.113.0/24, to: lan, service: ping}\n"
        "    - {from: '2001:db8::/32', to: '::10', service: https, log: true}\n"
        "  block:\n"
        "    - {from: 192.168.100.50}\n"
        "    - {service: tcp/25, log: true}\n"
    )
    rules = {
        line.split(maxsplit=3)[3]
        for line in added(router(wish), router(V6PLUS))
        if " filter " in line and "secure" not in line
    }
    assert rules == {
        "pass 203.0.113.0/24 192.168.100.0/24 icmp * *",
        "pass-log 2001:db8::/32 ra-prefix@lan2::10 tcp * 443",
        "reject-nolog 192.168.100.50 * * * *",
        "reject-log * * tcp * 25",
    }
    text = told(router(wish))
    (blocked,) = (line.split() for line in text if line.startswith(" ip tunnel secure filter out"))
    assert blocked.index("200099") == 7, "what is blocked comes before what passes"


def test_a_rule_between_two_families_is_refused(router: Make) -> None:
    wish = V6PLUS + "filters: {allow: [{from: 203.0.113.1, to: '::10'}]}"
    assert "allow.0.to: one side is IPv4 and the other IPv6" in refusal(router, wish)


def test_numbers_do_not_move_when_others_come_or_go(router: Make) -> None:
    rules = [
        "{from: 203.0.113.1, to: lan, service: ssh}",
        "{from: 203.0.113.2, to: lan, service: ssh}",
        "{from: 203.0.113.3, to: lan, service: ssh}",
    ]

    def numbered(chosen: list[str]) -> set[str]:
        text = told(router(f"{V6PLUS}filters: {{allow: [{', '.join(chosen)}]}}"))
        return {line for line in text if line.startswith("ip filter 7")}

    everything = numbered(rules)
    assert len(everything) == 3
    for left_out in range(3):
        some = [rule for index, rule in enumerate(rules) if index != left_out]
        assert numbered(some) < everything
        assert numbered(list(reversed(some))) == numbered(some)


def test_vlans_get_addresses_scopes_and_a_place_in_the_filters(router: Make) -> None:
    wish = (
        "line: {service: v6plus, ipv6: pd}\n"
        "vlans:\n"
        "  office: {id: 20, address: 192.168.20.1/24, ipv6_subnet: 1,"
        " dhcp: 192.168.20.10-192.168.20.99}\n"
        "  guest: {id: 30, address: 192.168.30.1/24, isolated: true}\n"
    )
    text = told(router(wish))
    for line in (
        "vlan lan1/1 802.1q vid=20 name=office",
        "vlan lan1/2 802.1q vid=30 name=guest",
        "ip lan1/1 address 192.168.20.1/24",
        "ipv6 prefix 20 dhcp-prefix@lan2::1:0:0:0:0/64",
        "ipv6 lan1/1 address dhcp-prefix@lan2::1:0:0:0:1/64",
        "ipv6 lan1/1 rtadv send 20 o_flag=on",
        "dhcp scope 20 192.168.20.10-192.168.20.99/24",
        "ip filter 220020 pass * 192.168.20.0/24 icmp * *",
        "dns host lan1 lan1/1 lan1/2",
    ):
        assert line in text
    assert not [line for line in text if line.startswith("ipv6 lan1/2")]
    (into,) = (line for line in text if line.startswith("ip lan1/2 secure filter in"))
    order = [_rule(text, number) for number in into.split()[5:]]
    assert order[0] == "pass * * udp * dhcps"
    assert order.index("pass * 192.168.30.1 udp,tcp * domain") < order.index(
        "reject * 192.168.0.0/16 * * *"
    )
    assert order[-1] == "pass * * * * *"


def _rule(text: list[str], number: str) -> str:
    (line,) = (line for line in text if line.startswith(f"ip filter {number} "))
    return line.split(maxsplit=3)[3]


@pytest.mark.parametrize(
    ("vlans", "said"),
    [
        ("a: {id: 20, address: 192.168.100.9/24}", "vlans.a.address: overlaps the network of lan"),
        (
            "a: {id: 20, address: 10.0.1.1/24}\n  b: {id: 20, address: 10.0.2.1/24}",
            "vlans.b.id: is the ID of a already",
        ),
        ("a: {id: 20, address: 10.0.1.1/24, ipv6_subnet: 1}", "needs a delegated prefix"),
    ],
)
def test_vlans_that_clash_are_refused(router: Make, vlans: str, said: str) -> None:
    assert said in refusal(router, f"{V6PLUS}vlans:\n  {vlans}\n")


def test_everything_around_the_line(router: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMMUNITY", "ALICE"):
        monkeypatch.setenv(name, f"planted-{name.lower()}")
    wish = (
        "line: {service: v6plus, udp_timer: 300, tcp_fin_timer: 30, sessions_per_host: 2000}\n"
        "lan:\n"
        "  lan_map: true\n"
        "  address: 192.168.100.1/24\n"
        "  dhcp:\n"
        "    range: 192.168.100.2-192.168.100.191\n"
        "    exclude: [192.168.100.5]\n"
        "    lease: '24:00'\n"
        "    max_lease: '48:00'\n"
        "    dns: [192.168.100.1, 192.0.2.53]\n"
        "    domain: home.example\n"
        "    reservations:\n"
        "      nas: {address: 192.168.100.10, mac: 'AC:44:F2:00:00:01'}\n"
        "      tv: {address: 192.168.100.11, client_id: 01 ac 44 f2 00 00 02}\n"
        "dns:\n"
        "  servers: [192.0.2.53, '2001:db8::53']\n"
        "  domains: {example.jp: [10.0.0.1], corp.example.jp: [10.0.0.2, 10.0.0.3]}\n"
        "  records: {nas.home.example: 192.168.100.10}\n"
        "  spoof_private: true\n"
        "management: {ssh: [192.168.100.5, 192.168.100.10-192.168.100.20], telnet: none,"
        " sftp: 192.168.100.5, http: lan1, ssh_ciphers: [aes256-ctr], ssh_alive: true,"
        " close_recovery: true}\n"
        "users: {alice: {password: 'env:ALICE', administrator: true, connections: [ssh, http],"
        " login_timer: 600}}\n"
        "time: {zone: jst, server: ntp.nict.jp, at: '03:30:00'}\n"
        "syslog: {hosts: [192.168.100.9], facility: local0, notice: true, debug: false}\n"
        "snmp: {hosts: [192.168.100.9], community: 'env:COMMUNITY', sysname: home router,"
        " location: Tokyo}\n"
        "schedules: {reboot: {at: '*/sun 04:00:00', command: restart}}\n"
        "console: {character: ja.utf8, lines: infinity, columns: 200, prompt: '[home] '}\n"
        "extra: [statistics traffic on]\n"
    )
    router_ = router(wish)
    text = render(router_).text.splitlines()
    for line in (
        "nat descriptor timer 1000 protocol=udp 300",
        "nat descriptor timer 1000 tcpfin 30",
        "nat descriptor masquerade session limit 1000 1 2000",
        "switch control use lan1 on terminal=on",
        (
            "dhcp scope 1 192.168.100.2-192.168.100.191/24 except 192.168.100.5 expire 24:00"
            " maxexpire 48:00"
        ),
        "dhcp scope bind 1 192.168.100.10 ethernet ac:44:f2:00:00:01",
        "dhcp scope bind 1 192.168.100.11 01 ac 44 f2 00 00 02",
        "dhcp scope option 1 dns=192.168.100.1,192.0.2.53 domain=home.example",
        "dns server 192.0.2.53 2001:db8::53",
        "ip host nas.home.example 192.168.100.10",
        "dns private address spoof on",
        "sshd host 192.168.100.5 192.168.100.10-192.168.100.20",
        "telnetd host none",
        "sftpd host 192.168.100.5",
        "httpd host lan1",
        "sshd encrypt algorithm aes256-ctr",
        "sshd client alive on",
        "security class 1 off off",
        "login user alice planted-alice",
        "user attribute alice administrator=on connection=ssh,http login-timer=600",
        "timezone jst",
        "schedule at 1 */* 03:30:00 * ntpdate ntp.nict.jp syslog",
        "syslog host 192.168.100.9",
        "syslog facility local0",
        "syslog notice on",
        "syslog debug off",
        "snmp host 192.168.100.9",
        "snmp community read-only planted-community",
        "snmpv2c community read-only planted-community",
        'snmp sysname "home router"',
        "console character ja.utf8",
        "console lines infinity",
        'console prompt "[home] "',
        "statistics traffic on",
    ):
        assert line in text, line
    assert "dns server dhcp lan2" not in text
    selects = [line for line in text if line.startswith("dns server select")]
    assert [line.split()[-1] for line in selects] == ["corp.example.jp", "example.jp"]
    assert [line for line in text if line.endswith(" */sun 04:00:00 * restart")]
    hidden = render(router_, secrets=False)
    assert "planted" not in hidden.text
    assert hidden.warnings == ()


def test_vpns_on_a_line_with_an_address_of_its_own(
    router: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "planted-key")
    wish = (
        "line: {service: pppoe, pppoe: {user: u@example.jp, password: 'env:KEY'}}\n"
        "vpn:\n"
        "  sites: {osaka: {number: 2, networks: [192.168.200.0/24], peer: 203.0.113.9,"
        " key: 'env:KEY', keepalive: dpd}}\n"
        "  remote_access: {key: 'env:KEY', pool: 192.168.100.200-192.168.100.210,"
        " users: {alice: 'env:KEY'}}\n"
    )
    text = told(router(wish))
    for line in (
        "ip route 192.168.200.0/24 gateway tunnel 2",
        "  ipsec sa policy 2 2 esp aes256-cbc sha256-hmac",
        "  ipsec ike remote address 2 203.0.113.9",
        "  ipsec ike pre-shared-key 2 text *",
        " pp bind tunnel11",
        " pp auth username alice *",
        "ipsec transport 11 11 udp 1701",
        "l2tp service on",
        "ip lan1 proxyarp on",
        "nat descriptor masquerade static 1000 200050 192.168.100.1 esp",
        "nat descriptor masquerade static 1000 104500 192.168.100.1 udp 4500",
        "ip filter 290050 pass * 192.168.100.1 esp",
        "ip filter 404500 pass * 192.168.100.1 udp * 4500",
    ):
        assert line in text, line


@pytest.mark.parametrize(
    ("vpn", "said"),
    [
        (
            (
                "remote_access: {key: 'env:K', pool: 192.168.100.200-192.168.100.210,"
                " users: {a: 'env:K'}}"
            ),
            "remote_access: needs an address of one's own",
        ),
        (
            "sites: {osaka: {number: 2, networks: [10.0.0.0/8], peer: any, key: 'env:K'}}",
            "sites.osaka.peer: must be an address",
        ),
        (
            (
                "sites: {a: {number: 2, networks: [10.0.0.0/8], peer: b.example, key: 'env:K'},"
                " c: {number: 2, networks: [10.1.0.0/16], peer: d.example, key: 'env:K'}}"
            ),
            "sites.c.number: is the tunnel of vpn.sites.a",
        ),
    ],
)
def test_vpns_that_cannot_work_on_a_shared_address_are_refused(
    router: Make, vpn: str, said: str
) -> None:
    assert said in refusal(router, f"{V6PLUS}vpn: {{{vpn}}}\n")


def test_extra_lines_join_the_context_they_name(router: Make) -> None:
    extra = "extra: ['tunnel select 1', ' ip tunnel rebound off', 'tunnel select none']"
    configuration = render(router(V6PLUS + extra))
    assert configuration.warnings == ()
    assert " ip tunnel rebound off" in configuration.canonical().splitlines()


def test_two_filters_with_one_number_are_refused() -> None:
    one, other = Filter(1, Words("pass *")), Filter(1, Words("reject *"))
    assert in_order([one, one]) == (one,)
    with pytest.raises(RenderError, match="two filters have the number 1"):
        in_order([one, other])


def test_a_rule_told_twice_is_listed_once(router: Make) -> None:
    twice = "filters: {block: [{service: smtp}, {service: smtp}]}"
    once = "filters: {block: [{service: smtp}]}"
    assert told(router(V6PLUS + twice)) == told(router(V6PLUS + once))
