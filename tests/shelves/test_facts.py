"""Facts of products, as rules go by them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hand_shop import changed
from rule_shop import CATALOGUE, NOW, rule, under

from recsys.data.dataset import Dataset
from recsys.releases.live import LiveView
from recsys.releases.tables import ATTRIBUTES, UNKNOWN_STOCK
from recsys.rules.rule import Target
from recsys.shelves.compiled import compile_book
from recsys.shelves.facts import Column, facts_of, facts_of_table


def matched(view: LiveView, target: Target, *, now: float = NOW) -> list[int]:
    facts = facts_of(view)
    return compile_book(view.book, facts).products(target, now=now).tolist()


def those(name: str, *values: object) -> list[int]:
    return [n for n, row in enumerate(CATALOGUE) if row[name] in values]


def test_further_columns_come_with_the_release(rule_view: LiveView) -> None:
    facts = facts_of(rule_view)
    assert facts.columns() == ["colour", "organic"]
    assert (facts.stock[0], facts.launched[0]) == (UNKNOWN_STOCK, 0)
    assert matched(rule_view, Target(attributes={"colour": ("red",)})) == those("colour", "red")
    both = Target(attributes={"colour": ("red", "blue"), "organic": ("false",)})
    assert matched(rule_view, both) == those("organic", "false")
    assert matched(rule_view, Target(attributes={"size": ("L",)})) == []


def test_every_field_narrows(rule_view: LiveView) -> None:
    tea = Target(categories=("Tea", "Wine"), price_min=9, price_max=20)
    assert matched(rule_view, tea) == [8, 12, 16]
    assert matched(rule_view, Target()) == [], "what asks nothing is nothing"
    assert matched(rule_view, Target(items=("i03", "gone"), brands=("Leaf",))) == [3]


def test_price_stock_and_time_are_those_of_now(rule_view: LiveView) -> None:
    now = changed(rule_view, price={0: 3, 1: np.nan}, stock={0: 2})
    assert matched(now, Target(price_max=3)) == [0, 2]
    assert 0 in matched(now, Target(stock_max=2))
    assert 0 not in matched(rule_view, Target(stock_max=2)), "unknown stock does not match"
    new = matched(rule_view, Target(newer_than_days=31))
    assert new == [n for n, row in enumerate(CATALOGUE) if str(row["launched_at"]) >= "2025-12-01"]
    assert matched(rule_view, Target(newer_than_days=31), now=NOW + 60 * 86_400) == []


def test_a_release_of_an_earlier_version_has_no_further_columns(rule_view: LiveView) -> None:
    path = rule_view.release.folder / ATTRIBUTES
    aside = path.rename(path.with_suffix(".aside"))
    try:
        from recsys.releases.release import Release
        from recsys.settings import Settings
        from recsys.workspace import Workspace

        home = rule_view.release.folder.parents[1]
        old = Release(Workspace(Settings(home=home)), rule_view.release.id)
        view = replace(rule_view, release=old)
        assert matched(view, Target(attributes={"colour": ("red",)})) == []
        assert matched(view, Target(categories=("Tea",))) == those("category", "Tea")
    finally:
        aside.rename(path)


def test_a_catalogue_gives_the_same_facts_as_its_release(rule_view: LiveView) -> None:
    from recsys.settings import Settings
    from recsys.workspace import Workspace

    release = rule_view.release
    workspace = Workspace(Settings(home=release.folder.parents[1]))
    dataset = Dataset.open(workspace, release.manifest["dataset_id"])
    one = facts_of_table(dataset.items(), buyers=release.buyers)
    view = under(rule_view, rule("hide"))
    targets = [
        Target(categories=("Tea",)),
        Target(brands=("Bean",), price_max=20),
        Target(attributes={"organic": ("true",)}),
        Target(newer_than_days=200),
    ]
    for target in targets:
        found = compile_book(view.book, one).products(target, now=NOW).tolist()
        assert found == matched(view, target)
        assert found
    assert one.groups is not None
    assert one.named(3) == "Product 3"


def test_cells_as_text() -> None:
    column = Column.of([1.0, 2.5, True, None, "", "x"])
    assert column.values == ("1", "2.5", "true", "x")
    assert column.among(["1", "x"]).tolist() == [True, False, False, False, False, True]
