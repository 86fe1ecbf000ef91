"""Nothing secret travels: neither in what a worker is given nor in what it gives back."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from distributed import KilledWorker

from tests.fleet import pretending
from tests.history.site import ADMINISTRATOR_PASSWORD, PASSWORD, TRUST, Site, make_site
from yamaha_ops.cli._changing import Face
from yamaha_ops.fleet import Cluster
from yamaha_ops.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PPPOE = "planted-pppoe"
TYPED = "other-planted"
"""Typed at the router by somebody."""
SECRETS = [PASSWORD, ADMINISTRATOR_PASSWORD, PPPOE, TYPED]
THERE = ("--dask", "tcp://127.0.0.1:1")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture
def site(
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Site]:
    made = make_site(lab, tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("PPPOE", PPPOE)
    inventory = (tmp_path / "inventory.yaml").read_text("utf-8")
    extra = (
        "    extra:\n      - pp select 1\n      - ' pp auth myname user@example.jp {env:PPPOE}'\n"
    )
    (tmp_path / "inventory.yaml").write_text(inventory.rstrip("\n") + "\n" + extra, "utf-8")
    yield made
    made.router.stop()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[pretending.Client]:
    with pretending.client() as made:

        @contextmanager
        def connected(_cluster: Cluster) -> Iterator[Any]:
            yield made

        monkeypatch.setattr(Cluster, "connected", connected)
        monkeypatch.setattr(
            "distributed.Queue", lambda name, _client=None: pretending.Queue(name, made)
        )
        yield made


@pytest.mark.parametrize(
    "words",
    [
        ("scrape", "--module", "full", "--json"),
        ("backup", "--json"),
        ("drift", "--json", "--verbose"),
        ("run", "--json", "--", "show config"),
        ("run", "--json", "--no-read-only", "--yes", "--", "ip lan2 mtu 1454"),
    ],
    ids=("scrape", "backup", "drift", "run", "change"),
)
def test_no_secret_travels(site: Site, client: pretending.Client, words: tuple[str, ...]) -> None:
    site.router.type("pp select 2", f" pp auth myname user@example.jp {TYPED}", save=True)
    name, *options = words
    code, out, err = site.run(name, "home", TRUST, *THERE, *options)
    assert code == 0, err
    assert json.loads(out)["router"] == "home"
    assert len(client.sent) == len(client.returned) == 1
    assert b"YAMAHA_OPS_HOME_PASSWORD" in client.sent[0]
    told = [*client.sent, *client.returned, out.encode(), err.encode()]
    for secret in SECRETS:
        assert not [text for text in told if secret.encode() in text]


SURE = ("--yes", "--no-history", "--json")


@pytest.mark.parametrize("asked", [False, True], ids=("sure", "asked"))
def test_no_secret_travels_with_an_apply(
    site: Site, client: pretending.Client, *, asked: bool
) -> None:
    """Asked, a plan travels back first, and its fingerprint there: what was shown is applied."""
    if asked:
        site.monkeypatch.setattr(Face, "ask", lambda *_: True)
    words = SURE[1:] if asked else SURE
    code, out, err = site.run("apply", "home", TRUST, *THERE, *words)
    assert code == 0, err
    assert json.loads(out)["result"] == "changed"
    assert "pp auth myname user@example.jp planted-pppoe" in site.router.running.text
    assert len(client.sent) == 1 + asked
    told = [*client.sent, *client.returned, out.encode(), err.encode()]
    assert not [text for text in told for secret in SECRETS if secret.encode() in text]
    assert json.loads(site.run("apply", "home", *THERE, *SURE)[1])["result"] == "unchanged"


def test_another_plan_than_the_one_that_was_shown_is_not_applied(
    site: Site, client: pretending.Client
) -> None:
    site.monkeypatch.setattr(Face, "ask", lambda *_: True)

    def fate(number: int) -> None:
        if number == 2:
            site.router.type("ip lan2 mtu 1454")

    client.fate = fate
    code, out, _ = site.run("apply", "home", TRUST, *THERE, *SURE[1:])
    assert code == 1
    assert json.loads(out)["reason"] == "not approved; nothing was sent"
    assert "map-e" not in site.router.running.text


def test_a_worker_that_is_lost_during_an_apply_is_unknown(
    site: Site, client: pretending.Client
) -> None:
    def fate(_number: int) -> None:
        for claims in client.queues.values():
            claims.clear()  # somebody has begun
        worker: Any = None
        raise KilledWorker("key", worker, 0)

    client.fate = fate
    code, out, _ = site.run("apply", "home", TRUST, *THERE, *SURE)
    assert (code, json.loads(out)["result"]) == (5, "unknown")


def test_the_drift_that_travels_is_the_one_that_was_found(
    site: Site, client: pretending.Client
) -> None:
    here = json.loads(site.done("drift", "home", TRUST, "--json"))
    there = json.loads(site.done("drift", "home", *THERE, "--json"))
    assert client.sent
    assert here == there
    assert here["commands"]


def test_a_change_takes_no_deadline(site: Site) -> None:
    words = ("--no-read-only", "--yes", "--deadline", "3", "--", "ip lan2 mtu 1454")
    code, _, err = site.run("run", "home", TRUST, *words)
    assert code == 1
    assert "takes no deadline" in err
    assert "1454" not in site.router.running.text


def test_a_worker_with_another_state_folder_writes_nothing(
    site: Site, client: pretending.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(work: Any, *args: Any) -> dict[str, Any]:
        with monkeypatch.context() as there:
            there.setenv("YAMAHA_OPS_STATE", str(site.folder / "other"))
            return {"worker": work(*args)}

    monkeypatch.setattr(client, "run", run, raising=False)
    code, _, err = site.run("backup", "home", TRUST, *THERE)
    assert code == 1
    assert "does not have this state folder" in err
    assert not client.sent
    assert not list((site.folder / ".yamaha-ops").glob("cluster-*"))


def test_a_relative_inventory_is_found_from_elsewhere(
    site: Site, client: pretending.Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A worker has another working folder: what is relative must not be."""
    (site.folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    path = site.folder / "inventory.yaml"
    text = path.read_text("utf-8").replace("env:YAMAHA_OPS_HOME_PASSWORD", "file:password")
    path.write_text(text, encoding="utf-8")
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def fate(_number: int) -> None:
        site.monkeypatch.chdir(elsewhere)

    client.fate = fate
    assert site.run("backup", "home", TRUST, *THERE, "--json")[0] == 0
    assert not list(elsewhere.iterdir())
    assert site.repository.exists()
