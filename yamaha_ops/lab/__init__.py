"""An emulated RTX830 over real SSH, SFTP, TFTP and telnet on loopback.

For the demo, for rehearsing a change from a backup, and for every test that needs a router.
:mod:`yamaha_ops.lab.fidelity` says how true each behaviour is.
"""

from __future__ import annotations

from yamaha_ops.lab.clock import ManualClock
from yamaha_ops.lab.handle import LabRouter
from yamaha_ops.lab.lab import Lab
from yamaha_ops.lab.world import Duplex, Flow, Host, Offer, World

__all__ = ["Duplex", "Flow", "Host", "Lab", "LabRouter", "ManualClock", "Offer", "World"]
