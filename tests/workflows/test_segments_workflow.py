from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from flow_shop import N_USERS, SENSITIVE, open_flow, user

from recsys.errors import Conflict, InputError, NotFound, StorageError
from recsys.releases.live import LiveShop
from recsys.rules import sets as module
from recsys.rules.rule import Rule, Scope, Target
from recsys.segments.definition import Conditions, Definition, Leaving, Seeds
from recsys.segments.lifecycle import LifecycleRules
from recsys.types import silent
from recsys.workflows.audit import audit_lines
from recsys.workflows.candidates import publish_candidate
from recsys.workflows.jobs import active_jobs, await_job
from recsys.workflows.named_sets import delete_named_set, named_set, save_named_set, versions
from recsys.workflows.publishing import make_release, roll_back_release
from recsys.workflows.rules import draft_book, publish_rules, save_rule
from recsys.workflows.segment_refresh import queue_refresh, refresh_segments
from recsys.workflows.segments import (
    lifecycle_line,
    lifecycle_rules,
    open_segment,
    overlap,
    preview,
    save_lifecycle_rules,
    save_segment,
    segment_lines,
    set_refresh,
    work_out,
)
from recsys.workspace import Workspace

EVEN = [user(one) for one in range(0, N_USERS, 2)]
TEA = Definition(kind="rule", conditions=Conditions(categories=("Tea",)))


