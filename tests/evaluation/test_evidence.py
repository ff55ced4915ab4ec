from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from evaluation_shops import dated, random_shop

from recsys.data.dataset import Interactions
from recsys.errors import StorageError
from recsys.evaluation.evidence import (
    FOLDER,
    Measured,
    evidence_key,
    judge,
    measure,
    paired,
    read_measured,
    tasks_for,
    write_measured,
)
from recsys.evaluation.parts import Categories, Part, Twin, fit_twin, part_of_data
from recsys.evaluation.shopper_groups import by_group
from recsys.evaluation.shown import popularity_percentile, shown_metrics
from recsys.evaluation.split import split_by_time
from recsys.evaluation.tasks import task_of
from recsys.models.base import TrainingData, read_config
from recsys.models.registry import MODELS
from recsys.models.spaces import ScoreSpace, Space
from recsys.models.store import save_space
from recsys.types import silent

USERS, ITEMS = 30, 40


def part_of(rows: Interactions, **more: object) -> Part:
    part = part_of_data(TrainingData(rows, USERS, ITEMS), **more)  # type: ignore[arg-type]
    assert part is not None
    return part


def fit(name: str, known: TrainingData) -> Twin:
    settings = {"factors": 6, "iterations": 3} if name == "als" else {}
    return fit_twin(MODELS[name], read_config(MODELS[name], settings), known, silent)


def test_no_task_scores_a_space_that_was_fitted_on_its_rows() -> None:
    """The one door to all numbers: the served model does not pass."""
    data = TrainingData(random_shop(1), USERS, ITEMS)
    part = part_of(random_shop(1))
    served = fit("popularity", data)
    for name in ("for_you", "for_you_again", "also_bought", "similar", "lookalikes"):
        with pytest.raises(ValueError, match="cannot be tested on what happened from"):
            measure(served, part, name)  # pyright: ignore[reportArgumentType]
        assert measure(fit("popularity", part.known), part, name).summary()  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("name", ["popularity", "als", "copurchase"])
def test_the_twin_cannot_see_what_happens_after_the_cut(name: str, tmp_path: Path) -> None:
    """The same purchases before the cut and quite different ones after it: the same twin."""
    real, other = random_shop(1), random_shop(2)
    split = split_by_time(real)
    assert split is not None
    cut = len(split.train)
    changed = Interactions(
        user=np.concatenate([real.user[:cut], other.user[cut:]]),
        item=np.concatenate([real.item[:cut], other.item[cut:]]),
        weight=np.concatenate([real.weight[:cut], 7 * other.weight[cut:]]),
        quantity=real.quantity,
        basket=real.basket,
        timestamp=real.timestamp,
    )
    for folder, rows in (("real", real), ("changed", changed)):
        (tmp_path / folder).mkdir()
        save_space(tmp_path / folder, "twin", fit(name, part_of(rows).known).space)
    files = sorted(path.name for path in (tmp_path / "real" / "twin").iterdir())
    assert files
    for file in files:
        ours, theirs = (tmp_path / side / "twin" / file for side in ("real", "changed"))
        assert ours.read_bytes() == theirs.read_bytes(), file


def test_models_find_the_two_tastes_of_a_shop() -> None:
    part = part_of(random_shop(1))
    popular = fit("popularity", part.known)
    for name, tasks in (("als", ["for_you", "lookalikes"]), ("copurchase", ["for_you", "similar"])):
        twin = fit(name, part.known)
        for task in tasks:
            ours, theirs = (measure(one, part, task) for one in (twin, popular))  # pyright: ignore[reportArgumentType]
            assert paired(ours, theirs).low > 0


def by_hand() -> Part:
    """Item 0 has four buyers, 1 two, 2 and 3 one, 4 none; shopper 4 has bought 0 only."""
    train = dated(
        [(0, 0, 1), (1, 0, 1), (2, 0, 1), (4, 0, 1), (0, 1, 1), (1, 1, 1), (2, 2, 1), (3, 3, 1)]
    )
    later = dated([(4, 2, 9), (4, 4, 9)])
    leaves = np.array([0, 0, 1, -1, 1], np.int32)
    data = TrainingData(train, 5, 5)
    return Part("validation", "validation", data, later, 9, leaves=leaves)


