"""The database: sessions that commit or roll back, migrations, and what a locked one says."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from yamaha_ops.errors import InputError
from yamaha_ops.web.errors import BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_SECONDS: Final = 5.0
"""How long a request waits for a lock."""

_CONNECT_SECONDS: Final = 10
_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_LOCK_NOT_AVAILABLE: Final = "55P03"
_READING: Final = "yamaha_ops_reading"


class Database:
    """Sessions over one database.

    Args:
        url: Such as ``sqlite:///PATH`` or ``postgresql:///NAME``.
        wait_seconds: How long to wait for a lock.

    Raises:
        InputError: No database is reached that way.
    """

    def __init__(self, url: str, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._engine = _engine(url, wait_seconds)
        self._reading = self._engine.execution_options(**{_READING: True})

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session that may write: it commits at the end, and rolls back on any error.

        On SQLite it takes the write lock at once, so that what it read cannot have moved when it
        writes.

        Raises:
            BusyError: Somebody else holds the lock.
            StoreError: The database cannot be reached.
            sqlalchemy.exc.IntegrityError: What was written contradicts what somebody else has.
        """
        yield from self._session(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads; it waits for nobody and holds nobody up.

        Raises:
            StoreError: The database cannot be reached.
        """
        yield from self._session(self._reading)

    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as error:
            raise _told(error) from error

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to what this version needs."""
        self._migrate(command.upgrade, revision)

    def downgrade(self, revision: str) -> None:
        """Go back to what an older version needs."""
        self._migrate(command.downgrade, revision)

    def _migrate(self, step: Any, revision: str) -> None:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        try:
            with self._engine.begin() as connection:
                config.attributes["connection"] = connection
                step(config, revision)
        except OperationalError as error:
            raise _told(error) from error

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def _engine(url: str, wait_seconds: float) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            milliseconds = int(wait_seconds * 1000)
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                connect_args={
                    "connect_timeout": _CONNECT_SECONDS,
                    "options": f"-c lock_timeout={milliseconds}",
                },
            )
        if parsed.get_backend_name() != "sqlite":
            raise InputError(f"the database must be sqlite or postgresql, not {parsed.drivername}")
        engine = create_engine(parsed, connect_args={"timeout": wait_seconds})
    except (ArgumentError, NoSuchModuleError):
        # The address may hold a password: it is not repeated.
        raise InputError(
            "the database address is not such as sqlite:///PATH or postgresql:///NAME"
        ) from None
    except ImportError:
        raise InputError(
            "PostgreSQL needs another package", hint="pip install 'yamaha-ops[web,postgresql]'"
        ) from None
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by its own guess; `_begin_sqlite` says when and how.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _told(error: OperationalError) -> StoreError:
    locked = "locked" in str(error.orig) or getattr(error.orig, "sqlstate", "") == (
        _LOCK_NOT_AVAILABLE
    )
    if locked:
        return BusyError("the database is locked by somebody else", hint="Try again in a moment.")
    return StoreError("the database cannot be used now", hint="The server's log says why.")
