"""The box itself: model, firmware and what its label says."""

from __future__ import annotations

from dataclasses import dataclass

from yamaha_ops.errors import InputError
from yamaha_ops.firmware import Revision

BUILT = {
    "15.02.09": "Fri Nov  2 14:23:51 2018",
    "15.02.22": "Mon Dec 20 18:20:29 2021",
}
"""Build dates that transcripts show (RTX830/show_config, RTX830/login_banner)."""

UNRECORDED_BUILD = "Wed Jan  1 00:00:00 2025"
"""Assumed: stands in for every revision whose banner was never seen."""

MODELS = ("RTX830",)
DEFAULT_REVISION = "15.02.22"
"""The revision whose banner is on record."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """One router as delivered: what no configuration changes.

    Attributes:
        revision: Firmware without ``Rev.``, such as ``15.02.22``.
        serial: As printed in ``show environment``.
        mac_addresses: LAN1 and LAN2, lower case.
    """

    model: str = "RTX830"
    revision: str = DEFAULT_REVISION
    serial: str = "M4A000001"
    mac_addresses: tuple[str, str] = ("00:a0:de:00:00:00", "00:a0:de:00:00:01")

    @classmethod
    def numbered(cls, number: int, *, model: str, revision: str) -> Hardware:
        """Return the ``number``-th router off the line: an own serial and own MAC addresses.

        Raises:
            InputError: The model is not emulated, or the revision is not written ``15.02.NN``.
        """
        if model not in MODELS:
            raise InputError(f"the lab has no {model}; it emulates {', '.join(MODELS)}")
        try:
            own = Revision.parse(revision)
        except ValueError as error:
            raise InputError(str(error)) from None
        first = 2 * number
        macs = tuple(
            f"00:a0:de:{n >> 16 & 255:02x}:{n >> 8 & 255:02x}:{n & 255:02x}"
            for n in (first, first + 1)
        )
        return cls(model, str(own), f"M4A{number:06d}", (macs[0], macs[1]))

    @property
    def firmware(self) -> str:
        """The line that opens the banner, ``show environment`` and ``show config``."""
        built = BUILT.get(self.revision, UNRECORDED_BUILD)
        return f"{self.model} Rev.{self.revision} ({built})"

    def since(self, revision: str) -> bool:
        """Tell whether this firmware is ``revision`` or later, so has what came with it."""
        return Revision.parse(self.revision) >= Revision.parse(revision)
