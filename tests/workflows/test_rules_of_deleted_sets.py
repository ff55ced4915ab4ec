"""What a draft says and does when a collection or segment that its rules name is deleted."""

from __future__ import annotations

from pathlib import Path

from workflow_shops import open_workspace

from recsys.rules.rule import Rule, Scope, Target
from recsys.workflows.named_sets import delete_named_set, save_named_set
from recsys.workflows.rule_files import export_rules, import_rules
from recsys.workflows.rules import (
    changes,
    changes_of,
    delete_rule,
    draft_book,
    publish_rules,
    roll_back_rules,
    rule_board,
    save_rule,
)
from recsys.workspace import Workspace


def test_a_deleted_set_is_a_change_that_can_be_published(workspace: Workspace) -> None:
    recall = save_named_set(workspace, "collection", "Recall", ["tea", "cup"], actor="ana")
    other = save_named_set(workspace, "collection", "Other", ["pot"], actor="ana")
    vips = save_named_set(workspace, "segment", "VIPs", ["u1"], actor="ana")
    gone = Target(collections=(recall.id,))
    save_rule(workspace, Rule(name="X", kind="hide", target=gone), actor="ana")
    both = Target(collections=(recall.id, other.id))
    save_rule(workspace, Rule(name="Y", kind="hide", target=both), actor="ana")
    staff = Rule(
        name="Z", kind="hide", target=Target(brands=("A",)), scope=Scope(segments=(vips.id,))
    )
    staff = save_rule(workspace, staff, actor="ana")
    publish_rules(workspace, actor="ana")
    assert not rule_board(workspace).differs

    delete_named_set(workspace, "collection", recall.id, revision=1, actor="ana")
    delete_named_set(workspace, "segment", vips.id, revision=1, actor="ana")
    said = [
        "Collection Recall was deleted: rule 'X' will match nothing; rule 'Y' will go on without"
        " this collection.",
        "Segment VIPs was deleted: rule 'Z' will hold for nobody.",
    ]
    found = changes(workspace)
    assert [(one.kind, one.words, one.set_id) for one in found] == [
        ("set", said[0], recall.id),
        ("set", said[1], vips.id),
    ]
    assert rule_board(workspace).differs
    second = publish_rules(workspace, actor="ana")
    assert [one.words for one in changes_of(workspace, second)] == said
    assert changes(workspace) == []
    back = roll_back_rules(workspace, actor="ana")
    assert [one.words for one in changes_of(workspace, back)] == [
        "Collection Recall is there again, with 2 members.",
        "Segment VIPs is there again, with 1 member.",
    ]
    # Without the rule that named it, the set is nobody's business.
    delete_rule(workspace, staff.id, revision=1, actor="ana")
    assert [one.words for one in changes(workspace)] == [
        f"Removed: Z: Hide brand A for a deleted segment ({vips.id}).",
        said[0],
    ]


def test_an_export_that_names_a_deleted_set_can_be_imported(
    workspace: Workspace, tmp_path: Path
) -> None:
    recall = save_named_set(workspace, "collection", "Recall", ["tea"], actor="ana")
    gone = Target(collections=(recall.id,))
    save_rule(workspace, Rule(name="X", kind="hide", target=gone), actor="ana")
    delete_named_set(workspace, "collection", recall.id, revision=1, actor="ana")
    other = open_workspace(tmp_path / "other")
    done = import_rules(other, export_rules(workspace), actor="ben")
    assert (done.added, done.sets) == (1, ("Recall",))
    assert [one.members for one in draft_book(other).sets.values()] == [("tea",)]
    other.database.close()
