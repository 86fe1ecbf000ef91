"""SSH: the console and SFTP over asyncssh, an implementation that shares no code with paramiko."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import asyncssh
from asyncssh.stream import SSHServerStreamSession

from yamaha_ops.lab.accounts import admits_host, attribute, host_allowed
from yamaha_ops.lab.console import Console, Peer
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.servers.port import Port
from yamaha_ops.lab.servers.sftp import Files

if TYPE_CHECKING:
    import socket

    from asyncssh.channel import SSHChannel

    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.servers.keys import HostKeys
    from yamaha_ops.lab.servers.wire import Wire

FIDELITY: Final = (
    recorded("No exec channel: PTY and shell only", "seen on an RTX1210"),
    recorded("The width of the PTY is ignored", "published console text of routers"),
    documented("A named user is a must, an empty password is refused", "REF 2.2.1"),
    documented("No port forwarding", "REF 2.2.1"),
    documented("SFTP with the named user and the administrator password", "REF 4.10, 4.78"),
    documented(
        "SFTP needs `sftpd host` and `sshd host`; `sftpd host` is none by default", "REF 4.78"
    ),
    documented("Ciphers aes128-ctr, aes192-ctr, aes256-ctr by default", "REF 4.71"),
    assumed(
        "Host key RSA 2048, signed with SHA-2 or SHA-1; key exchange list", "RTX830's is not known"
    ),
    assumed(
        "`legacy` offers ssh-rsa with SHA-1 and group14-sha1 only", "RTX1210 14.01.42 needed it"
    ),
    assumed(
        "A shell after the administrator password is refused, SFTP after the user's too", "REF 4.78"
    ),
)

CIPHERS: Final = ("aes128-ctr", "aes192-ctr", "aes256-ctr")
MACS: Final = ("hmac-sha2-256", "hmac-sha1")
EXCHANGES: Final = (
    "curve25519-sha256",
    "ecdh-sha2-nistp256",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group14-sha1",
)
LEGACY_EXCHANGES: Final = ("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1")
SIGNATURES: Final = ("rsa-sha2-256", "rsa-sha2-512", "ssh-rsa")
LEGACY_SIGNATURES: Final = ("ssh-rsa",)

# The lab speaks for itself; a client's mistakes are the client's to report.
logging.getLogger("asyncssh").setLevel(logging.CRITICAL)


class SshServer:
    """The SSH port of one router."""

    def __init__(
        self, router: EmulatedRouter, port: int, keys: HostKeys, wire: Wire, *, legacy: bool = False
    ) -> None:
        self.router = router
        self.wire = wire
        self.legacy = legacy
        self._keys = keys
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = Port(port, self._accept)
        router.public_key = lambda: self.host_key().public_data
        router.observers.append(self._power)
        self._power(router.on)

    @property
    def number(self) -> int:
        """The port's number."""
        return self.port.number

    def host_key(self) -> asyncssh.SSHKey:
        """The key that clients see now."""
        return self._keys.key(self.router.name, self.router.host_key_generation)

    def _key_pair(self) -> asyncssh.SSHKeyPair:
        """Return the host key with the signatures it may make."""
        (pair,) = asyncssh.load_keypairs(self.host_key())
        wanted = LEGACY_SIGNATURES if self.legacy else SIGNATURES
        pair.host_key_algorithms = [name.encode() for name in wanted]
        return pair

    def close(self) -> None:
        """Close the port and every connection."""
        if self._power in self.router.observers:
            self.router.observers.remove(self._power)
        self._cut()
        self.port.close()

    def _power(self, on: bool) -> None:  # noqa: FBT001 -- an observer takes the new state
        if on:
            self.port.open()
        else:
            self.port.shut()
            self._cut()

    def _cut(self) -> None:
        for task in self._tasks:
            task.cancel()
        for connection in tuple(self._connections):
            connection.abort()

    def _accept(self, connection: socket.socket) -> None:
        view = self.router.view
        service = view.value("sshd", "service", default="off")
        key = view.first("sshd", "host", "key", "generate")
        if service != "on" or key is None or self.wire.faults.refuse_connections:
            connection.close()
            return
        task = asyncio.get_running_loop().create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: socket.socket) -> None:
        address = connection.getpeername()[0]
        ciphers = self.router.view.first("sshd", "encrypt", "algorithm") or CIPHERS
        try:
            await asyncssh.run_server(
                connection,
                config=[],
                server_factory=lambda: _Gate(self, address),
                server_host_keys=[self._key_pair()],
                encoding=None,
                line_editor=False,
                server_version="OpenSSH_7.2",
                encryption_algs=list(ciphers),
                mac_algs=list(MACS),
                kex_algs=list(LEGACY_EXCHANGES if self.legacy else EXCHANGES),
                signature_algs=list(LEGACY_SIGNATURES if self.legacy else SIGNATURES),
                compression_algs=None,
                allow_scp=False,
                agent_forwarding=False,
                x11_forwarding=False,
                gss_host=None,
                login_timeout=60,
            )
        except (asyncssh.Error, OSError):
            connection.close()

    def files(self, channel: SSHChannel[bytes]) -> Files:
        """Serve files on a channel."""
        return Files(channel, self.router)

    def joined(self, connection: asyncssh.SSHServerConnection) -> None:
        """Remember a connection, to cut it when the power goes."""
        self._connections.add(connection)

    def left(self, connection: asyncssh.SSHServerConnection) -> None:
        """Forget a connection that is gone."""
        self._connections.discard(connection)


