"""What a restart would change: what somebody has typed and not saved, or saved and not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.errors import CommandError, ParseError
from yamaha_ops.router.saved import unsaved_commands
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from yamaha_ops.change.job import Job
    from yamaha_ops.config import Configuration
    from yamaha_ops.router import Session
    from yamaha_ops.status.environment import Environment

ENVIRONMENT = "show environment"


def environment(session: Session) -> Environment | None:
    """Return what the router says of itself, or None where it does not."""
    try:
        record: Environment = parse(ENVIRONMENT, session.run(ENVIRONMENT)).record
    except (CommandError, ParseError):
        return None
    return record


def unsaved(job: Job, session: Session, running: Configuration) -> tuple[str, ...] | None:
    """Return the commands by which a restart would change ``running``; None: cannot be told."""
    said = environment(session)
    slot = said and (said.default_config_file or said.config_file)
    if not slot:
        return None
    return unsaved_commands(session, running, slot, job.administrator_password)
