from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config import Configuration, has_secret, mask, restore, separate
from yamaha_ops.errors import SecretError

if TYPE_CHECKING:
    from pathlib import Path

MASKED = [
    ("login password S", "login password *"),
    ("administrator password encrypted S", "administrator password encrypted *"),
    ("login user admin S", "login user admin *"),
    ("login user admin encrypted S", "login user admin encrypted *"),
    (" pp auth myname user@isp S", " pp auth myname user@isp *"),
    ("pp auth username u S myname m S", "pp auth username u * myname m *"),
    ("  ipsec ike pre-shared-key 1 text S", "  ipsec ike pre-shared-key 1 text *"),
    ("ipsec ike pre-shared-key 1 0x53", "ipsec ike pre-shared-key 1 *"),
    ("l2tp tunnel auth on S", "l2tp tunnel auth on *"),
    ("snmp community read-only S", "snmp community read-only *"),
    ("snmp host 10.0.0.1 S S", "snmp host 10.0.0.1 * *"),
    ("snmpv2c trap host 10.0.0.1 trap S", "snmpv2c trap host 10.0.0.1 trap *"),
    ("snmpv3 usm user 1 n sha S aes128-cfb S", "snmpv3 usm user 1 n sha * aes128-cfb *"),
    ("yno access code operator S", "yno access code operator *"),
    ("yno zero-config id t o p S", "yno zero-config id t o p *"),
    ("radius secret S", "radius secret *"),
    ("tunnel hb46pp auth myname u S", "tunnel hb46pp auth myname u *"),
    ("set TOKEN=S", "set TOKEN=*"),
    ('set TOKEN="S S"', "set TOKEN=*"),
    ("mail server smtp 1 a smtp-auth u S smtps", "mail server smtp 1 a smtp-auth u * smtps"),
    ("mail server pop 1 a pop3 u S", "mail server pop 1 a pop3 u *"),
    ("ip lan1 ospf area 1 cost=1 md5key=1,S", "ip lan1 ospf area 1 cost=1 md5key=*"),
    ("ip lan1 vrrp 1 10.0.0.1 auth=S", "ip lan1 vrrp 1 10.0.0.1 auth=*"),
    ('ip lan1 vrrp 1 10.0.0.1 "auth=S S"', "ip lan1 vrrp 1 10.0.0.1 *"),
    ("heartbeat2 receive 1 crypto S auth S", "heartbeat2 receive 1 crypto * auth *"),
    (
        "external-memory syslog filename usb1:x aes256 S",
        "external-memory syslog filename usb1:x aes256 *",
    ),
    ("sshd host key generate 2869 SSS", "sshd host key generate * *"),
    ("no pp auth myname user S", "no pp auth myname user *"),
    ("schedule at 1 */* 00:00:00 * login user u S", "schedule at 1 */* 00:00:00 * login user u *"),
    (
        "schedule at 1 startup pp 1 pp auth myname u S",
        "schedule at 1 startup pp 1 pp auth myname u *",
    ),
]


@pytest.mark.parametrize(("line", "masked"), MASKED)
def test_secrets_are_masked_where_the_table_says(line: str, masked: str) -> None:
    assert mask(line) == masked
    assert mask(masked) == masked
    assert has_secret(line)
    assert not has_secret(masked)


@pytest.mark.parametrize(
    "line",
    [
        "ip filter 1 pass * * tcp * www",
        "# login password S",
        "login user admin",
        "login user admin *",
        "description lan1 password",
        "pp auth accept pap chap",
        'description lan1 "open',
        "frobnicate password S",
        "",
    ],
)
def test_everything_else_stays(line: str) -> None:
    assert mask(line) == line
    assert not has_secret(line)


def test_a_whole_text_is_masked_in_place() -> None:
    text = "# x\r\npp select 1\r\n  pp auth myname  u  'S S'\r\n\r\nmacro a <<E\r\nset A=S\r\nE\r\n"
    assert Configuration.parse(text).masked() == (
        "# x\r\npp select 1\r\n  pp auth myname  u  *\r\n\r\nmacro a <<E\r\nset A=*\r\nE\r\n"
    )


def test_secrets_leave_for_storage_and_come_back() -> None:
    text = (
        "login user admin encrypted AA\n"
        "pp select 1\n pp auth myname u 'S 1'\n"
        "pp select 2\n pp auth myname u S2\n"
        "set A=S3\n"
    )
    kept, secrets = separate(Configuration.parse(text))
    assert kept == (
        "login user admin encrypted @{login-user-admin/5}\n"
        "pp select 1\n pp auth myname u @{pp1/pp-auth-myname/5}\n"
        "pp select 2\n pp auth myname u @{pp2/pp-auth-myname/5}\n"
        "set A=@{set-A/2}\n"
    )
    assert secrets["pp1/pp-auth-myname/5"] == "'S 1'"
    assert restore(kept, secrets) == text
    changed, _ = separate(Configuration.parse(text.replace("S2", "S9")))
    assert changed == kept


def test_a_recorded_file_survives_storage(recorded_file: Path) -> None:
    """Where a console broke a secret's line it comes back whole; everything else stays."""
    configuration = Configuration.parse(recorded_file.read_bytes())
    kept, secrets = separate(configuration)
    assert restore(kept, secrets) == configuration.text
    assert Configuration.parse(kept).masked() == configuration.masked()


def test_what_looks_like_a_reference_comes_back_as_it_was() -> None:
    text = 'description lan1 "@{lan1}"\nset A="@{x} S1"\n'
    kept, secrets = separate(Configuration.parse(text))
    assert "S1" not in kept
    assert restore(kept, secrets) == text


def test_a_lost_secret_is_named() -> None:
    with pytest.raises(SecretError, match=r"no secret is kept for @\{set-A/2\}"):
        restore("set A=@{set-A/2}", {})
