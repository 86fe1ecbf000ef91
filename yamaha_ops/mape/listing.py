"""The rule table for people and for scripts."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from yamaha_ops.mape.table import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from yamaha_ops.mape.rule import Rule

_FIELDS = (
    "provider",
    "ipv6",
    "ipv4",
    "ea_bits",
    "psid_offset",
    "psid_length",
    "br",
    "interface_id",
    "evidence",
    "source",
)


def as_records(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Return the rules as plain dictionaries."""
    return [{name: getattr(rule, name) for name in _FIELDS} for rule in rules]


def as_table(rules: Sequence[Rule]) -> str:
    """Return the rules as a table of at most 80 columns, and below it what the words mean."""
    return "\n".join((*_rows(rules), "", *_evidence(rules), "", *_sources(rules)))


def _rows(rules: Sequence[Rule]) -> Iterator[str]:
    yield f"{'PROVIDER':<9} {'IPV6':<19} {'IPV4':<18} {'EA':>2} {'OFFSET':>6} {'PSID':>4}  EVIDENCE"
    for rule in rules:
        yield (
            f"{rule.provider or '-':<9} {rule.ipv6:<19} {rule.ipv4:<18} {rule.ea_bits:>2} "
            f"{rule.psid_offset:>6} {rule.psid_length:>4}  {rule.evidence or '-'}"
        )


def _evidence(rules: Sequence[Rule]) -> Iterator[str]:
    for word, meaning in EVIDENCE.items():
        count = sum(rule.evidence == word for rule in rules)
        if count:
            yield fill(f"{count:>4} {word}: {meaning}", 79, subsequent_indent="     ")


def _sources(rules: Sequence[Rule]) -> Iterator[str]:
    for source in dict.fromkeys(rule.source for rule in rules if rule.source):
        yield fill(f"source: {source}", 79, subsequent_indent="        ")
