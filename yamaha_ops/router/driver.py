"""The connection: netmiko's Yamaha driver, with what does not suit these routers replaced.

Kept from netmiko: the SSH client, its login and its shell channel. Replaced: preparation, which
sent ``console lines infinity`` and left it in the configuration; guessing at prompts, which cut
answers short; fixed sleeps; unchecked host keys. docs/console.md has the list.
"""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import paramiko
from netmiko.yamaha.yamaha import YamahaSSH

from yamaha_ops.errors import (
    AuthenticationError,
    ConnectError,
    ConnectTimeoutError,
    UnreachableError,
)
from yamaha_ops.router.algorithms import disabled
from yamaha_ops.router.wire import ChannelWire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.inventory import Router
    from yamaha_ops.router.known_hosts import KnownHosts

# Without a handler of its own a library's complaint lands on the user's terminal, with a traceback.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class HungUpError(ConnectError):
    """The router closed the connection before the first prompt, without saying why."""


class Connection(YamahaSSH):
    """An SSH shell on a router: host key checked, nothing sent yet.

    Args:
        router: The inventory entry.
        hosts: The host keys on record.
        timeout: Seconds for each of: connecting, the handshake, the login.

    Raises:
        ConnectError: In the family that names the cause.
    """

    remote_conn: paramiko.Channel | None

    def __init__(self, router: Router, hosts: KnownHosts, timeout: float) -> None:
        self._hosts = hosts
        secret = _password(router)
        self._socket = _connected(router, timeout)
        try:
            super().__init__(
                host=router.host,
                port=router.port,
                username=router.login.user,
                password=secret,
                sock=self._socket,
                conn_timeout=timeout,
                banner_timeout=timeout,
                auth_timeout=timeout,
                disabled_algorithms=disabled(
                    legacy=router.legacy_algorithms, pinned=hosts.key_types()
                ),
                default_enter="\r",
                encoding="latin-1",
            )
        except (paramiko.SSHException, EOFError, OSError) as error:
            self._socket.close()
            raise _explained(error, router, hosts) from None
        self.password = ""

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
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


def _connected(router: Router, timeout: float) -> socket.socket:
    where = f"{router.host} port {router.port}"
    try:
        connection = socket.create_connection((router.host, router.port), timeout)
    except TimeoutError:
        raise ConnectTimeoutError(
            f"{where} did not answer within {timeout:g} seconds", router=router.name
        ) from None
    except ConnectionRefusedError:
        raise UnreachableError(
            f"{where} refused the connection",
            router=router.name,
            hint="is SSH on (`sshd service on`, `sshd host key generate`) and the port right?",
        ) from None
    except socket.gaierror as error:
        raise UnreachableError(
            f"the name {router.host} cannot be resolved: {error.strerror}", router=router.name
        ) from None
    except OSError as error:
        raise UnreachableError(
            f"{where} cannot be reached: {error.strerror}", router=router.name
        ) from None
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _password(router: Router) -> str:
    if router.login.password is None:
        raise AuthenticationError(
            f"the inventory names no password for the user {router.login.user}",
            router=router.name,
            hint="SSH on these routers knows no empty password; set login.password",
        )
    return router.login.password.resolve()


def _explained(error: Exception, router: Router, hosts: KnownHosts) -> ConnectError:
    """Turn what the libraries raise into one of our errors.

    netmiko wraps what paramiko raised into a text; the original hangs behind it.
    """
    causes = list(_chain(error))
    where = f"{router.host} port {router.port}"
    for cause in causes:
        match cause:
            case ConnectError():
                return cause
            case paramiko.ssh_exception.IncompatiblePeer():
                return _no_common_algorithm(str(cause), router, hosts)
            case paramiko.BadAuthenticationType():
                return AuthenticationError(
                    f"{where} takes no password, only: {', '.join(cause.allowed_types)}",
                    router=router.name,
                    hint="`sshd auth method all` on the router lets passwords in",
                )
            case paramiko.AuthenticationException() if "timeout" not in str(cause).lower():
                return AuthenticationError(
                    f"{where} refused the user {router.login.user} with this password",
                    router=router.name,
                )
            case _:
                continue
    text = " ".join(str(cause).lower() for cause in causes)
    if any(isinstance(cause, TimeoutError) for cause in causes) or any(
        sign in text for sign in ("timeout", "timed out", "no existing session")
    ):
        return ConnectTimeoutError(
            f"{where} answered, but the SSH handshake did not end in time", router=router.name
        )
    return HungUpError(
        f"{where} closed the connection during the SSH handshake",
        router=router.name,
        hint="the router may have all its sessions in use, or refuse this address (`sshd host`)",
    )


def _no_common_algorithm(text: str, router: Router, hosts: KnownHosts) -> ConnectError:
    if "host key" in text and hosts.key_types():
        return hosts.changed("none of that type")
    kind = next((k for k in ("kex", "host key", "cipher", "mac") if k in text), "algorithm")
    names = {"kex": "key exchange", "mac": "message authentication"}
    hint = (
        "paramiko must be older than 5 for these routers"
        if router.legacy_algorithms
        else "set `legacy_algorithms: true` for this router in the inventory, or renew its firmware"
    )
    return ConnectError(
        f"{router.host} port {router.port} and this program share no {names.get(kind, kind)} "
        "algorithm",
        router=router.name,
        hint=hint,
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
