from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config import Configuration, Interpreter, Key, difference, unwrap
from yamaha_ops.config.wrapping import cells
from yamaha_ops.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

TUNNEL = """\
ip route default gateway tunnel 1
tunnel select 1
 tunnel encapsulation map-e
 ip tunnel mtu 1460
 tunnel enable 1
ip filter 1 pass * * tcp * www
"""
REOPENED = """\
tunnel select 1
ip tunnel mtu 1460
ip filter 1 pass * * tcp * www
tunnel select none
ip route default gateway tunnel 1
 tunnel select 1
tunnel encapsulation map-e
tunnel enable 1
"""
BLOCK = """\
schedule at 1 startup * lua emfs:/notify.lua
embedded file notify.lua <<END
-- "open quote, # sign, ip filter 1
  tunnel select 9

end
END
macro -v hello <<EOM
 ip filter 5 pass *
EOM
ip lan1 address 192.168.100.1/24
"""


def canonical(text: str) -> str:
    return Configuration.parse(text).canonical()


def test_a_recorded_file_comes_back_byte_for_byte(recorded_file: Path) -> None:
    data = recorded_file.read_bytes()
    configuration = Configuration.parse(data)
    assert configuration.text.encode() == data
    assert configuration.settings
    crlf = data.decode().replace("\n", "\r\n")
    for encoded, text in ((crlf.encode(), crlf), (crlf, crlf)):
        other = Configuration.parse(encoded)
        assert other.text == text
        assert other.digest == configuration.digest


def test_shift_jis_is_read_as_well_as_utf_8() -> None:
    text = 'description lan1 "１階\\\\表　ソ"\r\nip lan1 address 192.168.100.1/24\r\n'
    configurations = [Configuration.parse(text.encode(name)) for name in ("utf-8", "cp932")]
    assert [each.text for each in configurations] == [text, text]
    assert configurations[0].digest == configurations[1].digest


@pytest.mark.parametrize("columns", [80, 200])
def test_a_wrapped_capture_means_the_same(recorded_file: Path, columns: int) -> None:
    """Every line of a recorded file, broken as a console of that width breaks it."""
    whole = Configuration.parse(recorded_file.read_bytes())
    lines = [line.text for line in whole.lines]
    wrapped = "".join(f"{piece}\n" for line in lines for piece in _broken(line, columns - 1))
    configuration = Configuration.parse(wrapped)
    assert configuration.text == wrapped
    assert configuration.digest == whole.digest
    assert len(configuration.settings) == len(whole.settings)


def _broken(line: str, width: int) -> list[str]:
    pieces, piece = [], ""
    for character in line:
        if cells(piece + character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def test_unwrapping_puts_full_width_lines_together() -> None:
    line = "description lan1 " + "あ" * 40
    broken = _broken(line, 79)
    assert [len(piece) for piece in broken] == [48, 9]
    assert unwrap("\n".join([*broken, "save", ""]), 80) == f"{line}\nsave\n"
    assert unwrap(f"{'x' * 79}\nsave\n", 80, lambda text: text == "save") == f"{'x' * 79}\nsave\n"


def test_a_full_line_before_a_broken_one_stays_apart() -> None:
    """The second line's closing quote is on the next one; it begins like a command all the same."""
    full = 'description 1 "' + "あ" * 31 + 'x"'
    long = 'description 2 "' + "い" * 60 + '"'
    wrapped = "\n".join(piece for line in (full, long) for piece in _broken(line, 79))
    assert len(_broken(full, 79)) == 1
    configuration = Configuration.parse(wrapped)
    assert [line.text for line in configuration.lines] == [full, long]


def test_lines_that_only_happen_to_be_long_stay_apart() -> None:
    """An unknown line behind the longest one is not taken for its rest."""
    text = f"ip lan1 secure filter in {'1 ' * 60}2\n■ garbage\nip filter 1 pass *\n"
    configuration = Configuration.parse(text)
    assert [warning.text for warning in configuration.warnings] == ["■ garbage"]
    assert "garbage" not in configuration.settings[Key("", "ip lan1 secure filter in")].line


def test_a_long_line_of_a_script_is_no_sign_of_a_narrow_console() -> None:
    script = f"-- {'x' * 76}\nlocal y = 1"
    text = f"embedded file a.lua <<EOF\n{script}\nEOF\nip lan1 address dhcp\n"
    file = Configuration.parse(text).settings[Key("", "embedded file a.lua")]
    assert "\n".join(file.body) == script


def test_a_broken_header_line_is_one_line() -> None:
    text = "# main:  RTX1210 serial=***\ness=*** MAC-Address=***\n# end\nip lan1 address dhcp\n"
    configuration = Configuration.parse(text)
    assert not configuration.warnings
    assert [line.height for line in configuration.lines] == [2, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        TUNNEL.replace("\n ", "\n"),
        TUNNEL.replace("ip filter", "  ip filter"),
        REOPENED,
    ],
    ids=["unindented", "indented globals", "reopened"],
)
def test_contexts_go_by_meaning(text: str) -> None:
    assert canonical(text) == canonical(TUNNEL)
    assert Key("tunnel1", "ip tunnel mtu") in Configuration.parse(text).settings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IP  Filter 1  PASS * * TCP * WWW ", "ip filter 1 pass * * tcp * www"),
        ("ip lan1 address 192.168.1.1/255.255.255.0", "ip lan1 address 192.168.1.1/24"),
        ("ip filter 1 pass 10.0.0.1/32", "ip filter 1 pass 10.0.0.1 * * * *"),
        ("ip filter 1 pass * * udp,tcp 53,67", "ip filter 1 pass * * tcp,udp 67,53 *"),
        ("ip route 10.0.0.1/32 gateway pp 1", "ip route 10.0.0.1 gateway pp 1"),
        ("schedule at 1 0:00 * restart", "schedule at 1 */* 00:00:00 * restart"),
        ("sshd host lan1 10.0.0.1", "sshd host 10.0.0.1 lan1"),
        ("user attribute a host=any connection=ssh", "user attribute a connection=ssh host=any"),
        ('description lan1 "a b"', "description lan1 a\\ b"),
        ("ip filter 1 pass *\nip filter 2 pass *", "ip filter 2 pass *\nip filter 1 pass *"),
        ("ip filter 1 reject *\nip filter 1 pass *", "ip filter 1 pass *"),
        ("ip filter 1 pass *\nno ip filter 1 reject\n", "# nothing\n\n"),
        ("tunnel enable 1 3-4", "tunnel enable 4\ntunnel enable 3\ntunnel enable 1"),
        ("pp enable 1\npp enable anonymous\npp disable all", ""),
        ("snmp host 10.0.0.1\nsnmp host 10.0.0.2\nno snmp host", ""),
        ("ip filter 1 pass *\nclear configuration", ""),
        ("ip lan1 address dhcp\nsave\nospf configure refresh", "ip lan1 address dhcp"),
    ],
)
def test_equal_meaning_is_equal_text(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)
    assert Configuration.parse(one).digest == Configuration.parse(other).digest
    assert not difference(Configuration.parse(one), Configuration.parse(other)).commands


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ip lan1 secure filter in 1 2", "ip lan1 secure filter in 2 1"),
        ("dns server 10.0.0.1 10.0.0.2", "dns server 10.0.0.2 10.0.0.1"),
        (
            "ip route default gateway pp 1 gateway pp 2",
            "ip route default gateway pp 2 gateway pp 1",
        ),
        ("dhcp scope option 1 dns=8.8.8.8,1.1.1.1", "dhcp scope option 1 dns=1.1.1.1,8.8.8.8"),
        ("pp select 1\npp auth myname a b", "pp select 1\npp auth myname A b"),
        ("pp select 1\npp auth myname a=1 b=2", "pp select 1\npp auth myname b=2 a=1"),
        ("description lan1 Home", "description lan1 home"),
        ("set A=b", "set A=B"),
        ("pp select 1\nppp lcp mru on", "pp select 2\nppp lcp mru on"),
    ],
)
def test_other_meaning_is_other_text(one: str, other: str) -> None:
    assert Configuration.parse(one).digest != Configuration.parse(other).digest
    assert difference(Configuration.parse(one), Configuration.parse(other)).commands


