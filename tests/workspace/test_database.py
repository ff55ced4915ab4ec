from __future__ import annotations

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