def test_what_is_shown_by_hand() -> None:
    part = by_hand()
    task = task_of(part, "for_you")
    assert task.user.tolist() == [4]
    values, whole = shown_metrics(task, np.array([[1, 2, 3, -1]], np.int32), part)
    # Five shoppers are known; 1 has two buyers, 2 and 3 have one.
    assert values["popularity@10"][0] == pytest.approx((2 + 1 + 1) / 5 / 3)
    bits = -np.log2([2 / 5, 1 / 5, 1 / 5])
    assert values["novelty@10"][0] == pytest.approx(bits.mean())
    # 1, 2 and 3 are all of different categories; 3 has none, which is like nothing.
    assert values["diversity@10"][0] == 1.0
    # Only 2 was wanted; half of the four known items have no more buyers than it.
    assert values["serendipity@10"][0] == pytest.approx((1 - 2 / 4) / 3)
    assert whole == {"coverage@10": 3 / 4, "served": 0.0}


def test_two_of_three_products_of_one_category_by_hand() -> None:
    part = by_hand()
    values, _ = shown_metrics(task_of(part, "for_you"), np.array([[0, 1, 2]], np.int32), part)
    assert values["diversity@10"][0] == pytest.approx(1 - 1 / 3), "one pair of three is alike"


def test_without_categories_products_differ_by_who_bought_them() -> None:
    part = by_hand()
    bare = Part("validation", "validation", part.known, part.later, 9)
    values, _ = shown_metrics(task_of(bare, "for_you"), np.array([[0, 1]], np.int32), bare)
    # Cosine of {0, 1, 2, 4} and {0, 1}: 2 / sqrt(4 * 2).
    assert values["diversity@10"][0] == pytest.approx(1 - 2 / np.sqrt(8), abs=1e-6)


def test_the_own_category_of_a_product_by_hand() -> None:
    train = dated([(0, item, 1) for item in range(5)] + [(1, 0, 2)])
    later = dated([(1, 1, 9), (1, 2, 9), (1, 3, 9)])
    leaves = np.array([0, 0, 1, -1, 1], np.int32)
    part = Part("validation", "validation", TrainingData(train, 2, 5), later, 9, leaves=leaves)
    task = task_of(part, "similar")
    assert task.given is not None
    anchors = task.given.indices.tolist()
    found = np.tile(np.array([0, 1, 4, -1], np.int32), (len(task), 1))
    shares = dict(
        zip(anchors, shown_metrics(task, found, part)[0]["same_category@10"], strict=True)
    )
    assert shares[1] == pytest.approx(2 / 3)
    assert shares[2] == pytest.approx(1 / 3)
    assert np.isnan(shares[3]), "3 has no category, and is not counted"


def test_an_empty_list_has_nothing_to_take_a_mean_of() -> None:
    part = by_hand()
    values, whole = shown_metrics(task_of(part, "for_you"), np.full((1, 20), -1, np.int32), part)
    assert np.isnan(values["novelty@10"][0])
    assert np.isnan(values["diversity@10"][0])
    assert values["serendipity@10"][0] == 0.0
    assert whole == {"coverage@10": 0.0, "served": 0.0}
    measured = Measured(
        "for_you", np.array([4]), np.full((1, 20), -1), {"novelty@10": values["novelty@10"]}
    )
    assert measured.summary() == {"novelty@10": 0.0}


def test_the_percentile_counts_those_with_no_more_buyers() -> None:
    buyers, known = np.array([5, 1, 1, 3, 0]), np.array([True, True, True, True, False])
    assert popularity_percentile(buyers, known).tolist() == [1.0, 0.5, 0.5, 0.75, 0.0]


