"""What is special about each learned model; what all share is in test_models.py."""

from __future__ import annotations

import builtins
import contextlib
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from model_shops import DAY, checkerboard, purchases

from recsys.data.content import Content
from recsys.errors import BadSetting, InputError, JobCancelled
from recsys.models.base import TrainingData, read_config
from recsys.models.factors import FactorSpace
from recsys.models.learned import check_finite, fold_scale, repeated
from recsys.models.registry import MODELS
from recsys.models.words import word_weights
from recsys.types import silent

N = 24
QUICK: dict[str, dict[str, Any]] = {
    "als": {"factors": 8, "iterations": 5},
    "bpr": {"factors": 8, "iterations": 20},
    "svd": {"factors": 8},
    "nmf": {"factors": 4, "iterations": 5},
    "lightgcn": {"factors": 8, "iterations": 5},
    "item2vec": {"factors": 8, "iterations": 5},
}
LEARNED = sorted(QUICK)


class Catalogue(Content):
    """What a catalogue says, without a dataset around it."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts


def fitted(name: str, data: TrainingData, **settings: Any) -> FactorSpace:
    model = MODELS[name]
    config = read_config(model, {**QUICK.get(name, {}), **settings})
    space = model(config).fit(data, silent)
    assert isinstance(space, FactorSpace)
    return space


def taste(seed: int = 1) -> TrainingData:
    """60 shoppers of 3 tastes, each with some of the 10 items of the taste and one of another."""
    random = np.random.default_rng(seed)
    pairs: list[tuple[int, int]] = []
    for user in range(60):
        own = 10 * (user % 3)
        pairs += [(user, own + int(item)) for item in random.permutation(10)[:6]]
        pairs.append((user, int(random.integers(30))))
    return TrainingData(purchases(pairs), 60, 30)


@pytest.fixture(scope="module")
def shop() -> TrainingData:
    return taste()


@pytest.mark.parametrize("name", LEARNED)
def test_each_shopper_is_offered_their_own_taste(name: str, shop: TrainingData) -> None:
    longer = {"lightgcn": {"iterations": 60}, "bpr": {"iterations": 60}}
    space = fitted(name, shop, **longer.get(name, {"iterations": 30} if name == "item2vec" else {}))
    queries = [space.shopper_query(user) for user in range(60)]
    scores = space.scores([query for query in queries if query is not None])
    assert len(scores) == 60
    scores[shop.rows.user, shop.rows.item] = -np.inf
    right = scores.argmax(axis=1) // 10 == np.arange(60) % 3
    assert right.mean() > 0.9


@pytest.mark.parametrize("name", LEARNED)
def test_an_old_purchase_says_less_than_a_new_one(name: str) -> None:
    """Shopper 0 bought all: even items long ago. With a half-life the odd ones come first."""
    pairs = [(u, i) for u in range(1, 13) for i in range(12) if u % 2 == i % 2]
    pairs += [(0, i) for i in range(12)]
    old = [0 if (user, item % 2) == (0, 0) else 1000 * DAY for user, item in pairs]
    rows = purchases(pairs, timestamps=old)
    settings: dict[str, Any] = {"half_life_days": 100.0, "transform": "sum"}
    space = fitted(name, TrainingData(rows, 13, 12), **settings)
    items, weights = space.history(0)
    faded = weights[items % 2 == 0] / weights[items % 2 == 1]
    np.testing.assert_allclose(faded, 2**-10, rtol=1e-3)


@pytest.mark.parametrize("name", LEARNED)
def test_another_seed_gives_other_vectors(name: str, shop: TrainingData) -> None:
    # SVD and the start of NMF are exact here: they find the same whatever the seed.
    if name in {"svd", "nmf"}:
        pytest.skip("its result does not hang on chance")
    first, second = fitted(name, shop, seed=1), fitted(name, shop, seed=2)
    assert not np.allclose(first.items, second.items)


@pytest.mark.parametrize("name", LEARNED)
def test_a_raise_in_the_report_stops_it(name: str, shop: TrainingData) -> None:
    steps: list[str] = []

    def report(share: float, step: str) -> None:
        steps.append(step)
        if len(steps) == 2:
            raise JobCancelled("Cancelled.")

    model = MODELS[name]
    with pytest.raises(JobCancelled):
        model(read_config(model, QUICK[name])).fit(shop, report)
    assert len(steps) == 2


@pytest.mark.parametrize("name", ["als", "bpr", "nmf"])
def test_each_iteration_is_reported_once(name: str, shop: TrainingData) -> None:
    seen: list[tuple[float, str]] = []
    model = MODELS[name]
    config = read_config(model, {"factors": 2, "iterations": 7})
    model(config).fit(shop, lambda share, step: seen.append((share, step)))
    assert seen[1:] == [(done / 7, f"Iteration {done} of 7") for done in range(1, 8)]


@pytest.mark.parametrize("name", LEARNED)
def test_more_factors_than_items(name: str, shop: TrainingData) -> None:
    space = fitted(name, shop, factors=70)
    assert np.isfinite(space.items).all()
    assert space.known_items.all()
    assert space.items.shape[1] == (30 if name == "svd" else 70)


@pytest.mark.parametrize("name", LEARNED)
def test_vectors_are_copies_in_single_precision(name: str, shop: TrainingData) -> None:
    space = fitted(name, shop)
    for array in (space.items, space.users, space.histories.data):
        assert array.dtype == np.float32
    assert space.items.base is None
    assert space.users.base is None


@pytest.mark.parametrize(
    ("name", "settings"),
    [("bpr", {"learning_rate": 10.0, "iterations": 60}), ("lightgcn", {"learning_rate": 10.0})],
)
def test_a_rate_too_high_never_ends_in_nan(
    name: str, settings: dict[str, Any], shop: TrainingData
) -> None:
    with contextlib.suppress(InputError):
        space = fitted(name, shop, **settings)
        assert np.isfinite(space.items).all()
        assert np.isfinite(space.users).all()


def test_bpr_says_what_to_change_when_it_runs_away(shop: TrainingData) -> None:
    # The largest rate that is allowed, without any pull, long enough to overflow.
    with pytest.raises(InputError) as caught:
        fitted("bpr", shop, learning_rate=10.0, regularization=10.0, iterations=60)
    assert str(caught.value) == (
        "The training found no solution: NaN encountered in factors. "
        "Lower the learning rate, or raise regularization."
    )


def test_vectors_that_are_no_numbers_are_named() -> None:
    vectors = np.ones((3, 2), np.float32)
    check_finite(vectors, "products", "Try less.")
    vectors[1, 0], vectors[2, 1] = np.nan, np.inf
    with pytest.raises(InputError) as caught:
        check_finite(vectors, "products", "Try less.")
    assert str(caught.value) == (
        "The training found no solution: the vectors of 2 products hold NaN. Try less."
    )


def test_plus_one_and_alpha_make_the_confidences(shop: TrainingData) -> None:
    settings: dict[str, Any] = {"transform": "sum", "half_life_days": None, "alpha": 0.5}
    plain = fitted("als", shop, **settings)
    more = fitted("als", shop, **settings, plus_one=True)
    once = np.isclose(plain.histories.data, 0.5)
    assert once.any()
    np.testing.assert_allclose(more.histories.data[once], 1.5)


def test_als_solves_its_equations(shop: TrainingData) -> None:
    """Hu, Koren and Volinsky 2008, equation 5, for the items: they are solved last."""
    space = fitted("als", shop, factors=4, iterations=60, regularization=0.5)
    counts = space.histories.to_csr().toarray()
    users = space.users.astype(np.float64)
    for item in range(30):
        there = (counts[:, item] > 0).astype(np.float64)
        confidence = np.where(there, counts[:, item], 1.0)
        system = users.T @ (users * confidence[:, None]) + 0.5 * np.eye(4)
        expected = np.linalg.solve(system, users.T @ (confidence * there))
        np.testing.assert_allclose(space.items[item], expected, atol=2e-3)


def test_the_bias_of_bpr_counts_for_shoppers_and_not_between_items(shop: TrainingData) -> None:
    space = fitted("bpr", shop)
    assert space.bias is not None
    assert space.items.shape == (30, 8)
    assert space.users.shape == (60, 8)
    query, like = space.shopper_query(3), space.item_query(3)
    assert query is not None
    assert like is not None
    expected = space.items @ space.users[3] + space.bias
    np.testing.assert_allclose(space.scores([query])[0], expected, rtol=1e-4, atol=1e-5)
    lengths = np.linalg.norm(space.items, axis=1)
    cosines = space.items @ space.items[3] / lengths / lengths[3]
    np.testing.assert_allclose(space.scores([like], cosine=True)[0], cosines, rtol=1e-4, atol=1e-5)


def test_popularity_is_put_back_into_the_bias_of_bpr(shop: TrainingData) -> None:
    without, half, whole = (
        fitted("bpr", shop, popularity=much, transform="binary", half_life_days=None)
        for much in (0.0, 0.5, 1.0)
    )
    assert without.bias is not None
    assert half.bias is not None
    assert whole.bias is not None
    buyers = np.unique(30 * shop.rows.user + shop.rows.item) % 30
    popularity = np.log(np.bincount(buyers, minlength=30))
    np.testing.assert_allclose(whole.bias - without.bias, popularity, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(half.bias - without.bias, popularity / 2, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(whole.items, without.items)


@pytest.mark.parametrize("name", ["svd", "item2vec"])
def test_the_sum_fold_gives_the_shoppers_own_vector(name: str, shop: TrainingData) -> None:
    space = fitted(name, shop)
    for user in range(60):
        query = space.items_query(*space.history(user))
        assert query is not None
        np.testing.assert_allclose(query.values, space.users[user], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("name", "least"), [("bpr", 0.5), ("lightgcn", 0.7), ("nmf", 0.9)])
def test_a_history_folded_in_points_where_the_shopper_does(
    name: str, least: float, shop: TrainingData
) -> None:
    space = fitted(name, shop, iterations=40)
    for user in range(0, 60, 7):
        query = space.items_query(*space.history(user))
        assert query is not None
        folded, own = query.values[: space.users.shape[1]], space.users[user]
        assert folded @ own / np.linalg.norm(folded) / np.linalg.norm(own) > least


def test_svd_without_shrinking_is_the_matrix_itself(shop: TrainingData) -> None:
    settings: dict[str, Any] = {"factors": 30, "shrink": 0.0, "power_iterations": 8}
    space = fitted("svd", shop, **settings)
    np.testing.assert_allclose(
        space.users @ space.items.T, space.histories.to_csr().toarray(), atol=1e-4
    )


def test_svd_with_shrinking_is_a_ridge_regression(shop: TrainingData) -> None:
    space = fitted("svd", shop, factors=30, shrink=0.1, power_iterations=8)
    matrix = space.histories.to_csr().toarray().astype(np.float64)
    gram = matrix.T @ matrix
    pull = 0.1 * np.linalg.eigvalsh(gram)[-1]
    expected = matrix @ np.linalg.solve(gram + pull * np.eye(30), gram)
    np.testing.assert_allclose(space.users @ space.items.T, expected, atol=1e-4)


def test_nmf_has_nothing_below_zero(shop: TrainingData) -> None:
    space = fitted("nmf", shop)
    assert space.items.min() >= 0
    assert space.users.min() >= 0


@pytest.mark.parametrize(
    "changed",
    [
        {"factors": 9},
        {"layers": 3},
        {"iterations": 9},
        {"learning_rate": 0.05},
        {"regularization": 0.1},
        {"seed": 2},
    ],
    ids=str,
)
def test_every_setting_reaches_lightgcn(changed: dict[str, Any], shop: TrainingData) -> None:
    plain, other = fitted("lightgcn", shop), fitted("lightgcn", shop, **changed)
    assert plain.items.shape != other.items.shape or not np.allclose(plain.items, other.items)


def test_lightgcn_without_its_library_names_the_command(
    monkeypatch: pytest.MonkeyPatch, shop: TrainingData
) -> None:
    whole = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "rusket":
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError) as caught:
        fitted("lightgcn", shop)
    assert str(caught.value) == (
        "LightGCN needs the package rusket, which is not installed. "
        "Run: pip install 'aisle[lightgcn]'"
    )


_PRINTED = """
import test_learned
space = test_learned.fitted("item2vec", test_learned.taste())
print(space.items.tobytes().hex())
"""


def test_item2vec_does_not_hang_on_the_hashes_of_python(shop: TrainingData) -> None:
    folder = os.path.dirname(__file__)
    paths = os.pathsep.join((folder, *filter(None, sys.path)))
    found = subprocess.run(
        [sys.executable, "-c", _PRINTED],
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == fitted("item2vec", shop).items.tobytes().hex()


def test_item2vec_does_not_read_the_order_within_a_basket(shop: TrainingData) -> None:
    rows = shop.rows
    backwards = TrainingData(rows.rows(np.arange(len(rows))[::-1]), shop.n_users, shop.n_items)
    first, second = fitted("item2vec", shop), fitted("item2vec", backwards)
    np.testing.assert_array_equal(first.items, second.items)


def test_item2vec_reads_orders_without_a_shopper() -> None:
    guests = purchases([(-1, 2), (-1, 3)], baskets=[50, 50])
    rows = purchases([(0, 0), (0, 1)])
    alone = fitted("item2vec", TrainingData(rows, 1, 4))
    together = fitted("item2vec", TrainingData(rows, 1, 4, guests=guests))
    assert alone.known_items.tolist() == [True, True, False, False]
    assert together.known_items.tolist() == [True] * 4


def test_an_item_always_bought_alone_stays_unknown_to_item2vec() -> None:
    rows = purchases([(0, 0), (0, 1), (1, 2)])
    space = fitted("item2vec", TrainingData(rows, 2, 3))
    assert space.known_items.tolist() == [True, True, False]
    assert space.shopper_query(1) is None


def test_lsa_knows_an_item_that_nobody_bought() -> None:
    texts = ["red tea cup", "blue tea cup", "garden hose", "red tea pot", ""]
    data = TrainingData(purchases([(0, 0), (1, 2)]), 3, 5, content=Catalogue(texts))
    space = fitted("lsa", data, factors=3)
    assert space.known_items.tolist() == [True, True, True, True, False]
    query = space.shopper_query(0)
    assert query is not None
    scores = space.scores([query])[0]
    assert scores[[0, 1, 3]].min() > scores[2]
    assert space.shopper_query(2) is None


@pytest.mark.parametrize("content", [None, Catalogue(["", ""])])
def test_lsa_without_a_catalogue_says_so(content: Content | None) -> None:
    with pytest.raises(InputError) as caught:
        fitted("lsa", TrainingData(purchases([(0, 0)]), 1, 2, content=content))
    assert str(caught.value) == (
        "The catalogue has no words about the products, and this model compares words. "
        "Load an items file with a name, a category or a description."
    )


def weigh(texts: list[str], most: int, sold: list[bool] | None = None) -> np.ndarray:
    mask = np.ones(len(texts), np.bool_) if sold is None else np.array(sold)
    return word_weights(Catalogue(texts), mask, max_features=most, phrase=1).toarray()


def test_words_weigh_more_the_rarer_they_are() -> None:
    found = weigh(["cup red", "cup blue", "cup blue", ""], 10)
    # Columns by word: blue, cup, red. idf = 1 + log((1 + 3) / (1 + texts with it)).
    idf = 1 + np.log(4 / (1 + np.array([2, 3, 1])))
    expected = np.array([[0, idf[1], idf[2]], [idf[0], idf[1], 0], [idf[0], idf[1], 0], [0, 0, 0]])
    expected[:3] /= np.linalg.norm(expected[:3], axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_only_the_most_frequent_words_of_what_was_sold_are_kept() -> None:
    assert weigh(["cup red", "cup blue", "cup blue"], 2).shape == (3, 2)
    # "red" was not known before anything red was sold.
    assert weigh(["cup red", "cup blue"], 10, sold=[False, True]).shape == (2, 2)
    with pytest.raises(InputError, match="no words about the products"):
        weigh(["?", "! x"], 10)


def test_a_pair_is_repeated_as_its_weight_says() -> None:
    from scipy.sparse import csr_matrix

    weights = csr_matrix(np.array([[1, 0, 3], [0, 0, 0], [1, 1, 0.001]], np.float32))
    weights.data /= weights.data.mean()
    found = repeated(weights, seed=1)
    assert found.shape == (3, 3)
    assert set(found.data.tolist()) == {1.0}
    assert np.diff(found.indptr)[1] == 0
    counts = found.toarray()
    assert counts[0, 2] in {2, 3}  # 3 of the mean weight 1.2
    assert counts[2, 2] == 1
    huge = csr_matrix(np.array([[1] * 99 + [10_000]], np.float32))
    assert repeated(huge, seed=1).toarray().max() == 20
    assert repeated(csr_matrix((2, 2), dtype=np.float32), seed=1).nnz == 0


def test_the_scale_of_a_fold_is_the_least_squares_one() -> None:
    from scipy.sparse import csr_matrix

    items, weights = np.eye(2, dtype=np.float32), csr_matrix(np.eye(2, dtype=np.float32))
    assert fold_scale(items, 3 * items, weights) == pytest.approx(3)
    assert fold_scale(items, -items, weights) == 1.0
    assert fold_scale(0 * items, items, weights) == 1.0


def test_a_seed_that_no_library_takes_is_refused() -> None:
    with pytest.raises(BadSetting, match="seed: "):
        read_config(MODELS["als"], {"seed": 2**31})


def test_a_checkerboard_of_one_factor_still_ranks(shop: TrainingData) -> None:
    space = fitted("svd", checkerboard(N), factors=1)
    assert space.items.shape == (N, 1)
