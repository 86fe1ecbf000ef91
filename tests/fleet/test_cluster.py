"""A real Dask cluster on loopback: scheduler, workers, routers of the lab, and a worker killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.exporter.labs import ENVIRONMENT, Site, site, wait_until
from tests.fleet.dask import PATIENCE, ROOT, Cluster, cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = [f"r{number}" for number in range(8)]
DAY = timedelta(days=1)
LATE = 1.5
"""Seconds by which every answer is late until a worker has been killed: a session has several."""

pytestmark = pytest.mark.timeout(600)


def _late(lab: Site, seconds: float) -> None:
    for router in lab.routers.values():
        router.faults.delay_seconds = seconds


def _logins(lab: Site) -> Counter[str]:
    return Counter(
        {
            name: sum("Login succeeded" in line for line in router.log)
            for name, router in lab.routers.items()
        }
    )


@contextmanager
def _command(lab: Site, dask: Cluster, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run the toolkit over all routers, beside us; it has none of the secrets."""
    kept = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    own = {
        "PYTHONPATH": str(ROOT),
        "YAMAHA_OPS_AUTHOR": "Test <test@example.jp>",
        "YAMAHA_OPS_DASK": dask.address,
        "YAMAHA_OPS_INVENTORY": str(lab.inventory),
    }
    with subprocess.Popen(
        [sys.executable, "-c", "from yamaha_ops.cli import main; main()", "--debug", *words],
        env={**kept, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _killing_one(lab: Site, dask: Cluster, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run a command on two workers, and kill one when both are in the middle of a session."""
    dask.need(2)
    _late(lab, LATE)
    before = _logins(lab)
    with _command(lab, dask, *words) as process:
        wait_until(lambda: len(_logins(lab) - before) >= 2 or process.poll() is not None, PATIENCE)
        dask.kill()
        _late(lab, 0.0)
        out, err = process.communicate()
        return process.returncode, [json.loads(line) for line in out.splitlines()], err


def test_one_worker_is_killed_in_the_middle(tmp_path: Path) -> None:
    """One cluster for three commands: to start one costs more than all that is tried with it."""
    (tmp_path / "dask").mkdir()
    with site(tmp_path, *NAMES) as lab, cluster(tmp_path / "dask", ENVIRONMENT) as dask:
        _nobody_is_left_out(lab, dask, "scrape", "--module", "alive")
        _nobody_is_left_out(lab, dask, "backup", "--reason", "Dask")
        _nothing_is_changed_twice(lab, dask)


def _nobody_is_left_out(lab: Site, dask: Cluster, *words: str) -> None:
    code, told, err = _killing_one(lab, dask, *words, "--all", "--json", "--at-once", "1")
    assert code == 0, err
    assert sorted(each["router"] for each in told) == NAMES
    assert not any(each.get("error") for each in told)


def _nothing_is_changed_twice(lab: Site, dask: Cluster) -> None:
    before = _logins(lab)
    words = ("run", "--all", "--json", "--no-read-only", "--yes", "--", "ip lan2 mtu 1454")
    code, told, err = _killing_one(lab, dask, *words)
    assert code == 5, err
    assert sorted(each["router"] for each in told) == NAMES
    (unknown,) = [each for each in told if each["result"] != "success"]
    assert "how far it came is not known" in unknown["error"]
    assert _logins(lab) - before == Counter(NAMES)
    done = {name for name in NAMES if "ip lan2 mtu 1454" in lab.routers[name].running.text}
    assert done >= {each["router"] for each in told if each["result"] == "success"}


def _certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Make an authority, and one certificate that everybody uses."""
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "yamaha-ops test")])
    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    def certificate(key: ec.EllipticCurvePublicKey, subject: str, *, ca: bool) -> x509.Certificate:
        named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
        return (
            x509.CertificateBuilder(name, name if ca else named, key, 1 + ca, now - DAY, now + DAY)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(authority, hashes.SHA256())
        )

    files = (folder / "ca.pem", folder / "cluster.pem", folder / "cluster.key")
    pem = Encoding.PEM
    files[0].write_bytes(certificate(authority.public_key(), "ca", ca=True).public_bytes(pem))
    files[1].write_bytes(certificate(own.public_key(), "cluster", ca=False).public_bytes(pem))
    files[2].write_bytes(own.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_a_cluster_is_reached_over_tls(tmp_path: Path) -> None:
    ca, certificate, key = map(str, _certificates(tmp_path))
    tls = ("--tls-ca-file", ca, "--tls-cert", certificate, "--tls-key", key, "--protocol", "tls")
    with site(tmp_path, "r0") as lab, cluster(tmp_path, ENVIRONMENT, tls) as dask:
        dask.need(1)
        assert dask.address.startswith("tls://")
        mine = ("--dask-ca", ca, "--dask-cert", certificate, "--dask-key", key)
        with _command(lab, dask, "scrape", "r0", "-m", "alive", "--json", *mine) as process:
            out, err = process.communicate()
        assert process.returncode == 0, err
        assert json.loads(out)["up"] is True
