"""TLS and basic authentication, by the web configuration file of Prometheus's exporter-toolkit.

Read are ``tls_server_config`` (cert_file, key_file, client_ca_file, client_auth_type, min_version,
max_version), ``basic_auth_users`` (name to bcrypt hash) and ``http_server_config.headers``. Paths
are relative to the file.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import bcrypt
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_VERSIONS = {
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_CLIENTS = {
    "": ssl.CERT_NONE,
    "NoClientCert": ssl.CERT_NONE,
    "RequestClientCert": ssl.CERT_OPTIONAL,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_FIELDS = {
    "": {"tls_server_config", "basic_auth_users", "http_server_config"},
    "tls_server_config": {
        "cert_file",
        "key_file",
        "client_ca_file",
        "client_auth_type",
        "min_version",
        "max_version",
    },
    "http_server_config": {"headers", "http2"},
}
# Checked in place of a hash where the user is unknown, so that both take as long.
_NOBODY = bcrypt.hashpw(b"", bcrypt.gensalt(10))


@dataclass(frozen=True, slots=True)
class WebConfig:
    """How the exporter may be reached.

    Attributes:
        tls: The server's side of TLS, or None for plain HTTP.
        users: Bcrypt hash by name; empty lets everybody in.
        headers: Headers that every answer carries.
    """

    tls: ssl.SSLContext | None = None
    users: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    def admits(self, authorization: str | None) -> bool:
        """Whether an ``Authorization`` header names a user and the right password."""
        if not self.users:
            return True
        kind, _, encoded = (authorization or "").partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return _matches(password.encode(), self.users.get(name, _NOBODY)) and name in self.users


@lru_cache(maxsize=64)
def _digest_of(password: bytes, hashed: bytes) -> bytes:
    """Bcrypt is slow on purpose; a scraper comes back every few seconds with the same password."""
    return bcrypt.hashpw(password, hashed)


def _matches(password: bytes, hashed: bytes) -> bool:
    try:
        return hmac.compare_digest(_digest_of(password, hashed), hashed)
    except ValueError:
        return False


def read_web_config(path: Path) -> WebConfig:
    """Read a web configuration file.

    Raises:
        InputError: It cannot be read, has an unknown field, or what it names cannot be used.
    """
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {}
    except (OSError, YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from error
    _check(data, "", path)
    server = data.get("http_server_config") or {}
    _check(server, "http_server_config", path)
    tls = data.get("tls_server_config") or {}
    _check(tls, "tls_server_config", path)
    users = {
        str(name): str(hashed).encode()
        for name, hashed in (data.get("basic_auth_users") or {}).items()
    }
    for name, hashed in users.items():
        if not hashed.startswith((b"$2a$", b"$2b$", b"$2y$")):
            raise InputError(f"the password of {name} is not a bcrypt hash", where=str(path))
    headers = {str(name): str(value) for name, value in (server.get("headers") or {}).items()}
    return WebConfig(_context(tls, path) if tls else None, users, headers)


def _check(data: Any, section: str, path: Path) -> None:
    place = section or "the file"
    if not isinstance(data, dict):
        raise InputError(f"{place} must hold fields", where=str(path))
    unknown = sorted(set(data) - _FIELDS[section])
    if unknown:
        known = ", ".join(sorted(_FIELDS[section]))
        raise InputError(
            f"{place} has the unknown field {unknown[0]!r}; known are {known}", where=str(path)
        )


def _context(tls: Mapping[str, Any], path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.minimum_version = _VERSIONS[tls.get("min_version", "TLS12")]
        context.maximum_version = _VERSIONS[tls.get("max_version", "TLS13")]
        wanted = _CLIENTS[tls.get("client_auth_type", "")]
    except KeyError as error:
        raise InputError(f"tls_server_config: {error} is not supported", where=str(path)) from None
    try:
        context.load_cert_chain(_file(tls, "cert_file", path), _file(tls, "key_file", path))
        if tls.get("client_ca_file"):
            context.load_verify_locations(_file(tls, "client_ca_file", path))
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"tls_server_config: {error}", where=str(path)) from error
    context.verify_mode = wanted
    return context


def _file(tls: Mapping[str, Any], name: str, path: Path) -> Path:
    if not tls.get(name):
        raise InputError(f"tls_server_config needs {name}", where=str(path))
    return path.parent / str(tls[name])
