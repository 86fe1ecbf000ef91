"""What the check must find, and what it must leave alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yamaha_ops.scripts.check import Finding, Level, check, checking
from yamaha_ops.scripts.check.rules import RULES
from yamaha_ops.scripts.check.structure import Script
from yamaha_ops.scripts.check.tokens import KEYWORDS

PIECES = [
    *KEYWORDS,
    *("rt.command", "rt.syslogwatch", "rt.httprequest", "io.open", "a", "b:c", "'x'", "[[\ny]]"),
    *(
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "=",
        ",",
        ".",
        ":",
        "..",
        "...",
        "/",
        "^",
        "%",
        "7",
        "0.5",
        "\n",
    ),
]
LUA = Path(__file__).parents[2] / "lua"


@pytest.fixture(autouse=True)
def without_luacheck(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own rules alone, on every machine alike; its opinion has tests of its own."""
    if "luacheck" not in request.function.__name__:
        monkeypatch.setattr(checking, "opinion", lambda _source: [])


def found(source: str, name: str = "x.lua") -> list[Finding]:
    return list(check(source.encode("latin-1"), name))


def codes(source: str, name: str = "x.lua") -> list[str]:
    return [each.code for each in found(source, name)]


LOOP = "while true do rt.sleep(1) {} end"

BAD = {
    "decimal-number": [
        "local a = 0.2",
        "local a = .5",
        "local a = 5.",
        "local a = 1e3",
        'rt.sleep(1.5) rt.syslog("info", "x")',
    ],
    "large-number": ["local a = 2147483648", "local a = 0xFFFFFFFF"],
    "fraction": ["local a = 7 / 2", "local a = 1 / 0", "local a = 2 ^ -1"],
    "division": ["local function f(a, b) return a / b end", "local a = (x - x % 10) / 5"],
    "power": ["local function f(n) return 2 ^ n end"],
    "absent-function": [
        "local a = math.floor(3)",
        "local up = math.huge",
        "local p = io.popen('ls')",
        "os.execute('ls')",
        "rt.reboot()",
        "local t = os.tmpname()",
    ],
    "unlisted-function": [
        "local c = coroutine.create(f)",
        "local f = io.open('/x') f:seek('set')",
        "debug.traceback()",
    ],
    "yamaha-syntax": ['local a = $"${x} up"', "local a = string.match(x, /a[0-9]+/)"],
    "yamaha-function": ["local a = string.split(x, ',')", "local a = x:split(',')", "each(t, f)"],
    "not-ascii": ['local a = "\x83\x7c"', "local a = [[\n\xe3\x81\x82]]", "local \xe3 = 1"],
    "not-ascii-comment": ["-- \xe3\x81\x82"],
    "busy-loop": [
        "while true do x = 1 end",
        "while 1 do rt.command('show arp', 'off') end",
        "repeat x = 1 until false",
        "local function f() x = 1 end while true do f() end",
        "while true do for i = 1, 3 do break end end",
        "while true do local f = function() return 1 end f() end",
    ],
    "polling-without-sleep": [
        "while true do if rt.command('show arp', 'off') then break end end",
        "repeat local ok = rt.command('show arp', 'off') until ok",
        "while not done do done = rt.command('show arp', 'off') end",
    ],
    "logged-command": [
        LOOP.format("rt.command('show arp')"),
        LOOP.format("rt.command('show arp', 'on')"),
        "local function f() rt.command('show arp') end " + LOOP.format("f()"),
        "local c = rt.command " + LOOP.format("c('show arp')"),
    ],
    "flash-wear": [
        LOOP.format("rt.command('save', 'off')"),
        LOOP.format("local f = io.open('/x', 'w')"),
        "local function keep() local f = io.open('/x', 'w') end " + LOOP.format("keep()"),
    ],
    "self-termination": [
        "rt.command('terminate lua all')",
        "rt.command('terminate lua 1')",
        "rt.command('terminate lua ' .. id)",
        "rt.command('terminate lua file /lua/x.lua')",
        "rt.command('terminate  lua file ' .. name)",
        "local stop = 'terminate lua all' rt.command(stop)",
        "rt.command('lua use off')",
    ],
    "command-from-outside": [
        "local c = rt.socket.tcp() local line = c:receive() rt.command(line)",
        "local r = rt.httprequest({url = u, method = 'GET'}) rt.command('ping ' .. r.body, 'off')",
        "local r = rt.httprequest({url = u, method = 'GET'}) loadstring(r.body)()",
        "local n, lines = rt.syslogwatch('x') for _, l in ipairs(lines) do rt.command(l) end",
        "a, b = s:receive() rt.command(a)",
        "x = 1; y = s:receive() rt.command(y)",
        "local function go(word) rt.command(word) end go(s:receive())",
        "local function line() return s:receive() end rt.command(line())",
        "local function line() local l = s:receive() return l end local x = line() rt.command(x)",
    ],
    "command-from-setting": [
        "local host = os.getenv('HOST') rt.command('ping ' .. host)",
        "local h = string.match(os.getenv('H') or '', '^.+$') rt.command('ping ' .. h)",
        "local h = string.match(os.getenv('H') or '', '^[^;]+$') rt.command('ping ' .. h)",
        "local h = string.match(os.getenv('H') or '', '[%w.-]+') rt.command('ping ' .. h)",
        "rt.command(arg[1])",
        "local a = ... rt.command(a)",
        "for l in io.lines('/x') do rt.command(l) end",
    ],
    "file-append": ["local f = io.open('/x', 'a')", "local f = io.open('/x', 'ab')"],
    "print": ["print('x')", "io.write('x')"],
    "syslog-arguments": ["rt.syslog('x')", "rt.syslog('warning', 'x')"],
    "watch-truth": [
        "local n, lines = rt.syslogwatch('x', 1, 5) if n then return end",
        "n = rt.syslogwatch('x', 1, 5) if (n) then return end",
        "if rt.syslogwatch('x', 1, 5) then return end",
    ],
    "http-request": [
        "rt.httprequest({url = u, method = 'PUT'})",
        "rt.httprequest{url = u, method = 'GET', headers = {}}",
    ],
    "syntax": ["local = 1", "goto out", "local a = 7 // 2", "if x then", "::here::"],
}

