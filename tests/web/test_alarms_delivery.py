"""Alarms by mail and webhook, against servers that are real but for their purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select

from yamaha_ops.errors import ConnectError, SecretError
from yamaha_ops.web.settings import Mail, Settings, Told, Webhook
from yamaha_ops.web.store.fleet import Alarm, Notification
from yamaha_ops.web.watch import outbox
from yamaha_ops.web.watch.mail import MailReceiver
from yamaha_ops.web.watch.notifier import Notifier, receivers
from yamaha_ops.web.watch.webhook import SIGNATURE, WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from email.message import EmailMessage
    from pathlib import Path

    from tests.web.conftest import SteppedClock
    from yamaha_ops.web.console import Console

KEY = "a key that nobody guesses"
PASSWORD = "mail password"

OPENED = {
    "event": "opened",
    "alarm": {
        "id": 7,
        "router": "tokyo",
        "alarm": "YamahaProcessorBusy",
        "subject": "",
        "severity": "warning",
        "state": "open",
        "value": 0.87,
        "opened": "2027-01-15T08:00:00+00:00",
        "closed": None,
        "acknowledged": None,
        "acknowledged_by": None,
        "note": "",
    },
}
CLOSED = {**OPENED, "event": "closed"}


# --- servers --------------------------------------------------------------------------------------


@dataclass
class Posts:
    """What an HTTP server got, and what it answers."""

    status: int = 204
    url: str = ""
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    came: Event = field(default_factory=Event)


@pytest.fixture
def posts() -> Iterator[Posts]:
    kept = Posts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((dict(self.headers), body))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            kept.came.set()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    with _serving(server):
        yield kept


@dataclass
class Letters:
    """What a mail server got, and what it takes."""

    port: int = 0
    offers_tls: bool = True
    takes: bool = True
    got: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a certificate for 127.0.0.1 that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


class MailServer(ThreadingTCPServer):
    """A mail server on loopback."""

    def __init__(self, kept: Letters, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), MailHandler)
        self.kept = kept
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)


class MailHandler(StreamRequestHandler):
    """As much of RFC 5321, 3207 and 4954 as a client needs."""

    server: MailServer
    encrypted = False

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 mail.example ESMTP")
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if word.upper() == "QUIT":
                self.say("221 bye")
                return
            try:
                getattr(self, f"on_{word.lower()}")(rest)
            except ssl.SSLError:
                return  # the client does not trust us

    def on_ehlo(self, _rest: str) -> None:
        offered = ["mail.example", "AUTH PLAIN"]
        if self.server.kept.offers_tls and not self.encrypted:
            offered.append("STARTTLS")
        for each in offered[:-1]:
            self.say(f"250-{each}")
        self.say(f"250 {offered[-1]}")

    def on_starttls(self, _rest: str) -> None:
        self.say("220 go ahead")
        self.rfile.close()
        self.wfile.close()
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.encrypted = True

    def on_auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        self.server.kept.logins.append(user)
        self.say("235 welcome" if password == PASSWORD else "535 no")

    def on_mail(self, _rest: str) -> None:
        self.say("250 ok" if self.server.kept.takes else "451 later")

    def on_rcpt(self, rest: str) -> None:
        self.server.kept.to.append(rest)
        self.say("250 ok")

    def on_rset(self, _rest: str) -> None:
        self.say("250 ok")

    def on_data(self, _rest: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        kept = self.server.kept
        kept.got.append(message_from_bytes(b"".join(lines), policy=policy.default))
        kept.encrypted.append(self.encrypted)
        self.say("250 taken")

    def finish(self) -> None:
        super().finish()
        self.connection.close()


@pytest.fixture
def letters(certificate: Path) -> Iterator[Letters]:
    kept = Letters()
    server = MailServer(kept, certificate)
    kept.port = int(server.server_address[1])
    with _serving(server):
        yield kept


@contextmanager
def _serving(server: ThreadingTCPServer | ThreadingHTTPServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- mail -----------------------------------------------------------------------------------------


def mail(letters: Letters, **more: Any) -> MailReceiver:
    told = {
        "host": "127.0.0.1",
        "port": letters.port,
        "sender": "ops@example.jp",
        "to": ["one@example.jp", "two@example.jp"],
        **more,
    }
    return MailReceiver(
        Mail.model_validate(told),
        console="ops",
        address="https://ops.example.jp",
        now=lambda: 1_800_000_000.0,
    )


def test_a_letter_goes_out_encrypted_and_signed_in(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    mail(letters, user="ops", password="env:MAIL_PASSWORD").send([OPENED])
    (letter,) = letters.got
    assert letters.encrypted == [True]
    assert letters.logins == ["ops"]
    assert letters.to == ["TO:<one@example.jp>", "TO:<two@example.jp>"]
    assert letter["Subject"] == "[ops] tokyo: The processor is busy (87%)"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "https://ops.example.jp/routers/tokyo" in letter.get_content()


def test_several_alarms_of_one_moment_are_one_letter_in_japanese(letters: Letters) -> None:
    mail(letters, language="ja").send([OPENED, CLOSED])
    (letter,) = letters.got
    assert letter["Subject"] == "[ops] ルーターからのお知らせ 2 件"
    text = letter.get_content()
    assert "tokyo: CPU 使用率が高い状態が続いています (87%)" in text
    assert "tokyo: 解消: CPU 使用率が高い状態が続いています (87%)" in text


def test_a_password_is_never_sent_in_the_clear(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    letters.offers_tls = False
    with pytest.raises(ConnectError, match="does not take"):
        mail(letters, user="ops", password="env:MAIL_PASSWORD").send([OPENED])
    assert (letters.logins, letters.got) == ([], [])


def test_a_certificate_that_nobody_vouches_for_is_refused(
    letters: Letters, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "none.pem"
    empty.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    with pytest.raises(ConnectError):
        mail(letters).send([OPENED])
    assert letters.got == []


def test_a_server_that_is_away_or_a_password_that_is_missing_is_told(letters: Letters) -> None:
    letters.takes = False
    with pytest.raises(ConnectError):
        mail(letters).send([OPENED])
    with pytest.raises(SecretError):
        mail(letters, user="ops", password="env:NOBODY_SETS_THIS").send([OPENED])


# --- webhook --------------------------------------------------------------------------------------


def hook(posts: Posts, **more: Any) -> WebhookReceiver:
    return WebhookReceiver(
        Webhook.model_validate({"name": "chat", "url": posts.url, **more}),
        console="ops",
        address=None,
        now=lambda: 1_800_000_000.0,
    )


def test_a_post_is_json_and_signed(posts: Posts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_KEY", KEY)
    hook(posts, secret="env:HOOK_KEY").send([OPENED])
    ((headers, body),) = posts.got
    expected = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={expected}"
    told = json.loads(body)
    assert told["event"] == "opened"
    assert told["alarm"] == OPENED["alarm"]
    assert told["title"] == "tokyo: The processor is busy (87%)"
    assert told["sent"] == 1_800_000_000.0


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_does_not_say_that_it_took_it_has_not(posts: Posts, status: int) -> None:
    posts.status = status
    with pytest.raises(ConnectError, match=str(status)):
        hook(posts).send([OPENED])


def test_a_program_that_is_away_is_told() -> None:
    away = Posts(url="http://127.0.0.1:9/")
    with pytest.raises(ConnectError, match="cannot be reached"):
        hook(away).send([OPENED])


# --- the outbox -----------------------------------------------------------------------------------


class Memory:
    """A receiver that keeps what it is told, or refuses it."""

    def __init__(self, name: str = "memory", **told: Any) -> None:
        self.name = name
        self.told = Told.model_validate(told)
        self.together = 1
        self.refuses = False
        self.got: list[str] = []

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        if self.refuses:
            raise ConnectError("not now")
        self.got += [f"{each['alarm']['router']} {each['event']}" for each in messages]


def alarm(console: Console, router: str = "tokyo", **more: Any) -> Alarm:
    fields = {
        "rule": "YamahaTunnelDown",
        "subject": "1",
        "severity": "critical",
        "opened": console.now(),
        "note": "",
        **more,
    }
    made = Alarm(router=router, **fields)
    with console.database.session() as session:
        session.add(made)
    return made


def put(console: Console, receiver: Memory, event: str = "opened", **more: Any) -> Alarm:
    about = alarm(console, **more)
    with console.database.session() as session:
        outbox.put(session, [receiver], about, event, {"site": "tokyo"}, console.now())
    return about


def waiting(console: Console) -> int:
    with console.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Notification)) or 0


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, True),
        ({"alarms": ["YamahaTunnelDown"]}, True),
        ({"alarms": ["YamahaMemoryShort"]}, False),
        ({"severity": "critical"}, True),
        ({"labels": {"site": "tokyo"}}, True),
        ({"labels": {"site": "osaka"}}, False),
    ],
)
def test_each_receiver_is_told_of_what_it_wants(
    console: Console,
    told: dict[str, Any],
    wanted: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    put(console, Memory(**told))
    assert waiting(console) == int(wanted)


def test_a_notice_is_no_warning(console: Console) -> None:
    put(console, Memory(), severity="info")
    assert waiting(console) == 0


def test_what_does_not_arrive_is_tried_again_later_and_later_and_keeps_its_order(
    console: Console, clock: SteppedClock
) -> None:
    receiver = Memory()
    notifier = Notifier(console.database, [receiver], console.now)
    put(console, receiver, router="first")
    put(console, receiver, router="second")
    receiver.refuses = True
    assert notifier.deliver()
    assert waiting(console) == 2
    clock.step(5)
    receiver.refuses = False
    assert notifier.deliver()
    assert receiver.got == []  # it is not time yet, for neither
    clock.step(10)
    assert not notifier.deliver()
    assert receiver.got == ["first opened", "second opened"]
    assert waiting(console) == 0


def test_a_restart_loses_none(console: Console, clock: SteppedClock) -> None:
    receiver = Memory()
    receiver.refuses = True
    put(console, receiver)
    Notifier(console.database, [receiver], console.now).deliver()
    clock.step(60)
    receiver.refuses = False
    Notifier(console.database, [receiver], console.now).deliver()
    assert receiver.got == ["tokyo opened"]


def test_one_receiver_that_fails_holds_up_no_other(console: Console) -> None:
    bad, good = Memory("bad"), Memory("good")
    bad.refuses = True
    about = alarm(console)
    with console.database.session() as session:
        outbox.put(session, [bad, good], about, "opened", {}, console.now())
    Notifier(console.database, [bad, good], console.now).deliver()
    assert good.got == ["tokyo opened"]
    assert waiting(console) == 1


def test_the_outbox_is_bounded_and_the_oldest_goes_first(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST", 3)
    receiver = Memory()
    for number in range(5):
        put(console, receiver, router=f"r{number}")
    Notifier(console.database, [receiver], console.now).deliver()
    assert receiver.got == ["r2 opened", "r3 opened", "r4 opened"]


def test_a_message_is_put_once(console: Console) -> None:
    receiver = Memory()
    about = put(console, receiver)
    with console.database.session() as session:
        outbox.put(session, [receiver], about, "opened", {}, console.now())
        outbox.put(session, [receiver], about, "closed", {}, console.now())
    assert waiting(console) == 2


def test_a_clock_that_was_set_back_does_not_hold_messages_for_years(
    console: Console, clock: SteppedClock
) -> None:
    receiver = Memory()
    receiver.refuses = True
    clock.wall += 86400 * 365
    put(console, receiver)
    notifier = Notifier(console.database, [receiver], console.now)
    notifier.deliver()
    clock.wall -= 86400 * 365
    receiver.refuses = False
    notifier.deliver()
    assert receiver.got == ["tokyo opened"]


def test_what_nobody_takes_for_days_is_given_up(console: Console, clock: SteppedClock) -> None:
    receiver = Memory()
    receiver.refuses = True
    put(console, receiver)
    notifier = Notifier(console.database, [receiver], console.now)
    for _ in range(200):
        notifier.deliver()
        clock.step(3600)
    assert waiting(console) == 0


def test_the_threads_of_the_notifier_send_and_end(console: Console, posts: Posts) -> None:
    settings = Settings.model_validate(
        {"inventory": console.settings.inventory, "webhooks": [{"name": "chat", "url": posts.url}]}
    )
    told = receivers(settings, console.now)
    notifier = Notifier(console.database, told, console.now)
    notifier.start()
    try:
        about = alarm(console)
        with console.database.session() as session:
            assert outbox.put(session, told, about, "opened", {}, console.now())
        notifier.wake()
        assert posts.came.wait(30)
    finally:
        notifier.stop()
    assert waiting(console) == 0
    assert json.loads(posts.got[0][1])["alarm"]["router"] == "tokyo"
