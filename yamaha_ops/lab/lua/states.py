"""What a Lua task can be doing (REF 46.4)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What a task is doing, in the router's words."""

    RUN = "RUN"
    SLEEP = "SLEEP"
    WATCH = "WATCH"
    COMMUNICATE = "COMMUNICATE"
    TERMINATE = "TERMINATE"
