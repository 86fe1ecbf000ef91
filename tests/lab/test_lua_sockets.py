"""Scripts that talk: ``rt.socket`` and ``rt.httprequest`` on real sockets of loopback."""

from __future__ import annotations

import datetime as dt
import http.server
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.lab.scripting import PATIENCE, eventually, said, script, start
from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yamaha_ops.lab import Lab, LabRouter


def listens(router: LabRouter, number: int, protocol: str = "tcp") -> int:
    def open_() -> bool:
        return router.do(lambda device: (protocol, number) in device.lua.ports)

    eventually(open_)
    return router.script_port(number, protocol)


def ended(router: LabRouter) -> None:
    eventually(lambda: not router.do(lambda device: dict(device.lua.running)))


ECHO = """
    local tcp = rt.socket.tcp()
    tcp:setoption("reuseaddr", true)
    assert(tcp:bind("*", 9100))
    assert(tcp:listen())
    local control = assert(tcp:accept())
    control:settimeout(30)
    while true do
      local line, err = control:receive()
      if err then rt.syslog("info", err) break end
      if line == "" then break end
      control:send("<" .. line .. ">\\n")
    end
    local address, port = control:getsockname()
    rt.syslog("info", "served on " .. tostring((control:getpeername())))
    control:close()
    tcp:close()
"""


def test_a_script_serves_on_a_port_of_its_router(lab: Lab, router: LabRouter) -> None:
    other = lab.start(password="p", administrator_password="q")
    other.do(lambda device: device.rtfs.make_directory("/lua"))
    for each in (router, other):
        start(each, ECHO)
    ports = {listens(each, 9100) for each in (router, other)}
    assert len(ports) == 2, "every router has its own 9100"
    for port in ports:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            client.settimeout(PATIENCE)
            client.sendall(b"hello\r\nyou\r\n\r\n")
            with client.makefile("rb") as answer:
                assert answer.read() == b"<hello>\n<you>\n"
    ended(router)
    assert said(router) == ["served on 127.0.0.1"]
    with pytest.raises(InputError, match="no script of rtx1 has opened tcp port 9100"):
        router.script_port(9100)


def test_waiting_follows_the_routers_clock(lab: Lab, router: LabRouter) -> None:
    start(
        router,
        """
        local udp = rt.socket.udp()
        udp:setsockname("*", 5000)
        udp:settimeout(30)
        local data, err = udp:receive()
        rt.syslog("info", tostring(data) .. " " .. err .. " " .. rt.socket.gettime())
        local ready, _, err = rt.socket.select({udp}, {}, 60)
        rt.syslog("info", #ready .. " " .. err .. " " .. rt.socket.gettime())
        udp:settimeout(0)
        rt.syslog("info", select(2, udp:receive()))
        rt.socket.sleep(10)
        rt.syslog("info", tostring(rt.socket.gettime()))
        """,
    )
    listens(router, 5000, "udp")
    lab.advance(100)
    ended(router)
    assert said(router) == ["nil timeout 30", "0 timeout 90", "timeout", "100"]


def test_datagrams(lab: Lab, router: LabRouter) -> None:
    start(
        router,
        """
        local udp = rt.socket.udp()
        assert(udp:setsockname("192.168.100.1", 2222))
        local data, address, port = udp:receivefrom()
        udp:sendto("got " .. data, address, port)
        assert(udp:sendto("lost", "255.255.255.255", 9) == 1)
        udp:setpeername(address, port)
        udp:send("again")
        rt.syslog("info", tostring(udp:getpeername()))
        """,
    )
    port = listens(router, 2222, "udp")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.sendto(b"it", ("127.0.0.1", port))
        assert [client.recv(100), client.recv(100)] == [b"got it", b"again"]
    ended(router)
    assert said(router) == ["127.0.0.1"]
    assert not router.do(lambda device: device.lua.ports)
    del lab


