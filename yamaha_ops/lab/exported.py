"""Configurations as files: Shift_JIS, CR LF, comment lines at the head, secrets as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.lab.settings import header

if TYPE_CHECKING:
    from yamaha_ops.lab.hardware import Hardware


def exported(text: str, hardware: Hardware, time: float) -> bytes:
    """Return a configuration as SFTP and TFTP hand it out."""
    lines = [*header(hardware, time), *text.splitlines()]
    return "".join(f"{line}\r\n" for line in lines).encode("cp932", "replace")


def imported(data: bytes) -> str:
    """Return the lines of a file that was handed in; comments are not kept."""
    text = data.decode("cp932", "replace")
    return "".join(
        f"{line}\n" for line in text.splitlines() if line.strip() and not line.startswith("#")
    )
