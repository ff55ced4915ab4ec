from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from recsys.settings import Settings
from recsys.workflows.copy_queue import count_texts
from recsys.workflows.copy_settings import voices
from recsys.workflows.segments import segment_lines
from recsys.workspace import Workspace
from recsys.workspace import database as module
from recsys.workspace.tables import metadata

TABLES = ("copy_texts", "copy_versions", "copy_settings", "copy_answers", "copy_runs")


def test_a_workspace_from_before_copy_gets_its_tables_and_loses_nothing(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{tmp_path / 'aisle.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.exec_driver_sql(
            "INSERT INTO named_sets (kind, name, name_key, note, version)"
            " VALUES ('segment', 'VIPs', 'vips', '', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO named_set_versions (set_id, version, name, members, count, actor, at)"
            " VALUES (1, 1, 'VIPs', '[\"u1\"]', 1, 'ana', 1.0)"
        )
        assert not set(TABLES) & set(inspect(connection).get_table_names())
    engine.dispose()

    workspace = Workspace(Settings(home=tmp_path))
    assert [line.name for line in segment_lines(workspace)] == ["VIPs"]
    assert count_texts(workspace) == {"draft": 0, "checked": 0, "approved": 0, "rejected": 0}
    assert voices(workspace) == []
    # What the migration makes is what the code believes to be there.
    found = inspect(workspace.database.engine)
    for name in (*TABLES, "copy_run_rows"):
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: column.nullable for column in metadata.tables[name].c}
        indexes = {index["name"] for index in found.get_indexes(name)}
        assert {str(index.name) for index in metadata.tables[name].indexes} <= indexes
    workspace.database.close()
