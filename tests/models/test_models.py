"""One conformance class that every model of the registry passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_shops import checkerboard, coloured, purchases

from recsys.errors import BadSetting, InputError, JobCancelled, StorageError
from recsys.models.base import Model, Range, TrainingData, read_config
from recsys.models.fused import best_rows
from recsys.models.registry import MODELS, find_model
from recsys.models.spaces import Query, Space
from recsys.models.store import SERVED, load_space, save_space
from recsys.types import silent

N = 24
NOBODY = N  # a shopper without purchases, and an item that nobody bought
# Small shops and few numbers: quick, and no default is meant for 24 products.
SETTINGS: dict[str, dict[str, Any]] = {
    "als": {"factors": 12, "regularization": 0.1, "alpha": 1.0},
    "bpr": {"factors": 12, "iterations": 100, "learning_rate": 0.05},
    "svd": {"factors": 12},
    "nmf": {"factors": 2},
    "lightgcn": {"factors": 12, "iterations": 30},
    "item2vec": {"factors": 12, "iterations": 50},
    "lsa": {"factors": 12},
}
SETTINGS["hybrid"] = {
    "parts": [{"kind": "als", "settings": SETTINGS["als"]}, {"kind": "copurchase"}]
}
# Settings that make a model another one: each passes as a case of its own.
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "recent popularity by category": ("recent_popularity", {"by_category": True}),
    "item_item of cosines": ("item_item", {"similarity": "cosine"}),
    "item_item of TF-IDF": ("item_item", {"similarity": "tfidf"}),
    "item_item of BM25": ("item_item", {"similarity": "bm25", "scale": "sum"}),
    "item_item cut": ("item_item", {"neighbours": N, "scale": "once"}),
    "item_item cut far beyond the catalogue": ("item_item", {"neighbours": 2000}),
    "user_knn with overlap": ("user_knn", {"neighbours": 5, "min_overlap": 3}),
}
CASES = {name: (name, SETTINGS.get(name, {})) for name in MODELS} | VARIANTS
NOTHING_NEW = {
    "popularity": "everybody gets the same list",
    "recent_popularity": "everybody gets the same list",
    "random": "chance finds nothing",
    "buys_again": "it finds what was bought before",
}


def fitted(case: str, data: TrainingData) -> Space:
    name, settings = CASES[case]
    model: type[Model] = MODELS[name]
    return model(read_config(model, settings)).fit(coloured(data), silent)


@pytest.fixture(scope="module")
def board() -> TrainingData:
    return checkerboard(N, n_users=N + 2, n_items=N + 3)


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def space(case: str, board: TrainingData) -> Space:
    return fitted(case, board)


def shopper_queries(space: Space, users: range) -> list[Query]:
    queries = [space.shopper_query(user) for user in users]
    assert None not in queries
    return [query for query in queries if query is not None]


class TestEveryModel:
    def test_finds_the_withheld_diagonal_of_a_checkerboard(
        self, space: Space, case: str, board: TrainingData
    ) -> None:
        if case in NOTHING_NEW:
            pytest.skip(NOTHING_NEW[case])
        scores = space.scores(shopper_queries(space, range(N)))
        scores[board.rows.user, board.rows.item] = -np.inf
        assert scores.argmax(axis=1).tolist() == list(range(N))

    def test_one_by_one_equals_all_at_once(self, space: Space) -> None:
        queries = shopper_queries(space, range(N))
        together = space.scores(queries)
        alone = np.concatenate([space.scores([query]) for query in queries])
        assert together.shape == (N, N + 3)
        assert together.dtype == np.float32
        np.testing.assert_allclose(together, alone, atol=1e-6)

    def test_saved_and_loaded_is_the_same(self, space: Space, tmp_path: Path) -> None:
        save_space(tmp_path, SERVED, space)
        loaded = load_space(tmp_path / SERVED)
        queries = shopper_queries(space, range(N))
        assert loaded.kind == space.kind
        assert loaded.n_items == space.n_items
        np.testing.assert_array_equal(loaded.known_items, space.known_items)
        np.testing.assert_array_equal(loaded.scores(queries), space.scores(queries))
        again = shopper_queries(loaded, range(N))
        np.testing.assert_array_equal(loaded.scores(again), space.scores(queries))
        for ours, theirs in zip(loaded.history(3), space.history(3), strict=True):
            np.testing.assert_array_equal(ours, theirs)

    def test_a_damaged_space_says_so(self, space: Space, tmp_path: Path) -> None:
        save_space(tmp_path, SERVED, space)
        files = [path for path in (tmp_path / SERVED).rglob("*") if path.is_file()]
        for path in sorted(files):
            whole = path.read_bytes()
            for damaged in (b"", b"damaged", whole[: len(whole) // 2]):
                path.write_bytes(damaged)
                with pytest.raises(StorageError, match=f"{path.name} cannot be read"):
                    load_space(tmp_path / SERVED)
            path.unlink()
            with pytest.raises(StorageError, match=f"{path.name} cannot be read"):
                load_space(tmp_path / SERVED)
            path.write_bytes(whole)

    def test_a_second_run_gives_the_same_bytes(
        self, space: Space, case: str, board: TrainingData
    ) -> None:
        queries = shopper_queries(space, range(N))
        again = fitted(case, board)
        assert space.scores(queries).tobytes() == again.scores(queries).tobytes()

    def test_strangers_get_no_query(self, space: Space) -> None:
        if space.kind == "scores":
            pytest.skip("everybody gets the same list")
        assert space.shopper_query(NOBODY) is None
        assert space.item_query(NOBODY) is None
        nothing = np.empty(0, np.int32)
        assert space.items_query(nothing, np.empty(0, np.float32)) is None
        stranger = np.array([NOBODY], np.int32)
        assert space.items_query(stranger, np.ones(1, np.float32)) is None
        assert len(space.history(NOBODY)[0]) == 0

    def test_items_that_nobody_bought_are_not_known(self, space: Space) -> None:
        assert space.known_items.tolist() == [True] * N + [False] * 3

    def test_scores_are_the_products_of_the_vectors(self, space: Space, case: str) -> None:
        if case == "user_cf":
            pytest.skip("a mean is no product: it feeds no placement")
        if space.kind == "fused":
            pytest.skip("each part's are; test_hybrid.py has their fusion")
        queries = shopper_queries(space, range(N))
        expected = np.zeros((N, N + 3), np.float32)
        for row, query in enumerate(queries):
            for item in range(N + 3):
                expected[row, item] = _product(space, query, item)
        np.testing.assert_allclose(space.scores(queries), expected, rtol=1e-4, atol=1e-5)

    def test_a_list_longer_than_the_catalogue_ends_with_it(self, space: Space) -> None:
        known = space.known_items
        for scores in space.scores(shopper_queries(space, range(3))):
            best = best_rows(space, scores, known, 1000).tolist()
            assert len(best) == len(set(best)) <= known.sum()
            assert known[best].all()
            assert (np.diff(scores[best]) <= 0).all()

    def test_contributions_add_up_to_the_score(self, space: Space) -> None:
        if space.kind == "scores":
            pytest.skip("no product of a history contributes")
        if space.kind == "fused":
            pytest.skip("places cannot be split over a history")
        items, weights = space.history(4)
        query = space.items_query(items, weights)
        assert query is not None
        scores = space.scores([query])[0]
        bias = getattr(space, "bias", None)
        if bias is not None:
            scores = scores - bias  # it counts whatever the history
        every = np.arange(N + 3, dtype=np.int32)
        parts = space.contributions(items, weights, every)
        assert parts is not None
        assert parts.shape == (N + 3, len(items))
        np.testing.assert_allclose(parts.sum(axis=1), scores, rtol=1e-3, atol=1e-5)

    def test_without_its_strongest_reason_an_item_scores_lower(
        self, space: Space, case: str
    ) -> None:
        if space.kind == "scores":
            pytest.skip("no product of a history contributes")
        if case == "user_cf":
            pytest.skip("a mean over raters who all bought once stays 1")
        if space.kind == "fused":
            pytest.skip("with lower scores it may keep its place; each part is tested")
        for user in range(N):
            items, weights = space.history(user)
            query = space.items_query(items, weights)
            assert query is not None
            scores = space.scores([query])[0]
            new = np.where(np.isin(np.arange(N + 3), items), 0, scores)
            item = int((new if new.max() > 0 else scores).argmax())
            parts = space.contributions(items, weights, np.array([item], np.int32))
            assert parts is not None
            rest = np.arange(len(items)) != parts[0].argmax()
            without = space.items_query(items[rest], weights[rest])
            lower = 0.0 if without is None else float(space.scores([without])[0, item])
            assert lower < scores[item]

    def test_nothing_contributes_from_an_empty_history(self, space: Space) -> None:
        nothing, items = np.empty(0, np.int32), np.arange(3, dtype=np.int32)
        assert space.contributions(nothing, np.empty(0, np.float32), items) is None

    @pytest.mark.parametrize("name", MODELS)
    def test_unknown_settings_are_named(self, name: str) -> None:
        with pytest.raises(BadSetting, match=r"cannot be trained.*factorz.*: Extra inputs"):
            read_config(MODELS[name], {"factorz": 3})

    @pytest.mark.parametrize("name", MODELS)
    def test_every_setting_is_described(self, name: str) -> None:
        for setting, field in MODELS[name].Config.model_fields.items():
            assert field.description, setting

    @pytest.mark.parametrize("name", MODELS)
    def test_it_says_what_it_is(self, name: str) -> None:
        model = MODELS[name]
        assert model.name == name
        assert model.label
        assert model.summary
        assert model.placements | model.measured
        assert model.complexity in range(4)

    @pytest.mark.parametrize("name", MODELS)
    def test_tuning_tries_only_what_the_model_takes(self, name: str) -> None:
        model = MODELS[name]
        tried: list[dict[str, Any]] = [dict(settings) for settings in model.search.first]
        for setting, values in model.search.settings.items():
            few = values if isinstance(values, tuple) else (values.low, values.high)
            whole = isinstance(values, Range) and values.whole
            tried += [{setting: int(value) if whole else value} for value in few]
            if isinstance(values, Range):
                assert 0 <= values.low < values.high
                assert not (values.log and values.low == 0), "no factor leads away from 0"
        for settings in tried:
            read_config(model, settings)

    def test_progress_grows_from_0_to_1(self, case: str, board: TrainingData) -> None:
        shares: list[float] = []
        name, settings = CASES[case]
        model = MODELS[name]
        config = read_config(model, settings)
        model(config).fit(coloured(board), lambda share, step: shares.append(share))
        assert shares[0] == 0.0
        assert shares[-1] == 1.0
        assert shares == sorted(shares)

    @pytest.mark.parametrize(("n_users", "n_items"), [(1, 1), (1, 5), (5, 1), (6, 6)])
    def test_the_smallest_shops_where_all_is_equal(
        self, case: str, n_users: int, n_items: int
    ) -> None:
        pairs = [(user, item) for user in range(n_users) for item in range(n_items)]
        space = fitted(case, TrainingData(purchases(pairs), n_users, n_items))
        assert len(space.known_items) == n_items
        items = np.arange(n_items, dtype=np.int32)
        query = space.items_query(items, np.ones(n_items, np.float32))
        if query is not None:
            assert np.isfinite(space.scores([query], cosine=True)).all()
            parts = space.contributions(items, np.ones(n_items, np.float32), items)
            assert parts is None or np.isfinite(parts).all()
        asked = [query for user in range(n_users) if (query := space.shopper_query(user))]
        assert not asked or np.isfinite(space.scores(asked)).all()

    def test_rows_that_speak_against_everything_teach_nothing(self, case: str) -> None:
        if case in {"content", "lsa"}:
            pytest.skip("it needs no purchase to know an item")
        rows = purchases([(0, 0), (0, 1), (1, 1)], weights=[-0.5, -0.5, -0.5])
        space = fitted(case, TrainingData(rows, 2, 2))
        assert not space.known_items.any()

    def test_a_weight_that_is_no_number_is_refused(self, case: str) -> None:
        if case in {"popularity", "recent_popularity", "buys_again"}:
            pytest.skip("only rows with a weight above 0 are purchases")
        rows = purchases([(0, 0), (0, 1), (1, 1)], weights=[1, float("nan"), 1])
        with pytest.raises(InputError) as caught:
            fitted(case, TrainingData(rows, 2, 2))
        assert caught.value.message == "1 of 3 interactions have a weight that is no number."
        assert caught.value.hint


def _product(space: Any, query: Query, item: int) -> float:
    if space.kind == "sparse":
        columns, values = space.items.row(item)
        stored = dict(zip(columns.tolist(), values.tolist(), strict=True))
        assert query.indices is not None
        pairs = zip(query.indices.tolist(), query.values.tolist(), strict=True)
        return sum(stored.get(source, 0.0) * weight for source, weight in pairs)
    vector = (
        space.dot_items[item] if space.kind == "factors" else space.item_scores[item : item + 1]
    )
    return float(vector @ query.values)


def test_text_settings_from_a_command_line_become_numbers() -> None:
    config: Any = read_config(MODELS["als"], {"factors": "32", "half_life_days": None})
    assert config.factors == 32
    assert config.half_life_days is None


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(BadSetting, match=r"factors: .*; alpha: ") as caught:
        read_config(MODELS["als"], {"factors": 0, "alpha": -1, "seed": 3})
    assert "regularization" in caught.value.hint


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(BadSetting, match="'asl'") as caught:
        find_model("asl")
    assert "als" in caught.value.hint


@pytest.mark.parametrize("weight", [1.0, 1e-6, -1.0])
def test_als_with_its_defaults_in_a_shop_of_one_purchase(weight: float) -> None:
    data = TrainingData(purchases([(0, 0)], weights=[weight]), 1, 1)
    space = MODELS["als"](read_config(MODELS["als"], {})).fit(data, silent)
    one = np.zeros(1, np.int32)
    query = space.items_query(one, np.ones(1, np.float32))
    assert query is None or np.isfinite(query.values).all()
    assert (query is None) == (not space.known_items[0])


def test_als_reports_each_iteration_once(board: TrainingData) -> None:
    seen: list[tuple[float, str]] = []
    model = MODELS["als"]
    config = read_config(model, {"factors": 4, "iterations": 7})
    model(config).fit(board, lambda share, step: seen.append((share, step)))
    assert seen[1:] == [(done / 7, f"Iteration {done} of 7") for done in range(1, 8)]


def test_a_raise_in_the_report_stops_als_at_once(board: TrainingData) -> None:
    seen: list[float] = []

    def report(share: float, step: str) -> None:
        seen.append(share)
        if share >= 0.3:
            raise JobCancelled("Cancelled.")

    model = MODELS["als"]
    with pytest.raises(JobCancelled):
        model(read_config(model, {"factors": 4, "iterations": 10})).fit(board, report)
    assert seen == [0.0, 0.1, 0.2, 0.3]
