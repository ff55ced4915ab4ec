from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from recsys.segments.definition import Definition
from recsys.settings import Settings
from recsys.workflows.segments import open_segment, segment_lines
from recsys.workspace import Workspace
from recsys.workspace import database as module


def test_segments_from_before_they_had_definitions_are_lists(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{tmp_path / 'aisle.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.exec_driver_sql(
            "INSERT INTO named_sets (kind, name, name_key, note, version)"
            " VALUES ('segment', 'VIPs', 'vips', '', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO named_set_versions (set_id, version, name, members, count, actor, at)"
            " VALUES (1, 1, 'VIPs', '[\"u1\", \"u2\"]', 2, 'ana', 1.0)"
        )
    engine.dispose()

    workspace = Workspace(Settings(home=tmp_path))
    (line,) = segment_lines(workspace)
    assert (line.name, line.kind, line.count, line.refresh) == ("VIPs", "list", 2, False)
    assert open_segment(workspace, 1).definition == Definition(kind="list", ids=("u1", "u2"))
    workspace.database.close()
