"""The formulas of the counting models, against values worked out by hand and other packages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from model_shops import DAY, Catalogue, checkerboard, coloured, purchases

from recsys.errors import InputError
from recsys.models.base import TrainingData, read_config
from recsys.models.counting import best_of_each_source
from recsys.models.registry import MODELS
from recsys.models.sparse import SparseSpace
from recsys.types import silent

# Shopper 0 has items 0 and 1, shopper 1 has 0, 1 and 2, shopper 2 has 0; nobody has item 3.
PAIRS = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0)]
ONCE = {"scale": "once", "half_life_days": None}


def fit(name: str, data: TrainingData, **settings: Any) -> Any:
    model = MODELS[name]
    return model(read_config(model, settings)).fit(data, silent)


def shop(pairs: list[tuple[int, int]] = PAIRS, **columns: Any) -> TrainingData:
    rows = purchases(pairs, **columns)
    return TrainingData(rows, int(rows.user.max()) + 1, 4)


def random_shop(n_users: int = 40, n_items: int = 30) -> TrainingData:
    random = np.random.default_rng(5)
    pairs = [
        (user, int(item))
        for user in range(n_users)
        for item in random.choice(n_items, random.integers(1, 12))
    ]
    return TrainingData(purchases(pairs), n_users, n_items)


def between_items(space: SparseSpace) -> np.ndarray:
    """Return w(j -> i) at [i, j]."""
    held = space.items.to_csr()
    asked = held if space.sources is None else space.sources.to_csr()
    return (held if space.sources is None else held @ asked.T).toarray()


def test_cooccurrence_with_its_three_exponents() -> None:
    # Degrees: shoppers 2, 3, 1; items 3, 2, 1.
    found = between_items(
        fit("item_item", shop(), user_exponent=1, source_exponent=0.7, target_exponent=0.3, **ONCE)
    )
    together = 1 / 2 + 1 / 3  # of items 0 and 1, over the shoppers 0 and 1
    np.testing.assert_allclose(found[1, 0], together / 3**0.7 / 2**0.3, rtol=1e-5)
    np.testing.assert_allclose(found[0, 1], together / 2**0.7 / 3**0.3, rtol=1e-5)
    np.testing.assert_allclose(found[2, 0], 1 / 3 / 3**0.7, rtol=1e-5)
    assert not found[3].any()
    assert not found[:, 3].any()


def test_cooccurrence_fades_and_weighs_the_events() -> None:
    # Shopper 0's rows are 10 days old and half after 10; item 1 was only viewed by shopper 1.
    data = shop(
        timestamps=[0, 0, *[10 * DAY] * 4],
        weights=[1, 1, 1, 0.5, 1, 1],
    )
    plain = {"user_exponent": 0, "source_exponent": 0, "target_exponent": 0}
    found = between_items(fit("item_item", data, scale="sum", half_life_days=10, **plain))
    np.testing.assert_allclose(found[1, 0], 0.5 * 0.5 + 1 * 0.5, rtol=1e-6)


@pytest.mark.parametrize("scale", ["once", "log", "sum"])
def test_many_purchases_of_one_product(scale: str) -> None:
    space = fit("user_knn", shop([(0, 0)] * 3), scale=scale, half_life_days=None)
    assert space.history(0)[1].tolist() == [{"once": 1, "log": 2, "sum": 3}[scale]]


@pytest.mark.filterwarnings("ignore:Method expects CSR input")  # from within implicit
@pytest.mark.parametrize(
    ("similarity", "theirs"),
    [("cosine", "CosineRecommender"), ("tfidf", "TFIDFRecommender"), ("bm25", "BM25Recommender")],
)
def test_similarities_are_those_of_implicit(similarity: str, theirs: str) -> None:
    import implicit.nearest_neighbours as reference
    from scipy.sparse import csr_matrix

    data = random_shop()
    space = fit("item_item", data, similarity=similarity, scale="sum", half_life_days=None)
    counts = csr_matrix(
        (data.rows.weight, (data.rows.user, data.rows.item)), shape=(data.n_users, data.n_items)
    )
    model = getattr(reference, theirs)(K=data.n_items)
    model.fit(counts, show_progress=False)
    np.testing.assert_allclose(between_items(space), model.similarity.toarray(), rtol=1e-4)


def test_keeping_every_neighbour_loses_only_the_item_itself() -> None:
    data = random_shop()
    whole = between_items(fit("item_item", data))
    np.fill_diagonal(whole, 0)
    cut = between_items(fit("item_item", data, neighbours=data.n_items))
    np.testing.assert_allclose(cut, whole, rtol=1e-4)


def test_a_cut_keeps_the_best_of_each_source() -> None:
    data = random_shop()
    whole = between_items(fit("item_item", data, neighbours=2000))
    cut = between_items(fit("item_item", data, neighbours=4))
    for source in range(data.n_items):
        kept = np.flatnonzero(cut[:, source])
        assert len(kept) == min(4, np.count_nonzero(whole[:, source]))
        np.testing.assert_array_equal(cut[kept, source], whole[kept, source])
        dropped = np.delete(whole[:, source], kept)
        assert whole[kept, source].min() >= dropped.max()


def test_blocks_of_sources_add_nothing_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = random_shop()
    whole = between_items(fit("item_item", data, neighbours=6))
    monkeypatch.setattr("recsys.models.counting._BLOCK", 7)
    np.testing.assert_array_equal(between_items(fit("item_item", data, neighbours=6)), whole)


def test_a_catalogue_without_items_has_no_neighbours() -> None:
    from scipy.sparse import csr_matrix

    empty = csr_matrix((3, 0), dtype=np.float32)
    assert best_of_each_source(empty, empty, 5, silent).shape == (3, 3)


def test_user_knn_adds_up_what_the_nearest_shoppers_have() -> None:
    # Shopper 0 has 0, 1; 1 has 0, 1, 2; 2 has 0, 3. Cosines to 0: 2/sqrt(6) and 1/2.
    data = shop([(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 3)])
    space = fit("user_knn", data, neighbours=2, **ONCE)
    score = space.scores([space.shopper_query(0)])[0] / np.sqrt(2)  # the query's own length
    np.testing.assert_allclose(score[[2, 3]], [2 / np.sqrt(6), 1 / 2], rtol=1e-6)
    one = fit("user_knn", data, neighbours=1, **ONCE)
    score = one.scores([one.shopper_query(0)])[0] / np.sqrt(2)
    np.testing.assert_allclose(score[[2, 3]], [2 / np.sqrt(6), 0], rtol=1e-6)
    two = fit("user_knn", data, min_overlap=2, **ONCE)
    assert two.scores([two.shopper_query(0)])[0, 3] == 0, "shopper 2 shares one item only"


def test_user_cf_is_the_mean_over_the_raters() -> None:
    # Ratings; shopper 0 shares three items with each of the others.
    ratings = {0: [4, 3, 5], 1: [4, 3, 5, 2], 2: [1, 5, 1, 5, 3]}
    pairs = [(user, item) for user, row in ratings.items() for item in range(len(row))]
    values = [rating for row in ratings.values() for rating in row]
    data = TrainingData(purchases(pairs, weights=values), 3, 6)
    space = fit("user_cf", data)
    mine = np.array([4, 3, 5.0])
    near = [
        mine @ np.array(row[:3]) / np.linalg.norm(mine) / np.linalg.norm(row)
        for row in (ratings[1], ratings[2])
    ]
    expected = (near[0] * 2 + near[1] * 5) / (near[0] + near[1])
    score = space.scores([space.shopper_query(0)])[0]
    np.testing.assert_allclose(score[3], expected, rtol=1e-6)
    assert score[4] == pytest.approx(3), "one rater decides alone"
    assert score[5] == 0, "nobody rated it"


def test_user_cf_wants_three_items_in_common() -> None:
    space = fit("user_cf", shop())
    assert space.shopper_query(0) is None, "two items make no neighbour, not even oneself"
    assert space.shopper_query(1) is not None


def test_yardsticks_feed_no_placement() -> None:
    feeding_nothing = {name for name, model in MODELS.items() if not model.placements}
    assert feeding_nothing == {"random", "buys_again", "user_cf"}


def test_buys_again_counts_the_shoppers_own_purchases() -> None:
    data = shop([(0, 0), (0, 1), (0, 1), (1, 2)], timestamps=[0, 10 * DAY, 20 * DAY, 20 * DAY])
    space = fit("buys_again", data)
    assert space.scores([space.shopper_query(0)]).tolist() == [[1, 2, 0, 0]]
    faded = fit("buys_again", data, half_life_days=10)
    np.testing.assert_allclose(faded.scores([faded.shopper_query(0)]), [[0.25, 1.5, 0, 0]])


def test_random_lists_differ_by_shopper_and_seed() -> None:
    data = checkerboard(200)
    space = fit("random", data)
    scores = space.scores([space.shopper_query(user) for user in range(200)])
    shown = np.bincount(np.argsort(-scores, axis=1)[:, :10].ravel(), minlength=200)
    assert (shown > 0).mean() > 0.99, "every product has its chance"
    assert shown.max() < 60
    other = fit("random", data, seed=2)
    assert not np.array_equal(other.items, space.items)


def test_a_recent_buyer_counts_once_by_the_latest_purchase() -> None:
    # Item 0: shopper 0 twice, the latest 10 days before the newest row; item 1: 20 days before.
    data = shop([(0, 0), (1, 1), (0, 0), (2, 2)], timestamps=[0, 0, 10 * DAY, 20 * DAY])
    space = fit("recent_popularity", data, half_life_days=10)
    np.testing.assert_allclose(space.item_scores, [0.5, 0.25, 1, 0])


def test_without_dates_recent_popularity_is_popularity() -> None:
    data = shop([*PAIRS, (0, 0)])
    recent, plain = fit("recent_popularity", data), fit("popularity", data)
    np.testing.assert_array_equal(recent.item_scores, plain.item_scores)
    assert plain.item_scores.tolist() == [3, 2, 1, 0]


def test_by_category_a_share_of_the_categorys_buyers_counts() -> None:
    # Categories: items 0 and 1, item 2, none for 3. Buyers 3, 2, 1 and 2.
    pairs = [*PAIRS, (0, 3), (2, 3)]
    data = replace(shop(pairs), content=Catalogue([""] * 4, [0, 0, 1, -1]))
    space = fit("recent_popularity", data, by_category=True)
    cart = space.items_query(np.array([1], np.int32), np.ones(1, np.float32))
    expected = [3 / 5 + 3 / 8, 2 / 5 + 2 / 8, 1 / 8, 2 / 8]
    np.testing.assert_allclose(space.scores([cart])[0], expected, rtol=1e-6)
    history = space.scores([space.shopper_query(2)])[0]  # items 0 and 3, each once
    expected = [3 / 5 + 2 * 3 / 8, 2 / 5 + 2 * 2 / 8, 2 / 8, 2 * 2 / 8]
    np.testing.assert_allclose(history, expected, rtol=1e-6)


def test_an_item_without_a_buyer_still_asks_for_its_category() -> None:
    data = replace(shop(), content=Catalogue([""] * 4, [0, 1, 1, 1]))
    space = fit("recent_popularity", data, by_category=True)
    assert not space.known_items[3]
    scores = space.scores([space.item_query(3)])[0]
    assert scores[1] > scores[2] > 0


@pytest.mark.parametrize("content", [None, Catalogue(["cup"] * 4, [-1] * 4)])
def test_popularity_by_category_wants_categories(content: Any) -> None:
    data = replace(shop(), content=content)
    with pytest.raises(InputError) as caught:
        fit("recent_popularity", data, by_category=True)
    assert caught.value.message == (
        "No product has a category, and popularity by category needs one."
    )
    assert "by_category" in caught.value.hint


TEXTS = ["red cup", "red plate", "blue plate and blue bowl", "the red cup"]


def test_content_is_the_cosine_of_tf_idf() -> None:
    # All four items are sold. idf = 1 + log(5 / (1 + items with the word)).
    data = replace(shop([*PAIRS, (2, 3)]), content=Catalogue(TEXTS, [-1] * 4))
    space = fit("content", data, phrase=1)
    idf = {word: 1 + np.log(5 / (1 + n)) for word, n in {"red": 3, "cup": 2, "plate": 2}.items()}
    one, two = (np.hypot(idf["red"], idf[word]) for word in ("cup", "plate"))
    query = space.item_query(0)
    scores = space.scores([query])[0]
    expected = [1, idf["red"] ** 2 / one / two, 0, 1]  # "the" is no word
    np.testing.assert_allclose(scores, expected, rtol=1e-5)


def test_a_new_item_with_a_text_is_found_and_one_without_is_not() -> None:
    data = replace(shop(), content=Catalogue(["red cup", "blue plate", "", "red cup"], [-1] * 4))
    space = fit("content", data)
    assert space.known_items.tolist() == [True, True, False, True], "nobody bought item 3"
    assert space.scores([space.shopper_query(2)])[0].argmax() == 0
    np.testing.assert_allclose(space.scores([space.item_query(0)])[0], [1, 0, 0, 1], rtol=1e-6)
    assert space.item_query(2) is None


def test_what_words_are_worth_comes_from_the_items_that_were_sold() -> None:
    """A test of the past may not learn from the texts of later items."""
    later = ["red cup", "blue plate", "red plate", "green bowl"]
    other = ["red cup", "blue plate", "red plate", "red cup plate blue"]
    spaces = [
        fit("content", replace(shop(), content=Catalogue(texts, [-1] * 4)))
        for texts in (later, other)
    ]
    for item in range(3):
        ours, theirs = (space.items.row(item) for space in spaces)
        np.testing.assert_array_equal(ours, theirs)
    assert not spaces[0].known_items[3], "its words were never seen"


def test_a_shop_that_sold_nothing_with_a_text_learns_from_all_texts() -> None:
    data = replace(shop(), content=Catalogue(["", "", "", "red cup"], [-1] * 4))
    assert fit("content", data).known_items.tolist() == [False, False, False, True]


@pytest.mark.parametrize("content", [None, Catalogue(["", "the", "a", "?"], [-1] * 4)])
def test_content_wants_words(content: Any) -> None:
    with pytest.raises(InputError) as caught:
        fit("content", replace(shop(), content=content))
    assert caught.value.message == (
        "The catalogue has no words about the products, and this model compares words."
    )
    assert caught.value.hint == "Load an items file with a name, a category or a description."


def test_only_the_most_frequent_words_are_kept() -> None:
    texts = [f"red word{n}" for n in range(40)]
    data = replace(coloured(checkerboard(40)), content=Catalogue(texts, [-1] * 40))
    assert fit("content", data, max_features=10).items.shape == (40, 10)
