"""MAP-E (RFC 7597 and draft-03): the mathematics of shared IPv4 addresses, both ways.

>>> from yamaha_ops.mape import calculate, owner
>>> line = calculate("240b:10:0:3100::/64")
>>> line.ipv4, line.psid, line.ports.ranges[0], line.ce
('106.72.0.0', 49, (4880, 4895), '240b:10:0:3100:6a:4800:0:3100')
>>> 4885 in line.ports, line.ports.nearest(8080)
(True, 8976)
>>> owner("106.72.0.0", 4885).end_user_prefix
'240b:10:0:3100::/56'

Everything is computed from a :class:`Rule`; :func:`shipped_rules` has those of the Japanese
operators, each with how well it is verified. Only the standard library is used. Every refusal is a
:class:`yamaha_ops.errors.MapeError`, which is a ``ValueError``.
"""

from __future__ import annotations

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.mapping import Mapping, calculate, owner
from yamaha_ops.mape.ports import PortSet
from yamaha_ops.mape.rule import InterfaceId, Rule
from yamaha_ops.mape.table import EVIDENCE, RuleTable, shipped_rules

__all__ = [
    "EVIDENCE",
    "InterfaceId",
    "MapeError",
    "Mapping",
    "PortSet",
    "Rule",
    "RuleTable",
    "calculate",
    "owner",
    "shipped_rules",
]