GOOD = [
    "local a = (n - n % 256) / 256",
    "local a = 10 / 2",
    "local a = 2 ^ 8",
    "local a = 0x1F + 2147483647",
    "local a = '0.2 and 1e3'  -- 0.5",
    "local math = helpers local a = math.floor",
    "local a = t.math.floor",
    "while true do local l = f() if not l then break end end",
    "while true do rt.sleep(5) rt.command('show arp', 'off') end",
    "while true do rt.syslogwatch('x') end",
    "while true do rt.socket.select({s}, nil, 5) end",
    "while true do local c = server:accept() end",
    "local function pause() rt.sleep(5) end while true do pause() end",
    "local sleep = rt.sleep while true do sleep(5) end",
    "repeat rt.sleep(1) until rt.command('show arp', 'off')",
    "repeat local n = rt.syslogwatch('x', 1, 9) until n and n > 0",
    "for i = 1, 3 do rt.command('show arp') end",
    "rt.command('terminate lua file /lua/other.lua')",
    "local n = tonumber(os.getenv('N')) or 1 rt.command('show status tunnel ' .. n)",
    "local function n(v) return tonumber(os.getenv(v) or '') or 1 end rt.command('x ' .. n('PP'))",
    "local h = string.match(os.getenv('H') or '', '^[%w.-]+$') rt.command('ping ' .. h)",
    "local l = s:receive() if l == 'x' then rt.command('show arp') end",
    "local t = { l = s:receive() } rt.command(l)",
    "local l = s:receive() local function f() local l = 'show arp' rt.command(l) end f()",
    "local f = io.open('/x', 'w') f:write('y')",
    "rt.syslog(level, 'x')",
    "local n = rt.syslogwatch('x', 1, 5) if n and n > 0 then return end",
    "local n = rt.syslogwatch('x') if n then return end",
    "rt.httprequest({url = u, method = 'POST', post_text = 'x', content_type = 'text/plain'})",
    "local print = function() end",
    "#!/usr/bin/lua 0.5\nlocal a = 1",
    "",
]


