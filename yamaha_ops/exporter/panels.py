"""What the dashboard shows: rows, panels, queries, and what they are called in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_GREEN, _YELLOW, _RED = "green", "yellow", "red"

Kind = Literal["stat", "timeseries", "state-timeline", "gauge", "table"]


@dataclass(frozen=True, slots=True)
class Query:
    """A PromQL expression and the name of its series."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    Attributes:
        en: Title in English.
        ja: Title in Japanese.
        kind: Which visualisation.
        queries: What it shows.
        unit: Grafana's name of the unit.
        width: Of 24 columns.
        height: In rows.
        steps: Thresholds: a colour and from which value on; the first has no value.
        words: What 0 and 1 are called, by language; empty shows numbers.
    """

    en: str
    ja: str
    kind: Kind
    queries: tuple[Query, ...]
    unit: str = "short"
    width: int = 8
    height: int = 7
    steps: tuple[tuple[str, float | None], ...] = ((_GREEN, None),)
    words: tuple[tuple[str, str], tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A heading and the panels below it."""

    en: str
    ja: str
    panels: tuple[Panel, ...]


_NO_YES = (("no", "いいえ"), ("yes", "はい"))
_DOWN_UP = (("down", "停止"), ("up", "稼働"))
_GOOD_IS_ONE = ((_RED, None), (_GREEN, 1.0))
_GOOD_IS_ZERO = ((_GREEN, None), (_YELLOW, 1.0))
_SHARE = ((_GREEN, None), (_YELLOW, 0.7), (_RED, 0.9))


def _of(metric: str, **labels: str) -> str:
    """Select the chosen routers' series of a metric."""
    chosen = ['router=~"$router"', *(f'{name}="{value}"' for name, value in labels.items())]
    return metric + "{" + ", ".join(chosen) + "}"


def _rate(metric: str, **labels: str) -> str:
    return f"rate({_of(metric, **labels)}[$__rate_interval])"


def _bits(metric: str) -> str:
    return f"8 * {_rate(metric)}"


def _changes(metric: str) -> str:
    return f"changes({_of(metric)}[1d])"


_PATHS = "yamaha_interface_transmit_protocol_packets_total"
_FAST_SHARE = f"{_rate(_PATHS, path='fast')} / ignoring (path) {_rate(_PATHS, path='all')}"
_LEASED = _of("yamaha_dhcp_scope_leased_addresses")
_LEASED_SHARE = f"{_LEASED} / {_of('yamaha_dhcp_scope_total_addresses')}"