def test_a_full_list_is_served_and_counts_for_coverage() -> None:
    part = part_of(random_shop(1))
    measured = measure(fit("popularity", part.known), part, "for_you_again")
    assert measured.whole["served"] == 1.0
    assert measured.whole["coverage@10"] == 10 / part.known_items.sum()
    assert measured.lists.shape == (len(measured.user), 20)


def test_what_was_measured_is_read_back(tmp_path: Path) -> None:
    part = part_of(random_shop(1))
    measured = measure(fit("als", part.known), part, "lookalikes")
    (tmp_path / FOLDER).mkdir()
    write_measured(tmp_path / FOLDER, measured)
    again = read_measured(tmp_path, "lookalikes")
    np.testing.assert_array_equal(again.lists, measured.lists)
    assert again.lists.dtype == np.int32
    assert set(again.values) == set(measured.values)
    assert paired(again, measured).as_dict() == {"value": 0.0, "low": 0.0, "high": 0.0}
    (tmp_path / FOLDER / "lookalikes.npz").write_bytes(b"PK damaged")
    with pytest.raises(StorageError, match=r"lookalikes\.npz cannot be read"):
        read_measured(tmp_path, "lookalikes")
    with pytest.raises(StorageError, match=r"similar\.npz cannot be read"):
        read_measured(tmp_path, "similar")


def test_the_key_changes_with_the_data_the_part_and_the_questions() -> None:
    part = part_of(random_shop(1))
    key = evidence_key(part, "a")
    assert key == evidence_key(part_of(random_shop(1)), "a")
    assert key != evidence_key(part, "b")
    assert key != evidence_key(part_of(random_shop(2)), "a")
    assert key != evidence_key(part_of(random_shop(1), name="test"), "a")


def test_for_you_is_asked_with_repeats_too() -> None:
    assert tasks_for(frozenset({"for_you", "similar"})) == ["for_you", "for_you_again", "similar"]
    assert tasks_for(frozenset()) == []


def test_a_quick_look_judges_some_of_the_questions() -> None:
    part = part_of(random_shop(1))
    twin = fit("popularity", part.known)
    some = judge(twin, task_of(part, "for_you").take(np.arange(4)), part)
    whole = measure(twin, part, "for_you")
    np.testing.assert_array_equal(some.values["ndcg@10"], whole.values["ndcg@10"][:4])


def test_groups_are_the_new_the_loyal_and_the_departments() -> None:
    """Nine shoppers with 1 to 9 products each; those of odd rows buy from the second department."""
    lines = [(user, 2 * n + user % 2, 1) for user in range(9) for n in range(user + 1)]
    later = dated([(user, 18, 9) for user in range(9)])
    departments = Categories(np.array([*([0, 1] * 9), -1], np.int32), ("Food", "Toys"))
    data = TrainingData(dated(lines), 9, 19)
    part = Part("validation", "validation", data, later, 9, categories=departments)
    scores = np.zeros(19, np.float32)
    scores[18] = 1
    found = by_group(part, measure(Twin(ScoreSpace(scores), 2), part, "for_you"))
    assert found["new"] == {"ndcg@10": 1.0, "asked": 3, "products": [1, 3]}
    assert found["loyal"] == {"ndcg@10": 1.0, "asked": 3, "products": [7, 9]}
    assert found["category"] == {
        "Food": {"ndcg@10": 1.0, "asked": 5},
        "Toys": {"ndcg@10": 1.0, "asked": 4},
    }


def test_a_test_without_questions_gives_zeros() -> None:
    train, later = dated([(0, 0, 1), (1, 1, 1)]), dated([(0, 0, 9)])
    part = Part("validation", "validation", TrainingData(train, 2, 2), later, 9)
    space: Space = ScoreSpace(np.ones(2, np.float32))
    for name in ("for_you", "also_bought", "similar"):
        measured = measure(Twin(space, 2), part, name)  # pyright: ignore[reportArgumentType]
        assert set(measured.summary().values()) == {0.0}
        assert by_group(part, measured) == {}
        assert set(map(tuple, measured.intervals().values())) == {(0.0, 0.0)}
