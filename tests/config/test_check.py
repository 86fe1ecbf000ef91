from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config import Circumstances, Configuration, Finding, check
from yamaha_ops.config.check import CODES, Level
from yamaha_ops.firmware import Revision
from yamaha_ops.mape import calculate

if TYPE_CHECKING:
    from pathlib import Path

QUIET = (
    "security class 1 off off\ntelnetd host lan\ndns host lan1\nip lan1 address 192.168.100.1/24\n"
)
"""Nothing to complain about."""


def findings(text: str, **circumstances: object) -> list[Finding]:
    where = Circumstances(**circumstances)  # type: ignore[arg-type]
    return list(check(Configuration.parse(QUIET + text), where))


def codes(text: str, **circumstances: object) -> list[str]:
    """Return the codes found; that a test overwrites a quiet line is not its subject."""
    found = [finding.code for finding in findings(text, **circumstances)]
    return [code for code in found if code != "overwritten"]


def test_a_quiet_configuration_has_no_findings() -> None:
    assert codes("") == []


def test_recorded_configurations_can_be_checked(recorded_file: Path) -> None:
    for finding in check(Configuration.parse(recorded_file.read_bytes())):
        assert finding.code in CODES
        assert finding.level in Level
        assert finding.reason
        assert finding.remedy
        assert "dummysecret" not in finding.command
        assert "000dummy" not in finding.command


def test_a_setting_that_is_told_twice_is_found() -> None:
    (finding,) = findings("dns server 10.0.0.1\ndns server 10.0.0.2\n")
    assert (finding.code, finding.line) == ("overwritten", 5)
    assert finding.reason.startswith("line 6 says it again, differently")
    assert findings("dns server 10.0.0.1\nDNS  server 10.0.0.1\n") == []


RTX830 = {"model": "RTX830", "revision": Revision.parse("15.02.09")}


@pytest.mark.parametrize(
    ("line", "circumstances", "code"),
    [
        ("frobnicate", {}, "unknown"),
        ("ip filter 1", {}, "form"),
        ("ip tunnel mtu 1280", {}, "context"),
        ("lan flexible-port lan1=1", {"model": "RTX830"}, "model"),
        ("lan flexible-port lan1=1", {"model": "RTX1300"}, None),
        ("statistics traffic on", RTX830, "firmware"),
        ("statistics traffic on", {"model": "RTX830"}, None),
        ("statistics traffic on", {**RTX830, "revision": Revision.parse("15.02.10")}, None),
        ("tunnel select 1\ntunnel map-e type v6plus", RTX830, "firmware"),
        ("schedule at 1 +600 * restart", RTX830, None),
        ("nat descriptor address outer 1 hb46pp\nnat descriptor type 1 nat", RTX830, "firmware"),
        ("pp select 31\nip pp mtu 1400", {"model": "RTX830"}, "number"),
        ("tunnel select 20\nip tunnel mtu 1400", {"model": "RTX830"}, None),
        (f"description lan1 {'x' * 4079}", {}, "line-length"),
        (f"description lan1 {'x' * 4078}", {}, None),
        ("ip lan1 secure filter in 1", {}, "undefined"),
        ("ip filter dynamic 1 * * filter 9\nip lan1 secure filter out dynamic 1", {}, "undefined"),
        ("ip route default gateway tunnel 1", {}, "undefined"),
        ("tunnel enable all\nip route default gateway tunnel 1", {}, None),
        ("nat descriptor timer 1000 600", {}, "undefined"),
        ("ip filter 1 pass *", {}, "unused"),
        ("nat descriptor type 1 masquerade", {}, "unused"),
        ("ip filter 1 pass *\nschedule at 1 8:00 * ip lan1 secure filter in 1", {}, None),
        (
            (
                "ip filter 1 pass * * tcp,udp * 53\nip filter 2 pass * * udp,tcp * 53 \n"
                "ip lan1 secure filter in 1\nip lan1 secure filter out 2"
            ),
            {},
            "duplicate-filter",
        ),
        (
            (
                "ip filter 1 pass 10.0.0.0/8\nip filter 2 reject 10.1.0.0/16\n"
                "ip lan1 secure filter in 1 2"
            ),
            {},
            "shadowed-filter",
        ),
        ("login password secret", {}, "plain-password"),
        ("login password encrypted X", {}, None),
        ("login user a *", {}, None),
        ("snmp host 192.168.100.9", {}, "default-community"),
        ("snmp host none", {}, None),
        ("snmp host 192.168.100.9\nsnmp community read-only home", {}, None),
        ("security class 1 on", {}, "recovery-phrase"),
    ],
)
def test_a_line_is_found(line: str, circumstances: dict[str, object], code: str | None) -> None:
    assert codes(line, **circumstances) == ([code] if code else [])