class _Gate(asyncssh.SSHServer):
    """Lets a client in: by the user's password to the console, by the administrator's to SFTP."""

    def __init__(self, server: SshServer, address: str) -> None:
        self._server = server
        self._address = address
        self._user = ""
        self._console = self._files = False
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._server.joined(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._connection is not None:
            self._server.left(self._connection)

    def begin_auth(self, username: str) -> bool:
        self._user = username
        return True

    def password_auth_supported(self) -> bool:
        view = self._server.router.view
        return view.value("sshd", "auth", "method", default="all") != "publickey"

    def validate_password(self, username: str, password: str) -> bool:
        router = self._server.router
        view, accounts = router.view, router.accounts
        if not password or self._server.wire.faults.refuse_logins:
            return False
        self._console = self._may("ssh") and accounts.admits(view, username, password)
        self._files = (
            self._may("sftp")
            and accounts.has_user(view, username)
            and accounts.has_administrator_password(view)
            and attribute(view, username, "administrator", "on") != "off"
            and accounts.admits_administrator(view, password)
        )
        return self._console or self._files

    def public_key_auth_supported(self) -> bool:
        router = self._server.router
        return router.hardware.since("15.02.14") and (
            router.view.value("sshd", "auth", "method", default="all") != "password"
        )

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        router = self._server.router
        path = f"/ssh/authorized_keys/{username}"
        if not router.accounts.has_user(router.view, username) or path not in router.rtfs.files:
            return False
        try:
            allowed = asyncssh.import_authorized_keys(router.rtfs.read(path).decode())
        except ValueError:
            return False
        self._console = self._may("ssh") and (
            allowed.validate(key, self._address, self._address) is not None
        )
        return self._console

    def _may(self, service: str) -> bool:
        allowed = attribute(self._server.router.view, self._user, "connection", "all").split(",")
        return "all" in allowed or service in allowed

    def session_requested(self) -> _Session:
        router = self._server.router
        files = (
            self._files
            and admits_host(router.view, "ssh", self._address)
            and host_allowed(
                router.view, router.view.first("sftpd", "host") or ("none",), self._address
            )
        )
        peer = Peer("ssh", self._address, self._user)
        return _Session(self._server, peer, console=self._console, files=files)


class _Session(SSHServerStreamSession[bytes]):
    """One channel: bytes between a client and a console, or SFTP."""

    def __init__(self, server: SshServer, peer: Peer, *, console: bool, files: bool) -> None:
        super().__init__(None, server.files if files else None, sftp_version=3)
        self._server = server
        self._peer = peer
        self._console_allowed = console
        self._console: Console | None = None

    def pty_requested(self, *_: Any) -> bool:
        return True

    def shell_requested(self) -> bool:
        return self._console_allowed

    def exec_requested(self, command: str) -> bool:
        del command
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp" and super().subsystem_requested(subsystem)

    def session_started(self) -> None:
        channel = self._chan
        assert isinstance(channel, asyncssh.SSHServerChannel)  # noqa: S101 -- just opened
        if channel.get_subsystem():
            super().session_started()
            return
        connection = channel.get_connection()

        def write(data: bytes) -> None:
            # A client that closes its channel is gone at once, but the console learns of it a
            # round later; what it says until then, or what a fault has delayed, nobody reads.
            if not channel.is_closing():
                channel.write(data)

        def bye() -> None:
            channel.exit(0)
            connection.close()

        send, close = self._server.wire.attach(write, bye, connection.abort)
        self._console = Console(self._server.router, self._peer, send, close)
        self._console.start()

    def data_received(self, data: bytes, datatype: Any) -> None:
        if self._console is None:
            super().data_received(data, datatype)
        else:
            self._console.feed(data)

    def eof_received(self) -> bool:
        return super().eof_received() if self._console is None else False

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._console is not None:
            self._console.hang_up()

    def exception_received(self, exc: Exception) -> None:
        if self._console is None:
            super().exception_received(exc)
