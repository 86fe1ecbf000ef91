"""What is rendered, applied to an emulated router: the line comes up, and nothing is left to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from typer.testing import CliRunner

from tests.change.bench import LabClock
from yamaha_ops.actions.jobs import Terms, job_for
from yamaha_ops.change.apply import apply
from yamaha_ops.cli.inventory import app
from yamaha_ops.config import Configuration, Interpreter, difference
from yamaha_ops.firmware import Revision
from yamaha_ops.inventory import Login, Router, Secret, load
from yamaha_ops.lab import Lab, ManualClock
from yamaha_ops.lab.world import Offer, World
from yamaha_ops.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
INVENTORY = load(HERE / "lines.yaml")
LATEST = Revision.parse("15.02.33")

FACTORY = """\
ip lan1 address 192.168.100.1/24
telnetd host lan
dhcp service server
dhcp server rfc2131 compliant except remain-silent
dhcp scope 1 192.168.100.2-192.168.100.191/24
"""
BLOCKS = {
    "v6plus": "240b:10:0:3100::",
    "ocn": "2400:4050:0:1200::",
    "biglobe": "2404:7a80:0:1200::",
}
"""A prefix of each service whose rules the router knows; any other one will do elsewhere."""


def _world(router: Router) -> World:
    """Return what the provider of a router's line offers."""
    line = router.line
    by: Literal["ra", "pd"] = "pd" if line and line.ipv6 == "pd" else "ra"
    block = BLOCKS.get(line.actual if line else "", "2001:db8:0:3100::")
    prefix = str(line.prefix) if line and line.prefix else f"{block}/{64 if by == 'ra' else 56}"
    return World(
        offer=Offer(prefix=prefix, by=by, settle_seconds=0.1),
        pppoe="pppoe" in router.name,
        peers=frozenset({1} if router.name.startswith("hb46pp") else ()),
    )


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as lab:
        yield lab


@pytest.mark.parametrize("router", INVENTORY.routers.values(), ids=lambda router: router.name)
def test_the_commands_lead_from_the_factory_state_to_the_rendering(router: Router) -> None:
    latest = router.model_copy(update={"firmware": LATEST})
    wanted = Configuration.parse(render(latest, secrets=False).text.replace(" *\n", " x\n"))
    console = Interpreter(Configuration.parse(FACTORY))
    for command in difference(Configuration.parse(FACTORY), wanted).commands:
        console.execute(command.line)
    assert difference(console.configuration, wanted).commands == ()


@pytest.mark.parametrize("name", INVENTORY.routers)
def test_the_line_comes_up_and_the_second_apply_sends_nothing(
    name: str, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED", "planted-1")
    monkeypatch.setenv("YAMAHA_OPS_STATE", str(tmp_path))
    device = lab.start(
        name,
        password="planted-1",
        administrator_password="planted-1",
        firmware=str(LATEST),
        world=_world(INVENTORY.router(name)),
    )
    secret = Secret("env:PLANTED")
    router = INVENTORY.router(name).model_copy(
        update={
            "host": device.host,
            "port": device.port,
            "login": Login(password=secret, administrator_password=secret),
        }
    )
    job = job_for(
        INVENTORY,
        router,
        report=lambda _event: None,
        terms=Terms(allowed=("open-service",), accept_new_host_key=True),
    )
    job = replace(job, clock=LabClock(lab))
    first, second = apply(job, lambda _plan: True), apply(job, lambda _plan: True)
    lab.remove(device)
    assert [each.result.value for each in (first, second)] == ["changed", "unchanged"]


def test_a_router_that_is_adopted_needs_no_change(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a running router to an entry, and from the entry to an empty plan, by the commands."""
    monkeypatch.setenv("PLANTED", "planted-1")
    monkeypatch.setenv("YAMAHA_OPS_STATE", str(tmp_path))
    told = render(INVENTORY.router("office-pd"), secrets=False).text
    device = lab.start(
        "adopted",
        config=f"{told}console columns 120\nip lan1 proxyarp on\n",
        password="planted-1",
        administrator_password="planted-1",
    )
    entry = f"host: {device.host}, port: {device.port}, known_hosts: first-use"
    login = "login: {password: 'env:PLANTED', administrator_password: 'env:PLANTED'}"
    before = tmp_path / "before.yaml"
    before.write_text(f"routers: {{adopted: {{{entry}, {login}}}}}\n", encoding="utf-8")
    command = ["adopt", "adopted", "--inventory", str(before), "--accept-new-host-key"]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    after = tmp_path / "after.yaml"
    after.write_text(result.stdout, encoding="utf-8")
    inventory = load(after)
    job = job_for(inventory, inventory.router("adopted"), report=lambda _event: None)
    job = replace(job, clock=LabClock(lab))
    outcome = apply(job, lambda _plan: True)
    lab.remove(device)
    assert outcome.result.value == "unchanged"
    assert outcome.commands == 0
