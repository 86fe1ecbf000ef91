"""The exporter over HTTP."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import bcrypt
import pytest

from tests.exporter.labs import wait_until
from yamaha_ops.errors import InputError, InventoryError
from yamaha_ops.exporter.application import Application
from yamaha_ops.exporter.fleet import Fleet
from yamaha_ops.exporter.server import Server, listen_address
from yamaha_ops.exporter.webconfig import read_web_config
from yamaha_ops.inventory import Router

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.exporter.conftest import Network
    from tests.health.conftest import StoppedClock, TableSession
    from yamaha_ops.exporter.target import Settings
    from yamaha_ops.exporter.webconfig import WebConfig

LOOPBACK = ("127.0.0.1", 0)


class Client:
    """Asks the exporter; an error status is an answer too."""

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context

    def __call__(
        self, path: str, *, method: str = "GET", **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self._server.url + path, method=method, headers=named)  # noqa: S310 -- loopback
        try:
            with urlopen(request, timeout=10, context=self._context) as answer:  # noqa: S310
                return answer.status, answer.read().decode(), dict(answer.headers)
        except HTTPError as error:
            with error:
                return error.code, error.read().decode(), dict(error.headers)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    running: list[tuple[Server, threading.Thread]] = []

    def start(application: Application, web_config: WebConfig | None = None) -> Server:
        server = Server(application, LOOPBACK, web_config)
        running.append((server, server.start()))
        return server

    yield start
    for server, thread in running:
        server.stop()
        thread.join()


@pytest.fixture
def client(serve: Callable[..., Server], fleet: Fleet, clock: StoppedClock) -> Client:
    return Client(serve(Application(fleet, clock)))


def test_a_probe_gives_the_metrics_of_one_router(client: Client) -> None:
    status, body, headers = client("/probe?target=tokyo")
    assert status == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'yamaha_up{router="tokyo"} 1.0' in body
    assert "yamaha_mape_ports" in body
    assert "osaka" not in body


def test_a_module_narrows_a_probe(client: Client) -> None:
    _status, body, _headers = client("/probe?target=tokyo&module=alive")
    assert "yamaha_uptime_seconds" in body
    assert "yamaha_mape_ports" not in body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/probe", 400),
        ("/probe?target=tokyo&module=nothing", 400),
        ("/probe?target=nagoya", 404),
        ("/nothing", 404),
        ("/-/ready", 200),
        ("/-/healthy", 200),
        ("/-/reload", 405),
    ],
)
def test_paths(client: Client, path: str, status: int) -> None:
    assert client(path)[0] == status


def test_only_reload_takes_a_post(client: Client) -> None:
    assert client("/metrics", method="POST")[0] == 405
    assert client("/-/reload", method="POST")[0] == 200
    assert client("/-/reload", method="PUT")[0] == 200


def test_a_dead_router_is_a_zero_and_not_an_error(client: Client, network: Network) -> None:
    network.dead.add("tokyo")
    status, body, _headers = client("/probe?target=tokyo")
    assert status == 200
    assert 'yamaha_up{router="tokyo"} 0.0' in body


def test_a_slow_router_costs_the_others_nothing(client: Client, network: Network) -> None:
    leave, entered = threading.Event(), threading.Event()

    def hold(session: TableSession) -> None:
        if session.router == "osaka":
            entered.set()
            leave.wait(10)

    network.prepare = hold
    answers: list[str] = []
    slow = threading.Thread(target=lambda: answers.append(client("/probe?target=osaka")[1]))
    slow.start()
    entered.wait(10)
    assert client("/probe?target=tokyo")[0] == 200
    assert not answers
    leave.set()
    slow.join()
    assert 'yamaha_up{router="osaka"} 1.0' in answers[0]


@pytest.mark.parametrize(("told", "seconds"), [("3", 2.5), ("0.1", 0.5), ("soon", 10.0)])
def test_the_scrapers_time_out_is_honoured(
    client: Client, network: Network, told: str, seconds: float
) -> None:
    client("/probe?target=tokyo", X_Prometheus_Scrape_Timeout_Seconds=told)
    assert network.seconds == [seconds]


def test_the_exporter_tells_of_itself(client: Client) -> None:
    client("/probe?target=tokyo")
    _status, body, _headers = client("/metrics")
    for line in (
        "yamaha_exporter_routers 2.0",
        "yamaha_exporter_sessions 1.0",
        'yamaha_exporter_probes_total{outcome="up"} 1.0',
        "yamaha_exporter_reload_successful 1.0",
        "process_open_fds",
    ):
        assert line in body
    assert "yamaha_up" not in body


def test_the_landing_page_shows_every_router(client: Client, network: Network) -> None:
    network.dead.add("osaka")
    client("/probe?target=tokyo")
    client("/probe?target=osaka")
    status, page, headers = client("/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "RTX830 Rev.15.02.30" in page
    assert "osaka: nothing answers" in page
    assert "/probe?target=tokyo&amp;module=full" in page


def test_what_a_router_says_cannot_become_markup(client: Client, network: Network) -> None:
    def breaks(session: TableSession) -> None:
        session.fails["show environment"] = InventoryError("<script>alert(1)</script>")

    network.prepare = breaks
    client("/probe?target=tokyo")
    assert "<script>" not in client("/")[1]


def test_service_discovery_names_every_router(client: Client) -> None:
    groups: list[dict[str, Any]] = json.loads(client("/sd")[1])
    assert [group["targets"] for group in groups] == [["tokyo"], ["osaka"]]
    assert groups[0]["labels"] == {
        "__meta_yamaha_host": "192.0.2.1",
        "__meta_yamaha_model": "RTX830",
        "__meta_yamaha_line": "",
        "__meta_yamaha_label_site": "tokyo",
        "__meta_yamaha_label_my_rack": "7",
    }


def test_a_reload_keeps_sessions_of_routers_that_stay(
    client: Client, routers: list[Router], network: Network
) -> None:
    client("/probe?target=tokyo")
    client("/probe?target=osaka")
    routers[1:] = [Router(name="osaka", host="192.0.2.9")]
    assert client("/-/reload", method="POST")[0] == 200
    assert [session.usable for session in network.opened] == [True, False]
    client("/probe?target=tokyo")
    assert len(network.opened) == 2


def test_a_bad_inventory_leaves_the_routers_as_they_were(
    serve: Callable[..., Server], settings: Settings, routers: list[Router], clock: StoppedClock
) -> None:
    good = True

    def load() -> list[Router]:
        if not good:
            raise InventoryError("line 3 is wrong", where="inventory.yaml:3")
        return routers

    client = Client(serve(Application(Fleet(load, settings), clock)))
    good = False
    status, body, _headers = client("/-/reload", method="POST")
    assert status == 500
    assert "inventory.yaml:3: line 3 is wrong" in body
    assert client("/probe?target=tokyo")[0] == 200
    assert "yamaha_exporter_reload_successful 0.0" in client("/metrics")[1]


def test_in_background_mode_the_last_result_is_served(
    serve: Callable[..., Server], fleet: Fleet, network: Network, clock: StoppedClock
) -> None:
    client = Client(serve(Application(fleet, clock, background=True)))
    assert client("/probe?target=tokyo")[0] == 503
    fleet.start(every=3600)
    clock.now += 3600
    wait_until(lambda: len(fleet.known()) == 2)
    clock.now += 40
    _status, body, _headers = client("/probe?target=tokyo")
    assert 'yamaha_scrape_age_seconds{router="tokyo"} 40.0' in body
    everything = client("/metrics")[1]
    assert 'yamaha_up{router="tokyo"} 1.0' in everything
    assert 'yamaha_up{router="osaka"} 1.0' in everything
    assert "yamaha_exporter_routers 2.0" in everything
    assert "yamaha_exporter_one_at_a_time_routers 0.0" in everything
    fleet.stop()
    assert len(network.opened) == 2
    assert not any(session.usable for session in network.opened)


def test_head_has_no_body(client: Client) -> None:
    status, body, headers = client("/-/ready", method="HEAD")
    assert (status, body, headers["Content-Length"]) == (200, "", "6")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the test's certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", *key, "-out", "cert.pem", "-days", "2", *subject],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


def test_tls_and_basic_auth(
    serve: Callable[..., Server], fleet: Fleet, clock: StoppedClock, certificate: Path
) -> None:
    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    config = certificate / "web.yml"
    config.write_text(
        "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"
        f"basic_auth_users:\n  prometheus: {hashed}\n"
        "http_server_config:\n  headers:\n    X-Frame-Options: deny\n",
        encoding="utf-8",
    )
    server = serve(Application(fleet, clock), read_web_config(config))
    assert server.url.startswith("https://")
    trusting = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    client = Client(server, trusting)
    assert client("/metrics")[0] == 401
    for wrong in ("prometheus:guess", "nobody:secret", "nobody:", "prometheus"):
        token = base64.b64encode(wrong.encode()).decode()
        assert client("/metrics", Authorization=f"Basic {token}")[0] == 401
    assert client("/metrics", Authorization="Basic %%%")[0] == 401
    assert client("/metrics", Authorization="Bearer x")[0] == 401
    token = base64.b64encode(b"prometheus:secret").decode()
    status, _body, headers = client("/-/ready", Authorization=f"Basic {token}")
    assert (status, headers["X-Frame-Options"]) == (200, "deny")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tls_config: {}", "unknown field 'tls_config'"),
        ("tls_server_config: {cert_file: a.pem}", "needs key_file"),
        ("tls_server_config: {cert_file: a.pem, key_file: b.pem}", "No such file"),
        ("tls_server_config: {min_version: TLS10}", "'TLS10' is not supported"),
        ("basic_auth_users: {me: secret}", "me is not a bcrypt hash"),
        ("[1]", "must hold fields"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_web_configuration_says_what_is_wrong(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "web.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=reason):
        read_web_config(path)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9876", ("127.0.0.1", 9876)),
        (":9876", ("", 9876)),
        ("[::1]:9876", ("::1", 9876)),
    ],
)
def test_listen_addresses(text: str, address: tuple[str, int]) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize("text", ["9876", "localhost:", "localhost:99999", "a:b"])
def test_what_is_no_listen_address(text: str) -> None:
    with pytest.raises(InputError, match="is not HOST:PORT"):
        listen_address(text)


def test_an_address_in_use_is_an_error(fleet: Fleet, clock: StoppedClock) -> None:
    application = Application(fleet, clock)
    with Server(application, LOOPBACK) as first:
        port = int(first.server_address[1])
        with pytest.raises(InputError, match="cannot listen"):
            Server(application, ("127.0.0.1", port))
