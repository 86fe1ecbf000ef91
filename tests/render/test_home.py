"""The line of rest-term.com archives 3551, from the inventory that is shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration, difference
from yamaha_ops.firmware import Revision
from yamaha_ops.render import lines, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yamaha_ops.inventory import Router

# facts of the setting examples: blocks F6 and F4, which the article left out
FILTERS = """\
ipv6 lan2 secure filter in 200030 200031 200038 200039
ipv6 lan2 secure filter out 200099 dynamic 200080 200081 200082 200083 200084 200098 200099
ipv6 filter 200030 pass * * icmp6 * *
ipv6 filter 200031 pass * * 4
ipv6 filter 200038 pass * * udp * 546
ipv6 filter 200039 reject *
ipv6 filter 200099 pass * * * * *
ipv6 filter dynamic 200080 * * ftp
ipv6 filter dynamic 200081 * * domain
ipv6 filter dynamic 200082 * * www
ipv6 filter dynamic 200083 * * smtp
ipv6 filter dynamic 200084 * * pop3
ipv6 filter dynamic 200098 * * tcp
ipv6 filter dynamic 200099 * * udp
ip filter 200030 pass * 192.168.100.0/24 icmp * *
ip filter 200039 reject *
ip filter 200099 pass * * * * *
ip filter dynamic 200080 * * ftp
ip filter dynamic 200082 * * www
ip filter dynamic 200083 * * smtp
ip filter dynamic 200084 * * pop3
ip filter dynamic 200098 * * tcp
ip filter dynamic 200099 * * udp
 ip tunnel secure filter in 200030 200039
 ip tunnel secure filter out 200099 dynamic 200080 200082 200083 200084 200098 200099
"""


def told(router: Router) -> list[str]:
    return [line.text for line in lines(router)]


def test_every_line_of_the_article_is_there(home: Router, shared: Path) -> None:
    article = (shared / "rtx830_v6plus-mape_1.conf").read_text(encoding="utf-8").splitlines()
    assert not [line for line in article if not line.startswith("#") and line not in told(home)]


def test_the_filters_that_the_article_left_out_are_there(home: Router) -> None:
    assert not [line for line in FILTERS.splitlines() if line not in told(home)]


def test_the_way_in_stays_open(home: Router) -> None:
    assert {"sshd service on", "sshd host lan", "telnetd host lan"} <= set(told(home))


def test_what_is_the_routers_own_is_not_rendered(home: Router) -> None:
    own = ("login ", "administrator password", "sshd host key", "user attribute")
    assert not [line for line in told(home) if line.startswith(own)]


def test_every_line_is_understood(home: Router) -> None:
    assert render(home).warnings == ()


def test_the_lines_stand_in_the_order_of_show_config(home: Router) -> None:
    first = [line.split()[0] for line in told(home) if not line.startswith(" ")]
    assert first.index("tunnel") < first.index("nat") < first.index("dhcp") < first.index("dns")


def test_the_map_e_type_is_stated_only_where_the_firmware_knows_it(home: Router) -> None:
    old = home.model_copy(update={"firmware": None})
    assert " tunnel map-e type v6plus" not in told(old)
    for text, stated in (("15.02.09", False), ("15.02.10", True), ("15.02.33", True)):
        router = home.model_copy(update={"firmware": Revision.parse(text)})
        assert (" tunnel map-e type v6plus" in told(router)) is stated


def test_the_rendering_starts_the_factory_router(home: Router) -> None:
    factory = Configuration.parse(
        "ip lan1 address 192.168.100.1/24\n"
        "telnetd host lan\n"
        "dhcp service server\n"
        "dhcp server rfc2131 compliant except remain-silent\n"
        "dhcp scope 1 192.168.100.2-192.168.100.191/24\n"
    )
    commands = [command.line for command in difference(factory, render(home)).commands]
    assert not [line for line in commands if line.startswith("no ")]


def test_the_same_inventory_gives_the_same_text(
    router: Callable[[str], Router], home: Router
) -> None:
    again = router("line: {service: v6plus, description: IPv6 IPoE(MAP-E)}")
    assert render(again).text == render(home).text
