"""The only place that opens a connection: the console over SSH, files over SFTP and TFTP."""

from yamaha_ops.router.ahead import TOGETHER
from yamaha_ops.router.files import Files
from yamaha_ops.router.reading import Reply, password, yes_or_no
from yamaha_ops.router.session import Session
from yamaha_ops.router.sftp import File, SftpFiles
from yamaha_ops.router.shell import ShellSession, connect, connect_administrator
from yamaha_ops.router.tftp import TftpFiles
from yamaha_ops.router.volley import TypedAheadError

__all__ = [
    "TOGETHER",
    "File",
    "Files",
    "Reply",
    "Session",
    "SftpFiles",
    "ShellSession",
    "TftpFiles",
    "TypedAheadError",
    "connect",
    "connect_administrator",
    "password",
    "yes_or_no",
]
