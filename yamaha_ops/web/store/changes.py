"""Changes that people make in the browser, who approved them, what became of them; and runs."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from yamaha_ops.web.store.base import Base


class Change(Base):
    """One change to one router, from the first thought to its end."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "router", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    router: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    values: Mapped[dict[str, Any]]
    """Dotted field of the inventory to its value as YAML; empty where a configuration is wanted."""
    configuration: Mapped[str | None] = mapped_column(String(128))
    """What the history calls the wanted configuration: a draft, a revision, a tag."""
    guard: Mapped[str] = mapped_column(String(32))
    verification_seconds: Mapped[float]
    version: Mapped[int]
    """Counts what was written into it: a plan, and an approval, are for one version."""
    authors: Mapped[list[str]]
    """Everybody who wrote into it, the first one first; none of them may approve it."""
    stage: Mapped[str] = mapped_column(String(16), index=True)
    created: Mapped[float]
    moved: Mapped[float]
    """When it last came to another stage."""
    plan: Mapped[dict[str, Any] | None]
    """As ``yamaha-ops plan --json`` prints it."""
    allowed: Mapped[list[str]]
    """Dangers that whoever applied it has named."""
    applied_by: Mapped[str | None] = mapped_column(String(64))
    busy: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The router, while it is being changed: nobody else begins then."""
    server_run: Mapped[str | None] = mapped_column(String(32))
    """The run of the server that has it under way."""
    journals: Mapped[list[str]]
    """Journals of the same plan that were put away before: they tell nothing of this change."""
    outcome: Mapped[dict[str, Any] | None]
    """As ``yamaha-ops apply --json`` prints it."""
    interrupted: Mapped[bool] = mapped_column(server_default=false())
    """The console was ended while this was being applied; the journal decided."""


class Approval(Base):
    """Somebody's word that a plan may be applied."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("change_id", "who", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), index=True)
    who: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of the plan that was approved: another one is not."""
    time: Mapped[float]
    comment: Mapped[str] = mapped_column(String(400))


class ChangeEvent(Base):
    """One thing that happened to a change, or while it was applied."""

    __tablename__ = "change_events"
    __table_args__ = (Index(None, "change_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"))
    time: Mapped[float]
    kind: Mapped[str] = mapped_column(String(16))
    """A kind of :class:`yamaha_ops.change.event.Kind`, or ``stage``."""
    text: Mapped[str] = mapped_column(Text)
    """Of ``stage`` the stage it came to."""
    who: Mapped[str | None] = mapped_column(String(64))
    done: Mapped[int]
    total: Mapped[int]


class Run(Base):
    """Something asked of many routers at once: commands, scripts, firmware, a first contact."""

    __tablename__ = "runs"
    __table_args__ = (Index(None, "kind", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[list[str]]
    """The commands, masked; or what else was asked for."""
    routers: Mapped[list[str]]
    detail: Mapped[dict[str, Any]]
    who: Mapped[str] = mapped_column(String(64))
    server_run: Mapped[str] = mapped_column(String(32))
    created: Mapped[float]
    ended: Mapped[float | None]
    interrupted: Mapped[bool] = mapped_column(server_default=false())
    """The console was ended before the run was."""


class RunAnswer(Base):
    """What one router made of a run."""

    __tablename__ = "run_answers"
    __table_args__ = (UniqueConstraint("run_id", "router"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    router: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(16))
    answer: Mapped[dict[str, Any]]
    """As the command line prints it with ``--json``."""
    time: Mapped[float]
