"""The only place that opens a connection: the console over SSH, files over SFTP and TFTP."""

from yamaha_ops.router.reading import Reply, password, yes_or_no
from yamaha_ops.router.session import Session
from yamaha_ops.router.shell import ShellSession, connect

__all__ = ["Reply", "Session", "ShellSession", "connect", "password", "yes_or_no"]
