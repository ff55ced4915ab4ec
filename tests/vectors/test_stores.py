"""One set of tests for every store: the embedded one, the client's own mode, and a server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qdrant_client import QdrantClient
from vector_shop import COUNT, WIDTH, Shop, make_shop

from recsys.errors import JobCancelled, StorageError
from recsys.types import silent
from recsys.vectors.base import DenseVectors, Points, SparseVectors, VectorIndex, VectorStore, Where
from recsys.vectors.edge import EdgeStore
from recsys.vectors.server import ServerStore, connect

# The client's own mode needs neither field indexes nor the order to be exact; a server does.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]

SERVER = os.environ.get("AISLE_TEST_QDRANT_URL", "")


@pytest.fixture(scope="module", params=["edge", "local", "server"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VectorStore]:
    if request.param == "edge":
        yield EdgeStore(tmp_path_factory.mktemp("edge"))
        return
    if request.param == "server" and not SERVER:
        pytest.skip("AISLE_TEST_QDRANT_URL names no server")
    client = connect(SERVER) if request.param == "server" else QdrantClient(":memory:")
    store = ServerStore(client, prefix=f"aisle-test-{os.getpid()}")
    yield store
    for name in ("items", "few", "one", "small"):
        store.drop(name)
    client.close()


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(1)


@pytest.fixture(scope="module")
def index(store: VectorStore, shop: Shop) -> VectorIndex:
    store.build("items", shop.points, silent)
    return store.open("items")


def check(
    index: VectorIndex,
    shop: Shop,
    vector: str,
    query: np.ndarray,
    *,
    limit: int,
    where: Where | None = None,
) -> None:
    """Compare an answer with what the arrays say: the same scores, of the same points."""
    given, indices = query, None
    if vector == "sparse":
        indices = np.flatnonzero(query).astype(np.int32)
        given = query[indices]
    hits = index.query(vector, given, indices=indices, limit=limit, where=where)
    exact = shop.scores(vector, query)
    if where is not None:
        exact[~shop.passes(where)] = np.nan
    best = np.sort(exact[~np.isnan(exact)])[::-1][:limit]
    np.testing.assert_allclose(hits.scores, best, rtol=1e-4, atol=1e-5)
    # By score, since equal scores may come in any order.
    np.testing.assert_allclose(exact[hits.rows], hits.scores, rtol=1e-4, atol=1e-5)
    assert len(set(hits.rows.tolist())) == len(hits.rows)
    assert hits.rows.dtype == np.int64
    assert hits.scores.dtype == np.float32


def query_for(vector: str, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    if vector != "sparse":
        return random.normal(size=WIDTH).astype(np.float32)
    query = np.zeros(20, np.float32)
    query[random.choice(20, 3, replace=False)] = random.random(3) + 0.1
    return query


VECTORS = ("dot", "cosine", "sparse")
FILTERS = {
    "category": Where(equals={"category": "c1 é"}),
    "no such category": Where(equals={"category": "c1"}),
    "prices from to": Where(ranges={"price": (20, 60.5)}),
    "prices from": Where(ranges={"price": (20, None)}),
    "prices to": Where(ranges={"price": (None, 30)}),
    "stock": Where(ranges={"stock": (3, None)}),
    "category, price and stock": Where(
        equals={"category": "c2 é"}, ranges={"price": (10, 90), "stock": (1, None)}
    ),
    "out of date": Where(ranges={"price": (90, 95)}, or_rows=frozenset({1, 5, 7})),
    "out of date in a category": Where(
        equals={"category": "c1 é"}, ranges={"stock": (6, None)}, or_rows=frozenset(range(30))
    ),
    "left out": Where(not_rows=frozenset(range(0, 60, 2))),
    "left out and out of date": Where(
        ranges={"price": (50, None)}, or_rows=frozenset({2, 3}), not_rows=frozenset({3, 4})
    ),
    "no condition": Where(),
}


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("limit", [1, 7, COUNT, 10 * COUNT])
def test_answers_are_those_of_the_arrays(
    index: VectorIndex, shop: Shop, vector: str, limit: int
) -> None:
    for seed in range(3):
        check(index, shop, vector, query_for(vector, seed), limit=limit)


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("name", FILTERS)
def test_filters(index: VectorIndex, shop: Shop, vector: str, name: str) -> None:
    where = FILTERS[name]
    if name != "no such category":
        assert shop.passes(where).any()
    check(index, shop, vector, query_for(vector, 4), limit=20, where=where)


def test_a_cart_in_any_order_is_the_same_query(index: VectorIndex, shop: Shop) -> None:
    query = query_for("sparse", 2)
    sources = np.flatnonzero(query).astype(np.int32)
    upwards = index.query("sparse", query[sources], indices=sources, limit=9)
    down = sources[::-1].copy()
    downwards = index.query("sparse", query[down], indices=down, limit=9)
    assert downwards.rows.tolist() == upwards.rows.tolist()
    np.testing.assert_allclose(downwards.scores, upwards.scores, rtol=1e-6)


def test_all_points_are_counted_also_those_without_vectors(index: VectorIndex, shop: Shop) -> None:
    assert index.count() == COUNT
    assert not shop.present.all()


def test_an_empty_row_of_numbers_alone_gives_points_without_vectors(store: VectorStore) -> None:
    nothing = SparseVectors(np.zeros(4, np.int64), np.empty(0, np.int32), np.empty(0, np.float32))
    points = Points(3, {"sparse": nothing}, payload={}, indexed={})
    store.build("few", points, silent)
    index = store.open("few")
    assert index.count() == 3
    hits = index.query("sparse", np.ones(1, np.float32), indices=np.zeros(1, np.int32), limit=5)
    assert len(hits.rows) == len(hits.scores) == 0


def test_one_point_of_one_number(store: VectorStore) -> None:
    vectors = DenseVectors(np.full((1, 1), 5, np.float32), "dot", np.ones(1, np.bool_))
    store.build("one", Points(1, {"popular": vectors}, payload={}, indexed={}), silent)
    hits = store.open("one").query("popular", np.ones(1, np.float32), limit=3)
    assert hits.rows.tolist() == [0]
    assert hits.scores.tolist() == [5.0]


ROWS = st.frozensets(st.integers(0, 24), max_size=6)
BOUNDS = st.tuples(
    st.none() | st.integers(0, 100).map(float), st.none() | st.integers(0, 100).map(float)
)
WHERES = st.builds(
    Where,
    equals=st.just({}) | st.sampled_from([{"category": f"c{c} é"} for c in range(4)]),
    ranges=st.fixed_dictionaries(
        {}, optional={"price": BOUNDS, "stock": st.tuples(st.integers(0, 6), st.none())}
    ),
    or_rows=ROWS,
    not_rows=ROWS,
)


@pytest.fixture(scope="module")
def small(store: VectorStore) -> tuple[VectorIndex, Shop]:
    shop = make_shop(9, count=25)
    store.build("small", shop.points, silent)
    return store.open("small"), shop


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=WHERES, vector=st.sampled_from(VECTORS), seed=st.integers(0, 9), limit=st.integers(1, 30)
)
def test_any_filter(
    small: tuple[VectorIndex, Shop], where: Where, vector: str, seed: int, limit: int
) -> None:
    index, shop = small
    check(index, shop, vector, query_for(vector, seed), limit=limit, where=where)


def test_progress_is_told_and_a_raise_passes_through(store: VectorStore, shop: Shop) -> None:
    shares: list[float] = []
    store.drop("one")
    store.build("told", shop.points, lambda share, step: shares.append(share))
    store.drop("told")
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(share: float, step: str) -> None:
        raise JobCancelled("Cancelled.")

    with pytest.raises(JobCancelled):
        store.build("stopped", shop.points, stop)
    store.drop("stopped")


def test_dropping_what_is_not_there_does_nothing(store: VectorStore) -> None:
    store.drop("never built")


class TestErrors:
    """Whatever a store raises is a StorageError here."""

    def test_an_index_that_is_not_there(self, store: VectorStore) -> None:
        with pytest.raises(StorageError, match="nowhere"):
            store.open("nowhere")

    def test_an_index_that_is_there_already(
        self, store: VectorStore, index: VectorIndex, shop: Shop
    ) -> None:
        with pytest.raises(StorageError, match="could not be written"):
            store.build("items", shop.points, silent)
        assert index.count() == COUNT

    def test_a_query_of_another_width(self, index: VectorIndex) -> None:
        with pytest.raises(StorageError, match="refused a query on 'dot'"):
            index.query("dot", np.ones(WIDTH + 1, np.float32), limit=3)

    def test_a_vector_that_is_not_there(self, index: VectorIndex) -> None:
        with pytest.raises(StorageError, match="refused a query on 'for_me'"):
            index.query("for_me", np.ones(WIDTH, np.float32), limit=3)
