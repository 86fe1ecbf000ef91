"""Which commands may be entered together with the empty lines that prove where their answers end.

Entered one by one, each proof costs a round trip. Together with the command it costs none, but
then nobody has seen yet what the empty line will meet. So only commands are on the list whose
answers are tables: they ask nothing that an empty line would answer, and none of their lines is a
bare ``> `` or ``# ``. `show config`, logs, files and everything that sets something are not; nor is
anything with an operator, since ``>`` may ask before it overwrites (REF 2.5.3).
"""

from __future__ import annotations

import re
from typing import Final

_TABLES: Final = re.compile(
    rb"show (?:environment|status|ip route|ipv6 route|ipv6 address|arp|ipsec sa"
    rb"|nat descriptor address|nat descriptor masquerade)(?: [\w:.,/*-]+)*"
)
"""REF chapters 57 and 58, the commands of the record table; none of them is documented to ask."""


def typed_ahead(line: bytes) -> bool:
    """Tell whether a command's empty lines may be entered together with it."""
    return _TABLES.fullmatch(line) is not None
