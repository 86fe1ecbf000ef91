"""The settings file, and what the command line says over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yamaha_ops.errors import InputError
from yamaha_ops.inventory import Secret
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.serving import refuse_exposed
from yamaha_ops.web.settings import Settings, is_loopback, read_settings

EVERYWHERE = ".".join("0000")

WHOLE = """\
inventory: routers.yaml
database: env:WEB_DATABASE
host: 0.0.0.0
port: 443
tls_certificate: tls/chain.pem
tls_key: /etc/tls/key.pem
public_url: https://ops.example.jp/
proxies: [10.0.0.0/8, "2001:db8::/32"]
access:
  idle_seconds: 900
  second_factor: required
oidc:
  issuer: https://login.example.jp/realms/net/
  client_id: console
  client_secret: file:secrets/oidc
  grants:
    - {value: net-ops, roles: [operator, approver]}
    - {claim: site_groups, value: osaka, roles: [operator], labels: {site: [osaka]}}
mail: {host: mail.example.jp, sender: a@example.jp, to: [b@example.jp]}
webhooks: [{name: chat, url: "https://chat.example.jp/x", secret: env:CHAT}]
"""

NEEDS_PUBLIC_URL = f"""\
host: {EVERYWHERE}
oidc:
  issuer: https://i.example
  client_id: c
  grants: [{{value: x, roles: [viewer]}}]
"""


def _written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "web.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_says_it_all(tmp_path: Path) -> None:
    settings = read_settings(_written(tmp_path, WHOLE), {"port": 8443, "host": None})
    assert settings.inventory == tmp_path / "routers.yaml"
    assert settings.tls_certificate == tmp_path / "tls/chain.pem"
    assert settings.tls_key == Path("/etc/tls/key.pem")
    assert settings.database == Secret("env:WEB_DATABASE", tmp_path)
    assert (settings.host, settings.port) == (EVERYWHERE, 8443)
    assert settings.public_url == "https://ops.example.jp"
    assert settings.secure
    assert settings.oidc is not None
    assert settings.oidc.issuer == "https://login.example.jp/realms/net"
    assert settings.oidc.client_secret == Secret("file:secrets/oidc", tmp_path)
    assert settings.oidc.grants[0].labels is None
    assert settings.oidc.grants[1].labels == {"site": ("osaka",)}
    assert settings.oidc.grants[0].roles == (Role.OPERATOR, Role.APPROVER)
    assert settings.access.second_factor == "required"


def test_without_a_file_it_is_safe() -> None:
    settings = read_settings(None, {})
    assert settings.inventory == Path("inventory.yaml")
    assert settings.loopback
    assert not settings.tls
    assert not settings.gui_forwarder
    assert settings.access.password_cost.memory_kib == 65536  # RFC 9106, second choice


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read_settings(_written(tmp_path, "# nothing\n"), {}).port == 9833


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ports: 1", "there is no field ports; did you mean port?"),
        ("oidc: {issuers: x}", "oidc has no field issuers; did you mean issuer?"),
        ("port: 70000", "port"),
        ("database: postgresql://u:hunter2@h/d", "must not hold a password"),
        ("database: web.db", "must be such as sqlite:///PATH"),
        ("public_url: ops.example.jp", "must be a web address"),
        ("public_url: https://ops.example.jp/console", "must be scheme, host and port alone"),
        ("public_url: https://u:p@ops.example.jp", "must be a web address"),
        ("mail: {host: h, sender: s, to: [t], password: hunter2}", "must be a reference"),
        ("tls_key: k", "tls_key: goes together with tls_certificate"),
        ("proxies: [nonsense]", "proxies"),
        ("- a", "a settings file is a mapping"),
        ("a: [", "cannot be read"),
        ("access: {second_factor: never}", "access.second_factor is not a known value"),
        (NEEDS_PUBLIC_URL, "public_url: is needed with oidc"),
    ],
)
def test_what_is_wrong_is_said_and_no_secret_is_repeated(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_settings(_written(tmp_path, text), {})
    assert said in caught.value.message
    assert "hunter2" not in str(caught.value)
    assert caught.value.where == str(tmp_path / "web.yaml")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_settings(tmp_path / "none.yaml", {})


@pytest.mark.parametrize(
    ("said", "served"),
    [
        ({}, True),
        ({"host": "::1"}, True),
        ({"host": "localhost"}, True),
        ({"host": EVERYWHERE}, False),
        ({"host": "::"}, False),
        ({"host": "192.0.2.1"}, False),
        ({"host": "ops.example.jp"}, False),
        ({"host": EVERYWHERE, "insecure": True}, True),
        ({"host": EVERYWHERE, "tls_certificate": "c", "tls_key": "k"}, True),
        # A proxy's TLS does not make the way to the proxy safe.
        ({"host": EVERYWHERE, "public_url": "https://ops.example.jp"}, False),
    ],
)
def test_nobody_listens_in_by_accident(said: dict[str, Any], *, served: bool) -> None:
    settings = Settings.model_validate({"inventory": "i", **said})
    if served:
        refuse_exposed(settings)
    else:
        with pytest.raises(InputError, match="without TLS the console listens on loopback only"):
            refuse_exposed(settings)


def test_what_is_loopback() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "[::1]"))
    assert not any(is_loopback(host) for host in ("", EVERYWHERE, "localhost.example", "::"))
