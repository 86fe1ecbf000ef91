"""The connection: netmiko's Yamaha driver, with what does not suit these routers replaced.

Kept from netmiko: the SSH client, its login and its shell channel. Replaced: preparation, which
sent ``console lines infinity`` and left it in the configuration; guessing at prompts, which cut
answers short; fixed sleeps; unchecked host keys. docs/console.md has the list.
"""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Final

import paramiko
from netmiko.yamaha.yamaha import YamahaSSH

from yamaha_ops.router.algorithms import disabled
from yamaha_ops.router.inbox import Inbox
from yamaha_ops.router.reach import await_greeting, explained, login_password, tcp
from yamaha_ops.router.wire import ChannelWire

if TYPE_CHECKING:
    from yamaha_ops.inventory import Router
    from yamaha_ops.router.known_hosts import KnownHosts

IDLE_SECONDS: Final = 30.0
"""How long the reader of a logged-in connection sleeps when nothing comes."""

GREETING_SECONDS: Final = 3.0
"""How long a router may take to greet before its handshake counts among those under way."""


class _Client(paramiko.SSHClient):
    """An SSH client whose shells have an inbox of ours."""

    def invoke_shell(
        self, term: str = "vt100", width: int = 80, height: int = 24, *_: object, **__: object
    ) -> paramiko.Channel:
        """Open a shell on a new channel."""
        transport = self.get_transport()
        assert transport is not None  # noqa: S101 -- so once it is connected
        channel = transport.open_session()
        channel.in_buffer = Inbox()  # type: ignore[assignment]  # it is read and fed like paramiko's
        channel.get_pty(term, width, height)
        channel.invoke_shell()
        return channel


class Connection(YamahaSSH):
    """An SSH shell on a router: host key checked, nothing sent yet.

    Args:
        router: The inventory entry.
        hosts: The host keys on record.
        timeout: Seconds for each of: connecting, the handshake, the login.
        handshakes: Held during handshake and login, so that a fleet can limit how many there are
            at once. A router that says nothing is waited for outside, for a while.

    Raises:
        ConnectError: In the family that names the cause.
    """

    remote_conn: paramiko.Channel | None

    def __init__(
        self,
        router: Router,
        hosts: KnownHosts,
        timeout: float,
        handshakes: AbstractContextManager[object] | None = None,
    ) -> None:
        self._hosts = hosts
        secret = login_password(router)
        self._socket = tcp(router, timeout)
        try:
            if handshakes:
                await_greeting(self._socket, min(timeout, GREETING_SECONDS))
            with handshakes or nullcontext():
                self._log_in(router, hosts, timeout, secret)
        except (paramiko.SSHException, EOFError, OSError) as error:
            self._socket.close()
            raise explained(error, router, hosts) from None
        self.password = ""
        # paramiko's reader looks up ten times a second, for its handshake's sake. A thousand idle
        # sessions would keep a processor busy with that; from here on `cut` wakes the reader.
        with suppress(OSError):  # closed again already: the dialogue will say why
            self._socket.settimeout(IDLE_SECONDS)

    def _log_in(self, router: Router, hosts: KnownHosts, timeout: float, secret: str) -> None:
        super().__init__(
            host=router.host,
            port=router.port,
            username=router.login.user,
            password=secret,
            sock=self._socket,
            conn_timeout=timeout,
            banner_timeout=timeout,
            auth_timeout=timeout,
            disabled_algorithms=disabled(legacy=router.legacy_algorithms, pinned=hosts.key_types()),
            default_enter="\r",
            encoding="latin-1",
        )

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client = _Client()
        client.set_missing_host_key_policy(self._hosts)
        return client

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: FBT001, FBT002 -- netmiko's signature
        """Send nothing: the dialogue finds the prompt, and no setting is changed."""

    @property
    def wire(self) -> ChannelWire:
        """The byte stream of the shell."""
        assert self.remote_conn is not None  # noqa: S101 -- so after __init__, until cut
        return ChannelWire(self.remote_conn)

    def cut(self) -> None:
        """Close the socket at once; the router sees a line that went dead, not a logout."""
        # Waking paramiko's reader first saves its poll interval of a tenth of a second.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self.disconnect()
        self._socket.close()