@pytest.mark.parametrize(("count", "expected"), [(129, []), (130, ["too-many-filters"])])
def test_a_direction_takes_129_filters(count: int, expected: list[str]) -> None:
    """REF 8.1.25."""
    numbers = range(1, count + 1)
    text = "".join(f"ip filter {n} pass 10.0.0.{n}\n" for n in numbers if n > 1)
    text += "ip filter dynamic 1 * * tcp\n"
    text += f"ip lan1 secure filter in {' '.join(map(str, numbers[1:]))} dynamic 1\n"
    assert codes(text) == expected


TUNNEL = """\
ipv6 prefix 1 ra-prefix@lan2::/64
ipv6 lan1 address ra-prefix@lan2::1/64
ipv6 lan1 rtadv send 1
tunnel select 1
 tunnel encapsulation map-e
 tunnel enable 1
ipv6 lan2 secure filter in {0}
ipv6 filter 1 pass * * icmp6
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("1", ["tunnel-blocked"]),
        ("1 2\nipv6 filter 2 pass * * 4", []),
        ("1 2\nipv6 filter 2 pass 2404:9200:225:100::64 * 4", []),
        (
            "3 1 2\nipv6 filter 2 pass * * 4\nipv6 filter 3 reject *",
            ["shadowed-filter", "shadowed-filter", "tunnel-blocked"],
        ),
    ],
)
def test_a_tunnel_needs_protocol_4(more: str, expected: list[str]) -> None:
    numbers, _, lines = more.partition("\n")
    assert codes(TUNNEL.format(numbers) + lines) == expected


def test_an_ipip_tunnel_is_asked_for_its_own_far_end() -> None:
    text = TUNNEL.format("1 2").replace(
        "map-e", "ipip\n tunnel endpoint address 2404:8e00::feed:100"
    )
    assert codes(text + "ipv6 filter 2 pass 2404:8e00::feed:100 * 4") == []
    assert codes(text + "ipv6 filter 2 pass 2404:8e00::feed:101 * 4") == ["tunnel-blocked"]
    unnamed = text.replace("ra-prefix@lan2", "2001:db8")
    assert codes(unnamed + "ipv6 filter 2 pass * * 17") == ["tunnel-blocked"]
    ipv4 = TUNNEL.format("1").replace("map-e", "ipip\n tunnel endpoint address 203.0.113.1")
    assert codes(ipv4) == []


FORWARD = """\
nat descriptor type 1000 masquerade
nat descriptor address outer 1000 {0}
nat descriptor masquerade static 1000 1 192.168.100.10 {1}
ip lan2 nat descriptor 1000
"""


@pytest.mark.parametrize(
    ("outer", "forward", "expected"),
    [
        ("map-e", "tcp 4880=443", []),
        ("map-e", "tcp 4880", []),
        ("map-e", "tcp 443", ["forward-port"]),
        ("map-e", "udp 4896", ["forward-port"]),
        ("map-e", "udp 4880-4895", []),
        ("map-e", "udp 4880-4896", ["forward-port"]),
        ("map-e", "esp", ["forward-port"]),
        ("map-e", "tcp httpx", ["forward-port"]),
        ("ipcp", "tcp 443", []),
    ],
)
def test_a_forward_needs_a_port_of_the_line(outer: str, forward: str, expected: list[str]) -> None:
    ports = calculate("240b:10:0:3100::/64").ports
    assert codes(FORWARD.format(outer, forward), ports=ports) == expected


def test_a_forward_names_the_nearest_port() -> None:
    ports = calculate("240b:10:0:3100::/64").ports
    (finding,) = findings(FORWARD.format("map-e", "tcp 8080=80"), ports=ports)
    assert finding.remedy == "the nearest is 8976: '8976=80'"
    assert codes(FORWARD.format("map-e", "tcp www")) == ["forward-port"]
    assert codes(FORWARD.format("map-e", "tcp 8080")) == []


PPPOE = """\
ip route default gateway pp 1
pp select 1
 pppoe use lan2
 {0}
 pp enable 1
