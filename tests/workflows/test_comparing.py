from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from replay_shops import add_tested
from workflow_shops import QUICK, load_shop, open_workspace

from recsys.data.dataset import Dataset
from recsys.errors import InputError, NotFound
from recsys.models.store import open_served
from recsys.workflows.comparing import SideBySide, compare_models, diff_models, differ_most
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str, str]:
    """A shop of two tastes with a model of them, and one that knows only what is popular."""
    workspace = open_workspace(tmp_path_factory.mktemp("comparing") / "home")
    load_shop(workspace)
    als = train_model(workspace, "als", settings=QUICK, evaluate=False)
    return workspace, als, train_model(workspace, "popularity", evaluate=False)


@pytest.fixture(scope="module")
def compared(models: tuple[Workspace, str, str]) -> SideBySide:
    return compare_models(*models, "u01", 5)


def test_each_side_is_the_best_of_its_own_model_without_what_was_bought(
    models: tuple[Workspace, str, str], compared: SideBySide
) -> None:
    workspace, als, _ = models
    dataset = Dataset.open(workspace, workspace.datasets.ids()[0])
    rows = dataset.interactions()
    user = dataset.user_ids.row("u01")
    assert user is not None
    space = open_served(workspace, als)
    query = space.shopper_query(user)
    assert query is not None
    scores = space.scores([query])[0]
    scores[rows.item[rows.user == user]] = -np.inf
    best = [dataset.item_ids.id(int(row)) for row in np.argsort(-scores, kind="stable")[:5]]
    assert [line.item_id for line in compared.first.lines] == best
    assert [line.score for line in compared.first.lines] == sorted(
        (line.score for line in compared.first.lines), reverse=True
    )


def test_lines_have_names_prices_and_reasons(compared: SideBySide) -> None:
    line = compared.first.lines[0]
    number = int(line.item_id[1:])
    assert (line.name, line.price, line.category) == (f"Product {number}", number + 1, None)
    assert line.reason.startswith("Because you bought Product ")
    assert all(
        line.reason.startswith("Popular: bought by ") and line.reason.endswith(" shoppers")
        for line in compared.second.lines
    )
    assert "bought by 0 " not in compared.second.lines[0].reason


def test_the_diff_turns_the_first_list_into_the_second_and_says_where_the_rest_is(
    models: tuple[Workspace, str, str], compared: SideBySide
) -> None:
    first, second = (
        [line.item_id for line in side.lines] for side in (compared.first, compared.second)
    )
    assert compared.diff.apply(first) == second
    came = compared.diff.of("came")
    assert came, "the shop is made so that the tastes differ"
    everything = compare_models(*models, "u01", 50)
    places = {line.item_id: place for place, line in enumerate(everything.first.lines, 1)}
    assert [move.why for move in came] == [
        f"The first model has it at place {places[move.item]}." for move in came
    ]
    assert all(
        move.why.startswith("The second model has it at place ")
        for move in compared.diff.of("went")
    )


def test_the_document_holds_both_lists_and_every_move(compared: SideBySide) -> None:
    document = json.loads(json.dumps(compared.as_dict()))
    assert document["user_id"] == "u01"
    assert [len(model["items"]) for model in document["models"]] == [5, 5]
    assert document["models"][0]["items"][0]["rank"] == 1
    assert document["words"] == compared.diff.words()
    assert len(document["moves"]) == len(compared.diff.moves)


def test_what_cannot_be_compared_is_refused_with_the_reason(
    models: tuple[Workspace, str, str],
) -> None:
    workspace, als, popular = models
    with pytest.raises(NotFound, match="Two tastes has no shopper 'nobody'"):
        compare_models(workspace, als, popular, "nobody")
    with pytest.raises(InputError, match="n is 0; a comparison shows from 1 to 50 products"):
        compare_models(workspace, als, popular, "u01", 0)
    with pytest.raises(NotFound, match="no model 'gone'"):
        compare_models(workspace, als, "gone", "u01")
    with pytest.raises(InputError, match=r"ALS \(.*\) was not tested\."):
        differ_most(workspace, als, popular, "for_you")


def test_models_of_different_data_are_not_compared(workspace: Workspace) -> None:
    for name in ("a", "b"):
        add_tested(workspace, name, f"shop-{name}", [[1]], [0.0], users=[0])
    with pytest.raises(InputError, match=r"A \(a\) and B \(b\) were trained on different data"):
        compare_models(workspace, "a", "b", "u01")


def test_shoppers_where_two_models_differ_most_come_first(
    live_home: Path, copy_of: Callable[[Path], Path]
) -> None:
    workspace = open_workspace(copy_of(live_home))
    dataset_id = workspace.datasets.ids()[0]
    before = [[1, 2, 3, 4], [1, 2, -1, -1], [5, 6, 7, 8], [5, 6, 7, 8]]
    after = [[1, 2, 3, 4], [2, 1, -1, -1], [5, 6, 7, 9], [1, 2, 3, 4]]
    add_tested(workspace, "a", dataset_id, before, [0.5, 0.5, 0, 1])
    add_tested(workspace, "b", dataset_id, after, [0.5, 0.25, 1, 0.5])
    found = differ_most(workspace, "a", "b", "for_you")
    # u02 asked twice: a quarter and all of its items are others; u00 has the same list
    assert [vars(one) for one in found] == [
        {"user_id": "u02", "replaced": 0.625, "changed": 0.625, "first": 0.5, "second": 0.75},
        {"user_id": "u01", "replaced": 0.0, "changed": 1.0, "first": 0.5, "second": 0.25},
    ]
    assert [one.user_id for one in differ_most(workspace, "a", "b", "for_you", limit=1)] == ["u02"]
    whole = diff_models(workspace, "a", "b", "for_you", most=2)
    assert whole.slots_changed == pytest.approx(7 / 14)
    assert [(one.row, one.change) for one in whole.losses] == [(8, -2), (5, -1)]
    assert whole.before.price == pytest.approx((2 + 3 + 4 + 5 + 2 + 3 + 2 * (6 + 7 + 8 + 9)) / 14)
    workspace.database.close()


def test_evidence_of_other_questions_is_refused(
    live_home: Path, copy_of: Callable[[Path], Path]
) -> None:
    workspace = open_workspace(copy_of(live_home))
    dataset_id = workspace.datasets.ids()[0]
    lists = [[1, 2]] * 4
    add_tested(workspace, "a", dataset_id, lists, [0.0] * 4)
    add_tested(workspace, "b", dataset_id, lists, [0.0] * 4, key="other")
    with pytest.raises(InputError, match="tested on different data or questions"):
        differ_most(workspace, "a", "b", "for_you")
    add_tested(workspace, "c", dataset_id, lists, [0.0] * 4, users=(0, 1, 2, 3))
    with pytest.raises(InputError, match="recorded lists for For You are of different shoppers"):
        differ_most(workspace, "a", "c", "for_you")
    with pytest.raises(InputError, match=r"A \(a\) was not tested for Also bought"):
        differ_most(workspace, "a", "c", "also_bought")
    workspace.database.close()
