"""Getting there: TCP, the passwords, and what it means when the SSH libraries give up."""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import paramiko

from yamaha_ops.errors import (
    AuthenticationError,
    ConnectError,
    ConnectTimeoutError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.inventory import Router
    from yamaha_ops.router.known_hosts import KnownHosts

# Without a handler of its own a library's complaint lands on the user's terminal, with a traceback.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class HungUpError(ConnectError):
    """The router closed the connection before the first prompt, without saying why."""


def tcp(router: Router, timeout: float) -> socket.socket:
    """Connect to the router's SSH port.

    Raises:
        UnreachableError, ConnectTimeoutError: Nothing answers there, or not in time.
    """
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


def await_greeting(connection: socket.socket, seconds: float) -> None:
    """Wait a while for the other end to greet, which it should do unasked (RFC 4253, 4.2)."""
    connection.settimeout(seconds)
    with suppress(TimeoutError):
        connection.recv(1, socket.MSG_PEEK)


def login_password(router: Router) -> str:
    """Return the password of the console's user.

    Raises:
        AuthenticationError: The inventory names none.
        SecretError: It cannot be had.
    """
    if router.login.password is None:
        raise AuthenticationError(
            f"the inventory names no password for the user {router.login.user}",
            router=router.name,
            hint="SSH on these routers knows no empty password; set login.password",
        )
    return router.login.password.resolve()


def explained(
    error: Exception, router: Router, hosts: KnownHosts, *, service: str = "console"
) -> ConnectError:
    """Turn what the libraries raise while connecting into one of our errors.

    netmiko wraps what paramiko raised into a text; the original hangs behind it.
    """
    causes = list(_chain(error))
    for cause in causes:
        if plain := _plain(cause, router, hosts):
            return plain
    where = f"{router.host} port {router.port}"
    text = " ".join(str(cause).lower() for cause in causes)
    if any(isinstance(cause, TimeoutError) for cause in causes) or any(
        sign in text for sign in ("timeout", "timed out", "no existing session")
    ):
        return ConnectTimeoutError(
            f"{where} answered, but the SSH handshake did not end in time", router=router.name
        )
    if "channel closed" in text:
        return HungUpError(
            f"{where} let the user {router.login.user} in but opened no {service}",
            router=router.name,
            hint=_NO_SERVICE[service],
        )
    return HungUpError(
        f"{where} closed the connection during the SSH handshake",
        router=router.name,
        hint="the router may have all its sessions in use, or refuse this address (`sshd host`)",
    )


def _plain(cause: BaseException, router: Router, hosts: KnownHosts) -> ConnectError | None:
    """Return the error for a cause that needs no guessing."""
    where = f"{router.host} port {router.port}"
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
            return None


_NO_SERVICE = {
    "console": "is login.password the user's own password? The administrator's opens files only",
    "SFTP": "`sftpd host` on the router must name this machine; by default it names none",
}


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
