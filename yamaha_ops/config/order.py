"""The order and layout in which a router shows its configuration.

``data/order.txt`` holds the order, taken from recorded ``show config`` texts; where they say
nothing, the order of the command table (that of Yamaha's reference) is assumed.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from yamaha_ops.config.contexts import Natural, heading, natural
from yamaha_ops.config.references import used
from yamaha_ops.config.setting import Key, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yamaha_ops.config.table import Entry


_Rank = tuple[int, Natural, int, int, Natural]


class _Place(NamedTuple):
    section: int
    group: str
    step: int


def show(settings: Iterable[Setting]) -> str:
    """Return the text of ``show config`` for ``settings``, without its header."""
    by_context: dict[str, list[Setting]] = defaultdict(list)
    for setting in settings:
        by_context[setting.key.context].append(setting)
    everything = {each.key: each for each in by_context.pop("", [])}
    enabled = [
        f"{kind}{number}"
        for kind, verb, number in (key.words.partition(" enable ") for key in everything)
        if verb and kind in {"pp", "tunnel"}
    ]
    contexts = sorted({*by_context, *enabled}, key=natural)
    blocks = {
        context: list(_block(context, by_context[context], everything)) for context in contexts
    }
    lines: list[str] = []
    for setting in sorted(everything.values(), key=_rank):
        while blocks and _rank(setting)[0] > _blocks_section():
            lines += blocks.pop(next(iter(blocks)))
        lines += setting.lines
    for block in blocks.values():
        lines += block
    return "".join(f"{line}\n" for line in lines)


def _block(context: str, settings: list[Setting], everything: dict[Key, Setting]) -> Iterator[str]:
    """Yield a PP, tunnel or switch block, taking what prints inside it out of ``everything``."""
    yield heading(context)
    for setting in sorted(settings, key=_rank):
        for line in setting.lines:
            yield f" {line}"
        if setting.entry.template == "ipsec tunnel":
            yield from _policy(setting, everything)
    enable = heading(context).replace(" select ", " enable ")
    if everything.pop(Key("", enable), None):
        yield f" {enable}"


def _policy(tunnel: Setting, everything: dict[Key, Setting]) -> Iterator[str]:
    """Yield the SA policy of a tunnel and the gateway settings it names, two blanks deep."""
    policy = everything.pop(Key("", f"ipsec sa policy {tunnel.values[0]}"), None)
    if policy is None:
        return
    yield f"  {policy.line}"
    gateways = {reference.number for reference in used(policy) if reference.kind == "gateway"}
    inside = [
        setting
        for setting in everything.values()
        if setting.entry.tags.get("defines") == "gateway" and setting.words[-1] in gateways
    ]
    for setting in sorted(inside, key=lambda each: natural(each.line)):
        del everything[setting.key]
        yield f"  {setting.line}"


def _rank(setting: Setting) -> _Rank:
    names = [slot.name for slot in setting.entry.slots]
    kind = ""
    if "interface" in names:
        kind = setting.words[names.index("interface")].rstrip("0123456789./")
    place = _place(setting.entry, kind)
    group: Natural = []
    if place.group in names:
        group = natural(setting.words[names.index(place.group)])
    return place.section, group, place.step, setting.entry.position, natural(setting.key.words)


@cache
def _sections() -> dict[str, _Place]:
    """Read the order: a line is the beginning of templates, ``{slot}`` opens a group by value."""
    text = files(__package__).joinpath("data/order.txt").read_text(encoding="utf-8")
    places: dict[str, _Place] = {}
    section, group = 0, ""
    for step, line in enumerate(text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if not line.startswith(" "):
            section += 1
            group = ""
        if line.startswith("{"):
            group = line.strip("{}")
        else:
            places[line.strip()] = _Place(section, group, step)
    return places


def _blocks_section() -> int:
    return _sections()["(blocks)"].section


@cache
def _place(entry: Entry, kind: str) -> _Place:
    places = _sections()
    for template in (entry.template.replace("{interface}", f"{{{kind}}}"), entry.template):
        words = template.split()
        for count in range(len(words), 0, -1):
            start = " ".join(words[:count])
            # A kind of interface counts only where the order names it.
            if start in places and (template == entry.template or f"{{{kind}}}" in start):
                return places[start]
    return places["(others)"]