@pytest.fixture
def workspace(flow_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_flow(copy_of(flow_home))
    yield workspace
    workspace.database.close()


@pytest.fixture
def shop(workspace: Workspace) -> LiveShop:
    return LiveShop(workspace)


class TestPreview:
    def test_what_a_segment_shares_and_buys(self, workspace: Workspace, shop: LiveShop) -> None:
        found = preview(workspace, shop.current(), TEA)
        ids = shop.current().release.user_ids
        assert {ids.id(row) for row in found.picked.rows.tolist()} == set(EVEN)
        assert found.counts.members == len(EVEN)
        best = found.shared["category"][0]
        assert (best.value, best.share, best.everyone, best.lift) == ("Tea", 1.0, 0.5, 2.0)
        assert {one.item_id for one in found.top} <= {f"i{one:02}" for one in range(12)}
        assert SENSITIVE not in {one.item_id for one in found.top}
        assert all(one.lift.lift == pytest.approx(2) and one.lift.sure for one in found.top)
        assert found.notes == (
            "It goes by a category of which 1 of 12 products are marked as sensitive: being in"
            " this segment may tell that of a person.",
        )

    def test_lookalikes_of_one_taste_are_of_it(self, workspace: Workspace, shop: LiveShop) -> None:
        seeds = Seeds(ids=(*EVEN[:20], EVEN[0], "nobody"))
        definition = Definition(kind="lookalikes", seeds=seeds, size=20)
        found = preview(workspace, shop.current(), definition)
        ids = shop.current().release.user_ids
        assert {ids.id(row) for row in found.picked.rows.tolist()} == set(EVEN[20:])
        assert "unknown: nobody" in " ".join(found.notes)

    def test_nobody_is_no_fault(self, workspace: Workspace, shop: LiveShop) -> None:
        nobody = Definition(kind="rule", conditions=Conditions(orders_min=99))
        found = preview(workspace, shop.current(), nobody)
        assert (found.counts.members, found.top) == (0, [])
        assert all(not lifts for lifts in found.shared.values())

    def test_what_the_law_protects_is_warned_about(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        conditions = Conditions(attributes={"age": ("18-30",), "tier": ("gold",)})
        found = preview(workspace, shop.current(), Definition(kind="rule", conditions=conditions))
        assert found.notes == (
            "It goes by 'age', which tells of age. Treating people differently by that may be"
            " against the law; check that the campaign needs it.",
        )
        bought = Conditions(items=(SENSITIVE,), categories=("Pharmacy",))
        found = preview(workspace, shop.current(), Definition(kind="rule", conditions=bought))
        tells = "being in this segment tells that of a person."
        assert found.notes == (
            f"It goes by 1 product marked as sensitive: {tells}",
            f"It goes by a sensitive category: {tells}",
        )
        # One of the dozen is marked.
        tea = preview(workspace, shop.current(), TEA)
        assert tea.notes == (
            "It goes by a category of which 1 of 12 products are marked as sensitive: being in"
            " this segment may tell that of a person.",
        )

    def test_segments_that_it_names_are_followed(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        view = shop.current()
        bought = Definition(kind="rule", conditions=Conditions(categories=("Pharmacy",)))
        one = save_segment(workspace, view, "Salve", bought, actor="ana")
        of_it = Definition(kind="rule", conditions=Conditions(segments=(one.id,)))
        two = save_segment(workspace, view, "Of it", of_it, actor="ana")
        seeds = Seeds(conditions=Conditions(segments=(two.id, two.id, 10**30)))
        found = preview(workspace, view, Definition(kind="lookalikes", seeds=seeds))
        assert found.notes[0] == (
            "Through the segment 'Salve', it goes by a sensitive category: being in this segment"
            " tells that of a person."
        )


class TestSaved:
    def test_made_changed_and_told(self, workspace: Workspace, shop: LiveShop) -> None:
        view = shop.current()
        line = save_segment(
            workspace, view, "Tea", TEA.model_copy(update={"holdout": 0.3}), actor="ana"
        )
        assert (line.kind, line.version, line.count, line.by_hand) == ("rule", 1, 40, False)
        assert 0 < line.held_out < 40
        gold = TEA.model_copy(update={"size": 10})
        second = save_segment(
            workspace, view, "Tea", gold, set_id=line.id, revision=1, refresh=False, actor="ben"
        )
        found = open_segment(workspace, line.id)
        assert (second.version, found.members, found.definition) == (2, found.members, gold)
        assert len(found.members) == 10
        assert found.counts.removed == {"beyond the best 10": 30}
        told = [(one.version, one.came, one.went, one.kept, one.why) for one in found.history]
        assert told == [
            (2, 0, 30, 10, "Saved with this definition."), (1, 40, 0, 0, "Made."),
        ]  # fmt: skip
        assert named_set(workspace, "segment", line.id).members == found.members
        assert audit_lines(workspace)[0].words == "Saved segment Tea: 10 members."
        assert segment_lines(workspace) == [found.line]

    def test_each_segment_sets_other_shoppers_aside_and_keeps_them(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        view, half = shop.current(), TEA.model_copy(update={"holdout": 0.5})
        one, two = (
            save_segment(workspace, view, name, half, actor="ana").id for name in ("One", "Two")
        )
        first, second = (open_segment(workspace, which).definition for which in (one, two))
        assert 0 < first.seed != second.seed > 0
        refresh_segments(workspace, view, [one], actor="ana")
        assert open_segment(workspace, one).definition == first
        # One that draws nobody has none until it does, and then keeps it.
        three = save_segment(workspace, view, "Three", TEA, actor="ana")
        assert open_segment(workspace, three.id).definition.seed == 0
        seeds = list[int]()
        for revision in (1, 2):
            save_segment(
                workspace, view, "Three", half, set_id=three.id, revision=revision, actor="ana"
            )
            seeds.append(open_segment(workspace, three.id).definition.seed)
        assert seeds[0] == seeds[1] > 0

    def test_unknown_ids_of_a_list_are_left_out_where_consent_is_asked_for(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        consented = Definition(
            kind="list", ids=("u01", "nobody", "u05"), leaving=Leaving(no_consent=True)
        )
        found = work_out(workspace, shop.current(), consented)
        assert found.members == ("u01",)
        assert found.counts.removed == {
            "without consent": 1, "unknown, so nobody knows whether they consented": 1,
        }  # fmt: skip
        assert (found.counts.members, found.counts.unknown) == (1, 0)

    def test_the_second_of_two_people_is_told_and_nothing_is_written(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        view = shop.current()
        line = save_segment(workspace, view, "Tea", TEA, actor="ana")
        save_segment(workspace, view, "Tea", TEA, set_id=line.id, revision=1, actor="ana")
        with pytest.raises(Conflict, match="Segment 'Tea' was changed by ana just now"):
            save_segment(
                workspace, view, "Tea", TEA.model_copy(update={"size": 1}),
                set_id=line.id, revision=1, actor="ben",
            )  # fmt: skip
        assert open_segment(workspace, line.id).definition == TEA
        with pytest.raises(InputError, match="There is a segment 'tea' already"):
            save_segment(workspace, view, "tea", TEA, actor="ben")
        assert len(segment_lines(workspace)) == 1
        itself = Definition(kind="rule", conditions=Conditions(segments=(line.id,)))
        with pytest.raises(InputError, match="The segment goes by itself"):
            save_segment(workspace, view, "Tea", itself, set_id=line.id, revision=2, actor="b")

    def test_a_list_keeps_ids_that_nobody_knows(self, workspace: Workspace, shop: LiveShop) -> None:
        listed = Definition(kind="list", ids=("x1", "u03", "u01", "u03"))
        line = save_segment(workspace, shop.current(), "List", listed, actor="ana")
        assert open_segment(workspace, line.id).members == ("u03", "u01", "x1")
        found = preview(workspace, shop.current(), listed)
        assert found.counts.unknown == 1
        assert found.notes[-1] == "Unknown ids are kept, for a release that has them."

    def test_a_set_without_a_definition_is_a_list(self, workspace: Workspace) -> None:
        made = save_named_set(workspace, "segment", "By hand", ["u01", "x"], actor="ana")
        (line,) = segment_lines(workspace)
        assert (line.kind, line.by_hand, line.refresh, line.release_id) == ("list", True, False, "")
        found = open_segment(workspace, made.id)
        assert found.definition == Definition(kind="list", ids=("u01", "x"))
        assert [(one.came, one.why) for one in found.history] == [(None, "")]

    def test_a_deleted_one_leaves_its_history_and_is_no_error_in_another(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        view = shop.current()
        tea = save_segment(workspace, view, "Tea", TEA, actor="ana")
        others = Definition(
            kind="rule",
            conditions=Conditions(segments=(tea.id,)),
            leaving=Leaving(segments=(tea.id,)),
        )
        assert preview(workspace, view, others).counts.removed == {"in segment Tea": 40}
        delete_named_set(workspace, "segment", tea.id, revision=1, actor="ana")
        found = preview(workspace, view, others)
        assert found.counts.members == 0
        assert found.notes == (
            f"Segment {tea.id}, which this one goes by, was deleted and is taken as empty.",
        )
        never = Definition(kind="rule", conditions=Conditions(segments=(tea.id, 99)))
        assert preview(workspace, view, never).notes == (
            *found.notes, "Segment 99, which this one goes by, is unknown and is taken as empty.",
        )  # fmt: skip
        assert [one.version for one in versions(workspace, tea.id)] == [1]
        with pytest.raises(NotFound, match=f"Segment {tea.id} was deleted"):
            open_segment(workspace, tea.id)
        with pytest.raises(NotFound, match="There is no segment 99"):
            open_segment(workspace, 99)

    def test_a_circle_is_refused(self, workspace: Workspace, shop: LiveShop) -> None:
        view = shop.current()
        one = save_segment(workspace, view, "One", TEA, actor="ana")
        by = one
        for name in ("Two", "Three"):
            definition = Definition(kind="rule", conditions=Conditions(segments=(by.id,)))
            by = save_segment(workspace, view, name, definition, actor="ana")
        circle = TEA.model_copy(update={"leaving": Leaving(segments=(by.id,))})
        with pytest.raises(InputError) as told:
            save_segment(
                workspace, view, "One", circle, set_id=one.id, revision=one.version, actor="ana"
            )
        assert told.value.message == "The segment goes by itself, through 'Three', 'Two'."
        other = save_segment(workspace, view, "Four", circle, actor="ana")
        assert other.count == 0, "who is in Three is left out"

    def test_a_definition_that_cannot_be_read_hides_no_other(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        for name in ("One", "Two"):
            save_segment(workspace, shop.current(), name, TEA, actor="ana")
        with workspace.database.write() as connection:
            connection.exec_driver_sql(
                'UPDATE segments SET definition = \'{"kind": "magic"}\' WHERE set_id = 1'
            )
        lines = {one.name: (one.kind, one.by_hand) for one in segment_lines(workspace)}
        assert lines == {"One": ("list", True), "Two": ("rule", False)}
        with pytest.raises(
            StorageError, match=r"The definition of segment 1 cannot be read \(kind"
        ):
            open_segment(workspace, 1)
        assert [one.name for one in refresh_segments(workspace, shop.current(), actor="a")] == [
            "Two"
        ]


class TestRefresh:
    def test_who_came_and_went_on_a_new_release(self, workspace: Workspace, shop: LiveShop) -> None:
        view = shop.current()
        base = save_named_set(workspace, "segment", "Base", ["u01", "u00"], actor="ana").id
        of_base = Definition(kind="rule", conditions=Conditions(segments=(base,)))
        line = save_segment(workspace, view, "Of base", of_base, actor="ana")
        save_named_set(workspace, "segment", "Base", EVEN, set_id=base, revision=1, actor="ana")
        same = save_segment(workspace, view, "Best", TEA.model_copy(update={"size": 3}), actor="a")
        save_segment(workspace, view, "Left", TEA, refresh=False, actor="ana")
        rule = Rule(kind="hide", target=Target(items=("i00",)), scope=Scope(segments=(line.id,)))
        save_rule(workspace, rule, actor="ana")
        publish_rules(workspace, actor="ana")

        made = make_release(workspace, only=("for_you", "lookalikes"), evaluate=False)
        publish_candidate(workspace, made.release_id, actor="ben")
        (job,) = active_jobs(workspace)
        assert (job.kind, job.label) == ("segment_refresh", "Refresh the segments")
        assert queue_refresh(workspace, actor="cho") == job, "one waits already"
        result = await_job(workspace, job, silent).result
        assert result is not None
        assert result["release_id"] == made.release_id
        assert [one["words"] for one in result["segments"]] == [
            "'Of base': 39 came, 1 went, 1 stayed. Live rules go on with the members they were"
            " published with.",
            "'Best' has the same 3 members.",
        ]
        found = open_segment(workspace, line.id)
        assert found.release_id == made.release_id
        newest = found.history[0]
        assert (newest.version, newest.came, newest.went, newest.actor) == (2, 39, 1, "ben")
        assert newest.why == f"Worked out on release {made.release_id}."
        assert open_segment(workspace, same.id).line.version == 1
        assert open_segment(workspace, same.id).release_id == made.release_id
        shop.look_again()
        assert shop.current().book.sets[line.id].members == ("u00", "u01")
        assert len(draft_book(workspace).sets[line.id].members) == 40
        back = roll_back_release(workspace, actor="dan")
        (job,) = active_jobs(workspace)
        assert await_job(workspace, job, silent).status == "done"
        assert open_segment(workspace, line.id).release_id == back.release_id

    def test_what_cannot_be_worked_out_or_was_changed_by_hand_is_left(
        self, workspace: Workspace, shop: LiveShop
    ) -> None:
        view = shop.current()
        tea = save_segment(workspace, view, "Tea", TEA, actor="ana")
        save_named_set(workspace, "segment", "Tea", ["u01"], set_id=tea.id, revision=1, actor="ben")
        taste = Definition(kind="list", ids=("u01",))
        gone = save_segment(workspace, view, "Taste", taste, actor="ana")
        with workspace.database.write() as connection:
            connection.exec_driver_sql(
                'UPDATE segments SET definition = \'{"kind": "taste", "taste": ["m", 1]}\''
                f" WHERE set_id = {gone.id}"
            )
        words = [one.words for one in refresh_segments(workspace, view, actor="cho")]
        assert words == [
            "'Tea' was changed by hand and left as it is; save its definition again to refresh it.",
            "'Taste' was left as it is: The map that this taste group is of is gone.",
        ]
        assert segment_lines(workspace)[1].by_hand

    def test_those_that_others_go_by_come_first(self, workspace: Workspace, shop: LiveShop) -> None:
        view = shop.current()
        first = save_segment(workspace, view, "First", TEA, actor="ana")
        second = save_segment(workspace, view, "Second", TEA, actor="ana")
        by_second = Definition(kind="rule", conditions=Conditions(segments=(second.id,)))
        save_segment(workspace, view, "First", by_second, set_id=first.id, revision=1, actor="ana")
        done = refresh_segments(workspace, view, actor="ana")
        assert [one.name for one in done] == ["Second", "First"]

    def test_none_that_follows_no_job(self, workspace: Workspace, shop: LiveShop) -> None:
        line = save_segment(workspace, shop.current(), "Tea", TEA, actor="ana")
        off = set_refresh(workspace, line.id, False, revision=1, actor="ana")
        assert not off.refresh
        assert queue_refresh(workspace, actor="ana") is None
        with pytest.raises(Conflict, match="was changed by ana"):
            set_refresh(workspace, line.id, True, revision=7, actor="ben")


def test_who_is_in_both(workspace: Workspace, shop: LiveShop) -> None:
    lists = {"A": ["u01", "u02", "u03", "x"], "B": ["x", "u03"], "C": []}
    ids = [
        save_named_set(workspace, "segment", name, members, actor="ana").id
        for name, members in lists.items()
    ]
    found = overlap(workspace, ids)
    assert (found.names, found.sizes) == (("A", "B", "C"), (4, 2, 0))
    assert found.both.tolist() == [[4, 2, 0], [2, 2, 0], [0, 0, 0]]
    assert found.share.tolist() == [[1, 0.5, 0], [1, 1, 0], [0, 0, 0]]
    assert np.allclose(found.jaccard, [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 0]])
    for wrong in (ids[:1], range(1, 14)):
        with pytest.raises(InputError, match="segments were chosen to compare; 2 to 12"):
            overlap(workspace, wrong)


def test_the_lifecycle_is_changed_by_one_at_a_time(workspace: Workspace) -> None:
    assert lifecycle_line(workspace).revision == 0
    rules = LifecycleRules(new_days=14)
    assert save_lifecycle_rules(workspace, rules, revision=0, actor="ana").revision == 1
    assert lifecycle_rules(workspace) == rules
    with pytest.raises(Conflict) as told:
        save_lifecycle_rules(workspace, LifecycleRules(), revision=0, actor="ben")
    assert told.value.message == (
        "The lifecycle's rules were changed by ana just now. Yours were not saved."
    )
    again = save_lifecycle_rules(workspace, LifecycleRules(), revision=1, actor="ben")
    assert (again.revision, again.actor) == (2, "ben")


def test_sets_in_memory_are_bounded_by_their_members(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEPT_MEMBERS", 5)
    kept = module._Kept()
    monkeypatch.setattr(module, "_kept", kept)
    for name, count in (("one", 3), ("two", 2), ("three", 4), ("large", 9)):
        save_named_set(workspace, "segment", name, [f"u{one}" for one in range(count)], actor="a")
    assert [one.name for one in kept._sets.values()] == ["large"]
    again = named_set(workspace, "segment", 1)
    assert [one.name for one in kept._sets.values()] == ["one"]
    assert named_set(workspace, "segment", 1) is again
