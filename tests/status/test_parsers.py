"""The traps of single commands that no recorded text with a record covers."""

from __future__ import annotations

import pytest

from yamaha_ops.status import parse


def test_an_unknown_state_sentence_is_unknown_and_counted() -> None:
    tunnel = parse("show status tunnel 1", "TUNNEL[1]:\n  Current status is Resting.")
    assert tunnel.record.state == "unknown"
    assert tunnel.unknown_lines == ("Current status is Resting.",)
    pp = parse("show status pp 1", "PP[01]:\nPPPoEセッションは休憩中です")
    assert pp.record.state == "unknown"
    assert pp.unknown_lines == ("PPPoEセッションは休憩中です",)


def test_a_state_that_is_not_there_is_absent() -> None:
    assert parse("show status tunnel 1", "TUNNEL[1]:\n").record.state is None
    assert parse("show status pp 1", "PP[01]:\n").record.state is None


def test_of_several_tunnels_the_one_asked_for_is_taken() -> None:
    text = "TUNNEL[1]:\n説明: one\nTUNNEL[2]:\n説明: two"
    assert parse("show status tunnel 2", text).record.description == "two"
    assert parse("show status tunnel", text).record.description == "one"


def test_the_state_before_is_not_the_state() -> None:
    text = (
        "PP[01]:\nCurrent PPPoE session status is Offline.\nLast PPPoE session status: Connected."
    )
    assert parse("show status pp 1", text).record.state == "offline"
    text = "PP[01]:\n直前のPPPoEセッションの状態:\nPPPoEセッションは継っていません"
    assert parse("show status pp 1", text).record.state == "offline"


def test_a_description_is_free_text() -> None:
    text = "PP[01]:\n説明: PPPoEセッションは接続されています: yes\nPPPoEセッションは継っていません"
    pp = parse("show status pp 1", text).record
    assert (pp.description, pp.state) == ("PPPoEセッションは接続されています: yes", "offline")


def test_a_switching_hub_has_ports() -> None:
    lan = parse(
        "show status lan1",
        """LAN1
IPアドレス:                     192.168.100.1/24
動作モード設定:
  PORT1: Auto Negotiation (100BASE-TX Full Duplex)
  PORT2: Auto Negotiation (2.5GBASE-T Half Duplex)
  PORT7: Auto Negotiation (Link Down)
受信オーバーフロー:  25366
未サポートパケットの受信: 10590102""",
    )
    assert [
        (port.port, port.link_up, port.speed_bps, port.full_duplex) for port in lan.record.ports
    ] == [
        (1, True, 100_000_000, True),
        (2, True, 2_500_000_000, False),
        (7, False, None, None),
    ]
    assert lan.record.addresses == ("192.168.100.1/24",)
    assert lan.record.receive_overflows == 25366
    assert lan.record.receive_unsupported == 10590102
    assert lan.unknown_lines == ()


def test_sub_lines_count_packets_of_the_direction_above() -> None:
    lan = parse(
        "show status lan2",
        """LAN2
送信パケット:                   9 パケット(90 オクテット)
  IPv4(全体/ファストパス):      4 パケット / 3 パケット
受信パケット:                   8 パケット(80 オクテット)
  IPv4:                         2 パケット""",
    ).record
    assert (lan.ipv4_packets.receive, lan.ipv4_packets.transmit) == (2, 4)
    assert lan.ipv4_packets.transmit_fast == 3


@pytest.mark.parametrize(
    "ports",
    [
        "4880-4895, 8976-8991, 25",
        "4880-4895, 8976-",
        "4880-4895, ",
        "4880-4895 8976-8991",
        "4895-4880",
        "65530-65540",
    ],
)
def test_half_a_port_list_is_no_port_list(ports: str) -> None:
    text = f"Reference Descriptor : 1, Assigned Interface : TUNNEL[1](1)\n    Port range: {ports}"
    parsed = parse("show nat descriptor address", text)
    [descriptor] = parsed.record.descriptors
    assert descriptor.port_ranges == ()
    assert descriptor.port_count is None
    assert len(parsed.unknown_lines) == 1


def test_host_rows_that_do_not_add_up_are_incomplete() -> None:
    text = """Reference Descriptor : 1, Assigned Interface : TUNNEL[1](1)
    Outer address: 192.0.2.1
    Port range: 60000-64095   9 session.
       1     192.168.100.2              4          65534         dynamic
       2     192.168.100.3              5          65534         dynamic"""
    parsed = parse("show nat descriptor address", text)
    assert parsed.record.descriptors[0].complete
    shorter = parse("show nat descriptor address", text.rsplit("\n", 1)[0])
    assert not shorter.record.descriptors[0].complete


def test_a_descriptor_on_two_interfaces_repeats() -> None:
    text = """参照NATディスクリプタ : 1, 適用インタフェース : PP[01](1)
   外側アドレス: ipcp/192.0.2.1
参照NATディスクリプタ : 1, 適用インタフェース : TUNNEL[1](1)
   外側アドレス: map-e/192.0.2.2"""
    one, other = parse("show nat descriptor address", text).record.descriptors
    assert (one.interface, one.outer_source) == ("PP[01]", "ipcp")
    assert (other.interface, other.outer_address) == ("TUNNEL[1]", "192.0.2.2")


