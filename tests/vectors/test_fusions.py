"""Fusions by the engine against the arrays, on every store."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qdrant_client import QdrantClient
from vector_shop import COUNT, WIDTH, Shop, make_shop

from recsys.errors import StorageError
from recsys.types import silent
from recsys.vectors.base import Fusion, Part, VectorIndex, Where
from recsys.vectors.edge import EdgeStore
from recsys.vectors.server import ServerStore, connect

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]
SERVER = os.environ.get("AISLE_TEST_QDRANT_URL", "")
SHOP = make_shop(3)


@pytest.fixture(scope="module", params=["edge", "local", "server"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VectorIndex]:
    if request.param == "edge":
        store = EdgeStore(tmp_path_factory.mktemp("edge"))
        store.build("fused", SHOP.points, silent)
        yield store.open("fused")
        return
    if request.param == "server" and not SERVER:
        pytest.skip("AISLE_TEST_QDRANT_URL names no server")
    client = connect(SERVER) if request.param == "server" else QdrantClient(":memory:")
    store = ServerStore(client, prefix=f"aisle-fused-{os.getpid()}")
    store.build("fused", SHOP.points, silent)
    yield store.open("fused")
    store.drop("fused")
    client.close()


def part(vector: str, seed: int, **more: object) -> Part:
    random = np.random.default_rng(seed)
    if vector != "sparse":
        return Part(vector, random.normal(size=WIDTH).astype(np.float32), **more)  # pyright: ignore
    features = np.sort(random.choice(20, 4, replace=False)).astype(np.int32)
    values = (random.random(4) + 0.1).astype(np.float32)
    return Part(vector, values, features, **more)  # pyright: ignore[reportArgumentType]


def expected(shop: Shop, fusion: Fusion, where: Where) -> np.ndarray:
    """Return the fused score of every point; NaN where no part gives it out."""
    found = np.full(COUNT, np.nan)
    for one in fusion.parts:
        query = one.values
        if one.indices is not None:
            query = np.zeros(20, np.float32)
            query[one.indices] = one.values
        scores = shop.scores(one.vector, query)
        scores[~shop.passes(where)] = np.nan
        scores[~shop.passes(Where(equals=one.equals))] = np.nan
        if one.above is not None:
            scores[~(scores > one.above)] = np.nan
        best = np.argsort(-scores, kind="stable")[: np.count_nonzero(~np.isnan(scores))]
        for place, row in enumerate(best[: fusion.depth]):
            adds = scores[row] if fusion.how == "weighted" else 1 / (60 + place)
            found[row] = np.nan_to_num(found[row]) + one.weight * adds
    return found


def check(index: VectorIndex, fusion: Fusion, *, limit: int, where: Where | None = None) -> None:
    hits = index.fuse(fusion, limit=limit, where=where)
    exact = expected(SHOP, fusion, where or Where())
    best = np.sort(exact[~np.isnan(exact)])[::-1][:limit]
    np.testing.assert_allclose(hits.scores, best, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(exact[hits.rows], hits.scores, rtol=1e-4, atol=1e-6)
    assert len(set(hits.rows.tolist())) == len(hits.rows)
    assert (hits.rows.dtype, hits.scores.dtype) == (np.int64, np.float32)


@pytest.mark.parametrize("how", ["rrf", "weighted"])
@pytest.mark.parametrize("weights", [(1, 1), (0.5, 0.5), (0.7, 0.3), (2, 0.1)])
@pytest.mark.parametrize("depth", [3, 20, 200])
def test_two_parts(index: VectorIndex, how: str, weights: tuple[float, float], depth: int) -> None:
    for seed in range(2):
        parts = (part("dot", seed, weight=weights[0]), part("sparse", seed, weight=weights[1]))
        check(index, Fusion(parts, how, depth), limit=30)  # pyright: ignore[reportArgumentType]


def test_a_weight_counts_as_much_as_it_says(index: VectorIndex) -> None:
    """The engine's own weights would only stretch places: 0.0167 against 0.0168."""
    parts = (part("dot", 1, weight=0.9), part("sparse", 1, weight=0.1))
    hits = index.fuse(Fusion(parts, "rrf", 1), limit=2)
    assert hits.scores.tolist() == pytest.approx([0.9 / 60, 0.1 / 60])


def test_three_parts_and_one(index: VectorIndex) -> None:
    three = (part("dot", 5), part("cosine", 6), part("sparse", 7, weight=3.0))
    check(index, Fusion(three, "rrf", 15), limit=40)
    for how in ("rrf", "weighted"):
        check(index, Fusion(three[2:], how, 15), limit=40)


def test_a_part_narrowed_to_what_points_the_same_way(index: VectorIndex) -> None:
    parts = (part("cosine", 2, above=0.0), part("sparse", 2))
    check(index, Fusion(parts, "rrf", COUNT), limit=COUNT)


def test_a_part_with_a_filter_of_its_own(index: VectorIndex) -> None:
    parts = (part("dot", 3, equals={"category": "c1 é"}), part("sparse", 3, weight=0.5))
    check(index, Fusion(parts, "rrf", 10), limit=20)
    # Two texts for one column: nothing has both.
    here = Where(equals={"category": "c2 é"})
    check(index, Fusion(parts, "rrf", 10), limit=20, where=here)
    assert index.fuse(Fusion(parts[:1], "rrf", 10), limit=20, where=here).rows.tolist() == []


WHERES = st.builds(
    Where,
    equals=st.just({}) | st.sampled_from([{"category": f"c{c} é"} for c in range(5)]),
    ranges=st.just({}) | st.integers(0, 100).map(lambda least: {"price": (float(least), None)}),
    or_rows=st.frozensets(st.integers(0, COUNT - 1), max_size=5),
    not_rows=st.frozensets(st.integers(0, COUNT - 1), max_size=5),
)
FUSIONS = st.builds(
    lambda how, weight, seed, depth: Fusion(
        (part("dot", seed), part("sparse", seed, weight=weight), part("cosine", seed, above=0)),
        how,
        depth,
    ),
    st.sampled_from(["rrf", "weighted"]),
    st.floats(0.1, 3),
    st.integers(0, 9),
    st.integers(1, 70),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fusion=FUSIONS, where=WHERES, limit=st.integers(1, 70))
def test_any_filter_goes_into_every_part(
    index: VectorIndex, fusion: Fusion, where: Where, limit: int
) -> None:
    check(index, fusion, limit=limit, where=where)


def test_a_vector_that_is_not_there(index: VectorIndex) -> None:
    parts = (part("dot", 1), Part("for_me", np.ones(WIDTH, np.float32)))
    with pytest.raises(StorageError, match="refused a fused query on 'dot', 'for_me'"):
        index.fuse(Fusion(parts, "rrf", 5), limit=3)
