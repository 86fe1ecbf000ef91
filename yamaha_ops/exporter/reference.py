"""The metric reference, written from the metrics themselves.

``python -m yamaha_ops.exporter.reference > docs/metrics.md`` renews it; a test compares.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import PREFIX, ROUTER
from yamaha_ops.exporter.metrics import METRICS
from yamaha_ops.exporter.own import OWN
from yamaha_ops.health import MODULES

if TYPE_CHECKING:
    from yamaha_ops.exporter.metric import Metric

_HEAD = f"""# Metrics

This page is written by `python -m yamaha_ops.exporter.reference`; do not edit it.

Every sample carries the label `{ROUTER}`, the router's name in the inventory. Rules for all:

- A line that the router does not print gives no sample, never 0. A state sentence that is not
  known is unknown.
- Counters are the router's own: they start again when it restarts, when a tunnel or PP connects
  anew, and at `clear status`.
- Ratios are 0..1, times seconds, sizes bytes.
- Labels have few values. Series for each host of a LAN ("per host") exist only with `--per-host`.

## Modules

`/probe?module=NAME`, `scrape --module NAME`:

| module | asks for | commands |
|---|---|---|
"""

_ROUTERS = """
## Of each router

| metric | type | labels | from | meaning |
|---|---|---|---|---|
"""

_ITSELF = """
## Of the exporter itself (`/metrics`)

| metric | type | meaning |
|---|---|---|
"""


def reference() -> str:
    """Return the page as Markdown."""
    lines = [_HEAD]
    for module in MODULES.values():
        commands = [*module.commands, *(["show config"] if module.configuration else [])]
        lines.append(f"| `{module.name}` | {module.help} | {', '.join(commands)} |\n")
    lines.append(_ROUTERS)
    lines += [_row(metric) for metric in METRICS]
    lines.append(_ITSELF)
    lines += [f"| `{name}` | {kind} | {text} |\n" for name, kind, text in OWN]
    lines.append(f"\n{len(METRICS)} metrics begin with `{PREFIX}_`.\n")
    return "".join(lines)


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    text = f"{metric.help} (per host)" if metric.per_host else metric.help
    return f"| `{metric.sample}` | {metric.kind} | {labels} | {metric.source} | {text} |\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
