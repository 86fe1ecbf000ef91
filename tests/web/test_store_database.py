"""The database: SQLite, and a PostgreSQL that really runs where it is installed."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from tests.web import postgresql
from yamaha_ops.errors import InputError
from yamaha_ops.web.errors import BusyError, StoreError
from yamaha_ops.web.store.database import Database
from yamaha_ops.web.store.people import Login, User
from yamaha_ops.web.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Browsers, SteppedClock
    from yamaha_ops.web.console import Console


CHECKS: list[Callable[[Database], None]] = []
"""What must hold on each kind of database; each begins with one that has no table."""


def check(function: Callable[[Database], None]) -> Callable[[Database], None]:
    CHECKS.append(function)
    return function


def _user(name: str) -> User:
    return User(
        name=name,
        shown_name="名前",
        recovery_hashes=["x"],
        roles=["operator"],
        labels={"site": ["tokyo"]},
        created=1_800_000_000.123456,
    )


def _tables(database: Database) -> set[str]:
    with database.reading() as session:
        return set(Base.metadata.tables) & set(_inspected(session.connection()))


def _inspected(connection: Any) -> list[str]:
    names: list[str] = inspect(connection).get_table_names()
    return names


@check
def migrated_tables_are_those_of_the_models(database: Database) -> None:
    database.upgrade()
    with database.reading() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"compare_type": True, "compare_server_default": False}
        )
        assert compare_metadata(context, Base.metadata) == []


@check
def migrations_lead_up_and_down_and_up_again(empty: Database) -> None:
    for revision in ("0001", "head", "head"):
        empty.upgrade(revision)
        assert {"users", "logins", "tokens", "audit"} <= _tables(empty)
    assert _tables(empty) == set(Base.metadata.tables)
    with empty.session() as session:
        session.add(_user("vera"))
    empty.downgrade("0001")
    assert _tables(empty) == {"users", "logins", "tokens", "audit"}
    with empty.reading() as session:
        assert session.scalars(select(User.name)).all() == ["vera"]
    empty.upgrade()
    empty.downgrade("base")
    assert _tables(empty) == set()
    empty.upgrade()
    assert _tables(empty) == set(Base.metadata.tables)


@check
def what_is_written_is_read_again(database: Database) -> None:
    database.upgrade()
    with database.session() as session:
        session.add(_user("vera"))
    with database.reading() as session:
        user = session.scalars(select(User)).one()
    assert (user.shown_name, user.roles, user.labels) == ("名前", ["operator"], {"site": ["tokyo"]})
    assert user.created == 1_800_000_000.123456
    assert (user.barred, user.must_change, user.totp_step) == (False, False, 0)


@check
def an_error_rolls_everything_back(database: Database) -> None:
    database.upgrade()

    def fail() -> None:
        with database.session() as session:
            session.add(_user("vera"))
            session.flush()
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    with database.reading() as session:
        assert session.scalars(select(User)).all() == []


@check
def a_name_is_only_once_there(database: Database) -> None:
    database.upgrade()
    with database.session() as session:
        session.add(_user("vera"))
    with pytest.raises(IntegrityError), database.session() as session:
        session.add(_user("vera"))


@check
def logins_go_with_their_user(database: Database) -> None:
    database.upgrade()
    with database.session() as session:
        user = _user("vera")
        session.add(user)
        session.flush()
        login = Login(
            key_hash="k",
            user_id=user.id,
            complete=True,
            created=1.0,
            seen=1.0,
            run="r",
            ticks=1.0,
            address="",
            agent="",
        )
        session.add(login)
    with database.session() as session:
        session.execute(text("DELETE FROM users"))
    with database.reading() as session:
        assert session.scalars(select(Login)).all() == []


@check
def two_that_change_one_row_do_not_lose_either_change(database: Database) -> None:
    database.upgrade()
    with database.session() as session:
        session.add(_user("vera"))
    errors: list[Exception] = []
    held = threading.Barrier(2, timeout=30)

    def count() -> None:
        held.wait()
        for _ in range(20):
            while True:
                try:
                    with database.session() as session:
                        user = session.scalars(select(User).with_for_update()).one()
                        user.totp_step += 1
                    break
                except BusyError:
                    continue
                except Exception as error:  # noqa: BLE001 -- told by the other thread
                    errors.append(error)
                    return

    threads = [threading.Thread(target=count) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    with database.reading() as session:
        assert session.scalars(select(User.totp_step)).one() == 40


@check
def a_lock_that_somebody_holds_is_said_and_readers_go_on(database: Database) -> None:
    database.upgrade()
    with database.session() as session:
        session.add(_user("vera"))
    with database.session() as holder:
        holder.execute(text("UPDATE users SET totp_step = 7"))
        with database.reading() as session:
            assert session.scalars(select(User.totp_step)).one() == 0
        with pytest.raises(BusyError, match="locked"), database.session() as session:
            session.execute(text("UPDATE users SET totp_step = 8"))
    with database.reading() as session:
        assert session.scalars(select(User.totp_step)).one() == 7


@pytest.mark.parametrize("holds", CHECKS, ids=lambda each: each.__name__)
def test_on_sqlite(holds: Callable[[Database], None], tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'web.db'}", wait_seconds=0.05)
    try:
        holds(database)
    finally:
        database.close()


@pytest.mark.timeout(300)
def test_on_a_real_postgresql() -> None:
    reason = postgresql.missing()
    if reason:
        pytest.skip(reason)
    # One test, since the cluster takes longer than all of them. Not in pytest's own folder: only
    # its owner may enter that, and the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="yops-pg-"))
    folder.chmod(0o755)
    try:
        with postgresql.cluster(folder / "c") as address:
            for holds in CHECKS:
                database = Database(address, wait_seconds=0.05)
                try:
                    with database.session() as session:
                        session.execute(text("DROP SCHEMA public CASCADE"))
                        session.execute(text("CREATE SCHEMA public"))
                    holds(database)
                finally:
                    database.close()
    finally:
        shutil.rmtree(folder)


def test_sqlite_survives_a_power_cut_and_holds_its_references(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'web.db'}")
    with database.reading() as session:
        pragmas = [
            session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    database.close()
    assert pragmas == ["wal", 2, 1]


@pytest.mark.parametrize(
    "address", ["mysql://u@h/d", "nonsense://x", "no address", "sqlite+odd:///x"]
)
def test_what_is_no_database_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="database"):
        Database(address)


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    for address in (
        f"sqlite:///{tmp_path / 'nowhere/web.db'}",
        f"postgresql://u@/d?host={tmp_path}",
    ):
        database = Database(address, wait_seconds=0.05)
        with pytest.raises(StoreError, match="cannot be used"), database.reading() as session:
            session.execute(text("SELECT 1"))
        database.close()


def test_a_locked_database_is_a_page_that_says_so(
    people: Console, browser: Browsers, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = browser()
    made.sign_in("emma")
    clock.step(60)  # long enough for its use to be written down, if that could be
    quick = Database(
        f"sqlite:///{people.settings.inventory.parent / '.yamaha-ops/web.db'}", wait_seconds=0.01
    )
    monkeypatch.setattr(people, "database", quick)
    other = sqlite3.connect(people.settings.inventory.parent / ".yamaha-ops/web.db")
    other.execute("BEGIN IMMEDIATE")
    page = made.post("/account/logins/end-others")
    assert page.status_code == 503
    assert page.headers["retry-after"] == "2"
    assert "locked by somebody else" in page.text
    assert "see whether" in page.text
    api = made.client.post("/api/v1/tokens", json={"name": "x"}, headers={"X-CSRF": made.token()})
    assert (api.status_code, api.json()["exit"]) == (503, "failed")
    # Who only looks is not held up.
    assert made.get("/account").status_code == 200
    assert made.get("/healthz").json() == {"status": "ok"}
    other.rollback()
    other.close()
    assert made.post("/account/logins/end-others").status_code == 303
    quick.close()
