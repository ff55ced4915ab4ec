"""Two servers on one database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from recsys.rules.rule import Rule, Target
from recsys.settings import Settings
from recsys.workflows.rules import draft_book, rule_board, rule_sets, save_rule
from recsys.workspace import Workspace

ROUNDS = 8
WORK = f"""
import sys
from recsys.errors import Conflict, InputError
from recsys.rules.rule import Rule, Target
from recsys.workflows.rules import publish_rules, rule_board, save_rule
from recsys.workspace import Workspace

me, workspace = sys.argv[1], Workspace.from_environment()
published = refused = 0
for number in range({ROUNDS}):
    save_rule(workspace, Rule(kind="hide", target=Target(brands=(f"{{me}}{{number}}",))), actor=me)
    while True:
        line = rule_board(workspace).lines[0]
        shared = line.rule.model_copy(update={{"priority": line.rule.priority + 1}})
        try:
            save_rule(workspace, shared, revision=line.revision, actor=me)
            break
        except Conflict:
            refused += 1
    try:
        publish_rules(workspace, actor=me)
        published += 1
    except InputError:
        pass  # the other one has just published all of it
print(published, refused)
"""


def test_two_processes_that_save_and_publish_at_once_lose_nothing(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    save_rule(workspace, Rule(kind="boost", target=Target(brands=("A",)), priority=0), actor="x")
    environment = {**os.environ, "AISLE_HOME": str(tmp_path)}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, name],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("ana", "ben")
    ]
    done = [child.communicate(timeout=120) for child in children]
    assert [error for _, error in done] == ["", ""]
    published = sum(int(out.split()[0]) for out, _ in done)
    history = rule_sets(workspace, 100)
    assert len(history) == published
    assert [one.beneath for one in history] == [*(one.id for one in history[1:]), 0]
    book = draft_book(workspace)
    assert len(book.rules) == 1 + 2 * ROUNDS
    assert book.rules[0].priority == 2 * ROUNDS, "no change of one overwrote the other's"
    assert not rule_board(workspace).differs, "the last to publish published everything"
    workspace.database.close()
