from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from recsys.errors import Conflict, InputError, NotFound
from recsys.releases.live import LiveShop
from recsys.rules.book import NamedSet
from recsys.rules.rule import Rule, Scope, Target
from recsys.workflows import set_members as module
from recsys.workflows.named_sets import (
    How,
    MemberRow,
    delete_named_set,
    edited,
    member_rows,
    named_set,
    named_sets,
    read_ids,
    repeated_words,
    restore_version,
    save_named_set,
    unknown_words,
    uses,
    versions,
)
from recsys.workflows.rules import publish_rules, save_rule
from recsys.workspace import Workspace


def make(workspace: Workspace, name: str, *members: str) -> int:
    return save_named_set(workspace, "collection", name, members, actor="ana").id


def test_make_change_and_go_back(workspace: Workspace) -> None:
    made = save_named_set(workspace, "collection", " Gifts  2026 ", ["b", "a", "b"], actor="ana")
    assert (made.name, made.version, made.members) == ("Gifts 2026", 1, ("b", "a"))
    second = save_named_set(
        workspace, "collection", "Gifts", ["a", "00123"],
        set_id=made.id, revision=1, note="for December", actor="ben",
    )  # fmt: skip
    assert (second.version, second.members) == (2, ("a", "00123"))
    back = restore_version(workspace, "collection", made.id, 1, revision=2, actor="cho")
    assert (back.name, back.version, back.members) == ("Gifts", 3, ("b", "a"))
    (line,) = named_sets(workspace, "collection")
    assert (line.name, line.count, line.note, line.actor) == ("Gifts", 2, "for December", "cho")
    assert named_sets(workspace, "segment") == []
    history = [
        (one.version, one.name, one.count, one.actor) for one in versions(workspace, made.id)
    ]
    assert history == [(3, "Gifts", 2, "cho"), (2, "Gifts", 2, "ben"), (1, "Gifts 2026", 2, "ana")]
    assert named_set(workspace, "collection", made.id, 2) == second
    with pytest.raises(NotFound, match="'Gifts' has no version 9"):
        named_set(workspace, "collection", made.id, 9)
    with pytest.raises(NotFound, match="There is no segment 1"):
        named_set(workspace, "segment", made.id)


def test_signs_that_nobody_sees_are_no_part_of_a_name(workspace: Workspace) -> None:
    made = save_named_set(
        workspace, "collection", "Gi\u202efts\tfor\x00 \u200ball\ufeff", ["a"], actor="ana"
    )
    assert made.name == "Gifts for all"
    with pytest.raises(InputError, match="It needs a name"):
        save_named_set(workspace, "collection", "\u202e\u200b", ["a"], actor="ana")


def test_the_second_of_two_people_is_told(workspace: Workspace) -> None:
    set_id = make(workspace, "Gifts", "a")
    save_named_set(
        workspace, "collection", "Gifts", ["a", "b"], set_id=set_id, revision=1, actor="ana"
    )
    with pytest.raises(Conflict) as told:
        save_named_set(
            workspace, "collection", "Gifts", ["c"], set_id=set_id, revision=1, actor="ben"
        )
    assert told.value.message == (
        "Collection 'Gifts' was changed by ana just now: it now has 2 members. Yours was not saved."
    )
    with pytest.raises(Conflict, match="was changed by ana"):
        delete_named_set(workspace, "collection", set_id, revision=1, actor="ben")
    assert delete_named_set(workspace, "collection", set_id, revision=2, actor="ana") == []
    for attempt in (
        lambda: delete_named_set(workspace, "collection", set_id, revision=2, actor="ben"),
        lambda: save_named_set(
            workspace, "collection", "Gifts", [], set_id=set_id, revision=2, actor="ben"
        ),
    ):
        with pytest.raises(Conflict, match="Collection 'Gifts' was deleted meanwhile"):
            attempt()
    assert make(workspace, "Gifts", "z") != set_id, "its name is free again"


def test_names_are_unique_for_each_kind(workspace: Workspace) -> None:
    make(workspace, "Gifts")
    with pytest.raises(InputError, match="There is a collection 'gifts' already"):
        make(workspace, "gifts")
    save_named_set(workspace, "segment", "Gifts", [], actor="ana")
    with pytest.raises(InputError, match="It needs a name"):
        make(workspace, " \n ")
    with pytest.raises(InputError, match="The name is longer than 120 characters"):
        make(workspace, "x" * 121)
    assert make(workspace, "<b>bold</b>"), "any other text is a name"


