"""Problems in a configuration: each with a code, a line, a reason and a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yamaha_ops.config.check.access import check_access
from yamaha_ops.config.check.exposure import check_secrets, check_services
from yamaha_ops.config.check.finding import CODES, Circumstances, Finding, Level
from yamaha_ops.config.check.forwards import check_forwards
from yamaha_ops.config.check.grammar import check_lines, check_model
from yamaha_ops.config.check.lists import check_filters, check_tunnels
from yamaha_ops.config.check.objects import check_objects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.config.configuration import Configuration

__all__ = ["CODES", "Circumstances", "Finding", "Level", "check"]

CHECKS = (
    check_lines,
    check_model,
    check_objects,
    check_filters,
    check_tunnels,
    check_forwards,
    check_services,
    check_secrets,
    check_access,
)


def check(
    configuration: Configuration, circumstances: Circumstances | None = None
) -> tuple[Finding, ...]:
    """Return everything that is wrong with ``configuration``, in the order of its lines.

    Model and revision come from the header of the text where ``circumstances`` leave them open.
    Accepted findings are among them, with the reason.
    """
    where = circumstances or Circumstances()
    model, revision = configuration.device
    where = replace(where, model=where.model or model, revision=where.revision or revision)
    found = [finding for each in CHECKS for finding in each(configuration, where)]
    found.sort(key=lambda finding: finding.line)
    return tuple(_judge(finding, where.accepted) for finding in found)


def _judge(finding: Finding, accepted: Mapping[str, str]) -> Finding:
    reason = accepted.get(f"{finding.code}:{finding.command}") or accepted.get(finding.code)
    return replace(finding, accepted=reason) if reason else finding