"""


@pytest.mark.parametrize(
    ("inside", "more", "expected"),
    [
        ("ip pp mtu 1454", "", []),
        ("ip pp mtu 1454", "telnetd host any", ["open-service"]),
        ("ip pp mtu 1454", "no telnetd host", ["open-service"]),
        ("ip pp mtu 1454", "telnetd host any\ntelnetd service off", []),
        ("ip pp mtu 1454", "no dns host", ["open-resolver"]),
        ("ip pp mtu 1454", "sshd service on", ["open-service"]),
        ("ip pp mtu 1454", "sshd service on\nsshd host 192.168.100.0-192.168.100.255", []),
        ("ip pp mtu 1454", "sshd service on\nsshd host pp1 any", ["open-service"]),
        ("ip pp mtu 1454", "httpd host any\nhttpd service off", []),
        ("ip pp secure filter in 1", "no dns host\nip filter 1 reject * * udp", []),
        ("ip pp secure filter in 1", "no dns host\nip filter 1 pass *", ["open-resolver"]),
        ("ip pp nat descriptor 1", "no dns host\nnat descriptor type 1 masquerade", []),
        (
            "ip pp nat descriptor 1",
            (
                "no telnetd host\nnat descriptor type 1 masquerade\n"
                "nat descriptor masquerade static 1 1 192.168.100.1 tcp 8023=23"
            ),
            ["open-service"],
        ),
        (
            "ip pp nat descriptor 1",
            (
                "no telnetd host\nnat descriptor type 1 masquerade\n"
                "nat descriptor masquerade incoming 1 through"
            ),
            ["open-service"],
        ),
        (
            "ip pp nat descriptor 1",
            (
                "no telnetd host\nnat descriptor type 1 masquerade\n"
                "nat descriptor masquerade incoming 1 forward 192.168.100.1"
            ),
            ["open-service"],
        ),
    ],
)
def test_what_the_internet_can_reach(inside: str, more: str, expected: list[str]) -> None:
    assert codes(f"{PPPOE.format(inside)}{more}\n") == expected


def test_ipv6_has_no_nat_to_hide_behind() -> None:
    text = "ipv6 lan2 dhcp service client\nno telnetd host\n"
    (finding,) = findings(text)
    assert finding.code == "open-service"
    assert "by IPv6 on lan2" in finding.reason
    assert codes(f"{text}ipv6 lan2 secure filter in 1\nipv6 filter 1 pass * * icmp6\n") == []


def test_a_private_uplink_is_not_the_internet() -> None:
    text = "ip lan2 address 10.0.0.2/24\nip route default gateway 10.0.0.1\nno telnetd host\n"
    assert codes(text) == []
    assert codes(text.replace("10.0.0", "1.1.1")) == ["open-service"]


HOST = (ip_address("192.168.100.5"),)
OPEN = "sshd service on\nsshd host lan\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (OPEN, None),
        ("", "ssh does not run"),
        ("sshd service off\n", "ssh does not run"),
        ("sshd service on\nsshd host lan2\n", "'sshd host' does not admit 192.168.100.5"),
        ("sshd service on\nsshd host none\n", "'sshd host' does not admit 192.168.100.5"),
        ("sshd service on\nsshd host 192.168.100.0-192.168.100.9\n", None),
        ("sshd service on\nsshd host lan1\n", None),
        (f"{OPEN}no ip lan1 address\n", "no interface and no route leads to 192.168.100.5"),
        (f"{OPEN}ip lan1 address dhcp\n", None),
        (
            f"{OPEN}ip lan1 secure filter in 1\nip filter 1 pass * * tcp * www\n",
            "ssh from 192.168.100.5 to 192.168.100.1 on lan1: no filter of the list matches",
        ),
        (f"{OPEN}ip lan1 secure filter in 1\nip filter 1 pass * * tcp * 22\n", None),
        (
            f"{OPEN}sshd listen 2222\nip lan1 secure filter in 1\nip filter 1 pass * * tcp * 22\n",
            "no filter of the list matches",
        ),
        (
            f"{OPEN}ip lan1 secure filter out 1\nip filter 1 reject * 192.168.100.0/24\n",
            "ssh from the answer to 192.168.100.5 on lan1: filter 1 rejects it",
        ),
        (
            (
                f"{OPEN}ip lan1 secure filter in 1 dynamic 1\nip lan1 secure filter out 2\n"
                "ip filter 1 pass * * tcp * 22\nip filter 2 reject * * udp\n"
                "ip filter dynamic 1 * * ssh\n"
            ),
            None,
        ),
        (f"{OPEN}user attribute * connection=off\n", "no user may connect by ssh"),
        (f"{OPEN}user attribute * connection=off\nuser attribute a connection=ssh,http\n", None),
        (f"{OPEN}user attribute * connection=off\nuser attribute a connection=all\n", None),
        (f"{OPEN}user attribute * administrator=off\n", "no user may become administrator"),
        (f"{OPEN}user attribute * administrator=off\nuser attribute a administrator=on\n", None),
    ],
)
def test_lock_out(text: str, reason: str | None) -> None:
    found = [each for each in findings(text, management=HOST) if each.code != "overwritten"]
    assert [finding.code for finding in found] == (["lock-out"] if reason else [])
    if reason:
        assert reason in found[0].reason


def test_lock_out_from_afar() -> None:
    """A management host behind a route comes in through the interface of that route."""
    far = (ip_address("10.9.9.9"),)
    text = (
        "sshd service on\nip route 10.0.0.0/8 gateway tunnel 1\ntunnel select 1\n"
        " ip tunnel secure filter in 1\n tunnel enable 1\nip filter 1 reject *\n"
    )
    (finding,) = findings(text, management=far)
    assert "on tunnel1: filter 1 rejects it" in finding.reason
    assert codes(text.replace("reject", "pass"), management=far) == []
    assert (
        codes("sshd service on\nip route default gateway 192.168.100.254\n", management=far) == []
    )
    telnet = "no telnetd host\nip route 10.0.0.0/8 gateway 192.168.100.254\n"
    assert codes(telnet, management=far, service="telnet") == []


def test_findings_can_be_accepted_with_a_reason() -> None:
    text = "ip filter 1 pass *\nip filter 2 pass 10.0.0.1\n"
    accepted = {"unused:ip filter 2 pass 10.0.0.1": "for tests"}
    found = findings(text, accepted=accepted)
    assert [(finding.code, finding.accepted) for finding in found] == [
        ("unused", None),
        ("unused", "for tests"),
    ]
    assert all(each.accepted for each in findings(text, accepted={"unused": "all"}))


def test_findings_say_where_and_what_to_do() -> None:
    found = findings("ip lan1 secure filter in 7\n")
    assert found == [
        Finding(
            "undefined",
            5,
            "ip lan1 secure filter in 7",
            "there is no 'ip filter 7'",
            "define 'ip filter 7 ...', or take the number out",
        )
    ]
    assert found[0].level is Level.ERROR


def test_the_header_says_model_and_revision() -> None:
    text = f"# RTX830 Rev.15.02.09 (Fri)\n{QUIET}statistics traffic on\n"
    (finding,) = check(Configuration.parse(text))
    assert finding.reason == "it needs Rev.15.02.10; the router runs Rev.15.02.09"
