"""The LAN map as a picture: the router, its interfaces and ports, and what hangs on them.

Plain SVG with its own background and no script, font or library.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.facts.facts import Facts
    from yamaha_ops.facts.lan_map import Host, LanMap

WIDTH = 860
ROW = 26
TOP = 76
ROUTER_X, PLACE_X, HOST_X = 24, 150, 330
INK, FAINT, LINE = "#1b2430", "#5f6b7a", "#9aa7b8"


def draw(found: LanMap, facts: Facts | None = None) -> str:
    """Return the SVG text.

    Args:
        found: The map.
        facts: Of the router, for its caption.
    """
    height = TOP + ROW * max(len(found.hosts), 1) + 24
    about = ""
    if facts:
        about = " ".join(filter(None, (facts.model, facts.firmware, facts.serial)))
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13" '
                'role="img">'
            ),
            f"<title>LAN of {escape(found.router)}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            _text(ROUTER_X, 34, found.router, INK, size=20),
            _text(ROUTER_X, 54, f"{about}  {len(found.hosts)} hosts".strip(), FAINT),
            *_rows(found),
            "</svg>\n",
        ]
    )


def _rows(found: LanMap) -> Iterator[str]:
    names = {
        agent.mac_address: agent.about.get("機器名", agent.mac_address) for agent in found.agents
    }
    row = 0
    for place, hosts in groupby(found.hosts, key=lambda host: _place(host, names)):
        members = list(hosts)
        first, last = _middle(row), _middle(row + len(members) - 1)
        yield _line(ROUTER_X, TOP, ROUTER_X, first)
        yield _line(ROUTER_X, first, PLACE_X - 8, first)
        yield _text(PLACE_X, first + 4, place, INK)
        yield _line(HOST_X - 40, first, HOST_X - 18, first)
        yield _line(HOST_X - 18, first, HOST_X - 18, last)
        for host in members:
            middle = _middle(row)
            yield _line(HOST_X - 18, middle, HOST_X - 6, middle)
            yield _text(HOST_X, middle + 4, host.host_name or host.address or "", INK)
            details = (host.address if host.host_name else None, host.mac_address, host.kind)
            yield _text(HOST_X + 180, middle + 4, "  ".join(filter(None, details)), FAINT)
            row += 1


def _place(host: Host, agents: dict[str, str]) -> str:
    if host.agent:
        return f"{agents.get(host.agent, host.agent)} port {host.agent_port}"
    if host.interface is None:
        return "known by its lease"
    return f"{host.interface} port {host.port}" if host.port else host.interface


def _middle(row: int) -> float:
    return TOP + ROW * (row + 0.5)


def _text(x: float, y: float, text: str, fill: str, *, size: int = 13) -> str:
    return f'<text x="{x}" y="{y}" fill="{fill}" font-size="{size}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{LINE}"/>'
