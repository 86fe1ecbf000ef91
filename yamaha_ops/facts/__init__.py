"""What is known of each router and of what hangs on it: facts and the LAN map."""

from yamaha_ops.facts.facts import Facts, read_facts
from yamaha_ops.facts.lan_map import Host, LanMap, put_together, read_lan_map

__all__ = ["Facts", "Host", "LanMap", "put_together", "read_facts", "read_lan_map"]
