"""A bare paramiko channel: it sends a line and believes the first prompt that it sees.

The least that could work, and so the floor. It checks no host key and proves no end of an answer.
It has TCP_NODELAY, as our sessions do; without, its handshake takes twelve times as long.
"""

from __future__ import annotations

import re
import socket

import paramiko

from benchmarks._lab import PASSWORD

_PROMPT = re.compile(rb"(?:^|\n)[^ \r\n]*[>#] $")
_PROVED = re.compile(rb"(?:\r\n> ){3}$")
_MORE = "---つづく---".encode("cp932")


class Bare:
    """A console that is logged in and has shown its first prompt."""

    def __init__(self, port: int) -> None:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = paramiko.SSHClient()
        self._client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self._client.connect(
            "127.0.0.1",
            port,
            "admin",
            PASSWORD,
            sock=connection,
            look_for_keys=False,
            allow_agent=False,
        )
        self._channel = self._client.invoke_shell()
        self._connection = connection
        self.until(_PROMPT)

    def ask(self, *lines: str) -> None:
        """Send each line and wait for what looks like a prompt."""
        for line in lines:
            self._channel.sendall(line.encode() + b"\r")
            self.until(_PROMPT)

    def prove(self, *lines: str) -> None:
        """Send each line with two empty ones and wait for three prompts: what a proof costs."""
        for line in lines:
            self._channel.sendall(line.encode() + b"\r\r\r")
            self.until(_PROVED)

    def administrator(self) -> None:
        """Step up."""
        self._channel.sendall(b"administrator\r")
        self.until(re.compile(rb"Password: $"))
        self.ask(PASSWORD)

    def until(self, pattern: re.Pattern[bytes]) -> None:
        """Read until the end of what has come matches."""
        seen = b""
        while not pattern.search(seen, max(0, len(seen) - 100)):
            seen += self._channel.recv(65536)
            if seen.endswith(_MORE):
                self._channel.sendall(b" ")

    def close(self) -> None:
        """Hang up."""
        self._connection.shutdown(socket.SHUT_RDWR)
        self._client.close()
