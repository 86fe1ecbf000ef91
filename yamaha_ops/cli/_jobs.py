"""From inventory and options to the jobs that `plan` and `apply` run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from yamaha_ops.change.expectation import expect
from yamaha_ops.change.job import VERIFICATION_SECONDS, Job
from yamaha_ops.cli._circumstances import circumstances
from yamaha_ops.render import render
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.change.event import Report
    from yamaha_ops.config import Configuration
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session


def job_for(
    inventory: Inventory,
    router: Router,
    *,
    report: Report,
    wanted: Configuration | None = None,
    guard: str = "auto",
    accept_new_host_key: bool = False,
    verification_seconds: float = VERIFICATION_SECONDS,
    allowed: Sequence[str] = (),
) -> Job:
    """Return the job that brings one router to what is wanted, or to what the inventory says.

    Raises:
        RenderError: The inventory and templates give no configuration.
    """
    if wanted is None:
        wanted = render(router, templates=inventory.folder / "templates")
    secret = router.login.administrator_password
    return Job(
        router=router.name,
        wanted=wanted,
        connect=partial(_administrator, router, inventory, accept_new_host_key=accept_new_host_key),
        state=inventory.state,
        expected=expect(wanted, router.line.mapping if router.line else None),
        guard=guard,
        circumstances=circumstances(router),
        allowed=tuple(allowed),
        administrator_password=secret.resolve if secret else None,
        report=report,
        verification_seconds=verification_seconds,
    )


def _administrator(router: Router, inventory: Inventory, *, accept_new_host_key: bool) -> Session:
    session = connect(router, state=inventory.state, accept_new_host_key=accept_new_host_key)
    try:
        session.administrator()
    except BaseException:
        session.drop()
        raise
    return session
