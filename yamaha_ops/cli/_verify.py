"""What `mape verify` does: the mathematics against what a router says it has."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from yamaha_ops.actions.jobs import Terms, job_for
from yamaha_ops.change.event import silent
from yamaha_ops.change.verify import look
from yamaha_ops.cli._plans import show_checks
from yamaha_ops.errors import ExitCode, YamahaOpsError
from yamaha_ops.inventory import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def verify_routers(
    inventory: Path, routers: Sequence[str], *, accept_new_host_key: bool, as_json: bool
) -> ExitCode:
    """Print every check of every router; FAILED where one does not hold."""
    known = load(inventory)
    terms = Terms(accept_new_host_key=accept_new_host_key)
    code = ExitCode.DONE
    for router in known.select(routers):
        job = job_for(known, router, report=silent, terms=terms)
        try:
            session = job.connect()
        except YamahaOpsError as error:
            if not as_json:
                raise
            document: dict[str, object] = {"router": router.name, "error": str(error)}
            sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
            code = max(code, error.exit_code)
            continue
        try:
            checks = look(session, job.expected)
        finally:
            session.close()
        if not all(check.passed for check in checks):
            code = ExitCode.FAILED
        if as_json:
            document = {"router": router.name, "checks": [check.as_json() for check in checks]}
            sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        else:
            show_checks(router.name, checks, Console(highlight=False))
    return code
