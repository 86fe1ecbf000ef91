"""What a provider says of somebody, and what that gives them here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yamaha_ops.web.settings import Grant


@dataclass(frozen=True, slots=True)
class Granted:
    """What somebody gets.

    Attributes:
        roles: What they may do.
        labels: Which routers; None for every one.
    """

    roles: tuple[str, ...]
    labels: dict[str, list[str]] | None


def granted(claims: Mapping[str, Any], grants: Iterable[Grant]) -> Granted | None:
    """Return what the first grant that holds gives; None where none does.

    One grant decides alone: an operator of some routers who may look at all must not become, by
    adding the two up, an operator of all.
    """
    for grant in grants:
        if _holds(claims, grant):
            labels = grant.labels
            return Granted(
                tuple(sorted(role.value for role in grant.roles)),
                None if labels is None else {key: sorted(labels[key]) for key in labels},
            )
    return None


def _holds(claims: Mapping[str, Any], grant: Grant) -> bool:
    found: Any = claims
    for part in _way(claims, grant.claim):
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    if isinstance(found, list):
        return grant.value in [item for item in found if isinstance(item, str)]
    if isinstance(found, bool):
        return grant.value == str(found).lower()
    return isinstance(found, str) and grant.value == found


def _way(claims: Mapping[str, Any], claim: str) -> list[str]:
    """Split ``realm_access.roles``; a claim whose name has dots (as addresses do) is one part."""
    return [claim] if claim in claims else claim.split(".")
