"""The landing page: which routers there are, how they are, and where to look."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from yamaha_ops import __version__
from yamaha_ops.health import MODULES
from yamaha_ops.status.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.exporter.target import Target

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>yamaha-ops exporter</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #8884 }}
.up {{ color: #0a7d32 }} .down {{ color: #b3261e }} .never {{ color: #777 }}
@media (prefers-color-scheme: dark) {{
body {{ background: #111; color: #ddd }} a {{ color: #8ab4f8 }}
.up {{ color: #6dd58c }} .down {{ color: #f2b8b5 }} }}
</style></head><body>
<h1>yamaha-ops exporter</h1>
<p>Version {version}. {count} routers. <a href="/metrics">Metrics of this exporter</a>,
<a href="/sd">service discovery</a>, <a href="/-/ready">ready</a>.</p>
<table><thead><tr><th>Router</th><th>State</th><th>Model</th><th>Last asked</th><th>Last error</th>
<th>Probe</th></tr></thead><tbody>
{rows}
</tbody></table>
</body></html>
"""

_ROW = (
    '<tr><td>{name}</td><td class="{state}">{state}</td><td>{model}</td><td>{asked}</td>'
    "<td>{error}</td><td>{links}</td></tr>"
)


def landing(targets: Sequence[Target], now: float) -> str:
    """Return the page.

    Args:
        targets: Every router.
        now: Seconds since 1970, for the age of each result.
    """
    rows = "\n".join(_row(target, now) for target in targets)
    return _PAGE.format(version=escape(__version__), count=len(targets), rows=rows)


def _row(target: Target, now: float) -> str:
    name, last = target.router.name, target.last
    links = " ".join(
        f'<a href="/probe?target={quote(name)}&amp;module={module}">{module}</a>'
        for module in MODULES
    )
    return _ROW.format(
        name=escape(name),
        state=_state(last),
        model=escape(_model(last) or target.router.model),
        asked=f"{now - last.time:.0f} s ago, took {last.seconds:.1f} s" if last else "",
        error=escape((last.error if last else None) or ""),
        links=links,
    )


def _state(last: Scrape | None) -> str:
    if last is None:
        return "never"
    return "up" if last.health else "down"


def _model(last: Scrape | None) -> str | None:
    for environment in last.records(Environment) if last else ():
        return f"{environment.model} {environment.firmware}"
    return None
