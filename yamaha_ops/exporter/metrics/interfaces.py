"""LAN interfaces, their ports, tunnels and PPs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric, attribute, from_record
from yamaha_ops.status.lan import Lan
from yamaha_ops.status.pp import PP
from yamaha_ops.status.tunnel import Ipip, Tunnel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.exporter.metric import Rows, Value
    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.status.lan import Port

_LAN = "show status lanN"
_TUNNEL = "show status tunnel N"
_PP = "show status pp N"
_TUNNEL_STATES = ("up", "down", "unknown")
_PP_STATES = ("connected", "connecting", "offline", "never_connected", "disabled", "unknown")


def _ports(read: Callable[[Port], Value]) -> Callable[[Lan], Rows]:
    def rows(lan: Lan) -> Rows:
        for port in lan.ports:
            yield (str(lan.interface), str(port.port)), read(port)

    return rows


def _bytes(bits: int | None) -> Value:
    return None if bits is None else bits / 8


def _transmitted(lan: Lan) -> Rows:
    for protocol, packets in (("ipv4", lan.ipv4_packets), ("ipv6", lan.ipv6_packets)):
        if packets:
            yield (str(lan.interface), protocol, "all"), packets.transmit
            yield (str(lan.interface), protocol, "fast"), packets.transmit_fast


def _received(lan: Lan) -> Rows:
    for protocol, packets in (("ipv4", lan.ipv4_packets), ("ipv6", lan.ipv6_packets)):
        if packets:
            yield (str(lan.interface), protocol), packets.receive


def _tunnels(scrape: Scrape) -> Iterator[Tunnel]:
    """Give every tunnel once: an answer about one tunnel says more than the list of all."""
    seen = set()
    for tunnel in scrape.records(Tunnel):
        seen.add(tunnel.tunnel)
        yield tunnel
    for record in scrape.records(Ipip):
        yield from (tunnel for tunnel in record.tunnels if tunnel.tunnel not in seen)


def _tunnel(read: Callable[[Tunnel], Value]) -> Callable[[Scrape], Rows]:
    return lambda scrape: (((str(each.tunnel),), read(each)) for each in _tunnels(scrape))


def _tunnel_states(scrape: Scrape) -> Rows:
    for tunnel in _tunnels(scrape):
        for state in _TUNNEL_STATES if tunnel.state else ():
            yield (str(tunnel.tunnel), state), tunnel.state == state


def _tunnel_counters(direction: str, unit: str) -> Callable[[Scrape], Rows]:
    def rows(scrape: Scrape) -> Rows:
        for tunnel in _tunnels(scrape):
            traffic = getattr(tunnel, direction)
            for protocol in ("ipv4", "ipv6"):
                counters = getattr(traffic, protocol, None)
                yield (str(tunnel.tunnel), protocol), getattr(counters, unit, None)

    return rows


def _tunnel_mtu(scrape: Scrape) -> Rows:
    for tunnel in _tunnels(scrape):
        yield (str(tunnel.tunnel), "ipv4"), tunnel.mtu_ipv4_bytes
        yield (str(tunnel.tunnel), "ipv6"), tunnel.mtu_ipv6_bytes


def _tunnel_info(scrape: Scrape) -> Rows:
    for tunnel in _tunnels(scrape):
        yield (str(tunnel.tunnel), tunnel.type or "", tunnel.description or ""), 1


def _pp_states(pp: PP) -> Rows:
    for state in _PP_STATES if pp.state else ():
        yield (str(pp.pp), state), pp.state == state


def _known(state: str | None, up: str) -> Value:
    return None if state in {None, "unknown"} else state == up


METRICS = (
    Metric(
        "interface",
        "info",
        "Description of an interface.",
        _LAN,
        from_record(Lan, lambda lan: [((str(lan.interface), lan.description or ""), 1)]),
        ("interface", "description"),
    ),
    Metric(
        "interface_link_up",
        "gauge",
        "Whether the interface has a link.",
        _LAN,
        attribute(Lan, "link_up", "interface"),
        ("interface",),
    ),
    Metric(
        "interface_speed_bytes_per_second",
        "gauge",
        "Speed of the link.",
        _LAN,
        from_record(Lan, lambda lan: [((str(lan.interface),), _bytes(lan.speed_bps))]),
        ("interface",),
    ),
    Metric(
        "interface_mtu_bytes",
        "gauge",
        "Largest packet.",
        _LAN,
        attribute(Lan, "mtu_bytes", "interface"),
        ("interface",),
    ),
    *(
        Metric(
            f"interface_{direction}_{unit}",
            "counter",
            f"{unit.capitalize()} {verb}.",
            _LAN,
            attribute(Lan, f"{direction}_{unit}", "interface"),
            ("interface",),
        )
        for direction, verb in (("receive", "received"), ("transmit", "sent"))
        for unit in ("packets", "bytes")
    ),
    Metric(
        "interface_receive_protocol_packets",
        "counter",
        "Packets received by protocol; the two need not add up to all.",
        _LAN,
        from_record(Lan, _received),
        ("interface", "protocol"),
    ),
    Metric(
        "interface_transmit_protocol_packets",
        "counter",
        "Packets sent by protocol, all of them and those on the fast path.",
        _LAN,
        from_record(Lan, _transmitted),
        ("interface", "protocol", "path"),
    ),
    Metric(
        "interface_receive_overflows",
        "counter",
        "Packets lost because they came too fast; absent until the router prints it.",
        _LAN,
        attribute(Lan, "receive_overflows", "interface"),
        ("interface",),
    ),
    Metric(
        "interface_receive_unsupported",
        "counter",
        "Packets of protocols it does not have; absent until the router prints it.",
        _LAN,
        attribute(Lan, "receive_unsupported", "interface"),
        ("interface",),
    ),
    Metric(
        "port_link_up",
        "gauge",
        "Whether a port of the switch has a link.",
        _LAN,
        from_record(Lan, _ports(lambda port: port.link_up)),
        ("interface", "port"),
    ),
    Metric(
        "port_speed_bytes_per_second",
        "gauge",
        "Speed of the port's link.",
        _LAN,
        from_record(Lan, _ports(lambda port: _bytes(port.speed_bps))),
        ("interface", "port"),
    ),
    Metric(
        "port_full_duplex",
        "gauge",
        "Whether the port's link is full duplex.",
        _LAN,
        from_record(Lan, _ports(lambda port: port.full_duplex)),
        ("interface", "port"),
    ),
    Metric(
        "tunnel",
        "info",
        "Kind and description of a tunnel.",
        _TUNNEL,
        _tunnel_info,
        ("tunnel", "type", "description"),
    ),
    Metric(
        "tunnel_up",
        "gauge",
        "Whether the tunnel says it is up; absent where its sentence is unknown. An IPIP or MAP-E "
        "tunnel is up even when its far end is wrong.",
        _TUNNEL,
        _tunnel(lambda tunnel: _known(tunnel.state, "up")),
        ("tunnel",),
    ),
    Metric(
        "tunnel_state",
        "stateset",
        "State of the tunnel. Only the sentence of a tunnel that is up was ever recorded, so one "
        "that is down shows as unknown.",
        _TUNNEL,
        _tunnel_states,
        ("tunnel", "state"),
    ),
    Metric(
        "tunnel_connected_seconds",
        "gauge",
        "How long the tunnel has been up.",
        _TUNNEL,
        _tunnel(lambda tunnel: tunnel.connected_seconds),
        ("tunnel",),
    ),
    *(
        Metric(
            f"tunnel_{direction}_{unit}",
            "counter",
            f"{unit.capitalize()} {verb} through the tunnel, by inner protocol, since it came up.",
            _TUNNEL,
            _tunnel_counters(direction, unit),
            ("tunnel", "protocol"),
        )
        for direction, verb in (("receive", "received"), ("transmit", "sent"))
        for unit in ("packets", "bytes")
    ),
    Metric(
        "tunnel_mtu_bytes",
        "gauge",
        "Largest packet through the tunnel.",
        _TUNNEL,
        _tunnel_mtu,
        ("tunnel", "protocol"),
    ),
    Metric(
        "tunnel_ike_keepalive_ok",
        "gauge",
        "1 while the IKE keepalive says OK.",
        _TUNNEL,
        _tunnel(lambda tunnel: tunnel.keepalive_ok),
        ("tunnel",),
    ),
    Metric(
        "pp",
        "info",
        "Description and far end of a PP.",
        _PP,
        from_record(PP, lambda pp: [((str(pp.pp), pp.description or "", pp.peer or ""), 1)]),
        ("pp", "description", "peer"),
    ),
    Metric(
        "pp_up",
        "gauge",
        "Whether the PP is connected; absent where its sentence is unknown.",
        _PP,
        from_record(PP, lambda pp: [((str(pp.pp),), _known(pp.state, "connected"))]),
        ("pp",),
    ),
    Metric(
        "pp_state",
        "stateset",
        "State of the PP.",
        _PP,
        from_record(PP, _pp_states),
        ("pp", "state"),
    ),
    Metric(
        "pp_connected_seconds",
        "gauge",
        "How long the PP has been connected.",
        _PP,
        attribute(PP, "connected_seconds", "pp"),
        ("pp",),
    ),
    *(
        Metric(
            f"pp_{direction}_{unit}",
            "counter",
            f"{unit.capitalize()} {verb} over the PP since it connected.",
            _PP,
            attribute(PP, f"{direction}_{unit}", "pp"),
            ("pp",),
        )
        for direction, verb in (("receive", "received"), ("transmit", "sent"))
        for unit in ("packets", "bytes")
    ),
)
