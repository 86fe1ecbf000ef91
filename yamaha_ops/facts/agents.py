"""``show lan-map INTERFACE detail``: Yamaha switches and what hangs on their ports (REF 58.73).

Only the example of the reference is known; the English words are not, so only Japanese is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MANAGER = "[マネージャー"
AGENTS = "[エージェント"
LOST = "[消失エージェント"

_MAC = re.compile(r"\s*\[([0-9a-f]{2}(?::[0-9a-f]{2}){5})\]", re.IGNORECASE)
_PORT = re.compile(r"\s*\[ポート\s*(\d+)\s*\]")
_FIELD = re.compile(r"\s*(\S.*?)\s*:\s*(.*\S)\s*$")


@dataclass(frozen=True, slots=True)
class Terminal:
    """What hangs on a port of a switch, or of the router itself.

    Attributes:
        mac_address: Of the terminal.
        agent: MAC address of the switch; None on the router itself.
        port: Of the switch or router.
        about: What is known of it, in the router's own words: 種類, メーカー, 機器名 ...
    """

    mac_address: str
    agent: str | None
    port: int | None
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """A Yamaha switch or access point.

    Attributes:
        mac_address: Of the agent.
        lost: Whether it was there and is no more.
        about: What is known of it, in the router's own words: 機種名, 機器名, 経路 ...
    """

    mac_address: str
    lost: bool = False
    about: dict[str, str] = field(default_factory=dict)


def parse(lines: tuple[str, ...]) -> tuple[list[Agent], list[Terminal]]:
    """Return the agents and the terminals of an answer."""
    agents: list[Agent] = []
    terminals: list[Terminal] = []
    section = ""
    port: int | None = None
    about: dict[str, str] | None = None
    for line in lines:
        if line.startswith((MANAGER, AGENTS, LOST)):
            section, port, about = line, None, None
        elif found := _PORT.match(line):
            port, about = int(found[1]), None
        elif found := _MAC.match(line):
            about = {}
            if line.startswith(" ") or section.startswith(MANAGER):
                agent = agents[-1].mac_address if agents else None
                owner = None if section.startswith(MANAGER) else agent
                terminals.append(Terminal(found[1].lower(), owner, port, about))
            else:
                port = None
                agents.append(Agent(found[1].lower(), section.startswith(LOST), about))
        elif about is not None and (found := _FIELD.match(line)):
            about[found[1]] = found[2]
    return agents, terminals
