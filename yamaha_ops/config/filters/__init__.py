"""Packet filters: what a list of them does with a packet, and which of them can never decide."""

from yamaha_ops.config.filters.evaluation import Verdict, evaluate, list_key
from yamaha_ops.config.filters.packet import PROTOCOLS, Packet
from yamaha_ops.config.filters.rule import Rule

__all__ = ["PROTOCOLS", "Packet", "Rule", "Verdict", "evaluate", "list_key"]