ROWS = (
    Row(
        "Routers",
        "ルーター",
        (
            Panel(
                "Reachable", "接続", "stat", (Query(_of("yamaha_up"), "{{router}}"),),
                width=6, steps=_GOOD_IS_ONE, words=_DOWN_UP,
            ),
            Panel(
                "Up for", "稼働時間", "stat", (Query(_of("yamaha_uptime_seconds"), "{{router}}"),),
                unit="s", width=6,
            ),
            Panel(
                "Models and firmware", "機種とファームウェア", "table",
                (Query(_of("yamaha_device_info")),), width=12,
            ),
        ),
    ),
    Row(
        "MAP-E line",
        "MAP-E 回線",
        (
            Panel(
                "Tunnel", "トンネル", "state-timeline",
                (Query(_of("yamaha_tunnel_state", state="up"), "{{router}} tunnel {{tunnel}}"),),
                width=12, steps=_GOOD_IS_ONE, words=_DOWN_UP,
            ),
            Panel(
                "Address and ports fit the prefix", "プレフィックスとの一致", "stat",
                (Query(_of("yamaha_mape_consistent"), "{{router}}"),),
                width=6, steps=_GOOD_IS_ONE, words=_NO_YES,
            ),
            Panel(
                "Ports assigned", "割り当てポート数", "stat",
                (
                    Query(_of("yamaha_mape_ports"), "{{router}}"),
                    Query(_of("yamaha_nat_static_forwards"), "{{router}} static"),
                ),
                width=6,
            ),
            Panel(
                "Sessions for each port", "ポート 1 個あたりのセッション", "timeseries",
                (Query(_of("yamaha_mape_saturation_ratio"), "{{router}}"),),
                unit="percentunit", width=12, steps=((_GREEN, None), (_YELLOW, 0.6), (_RED, 1.0)),
            ),
            Panel(
                "NAT sessions", "NAT セッション", "timeseries",
                (
                    Query(_of("yamaha_nat_sessions"), "{{router}}"),
                    Query(_of("yamaha_nat_sessions_peak"), "{{router}} peak"),
                    Query(_of("yamaha_nat_busiest_host_sessions"), "{{router}} busiest host"),
                ),
                width=12,
            ),
            Panel(
                "Prefix changes in a day", "プレフィックスの変更 (1 日)", "stat",
                (Query(_changes("yamaha_ipv6_prefix_fingerprint"),
                       "{{router}} {{interface}}"),),
                width=6, steps=_GOOD_IS_ZERO,
            ),
            Panel(
                "Prefix lifetime left", "プレフィックスの残り時間", "timeseries",
                (
                    Query(_of("yamaha_ipv6_address_valid_lifetime_seconds"),
                          "{{router}} {{interface}}"),
                    Query(_of("yamaha_dhcpv6_prefix_valid_lifetime_seconds"),
                          "{{router}} {{interface}} DHCPv6"),
                ),
                unit="s", width=10,
            ),
            Panel(
                "Default routes", "デフォルト経路", "timeseries",
                (Query(_of("yamaha_default_routes"), "{{router}} {{family}}"),), width=8,
            ),
        ),
    ),
    Row(
        "Traffic",
        "トラフィック",
        (
            Panel(
                "Received", "受信", "timeseries",
                (Query(_bits("yamaha_interface_receive_bytes_total"),
                       "{{router}} {{interface}}"),),
                unit="bps", width=12,
            ),
            Panel(
                "Sent", "送信", "timeseries",
                (Query(_bits("yamaha_interface_transmit_bytes_total"),
                       "{{router}} {{interface}}"),),
                unit="bps", width=12,
            ),
            Panel(
                "Through tunnels", "トンネル", "timeseries",
                (
                    Query(_bits("yamaha_tunnel_receive_bytes_total"),
                          "{{router}} {{tunnel}} {{protocol}} in"),
                    Query("-" + _bits("yamaha_tunnel_transmit_bytes_total"),
                          "{{router}} {{tunnel}} {{protocol}} out"),
                ),
                unit="bps", width=12,
            ),
            Panel(
                "Share on the fast path", "ファストパスの割合", "timeseries",
                (
                    Query(_FAST_SHARE, "{{router}} {{interface}} {{protocol}}"),
                ),
                unit="percentunit", width=6,
            ),
            Panel(
                "Ports", "ポート", "state-timeline",
                (Query(_of("yamaha_port_link_up"), "{{router}} {{interface}} {{port}}"),),
                width=6, steps=_GOOD_IS_ONE, words=_DOWN_UP,
            ),
        ),
    ),
    Row(
        "System",
        "システム",
        (
            Panel(
                "Processor", "CPU", "timeseries",
                (Query(_of("yamaha_cpu_utilization_ratio", window="1m"), "{{router}}"),),
                unit="percentunit", steps=_SHARE,
            ),
            Panel(
                "Memory", "メモリー", "timeseries",
                (Query(_of("yamaha_memory_used_ratio"), "{{router}}"),),
                unit="percentunit", steps=_SHARE,
            ),
            Panel(
                "Packet buffers", "パケットバッファ", "timeseries",
                (Query(_of("yamaha_packet_buffer_used_ratio"), "{{router}} {{size}}"),),
                unit="percentunit", steps=_SHARE,
            ),
        ),
    ),
    Row(
        "LAN",
        "LAN",
        (
            Panel(
                "DHCP addresses in use", "DHCP 使用率", "gauge",
                (Query(_LEASED_SHARE, "{{router}} {{scope}}"),),
                unit="percentunit", steps=_SHARE,
            ),
            Panel(
                "Neighbours", "ARP エントリー", "timeseries",
                (Query(_of("yamaha_arp_entries"), "{{router}} {{interface}}"),),
            ),
            Panel(
                "IPsec SAs", "IPsec SA", "timeseries",
                (Query(_of("yamaha_ipsec_sas"), "{{router}} {{type}}"),),
            ),
        ),
    ),
    Row(
        "Configuration",
        "設定",
        (
            Panel(
                "Unsaved changes", "未保存の変更", "stat",
                (Query(_of("yamaha_config_unsaved"), "{{router}}"),),
                width=6, steps=_GOOD_IS_ZERO, words=_NO_YES,
            ),
            Panel(
                "Commands from the inventory", "インベントリーとの差 (コマンド)", "stat",
                (Query(_of("yamaha_config_drift_commands"), "{{router}}"),),
                width=6, steps=_GOOD_IS_ZERO,
            ),
            Panel(
                "Changes in a day", "設定の変更 (1 日)", "stat",
                (Query(_changes("yamaha_config_fingerprint"), "{{router}}"),),
                width=6,
            ),
            Panel(
                "Age of the last backup", "最後のバックアップから", "stat",
                (Query("time() - " + _of("yamaha_backup_timestamp_seconds"), "{{router}}"),),
                unit="s", width=6, steps=((_GREEN, None), (_YELLOW, 86400.0), (_RED, 172800.0)),
            ),
        ),
    ),
    Row(
        "Asking",
        "取得",
        (
            Panel(
                "Duration", "所要時間", "timeseries",
                (Query(_of("yamaha_scrape_duration_seconds"), "{{router}}"),), unit="s",
            ),
            Panel(
                "Commands that fail", "失敗したコマンド", "table",
                (Query(_of("yamaha_scrape_command_success") + " == 0"),),
            ),
            Panel(
                "Lines not understood", "解釈できない行", "table",
                (Query(_of("yamaha_parse_unknown_lines") + " > 0"),),
            ),
        ),
    ),
)  # fmt: skip