def test_a_client_reads_lines_counts_and_all(lab: Lab, router: LabRouter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        start(
            router,
            f"""
            local tcp = rt.socket.tcp()
            tcp:settimeout(30)
            assert(tcp:connect("127.0.0.1", {port}) == 1)
            assert(tcp:send("abcdef", 2, 4) == 4)
            tcp:shutdown("send")
            local parts = {{ tcp:receive(3), tcp:receive("*l"), tcp:receive("*a") }}
            rt.syslog("info", table.concat(parts, "|"))
            local data, err, partial = tcp:receive(1)
            rt.syslog("info", err .. partial .. tcp:getstats())
            """,
        )
        server.settimeout(PATIENCE)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(PATIENCE)
            with connection.makefile("rb") as asked:
                assert asked.read() == b"bcd"
            connection.sendall(b"xyzline\r\nthe\r\nrest")
    ended(router)
    assert said(router) == ["xyz|line|the\r\nrest", "closed18"]
    del lab


def test_nothing_leaves_the_machine(lab: Lab, router: LabRouter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    source = f"""
        for _, address in ipairs({{ "192.0.2.1", "192.168.100.1", "127.0.0.1" }}) do
          local tcp = rt.socket.tcp()
          tcp:settimeout(30)
          rt.syslog("info", select(2, tcp:connect(address, {closed})))
          tcp:close()
          rt.syslog("info", select(2, tcp:send("x")))
        end
        rt.syslog("info", select(2, rt.socket.tcp():bind("192.0.2.1", 80)))
        rt.syslog("info", tostring(rt.socket.dns.toip("localhost")))
        rt.syslog("info", select(2, rt.socket.dns.toip("example.com")))
        local made, err = {{}}, nil
        repeat made[#made + 1], err = rt.socket.udp() until err
        rt.syslog("info", #made .. " " .. err)
        rt.syslog("info", tostring(pcall(made[1].send, nil)))
    """
    assert script(lab, router, source) == ""
    assert said(router) == [
        *(["connection refused", "closed"] * 3),
        "cannot assign requested address",
        "127.0.0.1",
        "host not found",
        "63 too many open files",
        "false",
    ]


def test_a_port_is_taken_once_and_given_back(lab: Lab, router: LabRouter) -> None:
    source = """
        local one, two = rt.socket.tcp(), rt.socket.tcp()
        assert(one:bind("*", 53))
        rt.syslog("info", select(2, two:bind("*", 53)))
        one:close()
        rt.syslog("info", tostring(two:bind("*", 53)))
        rt.syslog("info", table.concat({ two:getsockname() }, ":"))
        rt.syslog("info", select(2, rt.socket.tcp():listen()))
    """
    assert script(lab, router, source) == ""
    assert said(router) == ["address already in use", "1", "0.0.0.0:53", "not bound"]
    assert not router.do(lambda device: device.lua.ports), "the end of a task closes what it opened"


def test_a_waiting_server_ends_when_it_is_told_to(lab: Lab, router: LabRouter) -> None:
    start(router, ECHO)
    port = listens(router, 9100)
    rows = router.do(lambda device: [str(task.state) for task in device.lua.running.values()])
    assert rows == ["COMMUNICATE"]
    router.power_cut()
    for thread in router.device.lua.threads():
        thread.join(PATIENCE)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), PATIENCE)
    del lab


def test_protect_and_newtry(lab: Lab, router: LabRouter) -> None:
    source = """
        local try = rt.socket.newtry(function() rt.syslog("info", "undone") end)
        local f = rt.socket.protect(function(x) try(x, "why") return "fine" end)
        rt.syslog("info", f(1))
        rt.syslog("info", select(2, f(nil)))
        rt.syslog("info", tostring(rt.socket.skip(1, "a", "b")))
        rt.syslog("info", rt.mime.unb64(rt.mime.b64("text")))
    """
    assert script(lab, router, source) == ""
    assert said(router) == ["fine", "undone", "why", "b", "text"]


# --- rt.httprequest --------------------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"b" * (1 << 20) + b"more" if self.path == "/long" else b"body\0rest"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_limits_of_a_request(
    lab: Lab, router: LabRouter, web: http.server.ThreadingHTTPServer
) -> None:
    url = f"http://127.0.0.1:{web.server_port}"
    router.do(lambda device: device.rtfs.write("/post.txt", b"from a file\0not sent"))
    source = f"""
        local function ask(wish)
          local r = rt.httprequest(wish)
          rt.syslog("info", tostring(r.rtn1) .. " " .. tostring(r.rtn1 and #r.body or r.err))
          return r
        end
        local url = "{url}"
        ask{{ url = url .. "/", method = "GET" }}
        ask{{ url = url .. "/long", method = "GET" }}
        ask{{ url = url .. "/?" .. string.rep("x", 300), method = "GET" }}
        ask{{ url = url .. "/", method = "PUT" }}
        ask{{ url = url .. "/", method = "POST", post_text = "x" }}
        ask{{ url = url .. "/", method = "POST", content_type = "text/plain" }}
        ask{{ url = url .. "/", method = "POST", content_type = "a/b", post_file = "/post.txt" }}
        ask{{ url = url .. "/", method = "GET", timeout = 181 }}
        local r = ask{{ url = url .. "/", method = "GET", save_file = "/saved" }}
        rt.syslog("info", tostring(r.rtn2))
    """
    assert script(lab, router, source) == ""
    assert said(router) == [
        "true 4",
        "false response is too long",
        "false url is too long",
        "false method is invalid",
        "false content_type is required",
        "false post_text or post_file is required",
        "true 11",
        "false timeout is invalid",
        "true 4",
        "true",
    ]
    assert router.do(lambda device: device.rtfs.read("/saved")) == b"body\0rest"


def test_a_certificate_nobody_vouches_for_is_refused(
    lab: Lab, router: LabRouter, tmp_path: Path
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_side=True)

        thread = threading.Thread(target=serve)
        thread.start()
        problem = script(
            lab,
            router,
            f"""
            local r = rt.httprequest{{url = "https://localhost:{port}/", method = "GET"}}
            rt.syslog("info", tostring(r.rtn1) .. " " .. r.err)
            """,
        )
        thread.join(PATIENCE)
    assert problem == ""
    assert said(router) == ["false certificate verify failed"]


def test_https_came_with_a_revision(lab: Lab) -> None:
    router = lab.start(password="p", firmware="15.02.01")
    router.do(lambda device: device.rtfs.make_directory("/lua"))
    source = """
        local r = rt.httprequest{url = "https://localhost:1/", method = "GET"}
        rt.syslog("info", _RT_LUA_VERSION .. " " .. tostring(r.rtn1) .. " " .. r.err)
    """
    assert script(lab, router, source) == ""
    assert said(router) == ["1.07 false url is invalid"]
