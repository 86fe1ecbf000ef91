"""How the console is to run: an optional ``web.yaml``, and what the command line says."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yamaha_ops.errors import InputError
from yamaha_ops.inventory import Secret
from yamaha_ops.inventory.parts import Part, fault
from yamaha_ops.inventory.problems import describe
from yamaha_ops.web.access.roles import Role

DEFAULT_PORT = 9833

_PASSWORD_IN_URL = re.compile(r"\w[\w+]*://[^/@]*:[^/@]+@")


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s#]*)?", value):
        raise PydanticCustomError(
            "web_address", "must be a web address such as https://ops.example.jp"
        )
    return value.rstrip("/")


def _origin(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+", value):
        raise PydanticCustomError(
            "origin", "must be scheme, host and port alone, such as https://ops.example.jp"
        )
    return value


def _database(value: str, info: ValidationInfo) -> Secret | str:
    try:
        return TypeAdapter(Secret).validate_python(value, context=info.context)
    except ValidationError:
        return _database_address(value)


def _database_address(value: str) -> str:
    if "://" not in value:
        raise PydanticCustomError(
            "database", "must be such as sqlite:///PATH or postgresql:///NAME"
        )
    if _PASSWORD_IN_URL.match(value):
        raise PydanticCustomError(
            "database", "must not hold a password; put the whole address behind a reference"
        )
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Origin = Annotated[WebAddress, AfterValidator(_origin)]
"""A web address without a path: the console lives at the root of its name."""
Database = Annotated[Secret | str, PlainValidator(_database)]
"""`sqlite:///PATH`, `postgresql://...`, or a reference to such an address with a password in it."""
Seconds = Annotated[float, Field(gt=0)]
Labels = dict[str, tuple[str, ...]]
"""What a router's labels must be: for each key one of the values."""


class Grant(Part):
    """What people get of whom the provider says a certain thing."""

    claim: str = "groups"
    """The claim; dots lead inside: `realm_access.roles`."""
    value: str
    """What it is, or what one of its items is."""
    roles: tuple[Role, ...]
    labels: Labels | None = None
    """Which routers; every one where left out."""


class Oidc(Part):
    """Sign-on through an organisation's own OpenID Connect provider."""

    issuer: WebAddress
    """Its configuration is read from ISSUER/.well-known/openid-configuration."""
    client_id: str
    client_secret: Secret | None = None
    """Left out for a public client; PKCE protects both."""
    name: str = "OpenID Connect"
    """What the button on the login page says."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    user_claim: str = "preferred_username"
    """Where the shown name comes from; who somebody is, is decided by issuer and subject."""
    grants: Annotated[tuple[Grant, ...], Field(min_length=1)]
    """The first that holds decides alone; somebody of whom none holds is not let in."""


class Told(Part):
    """Which alarms somebody is told of."""

    alarms: tuple[str, ...] = ()
    """By name; every one where left out."""
    severity: Literal["info", "warning", "critical"] = "warning"
    """The least that is told."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Only those of routers with these labels."""


class Mail(Told):
    """Where alarms go by mail."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: Secret | None = None
    sender: str
    to: Annotated[tuple[str, ...], Field(min_length=1)]
    language: Literal["en", "ja"] = "en"


class Webhook(Told):
    """An address that is told of alarms by POST."""

    name: str
    url: WebAddress
    secret: Secret | None = None
    """Signs each body by HMAC-SHA256."""


class PasswordCost(Part):
    """Parameters of argon2id; RFC 9106 section 4 recommends these for memory-constrained hosts."""

    rounds: Annotated[int, Field(ge=1)] = 3
    memory_kib: Annotated[int, Field(ge=8)] = 65536
    lanes: Annotated[int, Field(ge=1)] = 4


class Access(Part):
    """How long logins last, and how often anybody may try."""

    idle_seconds: Seconds = 3600
    """A login ends so long after its last use."""
    absolute_seconds: Seconds = 12 * 3600
    """A login ends so long after it began, used or not."""
    second_factor: Literal["optional", "required"] = "optional"
    password_length: Annotated[int, Field(ge=8)] = 12
    password_cost: PasswordCost = PasswordCost()
    failures: Annotated[int, Field(ge=1)] = 5
    """After so many wrong passwords in a row a name is locked: a minute, then two, four ..."""
    lock_seconds: Seconds = 60
    longest_lock_seconds: Seconds = 3600
    logins_a_minute: Annotated[int, Field(ge=1)] = 20
    """From one address."""
    requests_a_minute: Annotated[int, Field(ge=1)] = 600
    """Of one user or token at the API."""


class Settings(Part):
    """Everything the console has to be told."""

    inventory: Path
    database: Database | None = None
    """SQLite beside the inventory where left out."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = DEFAULT_PORT
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    insecure: bool = False
    """Serve others than this machine without TLS: for those whose network or proxy sees to it."""
    public_url: Origin | None = None
    """How browsers reach it, where that is not what it listens on."""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Reverse proxies whose X-Forwarded-For is believed."""
    name: str = "yamaha-ops"
    """What the pages call this console."""
    poll_seconds: Seconds = 60
    """How often each router is asked."""
    at_once: Annotated[int, Field(ge=1)] = 32
    """How many routers are asked at the same time."""
    keep_samples_hours: Seconds = 48
    prometheus_url: WebAddress | None = None
    """Where long-term series are; pages link there."""
    gui_forwarder: bool = False
    """Let operators reach the routers' own web pages through the console."""
    gui_port: Annotated[int, Field(ge=1, le=65535)] = 80
    """Where routers serve them."""
    access: Access = Access()
    oidc: Oidc | None = None
    mail: Mail | None = None
    webhooks: tuple[Webhook, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> "Settings":
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise fault("tls_key", "goes together with tls_certificate")
        if self.oidc and not self.public_url and not self.loopback:
            raise fault("public_url", "is needed with oidc: the provider leads back there")
        return self

    @property
    def tls(self) -> bool:
        """Whether the console itself speaks TLS."""
        return self.tls_certificate is not None

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS, its own or a proxy's."""
        return self.public_url.startswith("https:") if self.public_url else self.tls

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def read_settings(path: Path | None, said: Mapping[str, Any]) -> Settings:
    """Read a settings file, and lay over it what was said on the command line.

    Args:
        path: The file; paths and secret references in it start from its folder, and the inventory
            is ``inventory.yaml`` there where nobody says another.
        said: Fields by name; None where nothing was said.

    Raises:
        InputError: The file cannot be read, or says something wrong.
    """
    base = path.parent if path else Path()
    data = _read(path) if path else {}
    for name in ("inventory", "tls_certificate", "tls_key"):
        if isinstance(data.get(name), str):
            data[name] = base / data[name]
    data |= {name: value for name, value in said.items() if value is not None}
    data.setdefault("inventory", base / "inventory.yaml")
    try:
        return Settings.model_validate(data, context={"base": base})
    except ValidationError as error:
        found = dict.fromkeys(_said(each) for each in error.errors(include_url=False))
        raise InputError("; ".join(found), where=str(path or "options")) from None


def _said(finding: Any) -> str:
    context: dict[str, Any] = finding.get("ctx", {})
    if "field" in context:  # a check of a whole part that knows which field is to blame
        finding["loc"] = (*finding["loc"], *str(context["field"]).split("."))
    return describe(finding, Settings)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InputError("a settings file is a mapping of fields", where=str(path))
    return data
