"""The two pictures of a line: the SVG file and the characters of the terminal."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from yamaha_ops.mape import Mapping, Rule, RuleTable, calculate, shipped_rules
from yamaha_ops.mape.fields import Field, ce_fields, ipv4_fields, port_fields, prefix_fields
from yamaha_ops.mape.svg import BAR, LEFT, SCALE, WIDTH, draw
from yamaha_ops.mape.terminal import picture
from yamaha_ops.mape.text import describe, one_line
from yamaha_ops.mape.words import JAPANESE

SVG = "{http://www.w3.org/2000/svg}"


def own(prefix: str, *rule: object, **more: object) -> Mapping:
    return calculate(prefix, RuleTable([Rule(*rule, **more)]))  # type: ignore[arg-type]


LINES = {
    "v6plus": calculate("240b:10:0:3112::/64"),
    "biglobe": calculate("2404:7a82:4d02::/56"),
    "ocn": calculate("2400:4050:3c2:9e00::/56"),
    "narrow-fields": own("2001:db8:3:ff00::/56", "2001:db8::/46", "192.0.2.0/29", 9, 0),
    "unshared": own("2001:db8:12::/48", "2001:db8::/40", "192.0.2.0/24", 8),
    "a-prefix": own("2001:db8:12:3400::/56", "2001:db8:12::/48", "192.0.0.0/16", 8),
    "psid-from-outside": own(
        "2001:db8::/56",
        *("2001:db8::/56", "192.0.2.18", 0),
        provisioned_psid=52,
        provisioned_psid_length=8,
    ),
    "single-ports": own("2001:db8::/64", "2001:db8::/48", "192.0.2.0/24", 16, 8, "draft-03"),
    "very-many-ranges": own("2001:db8:1::/64", "2001:db8::/47", "192.0.2.1", 1, 15),
    "all-of-ipv6": own("2001:db8::/64", "::/0", "0.0.0.0/0", 40, 4),
}
lines = pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())


@lines
def test_fields_lie_side_by_side_and_spell_the_whole(line: Mapping) -> None:
    for fields, origin, width in (
        (prefix_fields(line), 0, 64),
        (ce_fields(line), 64, 64),
        (ipv4_fields(line), 0, 32),
        (port_fields(line), 0, 16),
    ):
        assert fields[0].start == origin
        assert all(left.start + left.width == right.start for left, right in pairwise(fields))
        assert sum(field.width for field in fields) == width
        assert all(len(field.bits) == field.width for field in fields)


def test_fields_of_a_line_say_what_is_where() -> None:
    def said(fields: tuple[Field, ...]) -> list[tuple[str, str, str]]:
        return [(field.place, field.name, field.value) for field in fields]

    assert said(prefix_fields(LINES["ocn"])) == [
        ("0-33", "rule prefix", "2400:4050::/34"),
        ("34-49", "IPv4 part", "+ 0.0.15.10"),
        ("50-55", "PSID", "30"),
        ("56-63", "your subnets", "free"),
    ]
    assert said(ipv4_fields(LINES["a-prefix"])) == [
        ("0-15", "from the rule", "192.0.0.0/16"),
        ("16-23", "from the prefix", "+ 0.0.52.0"),
        ("24-31", "your addresses", "free"),
    ]
    assert [field.bits for field in port_fields(LINES["v6plus"])] == ["xxxx", "00110001", "xxxx"]
    assert ce_fields(LINES["unshared"])[-1].name == "no PSID"


@lines
def test_the_svg_is_well_formed_and_stays_inside_its_own_white_ground(line: Mapping) -> None:
    root = ET.fromstring(draw(line))  # noqa: S314 -- our own text
    height = float(root.attrib["height"])
    ground = root.find(f"{SVG}rect")
    assert ground is not None
    assert ground.attrib == {
        "x": "0",
        "y": "0",
        "width": f"{WIDTH}",
        "height": f"{height:g}",
        "fill": "#fff",
    }
    for shape in root.iter(f"{SVG}rect"):
        x, y = float(shape.get("x", "0")), float(shape.get("y", "0"))
        assert 0 <= x <= x + float(shape.attrib["width"]) <= WIDTH
        assert 0 <= y <= y + float(shape.attrib["height"]) <= height
    for text in root.iter(f"{SVG}text"):
        assert 0 < float(text.attrib["y"]) < height
        room = len(text.text or "") * 7.5
        end = (
            float(text.attrib["x"])
            + {"start": room, "middle": room / 2, "end": 0}[text.get("text-anchor", "start")]
        )
        assert end < WIDTH + 40, text.text


def filled_ports(svg: str) -> set[int]:
    """Read the ports back from the shapes of the port map."""
    root = ET.fromstring(svg)  # noqa: S314 -- our own text
    path = [shape for shape in root.iter(f"{SVG}path") if shape.get("fill")][-1].attrib["d"]
    corners = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path)
    rows = sorted(
        {
            float(shape.attrib["y"])
            for shape in root.iter(f"{SVG}rect")
            if shape.get("width") == f"{BAR}" and shape.get("height") == "18"
        }
    )
    found: set[int] = set()
    for x, y, width in corners:
        first = rows.index(float(y)) * 4096 + round((float(x) - LEFT) / SCALE)
        found.update(range(first, first + round(float(width) / SCALE)))
    return found


@pytest.mark.parametrize("name", ["v6plus", "ocn", "narrow-fields", "unshared"])
def test_the_svg_fills_in_exactly_the_ports_of_the_line(name: str) -> None:
    assert filled_ports(draw(LINES[name])) == set(LINES[name].ports)


def test_the_svg_explains_itself_in_words() -> None:
    words = draw(LINES["v6plus"])
    for phrase in (
        "MAP-E line 240b:10:0:3112::/64",
        "IPv4 address, shared by 256 lines: 106.72.0.0",
        "A port is the line&#x27;s if these bits say 49",
        "The address of the tunnel: 240b:10:0:3112:6a:4800:0:3100",
        "The line&#x27;s own ports are filled in.",
        "0-4095: no line may use these",
        "4880-4895",
    ):
        assert phrase in words


def test_the_name_of_a_provider_cannot_break_the_svg() -> None:
    line = own("2001:db8::/56", "2001:db8::/40", "192.0.2.0/24", 16, provider="<A & B>")
    assert "&lt;A &amp; B&gt;" in draw(line)
    ET.fromstring(draw(line))  # noqa: S314 -- our own text


@lines
def test_terminal_text_is_ascii_within_80_columns(line: Mapping) -> None:
    for text in (picture(line), describe(line)):
        assert text.isascii()
        assert max(map(len, text.splitlines())) < 80
    assert "\n" not in one_line(line)


@pytest.mark.parametrize("name", ["v6plus", "ocn", "narrow-fields", "unshared"])
def test_the_terminal_marks_the_cells_of_the_ports(name: str) -> None:
    line = LINES[name]
    rows = re.findall(r"^ *(\d+) ([.#]{64}) \d+$", picture(line), re.MULTILINE)
    assert [int(start) for start, _ in rows] == list(range(0, 65536, 4096))
    marked = {
        int(start) // 64 + at
        for start, cells in rows
        for at, cell in enumerate(cells)
        if cell == "#"
    }
    assert marked == {port // 64 for port in line.ports}


def test_the_description_names_the_evidence_and_warns_of_bits_that_routers_may_drop() -> None:
    text = " ".join(describe(LINES["v6plus"]).split())
    assert "v6plus (the operator's own rule server said so)" in text
    assert "bits 56 and on of the prefix are not zero" in text
    assert "note" not in describe(calculate("240b:10:0:3100::/64"))


def test_every_provider_can_be_drawn() -> None:
    for rule in list(shipped_rules())[::43]:
        line = calculate(rule.ipv6.partition("/")[0])
        assert filled_ports(draw(line)) == set(line.ports)


@pytest.mark.parametrize("name", sorted(LINES))
def test_the_japanese_picture_leaves_no_english_phrase_and_the_same_ports(name: str) -> None:
    svg = draw(LINES[name], "ja")
    assert filled_ports(svg) == filled_ports(draw(LINES[name]))
    said = [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 -- ours
    english = re.compile(r"\b(the|line|of|ports?|from|any(thing)?|your|bits?|zero|rule)\b")
    assert not [text for text in said if english.search(text)]


def test_every_japanese_phrase_takes_the_values_of_the_english_one() -> None:
    for english, japanese in JAPANESE.items():
        assert english.count("{}") == japanese.count("{}"), english
