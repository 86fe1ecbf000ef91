"""Each published configuration is contained in the rendering of the same intent.

What is not stands with its reason in the tables of docs/services.md, which this reads.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yamaha_ops.config import Configuration
from yamaha_ops.inventory import load
from yamaha_ops.render import render

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
INTENTS = load(HERE / "published.yaml")

BLOCKS = {
    "3.1": "L F6 F4 RA 3.1",
    "3.2": "L F6 F4 PD 3.1",
    "3.3": "L F6 F4 RA 3.1",
    "3.4": "L F6 F4 RA 3.1",
    "3.5": "L F6 F4 RA 3.5",
    "3.6": "L F6 F4 RA 3.6",
    "3.7": "L F6 F4 PD 3.7",
    "3.9": "L F4 3.9",
}
SAID_IN_WORDS = {
    "3.3": {"tunnel map-e type v6plus": "tunnel map-e type ocn"},
    "3.4": {"tunnel map-e type v6plus": "tunnel map-e type ipv6option"},
    "3.7": {"ipv6 lan1 address dhcp-prefix@lan2::1/64": ""},
    "3.9": {"dns server dhcp lan2": ""},
}
PLACEHOLDERS = {
    "<INTERFACE-ID>": "feed:1",
    "<BR IPv6>": "2001:db8::64",
    "<FIXED IPv4>": "203.0.113.10",
    "<USER>": "user@example.jp",
    "<PASSWORD>": "planted",
    "[プロバイダ提供アカウント名]": "user@example.jp",
    "[プロバイダ提供パスワード]": "planted",
    "XXXX:XXXX::XXXX:XXX": "2001:db8::1",
    "XX:XX:XX:XX:XX:XX": "ac:44:f2:00:00:01",
}


def left_out() -> dict[str, list[str]]:
    """What docs/services.md explains, by configuration: the beginning of a line is enough."""
    text = (ROOT / "docs" / "services.md").read_text(encoding="utf-8")
    _, _, text = text.partition("## Differences from published configurations")
    parts = re.split(r"^### (\S+)$", text, flags=re.MULTILINE)[1:]
    return {
        name: re.findall(r"^\| `([^`]+)` \| \S", table, re.MULTILINE)
        for name, table in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.fixture(scope="session")
def blocks() -> dict[str, str]:
    """The code blocks of the sheet of line types, by name of block and number of section."""
    sheet = ROOT.parent / "shared" / "facts" / "services.md"
    if not sheet.is_file():
        pytest.skip("the sheet of line types is not beside the project")
    text = sheet.read_text(encoding="utf-8")
    found = re.findall(
        r"^(?:\*\*Block (\w+)|### (\d\.\d) )[^\n]*\n(?:[^`#][^\n]*\n)*?```\n(.*?)```",
        text,
        re.MULTILINE | re.DOTALL,
    )
    return {block or section: code for block, section, code in found}


def contained(published: str, name: str) -> list[str]:
    """Return what the rendering lacks, without what is explained."""
    for placeholder, value in PLACEHOLDERS.items():
        published = published.replace(placeholder, value)
    theirs = Configuration.parse(published)
    ours = render(INTENTS.router(name)).canonical()
    mine = set(ours.splitlines())
    missing = [line for line in theirs.canonical().splitlines() if line not in mine]
    explained = left_out().get(name, [])
    told = [line for line in explained if any(each.strip().startswith(line) for each in missing)]
    assert told == explained, "explained, but not missing"
    return [line for line in missing if not line.strip().startswith(tuple(explained))]


@pytest.mark.parametrize("section", BLOCKS)
def test_the_line_types_are_contained(
    section: str, blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED", "planted")
    published = "".join(blocks[name] for name in BLOCKS[section].split())
    for line, instead in SAID_IN_WORDS.get(section, {}).items():
        assert f"{line}\n" in published
        published = published.replace(f"{line}\n", f"{instead}\n")
    assert contained(published, section) == []


@pytest.mark.parametrize("name", [name for name in INTENTS.routers if not name.startswith("3.")])
def test_configurations_published_whole_are_contained(
    name: str, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED", "planted")
    assert contained((shared / f"{name}.conf").read_text(encoding="utf-8"), name) == []
