"""What is known of the routers: how they are now, how they were, and what was wrong with them."""

import json
import zlib
from typing import Any

from sqlalchemy import Dialect, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from yamaha_ops.web.store.base import Base


class PackedJson(TypeDecorator[Any]):
    """Plain data as compressed JSON: the records of a router are 20 kB of text, and 3 kB so."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Pack."""
        return None if value is None else zlib.compress(json.dumps(value).encode(), 1)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ARG002 -- as above
        """Unpack."""
        return None if value is None else json.loads(zlib.decompress(value))


class RouterState(Base):
    """How a router was when it was last asked. What it did not tell is None."""

    __tablename__ = "router_states"

    router: Mapped[str] = mapped_column(String(64), primary_key=True)
    reach: Mapped[str] = mapped_column(String(16))
    """A word of :class:`yamaha_ops.web.watch.summary.Reach`."""
    reach_since: Mapped[float]
    checked: Mapped[float]
    """When it was last asked."""
    last_contact: Mapped[float | None]
    error: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    firmware: Mapped[str | None] = mapped_column(Text)
    serial: Mapped[str | None] = mapped_column(Text)
    line: Mapped[str] = mapped_column(String(16))
    """A word of :class:`yamaha_ops.web.watch.summary.Line`."""
    line_interface: Mapped[str | None] = mapped_column(Text)
    tunnel: Mapped[str | None] = mapped_column(Text)
    """The tunnel's own word where the line is one."""
    prefix: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    """Outer IPv4 address."""
    consistent: Mapped[bool | None]
    ports: Mapped[int | None]
    """Ports that the line has; None where it has them all."""
    sessions: Mapped[int | None]
    sessions_limit: Mapped[int | None]
    cpu: Mapped[float | None]
    memory: Mapped[float | None]
    temperature: Mapped[float | None]
    uptime: Mapped[float | None]
    unsaved: Mapped[bool | None]
    drift: Mapped[int | None]
    configuration_read: Mapped[float | None]
    backup: Mapped[float | None]
    """When its configuration was last backed up."""
    remembered: Mapped[dict[str, Any]]
    """What the alarm rules compare the next round with."""


class RouterRecord(Base):
    """Everything that a router said last, as ``yamaha-ops status --json`` prints it."""

    __tablename__ = "router_records"

    router: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[float]
    record: Mapped[Any] = mapped_column(PackedJson)


class Sample(Base):
    """A few numbers of one router at one time: means over ``seconds``, which grow with age."""

    __tablename__ = "samples"

    router: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[float] = mapped_column(primary_key=True)
    seconds: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """0 as it was read."""
    cpu: Mapped[float | None]
    memory: Mapped[float | None]
    temperature: Mapped[float | None]
    ports: Mapped[float | None]
    sessions: Mapped[float | None]
    traffic: Mapped[dict[str, Any]]
    """Received and sent bytes a second, by interface: ``{"TUNNEL[1]": [1200.0, 80.5]}``."""


class Alarm(Base):
    """Something that is or was wrong with a router."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index(None, "router", "opened"),
        Index("ix_alarms_open", "closed", "opened"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    router: Mapped[str] = mapped_column(String(64))
    rule: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    """What of the router: an interface, a tunnel; empty for all of it."""
    severity: Mapped[str] = mapped_column(String(16))
    value: Mapped[float | None]
    """What was read when it opened."""
    opened: Mapped[float] = mapped_column(index=True)
    closed: Mapped[float | None]
    acknowledged: Mapped[float | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(400), default="", server_default="")


class Notification(Base):
    """One message about an alarm on its way to one receiver; kept until it is there."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("receiver", "alarm_id", "event"),
        Index(None, "receiver", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receiver: Mapped[str] = mapped_column(String(128))
    """``mail``, or ``webhook`` and its name."""
    alarm_id: Mapped[int]
    event: Mapped[str] = mapped_column(String(16))
    """``opened``, ``acknowledged`` or ``closed``."""
    created: Mapped[float]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    due: Mapped[float]
    """Not before this time."""
    message: Mapped[dict[str, Any]]
    """The alarm as the API gives it, as it was then."""
