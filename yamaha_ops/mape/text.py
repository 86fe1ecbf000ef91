"""A line in words and characters, for a terminal of 80 columns. ASCII only."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from yamaha_ops.mape.table import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.mape.forwarding import Forward, Verdict
    from yamaha_ops.mape.mapping import Mapping
    from yamaha_ops.mape.ports import PortSet

COLUMNS = 80
_LABEL = 10

SPANS_WRITTEN = 64
"""How many port ranges are written out: all 63 of an OCN line, not the 32,767 of an odd rule."""


def describe(line: Mapping) -> str:
    """Return everything about a line as labelled text of several lines."""
    return "\n".join((line.end_user_prefix, *_facts(line)))


def _facts(line: Mapping) -> Iterator[str]:
    rule = line.rule
    if rule.provider:
        evidence = EVIDENCE.get(rule.evidence or "", rule.evidence)
        yield _row("provider", rule.provider + (f" ({evidence})" if evidence else ""))
    yield _row("rule", f"{rule.ipv6} = {rule.ipv4}")
    yield _row("", f"EA bits {rule.ea_bits}, PSID offset {rule.psid_offset}")
    yield _row("IPv4", line.ipv4)
    if line.psid is None:
        yield _row("PSID", "none: the IPv4 side is not shared")
    else:
        shares = 1 << line.psid_length
        yield _row("PSID", f"{line.psid} of {shares} ({line.psid_length} bits)")
    ranges = len(line.ports.ranges)
    yield _row("ports", f"{line.ports.count:,} in {ranges} range{'s' * (ranges > 1)}")
    yield _row("", " ".join(spans(line.ports)))
    yield _row("CE", f"{line.ce} ({rule.interface_id})")
    yield _row("BR", line.br or "not known")
    if line.subnet_bits:
        yield _row(
            "note",
            f"bits {rule.end} and on of the prefix are not zero. RFC 7597 keeps them in the CE "
            "address, as here; not every router does: compare with the router.",
        )


def _row(label: str, content: str) -> str:
    indent = " " * (_LABEL + 2)
    return fill(
        content,
        COLUMNS - 1,
        initial_indent=f"  {label:<{_LABEL}}",
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def verdict_text(line: Mapping, forward: Forward, verdict: Verdict) -> str:
    """Return the answer to "may this line forward that port" in a few lines."""
    rows = [f"{'yes' if verdict.allowed else 'no'}: {verdict.reason}"]
    if verdict.nearest is not None:
        last = verdict.nearest + forward.width - 1
        span = f"{verdict.nearest}" if forward.width == 1 else f"{verdict.nearest}-{last}"
        around = " and ".join(f"{low}-{high}" for low, high in verdict.around)
        rows.append(_row("nearest", f"{span} (this line has {around})"))
    elif verdict.around:
        rows.append(_row("nearest", f"none: this line has {line.ports.range_size} ports in a row"))
    if verdict.static_masquerade:
        rows.append(_row("router", verdict.static_masquerade))
    if line.psid is not None:
        rows.append(_row("note", "the ports follow the prefix: a new prefix means other ports"))
    return "\n".join(rows)


def one_line(line: Mapping) -> str:
    """Return the essentials on one line, in columns that line up in a stream."""
    share = "all ports" if line.psid is None else f"PSID {line.psid}/{1 << line.psid_length}"
    return f"{line.ipv4:<18} {share:<13} {line.ports.count:>5} ports  CE {line.ce}"


def spans(ports: PortSet) -> list[str]:
    """Return the ranges as ``first-last``; of very many only the first ones and the last."""
    written = [f"{first}-{last}" for first, last in ports.ranges]
    if len(written) > SPANS_WRITTEN:
        written[SPANS_WRITTEN - 2 : -1] = [f"({len(written) - SPANS_WRITTEN + 1} more)"]
    return written
