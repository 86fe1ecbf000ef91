"""Users, what they are signed in with, and what they did."""

from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yamaha_ops.web.store.base import Base

_NEVER_AGAIN: Final = {"sqlite_autoincrement": True}
"""SQLite would give the number of whoever left to the next one who comes."""


class User(Base):
    """Somebody who may come in."""

    __tablename__ = "users"
    __table_args__ = _NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    shown_name: Mapped[str] = mapped_column(String(128))
    subject: Mapped[str | None] = mapped_column(String(512), unique=True)
    """Issuer and subject of whoever comes through OpenID Connect; None for a local user."""
    password_hash: Mapped[str | None] = mapped_column(Text)
    must_change: Mapped[bool] = mapped_column(server_default=false())
    """The password was set by somebody else."""
    totp_sealed: Mapped[str | None] = mapped_column(Text)
    totp_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The time step of the last code: none is taken twice."""
    recovery_hashes: Mapped[list[str]]
    roles: Mapped[list[str]]
    labels: Mapped[dict[str, list[str]] | None]
    """Which routers; None for every one."""
    language: Mapped[str | None] = mapped_column(String(8))
    barred: Mapped[bool] = mapped_column(server_default=false())
    """Locked by an administrator."""
    created: Mapped[float]
    last_login: Mapped[float | None]


class Login(Base):
    """A browser that is signed in, or halfway there."""

    __tablename__ = "logins"
    __table_args__ = _NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of what the cookie holds."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    complete: Mapped[bool]
    """False while the second factor is still to come."""
    created: Mapped[float]
    seen: Mapped[float]
    spent_seconds: Mapped[float] = mapped_column(server_default="0")
    """How much of its life was over when it was last seen."""
    run: Mapped[str] = mapped_column(String(32))
    """The run of the server that saw it last; its ticks mean nothing to another."""
    ticks: Mapped[float]
    """That run's clock which is never set."""
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(256))

    user: Mapped[User] = relationship()


class Token(Base):
    """What a script signs in with."""

    __tablename__ = "tokens"
    __table_args__ = _NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    start: Mapped[str] = mapped_column(String(16))
    """The first characters, to tell tokens apart."""
    roles: Mapped[list[str]]
    created: Mapped[float]
    expires: Mapped[float | None]
    last_used: Mapped[float | None]
    last_address: Mapped[str | None] = mapped_column(String(64))
    ended: Mapped[bool] = mapped_column(server_default=false())
    """Withdrawn, or once seen past its day."""

    user: Mapped[User] = relationship()


class AuditEntry(Base):
    """One act: who did what to which router, when and from where."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "router", "id"), Index(None, "who", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    time: Mapped[float] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(64))
    """A name and no reference: the record outlives the user."""
    act: Mapped[str] = mapped_column(String(64), index=True)
    router: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]]
