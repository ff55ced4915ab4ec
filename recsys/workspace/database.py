from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, text
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError, SQLAlchemyError

from recsys.errors import StorageError
from recsys.workspace import tables

# The newest file in migrations/versions; a test holds the two together.
SCHEMA_VERSION = "0006"


def open_database(url: str) -> Engine:
    """Connect to the metadata database and bring its tables up to date.

    Parameters
    ----------
    url
        A SQLAlchemy URL. SQLite gets a write-ahead log, so readers never wait for writers.

    Raises
    ------
    StorageError
        The database cannot be reached or written, or the URL is none.
    """
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        if _version(engine) != SCHEMA_VERSION:
            _migrate(engine)
    except SQLAlchemyError as error:
        raise _storage_error(error) from error
    return engine


def _engine(url: str) -> Engine:
    """Make the engine; what is wrong with the URL is said without it, since it has a password."""
    try:
        return create_engine(url)
    except ModuleNotFoundError as error:
        raise StorageError(
            f"The database of AISLE_DATABASE_URL needs the package {error.name!r}, which is not"
            " installed.",
            hint="Install it beside Aisle, or name another driver: postgresql+psycopg://...",
        ) from None
    except (ArgumentError, ValueError, TypeError):
        raise StorageError(
            "AISLE_DATABASE_URL is not the URL of a database that Aisle can use.",
            hint="Write it as postgresql+psycopg://user:password@host:5432/name with the signs"
            " @ : / in the password percent-encoded, or leave it empty.",
        ) from None


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where a write follows: an upgrade in the middle can deadlock."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _version(engine: Engine) -> str:
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except (OperationalError, ProgrammingError):
        return ""


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.execution_options(writing=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _storage_error(error: SQLAlchemyError) -> StorageError:
    found = str(getattr(error, "orig", None) or error)
    if "is locked" in found:  # SQLite's words; servers queue their writers
        return StorageError(
            "The metadata database is busy: another process is writing.",
            hint="Try again in a moment.",
        )
    if "is full" in found or "No space left" in found:
        return StorageError(
            f"The metadata database has no room: {found}.",
            hint="Free some space on its disk, then try again.",
        )
    return StorageError(
        f"The metadata database refused: {found}.",
        hint="Check that it can be reached and written and that AISLE_DATABASE_URL is right.",
    )


class Database:
    """The metadata database: short reads and short writes, errors as :class:`StorageError`."""

    def __init__(self, url: str) -> None:
        self.engine = open_database(url)
        self._writer = self.engine.execution_options(writing=True)

    @contextmanager
    def read(self) -> Generator[Connection]:
        """Give a connection to read with."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _storage_error(error) from error

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Give a connection in a transaction: committed when the block ends without an error."""
        try:
            with self._writer.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _storage_error(error) from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def record(connection: Connection, actor: str, action: str, subject: str, **details: Any) -> None:
    """Add a line to the audit log: who did what to which thing, in the caller's transaction."""
    connection.execute(
        insert(tables.audit).values(
            at=time.time(), actor=actor, action=action, subject=subject, details=details
        )
    )
