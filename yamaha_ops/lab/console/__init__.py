"""One console of an emulated router: bytes in, bytes out, no sockets."""

from __future__ import annotations

from yamaha_ops.lab.console.entrance import Peer
from yamaha_ops.lab.console.session import Console, Ending

__all__ = ["Console", "Ending", "Peer"]
