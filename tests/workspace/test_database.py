from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from recsys.errors import StorageError
from recsys.workspace import database as module
from recsys.workspace.database import SCHEMA_VERSION, Database, record
from recsys.workspace.tables import metadata


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'aisle.db'}")


def test_migrations_and_tables_say_the_same(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_schema_version_is_the_newest_migration() -> None:
    folder = Path(module.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == SCHEMA_VERSION


def test_a_write_that_fails_leaves_no_trace(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            record(connection, "me", "publish", "x")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit").scalar() == 0


def test_a_damaged_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "aisle.db").write_bytes(b"this is no database at all, not even nearly")
    with pytest.raises(StorageError, match="The metadata database refused"):
        Database(f"sqlite:///{tmp_path / 'aisle.db'}")


def test_a_locked_database_is_busy_and_not_full(database: Database) -> None:
    with database.engine.connect() as connection:  # the pool gives this one out again
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    other = sqlite3.connect(str(database.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        pytest.raises(StorageError, match="is busy: another process is writing") as refused,
        database.write() as connection,
    ):
        record(connection, "me", "publish", "x")
    assert "disk" not in str(refused.value)
    other.close()


def test_a_full_database_asks_for_space(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
    with (
        pytest.raises(StorageError, match=r"no room: .* Free some space"),
        database.write() as connection,
    ):
        record(connection, "me", "publish", "x" * 1_000_000)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("secret garbage", "is not the URL"),
        ("postgresql://ann:secret@host:port/name", "is not the URL"),
        ("nosuch://ann:secret@host/name", "is not the URL"),
        ("sqlite://ann:secret@host/name", "is not the URL"),
        ("mysql://ann:secret@host/name", "the package 'MySQLdb'"),
    ],
)
def test_a_wrong_url_is_said_without_its_password(url: str, said: str) -> None:
    with pytest.raises(StorageError, match=said) as refused:
        Database(url)
    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__, "the cause would show the URL in a log"
