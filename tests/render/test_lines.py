"""Every service by every way that IPv6 arrives: the whole text, and what must hold in each."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from yamaha_ops.config import Configuration, difference
from yamaha_ops.config.check import check
from yamaha_ops.errors import RenderError
from yamaha_ops.firmware import MODELS, Revision, since
from yamaha_ops.inventory import Router, load
from yamaha_ops.inventory.line import SERVICES as NAMES
from yamaha_ops.inventory.parts import ExtraLine
from yamaha_ops.render import lines, render
from yamaha_ops.render.services import SERVICES

HERE = Path(__file__).parent
INVENTORY = load(HERE / "lines.yaml")
LATEST = Revision.parse("15.02.33")


def latest(router: Router) -> Router:
    return router.model_copy(update={"firmware": LATEST})


def told_of(router: Router) -> list[str]:
    """Every line but the body of an embedded file, which is another language."""
    told = [line.text for line in lines(latest(router))]
    starts = [index for index, line in enumerate(told) if line.startswith("embedded file")]
    for start in starts:
        del told[start : told.index("EOF") + 1]
    return told


each_line = pytest.mark.parametrize(
    "router", INVENTORY.routers.values(), ids=list(INVENTORY.routers)
)


@each_line
def test_the_rendering_is_the_golden_one(router: Router) -> None:
    """Write the goldens anew with UPDATE_GOLDEN=1, and read the difference before committing it."""
    golden = HERE / "golden" / f"{router.name}.conf"
    text = render(latest(router), secrets=False).text
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in (HERE / "golden").glob("*.conf")} == set(INVENTORY.routers)


@each_line
def test_the_command_table_knows_every_line(router: Router) -> None:
    configuration = render(latest(router), secrets=False)
    assert configuration.warnings == ()
    foreign = {
        each.entry.template for each in configuration.settings.values() if each.entry.since == "-"
    }
    # REF 6.1.4 tells of ISDN only; REF 1.8 counts `pp bind` of an RTX830 among tunnel commands.
    assert foreign <= {"pp bind"}


def test_a_line_that_the_firmware_does_not_know_is_refused_with_its_place() -> None:
    """The command table knows since when, for lines of any template and of `extra`."""
    router = INVENTORY.router("v6plus-ra").model_copy(
        update={
            "firmware": Revision.parse("15.02.09"),
            "extra": (ExtraLine("statistics traffic on"),),
        }
    )
    with pytest.raises(RenderError) as caught:
        render(router, secrets=False)
    assert "99-extra.j2:3: 'statistics {type}' needs firmware 15.02.10" in str(caught.value)


@each_line
def test_no_setting_is_told_twice(router: Router) -> None:
    context = ""
    told = []
    for line in told_of(router):
        context = line if not line.startswith(" ") else context
        told.append((context, line) if line.startswith(" ") else ("", line))
    assert len(told) == len(set(told))


@each_line
def test_the_lint_finds_nothing_but_the_recovery_phrase(router: Router) -> None:
    """Whether the phrase printed in the manual opens the router is the owner's choice."""
    found = check(render(latest(router), secrets=False))
    assert {finding.code for finding in found} <= {"recovery-phrase"}


@each_line
def test_planning_again_finds_nothing(router: Router) -> None:
    wanted = render(latest(router), secrets=False)
    assert difference(Configuration.parse(wanted.text), wanted).commands == ()


@each_line
def test_an_ipv6_line_lets_tunnels_and_dhcpv6_in(router: Router) -> None:
    told = set(told_of(router))
    if router.line is None or router.line.ipv6 == "off":
        assert not [line for line in told if line.startswith("ipv6")]
        return
    assert {"ipv6 filter 200031 pass * * 4", "ipv6 filter 200038 pass * * udp * 546"} <= told
    (incoming,) = (line for line in told if line.startswith("ipv6 lan2 secure filter in"))
    assert {"200031", "200038"} <= set(incoming.split())