def test_masquerade_sessions() -> None:
    text = """Interface  Desc Num  Outer address   Current/Max   Peak
TUNNEL[1]  1000      192.0.2.1       319/65534     3001"""
    [row] = parse("show nat descriptor masquerade session 1000 summary", text).record.summaries
    assert (row.descriptor, row.sessions, row.limit, row.peak) == (1000, 319, 65534, 3001)
    text = "Current/Max : 319 / 65534\nPeak        : 3001"
    [row] = parse("show nat descriptor masquerade session summary", text).record.summaries
    assert (row.descriptor, row.sessions, row.limit, row.peak) == (None, 319, 65534, 3001)


def test_a_reserved_address_ends_the_lease_above() -> None:
    text = """DHCPスコープ番号: 1
  割り当て中アドレス: 192.168.100.2
  予約済みアドレス: 192.168.100.9
  クライアントイーサネットアドレス: 00:a0:de:00:00:01
  割り当て中アドレス数: 1
  全アドレス数: 190"""
    [scope] = parse("show status dhcp", text).record.scopes
    [lease] = scope.leases
    assert lease.mac_address is None
    assert scope.reserved == ("192.168.100.9",)
    assert (scope.leased, scope.total, scope.available) == (1, 190, None)


@pytest.mark.parametrize(
    "client", ["(00) 72 74 78", "(01) 00 a0 de 11 22 33 44", "(ff) 00 a0 de 11 22 33"]
)
def test_not_every_client_id_is_a_mac_address(client: str) -> None:
    text = f"DHCP Scope number: 1\nLeased address: 192.168.100.2\n(type) Client ID: {client}"
    [lease] = parse("show status dhcp", text).record.scopes[0].leases
    assert (lease.mac_address, lease.client_id) == (None, client)


def test_a_summary_of_leases() -> None:
    text = """DHCP Scope number: 1
  1:      192.168.100.2:  00:a0:de:11:22:33, nas
  3:      192.168.100.4:  ac:de:48:00:11:22"""
    one, other = parse("show status dhcp summary", text).record.scopes[0].leases
    assert (one.host_name, other.host_name) == ("nas", None)
    assert other.mac_address == "ac:de:48:00:11:22"


def test_both_forms_of_yno() -> None:
    text = """現在の状態 :          正常動作中
セッション確立日時 :  2016/12/18 11:46:03
XMPP接続:            無効"""
    old = parse("show status yno", text).record
    assert old.protocols["CWMP"].connected
    assert old.protocols["CWMP"].since.year == 2016
    assert old.protocols["XMPP"].connected is False
    new = parse(
        "show status yno",
        "CWMP:                異常 (ACSへの接続に失敗しました )\nGFW:  接続\nLAS: 準備中",
    )
    assert new.record.protocols["CWMP"].connected is False
    assert new.record.protocols["CWMP"].reason == "ACSへの接続に失敗しました"
    assert new.record.protocols["GFW"].connected
    assert new.record.protocols["LAS"].connected is None
    assert new.unknown_lines == ("LAS: 準備中",)


def test_sas_with_four_digits_ike_and_long_ids() -> None:
    text = """Total: isakmp:1 send:1 recv:1
sa    sgw isakmp connection    dir  life[s] remote-id
1     1    -     ike           -    21407   branch office
2     1    1     tun[0001]esp  recv 21400"""
    record = parse("show ipsec sa", text).record
    ike, esp = record.sas
    assert (ike.protocol, ike.remote_id, ike.direction) == ("ike", "branch office", None)
    assert (esp.tunnel, esp.direction, esp.remote_id) == (1, "receive", None)


def test_a_task_without_a_script_takes_none_from_its_neighbour() -> None:
    text = """[running]
LuaタスクID (状態):  1  (WATCH)
スクリプトファイル:  /a.lua
監視文字列:          Tunnel
LuaタスクID (状態):  2  (SLEEP)
コマンドライン:      lua -e "rt.sleep(9)" """
    one, other = parse("show status lua", text).record.tasks
    assert (one.state, one.script, one.watching) == ("WATCH", "/a.lua", "Tunnel")
    assert (other.id, other.script) == (2, None)


def test_a_core_line_does_not_replace_the_average() -> None:
    text = """CPU:   5%(5sec)   6%(1min)   7%(5min)    Memory: 24% used
CPU:   90%(5sec)   90%(1min)   90%(5min)"""
    assert parse("show environment detail", text).record.cpu_5s_ratio == 0.05


def test_a_router_without_a_sensor_has_no_temperature() -> None:
    record = parse("show environment", "RTX830 Rev.15.02.30").record
    assert record.temperature_celsius is None
    assert record.packet_buffer_used_ratio is None


def test_an_infinite_lifetime_is_absent() -> None:
    text = """LAN2 scope-id 2 [up]
 グローバル     2001:db8::1/64 (lifetime: infinity/infinity)
 リンクローカル fe80::1/64
 サイト 2001:db8::2/64"""
    parsed = parse("show ipv6 address", text)
    one, local, other = parsed.record.interfaces[0].addresses
    assert (one.scope, one.valid_lifetime_seconds) == ("global", None)
    assert local.scope == "link_local"
    assert other.scope == "unknown"
    assert parsed.unknown_lines == ("サイト 2001:db8::2/64",)


def test_a_tunnel_tells_its_mtu_from_its_address() -> None:
    text = """TUNNEL[1]:
  インタフェースの種類: MAP-E
  IPv6: 2001:db8::1
Maximum Transmission Unit(MTU):
IPv4: 1460 octets
IPv6: 1280 octets"""
    tunnel = parse("show status tunnel 1", text).record
    assert (tunnel.ipv6_address, tunnel.mtu_ipv4_bytes, tunnel.mtu_ipv6_bytes) == (
        "2001:db8::1",
        1460,
        1280,
    )
