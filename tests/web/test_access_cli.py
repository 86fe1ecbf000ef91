"""`yamaha-ops web`, as people call it."""

from __future__ import annotations

import json
import logging
import os
import signal
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from queue import Queue
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.web.conftest import INVENTORY, PASSWORD
from yamaha_ops.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    loggers = [logging.getLogger(name) for name in ("paramiko", "httpx", "alembic", "uvicorn")]
    levels = [each.level for each in loggers]
    monkeypatch.chdir(tmp_path)
    for name in ("YAMAHA_OPS_STATE", "YAMAHA_OPS_INVENTORY", "YAMAHA_OPS_WEB_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "inventory.yaml").write_text(INVENTORY, encoding="utf-8")
    cheap = "access: {password_cost: {rounds: 1, memory_kib: 8, lanes: 1}}\n"
    (tmp_path / "web.yaml").write_text(cheap, encoding="utf-8")
    yield tmp_path
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


class _Typed:
    """Standard input that is no terminal."""

    def __init__(self, text: str) -> None:
        self._text = text

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        return f"{self._text}\n"


def _call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["web", "--config", "web.yaml", *arguments])
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("folder")
def test_users_are_looked_after_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", _Typed(PASSWORD))
    assert _call("user", "add", "Emma", "--role", "admin", "--role", "operator") == 0
    assert _call("user", "add", "olga", "--role", "operator", "--label", "site=osaka") == 0
    assert _call("user", "add", "olga") == 1
    assert "there is a user olga already" in capsys.readouterr().err
    assert _call("user", "lock", "olga") == 0
    assert _call("user", "roles", "olga", "--role", "approver") == 0
    capsys.readouterr()
    assert _call("user", "list", "--json") == 0
    emma, olga = json.loads(capsys.readouterr().out)
    assert emma["name"] == "emma"
    assert emma["roles"] == ["admin", "operator"]
    assert olga["roles"] == ["approver"]
    assert olga["labels"] == {"site": ["osaka"]}
    assert olga["locked"] is True
    assert _call("user", "unlock", "olga") == 0
    assert _call("user", "reset", "olga") == 0
    assert _call("user", "reset", "nobody") == 1
    capsys.readouterr()
    assert _call("user", "list") == 0
    shown = capsys.readouterr().out
    assert "site=osaka" in shown
    assert "argon2" not in shown


@pytest.mark.usefixtures("folder")
def test_a_bad_password_or_role_makes_no_user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", _Typed("short"))
    assert _call("user", "add", "emma") == 1
    assert "12 to 256 characters" in capsys.readouterr().err
    assert _call("user", "add", "emma", "--role", "emperor") == 2


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--listen", "0.0.0.0:0"], "listens on loopback only"),
        (["--listen", "nonsense"], "is not HOST:PORT"),
        (["--tls-certificate", "none.pem"], "goes together with"),
        (["--tls-certificate", "none.pem", "--tls-key", "none.pem"], "cannot be used"),
        (["--inventory", "none.yaml"], "cannot be read"),
    ],
)
def test_it_does_not_serve_by_accident(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _call(*arguments) == 1
    assert said in capsys.readouterr().err


class _Listening(logging.Handler):
    """Waits for the server to say where it listens."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.said: Queue[str] = Queue()

    def emit(self, record: logging.LogRecord) -> None:
        if "listening on" in record.getMessage():
            self.said.put(record.getMessage().split()[-1])


def test_it_serves_by_tls_until_it_is_told_to_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Signals reach the main thread only, so the server runs here and the browser beside it.
    certificate, key = _certificate(folder)
    trust = ssl.create_default_context(cafile=str(certificate))
    listening = _Listening()
    log = logging.getLogger("yamaha_ops.web.serving")
    monkeypatch.setattr(log, "handlers", [listening])
    monkeypatch.setattr(log, "level", logging.INFO)
    monkeypatch.setattr(logging, "basicConfig", lambda **_more: None)
    before = signal.getsignal(signal.SIGTERM)

    def browse() -> list[httpx.Response]:
        address = listening.said.get(timeout=45)
        try:
            with httpx.Client(trust_env=False, verify=trust, timeout=45) as web:
                return [web.get(f"{address}{path}") for path in ("/healthz", "", "/login")]
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    with ThreadPoolExecutor(1) as beside:
        browsing = beside.submit(browse)
        options = ["--tls-certificate", str(certificate), "--tls-key", str(key)]
        assert _call("--listen", "127.0.0.1:0", *options) == 0
        well, start, login = browsing.result()
    assert signal.getsignal(signal.SIGTERM) is before
    assert well.url.scheme == "https"
    assert well.json() == {"status": "ok"}
    assert start.headers["location"] == "/login"
    assert "server" not in login.headers
    assert login.headers["strict-transport-security"]
    assert "__Host-visit" in login.headers["set-cookie"]


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "console")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private