@each_line
def test_every_list_names_filters_that_exist(router: Router) -> None:
    told = [line.split() for line in told_of(router)]
    defined = {
        (words[0], kind, words[3 if kind == "dynamic" else 2])
        for words in told
        if words[1] == "filter"
        for kind in ["dynamic" if words[2] == "dynamic" else "static"]
    }
    for words in told:
        if "secure" not in words:
            continue
        kind = "static"
        for number in words[words.index("secure") + 3 :]:
            if number == "dynamic":
                kind = "dynamic"
                continue
            assert (words[0], kind, number) in defined


def test_every_service_of_the_inventory_can_be_rendered_and_has_a_golden() -> None:
    assert set(NAMES) == {*SERVICES, "auto"}
    covered = {router.line.service for router in INVENTORY.routers.values() if router.line}
    assert covered == set(SERVICES)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("v6plus-ra", "15.02.03"),
        ("ocn-ra", "15.02.10"),
        ("biglobe-ra", "15.02.29"),
        ("hb46pp-ra", "15.02.31"),
    ],
)
def test_old_firmware_is_refused_with_the_revision_that_it_needs(name: str, first: str) -> None:
    needed = Revision.parse(first)
    old = Revision(needed.series, needed.major, needed.minor - 1)
    router = INVENTORY.router(name)
    render(router.model_copy(update={"firmware": needed}), secrets=False)
    with pytest.raises(RenderError, match=f"needs firmware {first} on a RTX830; .* {old}"):
        render(router.model_copy(update={"firmware": old}), secrets=False)


def test_a_model_that_never_can_is_refused() -> None:
    router = INVENTORY.router("hb46pp-ra").model_copy(update={"model": "RTX1210"})
    with pytest.raises(RenderError, match="hb46pp is not for a RTX1210"):
        render(router, secrets=False)


@pytest.mark.parametrize("model", MODELS)
def test_other_models_get_the_same_text_where_they_can(model: str) -> None:
    """What differs between models are the gates alone; the language is one."""
    for router in INVENTORY.routers.values():
        other = router.model_copy(update={"model": model, "firmware": None})
        try:
            text = render(other, secrets=False).text
        except RenderError:
            continue
        expected = render(router.model_copy(update={"firmware": None}), secrets=False).text
        assert text.replace(" tunnel map-e type v6plus\n", "") == expected


def test_auto_is_the_service_whose_rule_has_the_prefix(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(
        "defaults:\n  host: a\n  lan: {address: 192.168.100.1/24,"
        " dhcp: 192.168.100.2-192.168.100.191}\nrouters:\n"
        "  named: {line: {service: v6plus, prefix: '240b:10:0:3100::/64'}}\n"
        "  known: {line: {service: auto, prefix: '240b:10:0:3100::/64'}}\n",
        encoding="utf-8",
    )
    inventory = load(path)
    assert lines(inventory.router("known")) == lines(inventory.router("named"))


def test_the_blocks_of_show_config_are_not_interleaved() -> None:
    """A context goes on until an unindented line; nothing indented may follow one."""
    for router in INVENTORY.routers.values():
        told = told_of(router)
        for before, after in pairwise(told):
            if after.startswith(" "):
                assert before.startswith((" ", "tunnel select", "pp select"))


def test_the_document_tells_the_gates_as_they_are() -> None:
    """Each row of the table in docs/services.md names the revisions of firmware.FEATURES."""
    text = (HERE.parents[1] / "docs" / "services.md").read_text(encoding="utf-8")
    table = (line.split("|") for line in text.splitlines())
    rows = {row[1].strip(" `"): row for row in table if len(row) == 8}
    for name, service in SERVICES.items():
        told = rows[name][4]
        for feature in service.needs:
            for model in ("RTX830", "RTX1210", "RTX1220", "RTX1300"):
                first = since(feature, model)
                if first and str(first) != "00.00.00" and "as " not in told:
                    assert str(first) in told, (name, feature, model)
