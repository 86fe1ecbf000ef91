"""A configuration becomes an entry, and the next plan is empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from yamaha_ops.config import Configuration, difference, mask
from yamaha_ops.firmware import Revision
from yamaha_ops.inventory import Inventory, Router, load
from yamaha_ops.inventory.foreign import as_yaml
from yamaha_ops.render import lines, render
from yamaha_ops.render.adopt import Adoption, adopt

HERE = Path(__file__).parent
INVENTORY = load(HERE / "lines.yaml")
SHARED = HERE.parents[2] / "shared" / "data" / "configs"
PUBLISHED = sorted(SHARED.glob("*.conf"))
MARKED = "planted-b7Qx"


def adopted(text: str, folder: Path) -> tuple[Adoption, Inventory]:
    adoption = adopt(Configuration.parse(text), "home", {"host": "192.168.100.1"})
    path = folder / "inventory.yaml"
    path.write_text(as_yaml({"routers": {"home": adoption.entry}}), encoding="utf-8")
    return adoption, load(path)


def masked(text: str) -> Configuration:
    return Configuration.parse("".join(f"{mask(line)}\n" for line in text.splitlines()))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_configuration_is_adopted_and_nothing_is_left_to_do(
    path: Path, tmp_path: Path
) -> None:
    configuration = Configuration.parse(path.read_bytes())
    adoption, inventory = adopted(configuration.text, tmp_path)
    again = render(inventory.router("home"), secrets=False)
    assert difference(masked(configuration.text), again).commands == ()
    assert len(adoption.unknown) == len(configuration.warnings)


def test_there_is_something_published_to_adopt() -> None:
    if not SHARED.is_dir():
        pytest.skip("the published configurations are not beside the project")
    assert len(PUBLISHED) > 20


@pytest.mark.parametrize("router", INVENTORY.routers.values(), ids=lambda router: router.name)
def test_adopting_what_was_rendered_gives_the_same_configuration(
    router: Router, tmp_path: Path
) -> None:
    latest = router.model_copy(update={"firmware": Revision.parse("15.02.33")})
    text = render(latest, secrets=False).text
    adoption, inventory = adopted(text, tmp_path)
    again = render(inventory.router("home"), secrets=False)
    assert difference(Configuration.parse(text), again).commands == ()
    said = len(adoption.entry.get("extra", ())) + len(adoption.entry.get("without", ()))
    wordless = router.vlans or router.vpn.sites or router.filters.forward
    if router.line and router.line.service not in ("nuro", "map-e") and not wordless:
        assert "line" in adoption.entry
        assert said <= (60 if "fixed" in router.line.service else 5)


def test_the_words_of_the_inventory_are_found_again(tmp_path: Path) -> None:
    text = render(INVENTORY.router("v6plus-ra"), secrets=False).text
    adoption, _ = adopted(text, tmp_path)
    assert adoption.entry == {
        "host": "192.168.100.1",
        "lan": {"address": "192.168.100.1/24", "dhcp": "192.168.100.2-192.168.100.191"},
        "line": {"service": "v6plus", "ipv6": "ra"},
    }


def test_a_line_without_filters_is_said_to_have_none(tmp_path: Path) -> None:
    article = "".join(
        f"{line.text}\n"
        for line in lines(INVENTORY.router("v6plus-ra"))
        if "filter" not in line.text
    )
    adoption, _ = adopted(article, tmp_path)
    assert adoption.entry["filters"] == {"policy": "none"}


def test_secrets_become_references_wherever_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        f"pp select 1\n pppoe use lan2\n pp auth myname user@example.jp {MARKED}\n"
        f"pp select none\nipsec ike pre-shared-key 1 text {MARKED}\nset KEY={MARKED}\n"
        f"login user alice {MARKED}\nsnmp host 192.168.100.9\nsnmp community read-only {MARKED}\n"
    )
    adoption, inventory = adopted(text, tmp_path)
    assert MARKED not in as_yaml({"routers": {"home": adoption.entry}})
    assert MARKED not in str(adoption.secrets)
    assert len(adoption.secrets) == 4
    for reference in adoption.secrets:
        monkeypatch.setenv(reference.removeprefix("env:"), MARKED)
    again = render(inventory.router("home"))
    assert difference(Configuration.parse(text), again).commands == ()
    assert f"ipsec ike pre-shared-key 1 text {MARKED}" in again.text
    assert MARKED not in render(inventory.router("home"), secrets=False).text


def test_an_embedded_file_comes_along_whole(tmp_path: Path) -> None:
    text = "embedded file x.lua <<EOF\nlocal a = 1\n  if a then\n  end\nEOF\n"
    _, inventory = adopted(text, tmp_path)
    assert difference(Configuration.parse(text), render(inventory.router("home"))).commands == ()


def test_what_the_table_does_not_know_is_told_and_left_alone(tmp_path: Path) -> None:
    adoption, inventory = adopted("ip lan1 address 192.168.100.1/24\nflux capacitor on\n", tmp_path)
    assert adoption.unknown == ("flux capacitor on",)
    assert "flux" not in render(inventory.router("home")).text
