"""From a configuration back to fields of the inventory, part by part.

Each recogniser reads what it is sure of and returns the fields of one part, or nothing; it may be
wrong, since :mod:`yamaha_ops.render.adopt` keeps a part only if it explains more lines than it
costs, and holds the result against the configuration.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yamaha_ops.config import Key
from yamaha_ops.config.words import split
from yamaha_ops.render.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.config import Configuration

Fields = dict[str, Any]

_BY_ENDPOINT = {service.endpoint: name for name, service in SERVICES.items() if service.endpoint}
_BY_TYPE = {service.map_e_type: name for name, service in SERVICES.items() if service.map_e_type}
_GATEWAY = re.compile(r"gateway (tunnel|pp) (\d+)")


class Reader:
    """A configuration, asked by the beginnings of its lines."""

    def __init__(self, configuration: Configuration) -> None:
        self._settings = configuration.settings

    def words(self, start: str, context: str = "") -> list[str]:
        """Return the words behind the beginning of one setting; empty where it is not there."""
        setting = self._settings.get(Key(context, start))
        return split(setting.line)[len(start.split()) :] if setting else []

    def word(self, start: str, context: str = "") -> str | None:
        """Return the first of them."""
        return next(iter(self.words(start, context)), None)

    def each(self, start: str, context: str = "") -> Iterator[tuple[str, list[str]]]:
        """Yield the rest of the key and the words behind it, for settings that begin so."""
        for key, setting in self._settings.items():
            if key.context == context and key.words.startswith(f"{start} "):
                rest = key.words.removeprefix(f"{start} ")
                yield rest, split(setting.line)[len(key.words.split()) :]


def recognise(configuration: Configuration, keep: Callable[[str, str], str]) -> Iterator[Fields]:
    """Yield what could be said in the inventory's words, one part at a time.

    Args:
        configuration: What is to be adopted.
        keep: Takes a name and a secret, and returns the reference to write instead.
    """
    reader = Reader(configuration)
    line = _line(reader, keep)
    bare = {**line, "filters": {"policy": "none"}} if line else {}
    yield from filter(None, (_lan(reader), line, bare, _dns(reader), _clock(reader)))
    yield from filter(None, _access(reader))
    yield from filter(None, (_syslog(reader), _console(reader), _snmp(reader, keep)))


def _lan(reader: Reader) -> Fields:
    address = reader.word("ip lan1 address")
    if address is None or "/" not in address:
        return {}
    lan: Fields = {"address": address}
    scope = _scope(reader, address.partition("/")[2])
    if scope:
        lan["dhcp"] = scope["range"] if set(scope) == {"range"} else scope
    if reader.words("switch control use lan1") == ["on", "terminal=on"]:
        lan["lan_map"] = True
    return {"lan": lan}


def _scope(reader: Reader, length: str) -> Fields:
    first, *options = reader.words("dhcp scope 1") or [""]
    span, _, mask = first.partition("/")
    if mask != length:
        return {}
    scope: Fields = {"range": span}
    names = {"gateway": "gateway", "expire": "lease", "maxexpire": "max_lease"}
    words = iter(options)
    for word in words:
        if word in names:
            scope[names[word]] = next(words, "")
        elif word != "except":
            scope.setdefault("exclude", []).append(word)
    kept = {f"host-{at.rpartition('.')[2]}": _kept(at, words) for at, words in _binds(reader)}
    if kept:
        scope["reservations"] = kept
    return scope


def _binds(reader: Reader) -> Iterator[tuple[str, list[str]]]:
    for address, words in reader.each("dhcp scope bind 1"):
        if words and (words[0] == "ethernet" or len(words) > 1):
            yield address, words


def _kept(address: str, words: list[str]) -> Fields:
    if words[0] == "ethernet":
        return {"address": address, "mac": words[1]}
    return {"address": address, "client_id": " ".join(word.zfill(2) for word in words)}


def _line(reader: Reader, keep: Callable[[str, str], str]) -> Fields:
    ways = dict(reversed(_GATEWAY.findall(" ".join(["gateway", *_route(reader)]))))
    prefix = next((words[0] for _, words in reader.each("ipv6 prefix") if words), "")
    kind, _, interface = prefix.partition("::")[0].partition("@")
    line: Fields = {}
    if kind in ("ra-prefix", "dhcp-prefix"):
        line = {"service": "ipv6", "ipv6": "ra" if kind == "ra-prefix" else "pd"}
        if interface != "lan2":
            line["interface"] = interface
        if reader.word(f"ngn type {interface}") != "ntt":
            line["ngn"] = False
    if "tunnel" in ways and line:
        line.update(_tunnel(reader, ways["tunnel"]))
    if "pp" in ways:
        line.update(_session(reader, ways["pp"], keep, alone="tunnel" not in ways))
    note = reader.word(f"description {line.get('interface', 'lan2')}")
    if note:
        line["description"] = note
    return {"line": line} if "service" in line else {}


def _route(reader: Reader) -> list[str]:
    words = reader.words("ip route default")
    return words[1:] if words[:1] == ["gateway"] else words


def _tunnel(reader: Reader, number: str) -> Fields:
    context = f"tunnel{number}"
    kind = reader.word("tunnel encapsulation", context)
    name, address = (reader.words(f"tunnel endpoint {way}", context) for way in ("name", "address"))
    found: Fields = {}
    if kind == "map-e":
        found["service"] = _BY_TYPE.get(reader.word("tunnel map-e type", context) or "v6plus")
    elif kind == "hb46pp":
        found["service"] = "hb46pp"
    elif kind == "ipip" and name:
        found["service"] = _BY_ENDPOINT.get(name[0], "ds-lite")
        if found["service"] == "ds-lite":
            found["endpoint"] = name[0]
    elif kind == "ipip" and len(address) == 1:
        found.update(_fixed(reader, context, address[0]))
    if not found.get("service"):
        return {}
    if number != "1":
        found["tunnel"] = int(number)
    mtu = reader.word("ip tunnel mtu", context)
    if mtu and mtu != "1460":
        found["mtu"] = int(mtu)
    descriptor = reader.word("ip tunnel nat descriptor", context)
    if descriptor:
        found.update(_nat(reader, descriptor))
    return found


def _fixed(reader: Reader, context: str, br: str) -> Fields:
    """Tell DS-Lite from a fixed address by what NAT says of the outside."""
    descriptor = reader.word("ip tunnel nat descriptor", context)
    outer = reader.word(f"nat descriptor address outer {descriptor}")
    addresses = " ".join(address for address, _ in reader.each("ipv6 lan1 address"))
    own = re.search(r"-prefix@\w+(::[^/]*)/", addresses)
    if outer is None or own is None:
        return {"service": "ds-lite", "endpoint": br}
    return {
        "service": "v6plus-fixed",
        "fixed": {"address": outer, "br": br, "interface_id": own[1]},
    }


def _nat(reader: Reader, descriptor: str) -> Fields:
    found: Fields = {} if descriptor == "1000" else {"nat_descriptor": int(descriptor)}
    timers = {"udp_timer": "protocol=udp", "tcp_fin_timer": "tcpfin"}
    for field, name in timers.items():
        seconds = reader.word(f"nat descriptor timer {descriptor} {name}")
        if seconds and seconds.isdecimal():
            found[field] = int(seconds)
    limit = reader.word(f"nat descriptor masquerade session limit {descriptor} 1")
    if limit:
        found["sessions_per_host"] = int(limit)
    return found


def _session(
    reader: Reader, number: str, keep: Callable[[str, str], str], *, alone: bool
) -> Fields:
    context = f"pp{number}"
    account = reader.words("pp auth myname", context)
    interface = reader.word("pppoe use", context)
    if len(account) != 2 or interface is None:  # noqa: PLR2004 -- a name and a password
        return {}
    user, password = account
    pppoe: Fields = {"user": user, "password": keep("pppoe_password", password)}
    if number != "1":
        pppoe["number"] = int(number)
    mtu = reader.word("ip pp mtu", context)
    if mtu and mtu != "1454":
        pppoe["mtu"] = int(mtu)
    descriptor = reader.word("ip pp nat descriptor", context)
    found: Fields = {"pppoe": pppoe}
    if alone:
        found["service"] = "pppoe"
        if interface != "lan2":
            found["interface"] = interface
        found.update(_nat(reader, descriptor) if descriptor else {})
    elif descriptor:
        pppoe["nat_descriptor"] = int(descriptor)
    filtered = re.search(rf"pp {number} filter (\d+)", " ".join(_route(reader)))
    if filtered:
        hosts = reader.words(f"ip filter {filtered[1]}")
        pppoe["hosts"] = hosts[1].split(",") if len(hosts) > 1 else []
    return found


def _dns(reader: Reader) -> Fields:
    dns: Fields = {}
    servers = reader.words("dns server")
    if servers and not any("=" in server for server in servers):
        dns["servers"] = servers
    records = {name: words[0] for name, words in reader.each("ip host") if words}
    if records:
        dns["records"] = records
    if reader.word("dns private address spoof") == "on":
        dns["spoof_private"] = True
    if reader.word("dns service fallback") is None:
        dns["prefer_ipv6"] = False
    return {"dns": dns} if dns else {}


def _clock(reader: Reader) -> Fields:
    clock: Fields = {}
    zone = reader.word("timezone")
    if zone:
        clock["zone"] = zone
    words = reader.words("schedule at 1")
    if len(words) == 6 and words[3] == "ntpdate" and words[0] == "*/*":  # noqa: PLR2004 -- the usual form
        clock.update(server=words[4], at=words[1])
    return {"time": clock} if clock else {}


def _access(reader: Reader) -> Iterator[Fields]:
    for field, command in (
        ("telnet", "telnetd host"),
        ("ssh", "sshd host"),
        ("http", "httpd host"),
        ("sftp", "sftpd host"),
    ):
        words = reader.words(command)
        if words and words != ["lan"]:
            yield {"management": {field: words[0] if len(words) == 1 else words}}
    if reader.words("security class") == ["1", "off", "off"]:
        yield {"management": {"close_recovery": True}}
    if reader.word("sshd client alive") == "on":
        yield {"management": {"ssh_alive": True}}


def _syslog(reader: Reader) -> Fields:
    syslog: Fields = {}
    if reader.words("syslog host"):
        syslog["hosts"] = reader.words("syslog host")
    if reader.word("syslog facility"):
        syslog["facility"] = reader.word("syslog facility")
    for level in ("notice", "info", "debug"):
        if state := reader.word(f"syslog {level}"):
            syslog[level] = state == "on"
    return {"syslog": syslog} if syslog else {}


def _console(reader: Reader) -> Fields:
    console: Fields = {}
    for field in ("character", "prompt"):
        if value := reader.word(f"console {field}"):
            console[field] = value
    for field in ("columns", "lines"):
        if value := reader.word(f"console {field}"):
            console[field] = int(value) if value.isdecimal() else value
    return {"console": console} if console else {}


def _snmp(reader: Reader, keep: Callable[[str, str], str]) -> Fields:
    hosts = [host for host, words in reader.each("snmp host") if not words]
    community = reader.word("snmp community read-only")
    if not hosts or not community:
        return {}
    snmp: Fields = {"hosts": hosts, "community": keep("snmp_community", community)}
    for field, command in (
        ("sysname", "snmp sysname"),
        ("location", "snmp syslocation"),
        ("contact", "snmp syscontact"),
    ):
        if value := reader.word(command):
            snmp[field] = value
    return {"snmp": snmp}