def test_too_many_members_are_refused_in_words(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recsys.rules.sets.MOST_MEMBERS", 200)
    many = [f"i{number}" for number in range(201)]
    with pytest.raises(InputError) as told:
        save_named_set(workspace, "collection", "All", many, actor="ana")
    assert told.value.message == "'All' would have 201 members, and 200 is the most."
    kept = save_named_set(workspace, "collection", "All", many[:-1], actor="ana")
    assert named_set(workspace, "collection", kept.id).members == tuple(many[:-1])


def test_where_sets_are_used(workspace: Workspace) -> None:
    gifts = make(workspace, "Gifts", "a")
    vips = save_named_set(workspace, "segment", "VIPs", ["u1"], actor="ana").id
    target, scope = Target(collections=(gifts,)), Scope(segments=(vips,))
    save_rule(workspace, Rule(name="One", kind="hide", target=target, scope=scope), actor="ana")
    publish_rules(workspace, actor="ana")
    save_rule(workspace, Rule(name="Two", kind="boost", target=target), actor="ana")
    assert uses(workspace, "collection") == {gifts: ["One", "Two"]}
    assert uses(workspace, "segment") == {vips: ["One"]}


def test_ids_that_the_live_release_does_not_know_are_told(reading: LiveShop) -> None:
    view = reading.current()
    assert unknown_words(view, "collection", ["i01", "i02"]) == ""
    assert unknown_words(view, "collection", ["i01", "x1"]) == (
        "1 id is not among the products of the live catalogue, such as 'x1'; kept for a release"
        " that has them."
    )
    assert unknown_words(view, "segment", ["u01", "x1", "x2", "x3", "x4"]) == (
        "4 ids are not among the shoppers it knows, such as 'x1', 'x2', 'x3'; kept for a release"
        " that has them."
    )
    assert unknown_words(None, "segment", ["x1"]) == ""


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        ("  \n\n", []),
        ("a\nb\r\n c \n", ["a", "b", "c"]),
        ("a, b,c,", ["a", "b", "c"]),
        ("a;b\tc", ["a;b", "c"]),
        ("a;b,c", ["a", "b,c"]),
        ("00123\n1e5\n1,5", ["00123", "1e5", "1", "5"]),
        ("product_id\n00123\n00124", ["00123", "00124"]),
        ("\ufeffSKU\n1", ["1"]),
        ("Item ID\n1\n2", ["1", "2"]),
        ("sku", ["sku"]),
        ("skull\n1", ["skull", "1"]),
        ('"a, b";"c ""d"""\n"e"', ["a, b", 'c "d"', "e"]),
        ('12" pipe\n"open', ['12" pipe', '"open']),
        ("name\tsku\tprice\nTea, green\t7\t2.5\nCup\t8\t3", ["7", "8"]),
        ("a\na\nb", ["a", "a", "b"]),
        ("grüner tee\n茶", ["grüner tee", "茶"]),
    ],
)
def test_pasted_lists(text: str, ids: list[str]) -> None:
    assert read_ids(text) == ids


def test_ids_that_stand_there_twice_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert repeated_words(["a", "b"]) == ""
    assert repeated_words(["a", "b", "a"]) == "1 id stood there twice and counts once."
    assert repeated_words(["a"] * 3) == "2 ids stood there twice and count once."
    monkeypatch.setattr(module, "_MOST_CHARACTERS", 3)
    with pytest.raises(InputError, match="The list is longer than 3 characters"):
        read_ids("a\nb\n")


@pytest.mark.parametrize(
    ("how", "members", "words"),
    [
        ("add", ["a", "b", "c"], "1 member added; 1 was there already."),
        ("remove", ["a"], "1 member removed; 1 was not among them."),
        ("replace", ["b", "c"], "2 members now."),
    ],
)
def test_members_are_added_removed_and_replaced(how: How, members: list[str], words: str) -> None:
    assert edited(["a", "b"], ["b", "c", "b"], how) == (members, words)
    assert edited(["a"], [], "add") == (["a"], "0 members added.")


def test_members_by_name(reading: LiveShop) -> None:
    view = reading.current()
    gifts = NamedSet(1, "collection", "Gifts", 1, ("x", "i01", "i02"))
    assert member_rows(view, gifts, 0, 2) == [
        MemberRow("x"), MemberRow("i01", "Product 1", "", 2.0, known=True),
    ]  # fmt: skip
    vips = NamedSet(2, "segment", "VIPs", 1, ("u01", "x"))
    assert member_rows(view, vips, 0, 9) == [MemberRow("u01", known=True), MemberRow("x")]
    assert member_rows(None, gifts, 1, 3) == [MemberRow("i01"), MemberRow("i02")]


ids = some.text(some.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8)


@given(some.lists(ids, min_size=2, max_size=8))
def test_quoted_ids_come_back_as_they_were(given_ids: list[str]) -> None:
    lines = ['"' + one.replace('"', '""') + '"' for one in given_ids]
    assert read_ids("x1\n" + "\n".join(lines)) == ["x1", *given_ids]
