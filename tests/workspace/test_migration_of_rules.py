from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from recsys.releases.publishing import published
from recsys.rules.rule import Rule, Target
from recsys.settings import Settings
from recsys.workflows.rules import publish_rules, rule_sets, save_rule
from recsys.workspace import Workspace
from recsys.workspace import database as module


def test_a_workspace_from_before_there_were_rules(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{tmp_path / 'aisle.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.exec_driver_sql(
            "INSERT INTO publications (release_id, beneath, action, actor, at)"
            " VALUES ('r1', NULL, 'publish', 'ana', 1.0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO live_items (item_id, stock, hidden, version, actor, at)"
            " VALUES ('00123', 4, 1, 1, 'ana', 1.0)"
        )
    engine.dispose()

    workspace = Workspace(Settings(home=tmp_path))
    assert [one.release_id for one in published(workspace)] == ["r1"]
    with workspace.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT item_id, stock, hidden FROM live_items").all()
    assert [tuple(row) for row in rows] == [("00123", 4, 1)]
    assert rule_sets(workspace) == []
    save_rule(workspace, Rule(kind="hide", target=Target(items=("00123",))), actor="ana")
    assert publish_rules(workspace, actor="ana").id == 1
    workspace.database.close()
