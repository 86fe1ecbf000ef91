"""Lua on the router: real Lua 5.1 with an ``rt`` table and the router's restrictions."""

from __future__ import annotations

from yamaha_ops.lab.lua.tasks import Run, Task, Tasks, Trigger

__all__ = ["Run", "Task", "Tasks", "Trigger"]