def test_blocks_pass_through_untouched() -> None:
    configuration = Configuration.parse(BLOCK)
    assert configuration.text == BLOCK
    assert not configuration.warnings
    file = configuration.settings[Key("", "embedded file notify.lua")]
    assert file.body == ('-- "open quote, # sign, ip filter 1', "  tunnel select 9", "", "end")
    assert file.lines[0] == "embedded file notify.lua <<END"
    assert Key("", "macro hello") in configuration.settings
    assert Key("", "ip filter 5") not in configuration.settings
    again = Interpreter(configuration).configuration
    assert again.canonical() == configuration.canonical()


def test_unknown_lines_are_kept_and_named() -> None:
    text = "frobnicate all\nip lan1 address dhcp\nip tunnel mtu 1280\nip filter 7\n"
    configuration = Configuration.parse(text, source="home.conf")
    assert configuration.text == text
    assert [(each.line, each.code) for each in configuration.warnings] == [
        (1, "unknown"),
        (3, "context"),
        (4, "form"),
    ]
    assert "frobnicate" in str(configuration.warnings[0])
    assert list(configuration.settings) == [Key("", "ip lan1 address")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ip lan1 address dhcp\n\x00\x00", r"home:2: .*control character 0x00"),
        (b"ip lan1 address dhcp\n\x81\n", "home:2: neither UTF-8 nor Shift_JIS"),
        (b"embedded file a <<EOF\nlocal x\n", "ends inside a block: 'EOF' is missing"),
        (
            b"interface Gi0/0\n description x\n ip address dhcp\n!\nrouter bgp 1\nline vty 0 4\n",
            "not an RTX configuration",
        ),
    ],
    ids=["NUL", "encoding", "truncated", "another vendor"],
)
def test_what_is_no_configuration_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Configuration.parse(data, source="home")


def test_an_enormous_line_is_kept() -> None:
    text = "ip lan1 secure filter in " + "1 " * 2_500_000
    configuration = Configuration.parse(text)
    assert configuration.text == text
    assert not configuration.warnings


@pytest.mark.parametrize("text", ["", "\n", "# only\r\n#\r\n", "   \n\t\n"])
def test_nothing_means_nothing(text: str) -> None:
    configuration = Configuration.parse(text)
    assert configuration.text == text
    assert configuration.canonical() == ""
    assert not configuration.warnings


def test_settings_can_be_left_out() -> None:
    text = "console columns 80\nip lan1 address dhcp\nconsole columns 200\n# end\n"
    configuration = Configuration.parse(text)
    assert configuration.without(["console columns"]).text == "ip lan1 address dhcp\n# end\n"
    assert configuration.without(lambda setting: "lan1" in setting.line).text == (
        "console columns 80\nconsole columns 200\n# end\n"
    )
    assert configuration.without(["sshd host"]) is configuration


def test_places_and_header() -> None:
    configuration = Configuration.parse(f"# RTX830 Rev.15.02.09 (Fri Nov  2)\n\n{TUNNEL}")
    assert configuration.places[Key("tunnel1", "ip tunnel mtu")] == 6
    model, revision = configuration.device
    assert (model, str(revision)) == ("RTX830", "15.02.09")
    assert Configuration.parse(TUNNEL).device == (None, None)
