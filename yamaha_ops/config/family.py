"""The two address families, as versions of IP and as words of the language."""

from __future__ import annotations

IPV4 = 4
IPV6 = 6
WORDS = {IPV4: "ip", IPV6: "ipv6"}
"""What commands of a family begin with."""