@pytest.mark.parametrize(
    ("code", "source"), [(code, source) for code, sources in BAD.items() for source in sources]
)
def test_it_is_found(code: str, source: str) -> None:
    assert code in codes(source), codes(source)


@pytest.mark.parametrize("source", GOOD)
def test_it_is_left_alone(source: str) -> None:
    assert codes(source) == []


def test_every_rule_has_a_case() -> None:
    assert {rule.code for rule in RULES} | {"syntax"} == set(BAD)


def test_a_finding_says_where_and_what_would_be_right() -> None:
    assert found("local a = 1\nlocal b =  7 / 2\n") == [
        Finding(
            2,
            14,
            Level.ERROR,
            "fraction",
            "7 / 2 is not an integer, and the router has integers only",
            "multiply first, then divide what divides exactly",
        )
    ]


def test_a_bad_byte_in_a_long_text_is_found_on_its_line() -> None:
    (each,) = found("--[[ one\n two \xe3\n]]\n")
    assert (each.line, each.column, each.code) == (2, 6, "not-ascii-comment")


def test_absent_functions_come_with_their_own_cure() -> None:
    (each,) = found("local a = math.floor(n)")
    assert "(n - n % d) / d" in each.cure


def test_yamahas_own_syntax_does_not_hide_the_rest() -> None:
    source = (
        'local x = os.tmpname()\nrt.syslog("info", $"${x} up")\nx = string.match(x, /a[0-9]+/)\n'
    )
    assert codes(source) == ["absent-function", "yamaha-syntax", "yamaha-syntax"]


def test_japanese_is_shown_as_it_was_written() -> None:
    for codec in ("utf-8", "cp932"):
        source = "local a = string.match(x, /温度: ([0-9]+)/)\n".encode(codec)
        messages = [each.message for each in check(source, "x.lua")]
        assert any("/温度: ([0-9]+)/ is Yamaha's own syntax" in message for message in messages)


def test_a_broken_file_still_tells_its_decimals() -> None:
    assert codes("local a = 0.2\nlocal = 1\n") == ["decimal-number", "syntax"]


@pytest.mark.skipif(shutil.which("luacheck") is None, reason="luacheck is not installed")
def test_luacheck_is_asked_where_it_is_installed() -> None:
    (each,) = found("local a = 1\nrt.sleep(bit.band(1, 3))  \n")
    assert (each.line, each.level, each.code) == (1, Level.WARNING, "luacheck-211")


def test_without_luacheck_there_is_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert found("local a = 1") == []


def test_a_script_may_stop_another_but_not_itself() -> None:
    source = "rt.command('terminate lua file /lua/watch.lua')"
    assert codes(source, "watch.lua") == ["self-termination"]
    assert codes(source, "other.lua") == []


@pytest.mark.parametrize("path", sorted(LUA.glob("*.lua")), ids=lambda path: path.name)
def test_every_shipped_script_passes_luacheck_too(path: Path) -> None:
    assert check(path.read_bytes(), path.name) == ()


@given(st.lists(st.sampled_from(PIECES)).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_no_order_of_words_upsets_a_rule(source: str) -> None:
    script = Script("x.lua", source)
    for rule in RULES:
        for finding in rule.findings(script):
            assert 1 <= finding.line <= source.count("\n") + 1
            assert "{}" not in finding.message


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\xff\xfe\x00",
        b"end end )]",
        b"while",
        b"[[",
        b'"',
        b"$",
        b"local function",
        b"a.b.",
        b"(",
    ],
)
def test_whatever_the_bytes_it_answers(source: bytes) -> None:
    check(source, "x.lua")
