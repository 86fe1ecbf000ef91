"""Lua scripts on the emulated router."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING

import pytest

from tests.lab.scripting import run, said, script

if TYPE_CHECKING:
    from yamaha_ops.lab import Lab, LabRouter


def test_rt_command_answers_in_shift_jis_with_crlf(lab: Lab, router: LabRouter) -> None:
    problem = script(
        lab,
        router,
        r"""
        local ok, text = rt.command("show status arp")
        rt.syslog("info", tostring(ok))
        ok, text = rt.command("show arp")
        rt.syslog("info", tostring(ok) .. " " .. tostring(text:find("\r\n", 1, true) ~= nil))
        rt.syslog("info", text:match("TTL%b()"))
        ok, text = rt.command("ip lan1 mtu 1400")
        rt.syslog("info", tostring(ok) .. " " .. tostring(text))
        """,
    )
    assert problem == ""
    assert said(router) == ["false", "true true", "TTL(秒)", "true nil"]
    assert "ip lan1 mtu 1400" in router.running.text


def test_a_task_has_a_language_of_its_own(lab: Lab, router: LabRouter) -> None:
    script(
        lab,
        router,
        """
        rt.command("console character en.ascii")
        local ok, text = rt.command("show environment")
        rt.syslog("info", text:match("Boot time") or "none")
        """,
    )
    assert said(router) == ["Boot time"]
    assert "console character en.ascii" in router.running.text


def test_sleep_follows_the_routers_clock(lab: Lab, router: LabRouter) -> None:
    script_text = "while true do rt.sleep(60) rt.syslog('info', os.date('%M')) end"
    router.do(lambda device: device.rtfs.write("/lua/l.lua", script_text.encode()))
    run(router, "lua /lua/l.lua")
    lab.advance(600)
    assert len(said(router)) == 10
    rows = run(router, "show status lua running")[1]
    assert "LuaタスクID (状態):  1  (SLEEP)" in rows
    assert run(router, "terminate lua file /lua/l.lua") == (True, ["Luaスクリプトを停止しました"])


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("local x = 0.2", "malformed number near '0.2'"),
        ("return math.floor(1)", "attempt to call field 'floor' (a nil value)"),
        ("os.execute('x')", "attempt to call field 'execute' (a nil value)"),
        ("io.popen('x')", "attempt to call field 'popen' (a nil value)"),
        ("coroutine.create()", "attempt to index global 'coroutine' (a nil value)"),
        ("rt.syslog('x')", "bad argument #2 to 'syslog' (string expected, got nil)"),
        ("local x = ", "unexpected symbol near '<eof>'"),
    ],
)
def test_what_the_router_does_not_have(
    lab: Lab, router: LabRouter, source: str, problem: str
) -> None:
    found = script(lab, router, source)
    assert found.startswith("lua: /lua/x.lua:1: ")
    assert found.endswith(problem)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("io.open(nil)", "bad argument #1 to 'open' (string expected, got nil)"),
        ("os.remove({})", "bad argument #1 to 'remove' (string expected, got table)"),
        ("os.rename('/a')", "bad argument #2 to 'rename' (string expected, got nil)"),
        ("os.getenv(rt)", "bad argument #1 to 'getenv' (string expected, got table)"),
        ("require(1)", "bad argument #1 to 'require' (string expected, got number)"),
        (
            "rt.syslogwatch('x', {}, 1)",
            "bad argument #2 to 'syslogwatch' (number expected, got table)",
        ),
        ("rt.socket.udp():sendto('x', 'y', rt)", None),
    ],
)
def test_wrong_arguments_end_the_script(
    lab: Lab, router: LabRouter, source: str, problem: str | None
) -> None:
    found = script(lab, router, source)
    assert "bad argument #" in found
    assert problem is None or found == f"lua: /lua/x.lua:1: {problem}"


def test_numbers_in_strings_and_comments_are_no_decimals(lab: Lab, router: LabRouter) -> None:
    source = "-- 0.2\nlocal a, b = '1.5', [[2.5]] local c = 0x1F local d = 1 ..''"
    assert script(lab, router, source) == ""


def test_syslogwatch_sees_only_what_comes_during_the_call(lab: Lab, router: LabRouter) -> None:
    source = """
        local n, lines = rt.syslogwatch("Tunnel.*Down", 5, 10)
        rt.syslog("info", n .. " " .. tostring(lines and lines[1]))
        n, lines = rt.syslogwatch("Tunnel.*Down", 1, 10)
        rt.syslog("info", n .. " " .. tostring(lines))
    """
    router.do(lambda device: device.log.add("IP Tunnel[9] Down"))
    router.do(lambda device: device.rtfs.write("/lua/w.lua", source.encode()))
    run(router, "lua /lua/w.lua")
    lab.advance(1)
    router.do(lambda device: device.log.add("IP Tunnel[1] Down"))
    assert said(router) == [], "with a limit it waits the whole window"
    lab.advance(30)
    assert said(router) == ["1 IP Tunnel[1] Down", "0 nil"]


def test_files_behave_as_measured(lab: Lab, router: LabRouter) -> None:
    problem = script(
        lab,
        router,
        r"""
        local f = io.open("/lua/out.txt", "w") f:write("a\nb\n") f:close()
        f = io.open("/lua/out.txt", "a") f:write("c\n") f:close()
        f = io.open("/lua/other.txt", "w") f:write("d\n") f:close()
        rt.syslog("info", tostring((os.rename("/lua/out.txt", "/lua/other.txt"))))
        rt.syslog("info", tostring(io.open("/nowhere.txt", "r")))
        """,
    )
    assert problem == ""
    assert router.do(lambda device: device.rtfs.read("/lua/out.txt")) == b"a\r\nb\r\n"
    assert said(router) == ["nil", "nil"]


def test_variables_and_modules(lab: Lab, router: LabRouter) -> None:
    router.type("set NAME=value")
    router.do(lambda device: device.rtfs.write("/m.lua", b"return {x = 7}"))
    problem = script(lab, router, 'rt.syslog("info", os.getenv("NAME") .. require("m").x)')
    assert problem == ""
    assert said(router) == ["value7"]


def test_bits_are_unsigned(lab: Lab, router: LabRouter) -> None:
    source = 'rt.syslog("info", bit.band(12, 10) .. " " .. bit.bshift(1, 4) .. " " .. bit.bnot(0))'
    assert script(lab, router, source) == ""
    assert said(router) == ["8 16 4294967295"]


def test_a_task_that_ends_itself_locks_lua(lab: Lab, router: LabRouter) -> None:
    source = b"rt.command('terminate lua all')"
    router.do(lambda device: device.rtfs.write("/lua/d.lua", source))
    run(router, "lua /lua/d.lua")
    lab.advance(0)
    for _ in range(200):
        if router.device.lua.locked:
            break
        threading.Event().wait(0.01)
    assert run(router, "lua -e x=1")[0] is False
    assert run(router, "terminate lua all")[0] is False
    threads = router.device.lua.threads()
    assert threads, "nothing but the power ends it"
    router.power_cut()
    router.power_on()
    assert run(router, "lua -e x=1")[0] is True
    router.stop()
    assert not any(thread.is_alive() for thread in threads)


def test_an_endless_loop_can_be_stopped(lab: Lab, router: LabRouter) -> None:
    router.do(lambda device: device.rtfs.write("/lua/e.lua", b"while true do end"))
    run(router, "lua /lua/e.lua")
    assert run(router, "terminate lua 1")[0] is True
    for _ in range(500):
        if not router.do(lambda device: dict(device.lua.running)):
            break
        threading.Event().wait(0.01)
    assert router.do(lambda device: list(device.lua.history)) == ["lua /lua/e.lua"]
    del lab


def test_lua_use_off_ends_everything(lab: Lab, router: LabRouter) -> None:
    script(lab, router, "local x = 1")
    router.type("lua use off")
    assert run(router, "lua -e x=1")[0] is False
    assert router.do(lambda device: dict(device.lua.history)) == {}


def test_a_startup_schedule_runs_a_script(lab: Lab, router: LabRouter) -> None:
    router.do(lambda device: device.rtfs.write("/lua/s.lua", b"rt.syslog('info', 'started')"))
    router.type("schedule at 1 startup * lua /lua/s.lua", save=True)
    router.do(lambda device: device.restart())
    lab.advance(3)
    assert said(router) == ["started"]
    assert any("[SCHEDULE] Startup: lua /lua/s.lua" in line for line in router.log)
    rows = run(router, "show status lua history")[1]
    assert "走行トリガー:        スケジュール" in rows


def test_an_embedded_file_runs(lab: Lab, router: LabRouter) -> None:
    run(router, "embedded file e.lua <<EOF\nrt.syslog('info', 'inside')\nEOF")
    assert run(router, "lua emfs:/e.lua")[0] is True
    lab.advance(0)
    assert said(router) == ["inside"]


def test_httprequest_posts_to_loopback(lab: Lab, router: LabRouter) -> None:
    got: list[tuple[str, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            got.append((self.path, self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        problem = script(
            lab,
            router,
            f"""
            local r = rt.httprequest{{url="http://127.0.0.1:{server.server_port}/write?db=x",
              method="POST", content_type="text/plain", post_text="a 1\\n"}}
            rt.syslog("info", tostring(r.rtn1) .. " " .. tostring(r.code))
            local ok, err = pcall(rt.httprequest, {{url="http://127.0.0.1/", method="POST",
              content_type="text/plain", post_text="a\\1b"}})
            rt.syslog("info", err)
            r = rt.httprequest{{url="http://192.0.2.1/", method="GET"}}
            rt.syslog("info", tostring(r.rtn1))
            """,
        )
        thread.join(5)
    assert problem == ""
    assert got == [("/write?db=x", b"a 1\n")]
    assert said(router)[0] == "true 204"
    assert said(router)[1].endswith("'post_text' field value of argument #1 is invalid.")
    assert said(router)[2] == "false"
