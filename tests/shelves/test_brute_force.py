"""Shelves against a numpy sort of everything, for any filters and any live changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelf_shop import factors, make_shop, neighbours, view_of

from recsys.models.fused import FusedSpace
from recsys.models.spaces import Query, Space
from recsys.releases.live import LiveView
from recsys.shelves import filtering
from recsys.shelves.placements import also_bought, for_you, lookalikes, similar
from recsys.types import Filters, Placement, Shelf

N_ITEMS, N_USERS = 60, 12
RANDOM = np.random.default_rng(4)
BOUGHT = RANDOM.random((N_USERS, N_ITEMS)) < 0.25
PAIRS = RANDOM.random((N_ITEMS, N_ITEMS)) * (RANDOM.random((N_ITEMS, N_ITEMS)) < 0.3)
CATALOGUE = [
    {
        "item_id": f"{n:03}",
        "category": "" if n % 7 == 0 else f"c{n % 3}",
        "price": "" if n % 11 == 0 else n,
        "stock": "" if n % 13 == 0 else n % 5,
    }
    for n in range(N_ITEMS)
]


# Variants of one product, up to five of them; every fourth product is a variant of none.
GROUPS = ["" if n % 4 == 0 else f"g{n % 10}" for n in range(N_ITEMS)]


VECTORS = RANDOM.normal(size=(N_ITEMS, 5))
VECTORS[-2:] = 0
TASTES = factors(VECTORS, RANDOM.normal(size=(N_USERS, 5)), BOUGHT)
NEIGHBOURS = neighbours(PAIRS, BOUGHT)
SPACES: dict[str, dict[Placement, Space]] = {
    "models": {"for_you": TASTES, "similar": TASTES, "also_bought": NEIGHBOURS},
    "by place": dict.fromkeys(
        ("for_you", "similar", "also_bought"), FusedSpace((TASTES, NEIGHBOURS), (0.7, 0.4), "rrf")
    ),
    "by score": dict.fromkeys(
        ("for_you", "similar", "also_bought"),
        FusedSpace((TASTES, NEIGHBOURS), (0.7, 0.4), "weighted"),
    ),
}


@pytest.fixture(
    scope="module",
    params=[("models", False), ("models", True), ("by place", True), ("by score", False)],
    ids=lambda param: f"{param[0]}, {'' if param[1] else 'no '}variants",
)
def view(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    spaces, variants = request.param
    shop = make_shop(
        tmp_path_factory.mktemp("brute"),
        purchases=[(f"u{u:02}", f"{i:03}") for u, i in np.argwhere(BOUGHT)],
        catalogue=[
            {**row, "group_id": group} if variants else row
            for row, group in zip(CATALOGUE, GROUPS, strict=True)
        ],
        spaces={**SPACES[spaces], "lookalikes": TASTES},
    )
    return view_of(shop)


@dataclass(frozen=True)
class Change:
    stock: int | None
    price: float | None
    hidden: bool


FILTERS = st.builds(
    Filters,
    category=st.none() | st.sampled_from(["c0", "c1", "c9"]),
    price_min=st.none() | st.integers(0, 60).map(float),
    price_max=st.none() | st.integers(0, 60).map(float),
    min_stock=st.integers(0, 6),
)
CHANGES = st.dictionaries(
    st.integers(0, N_ITEMS - 1),
    st.builds(
        Change,
        stock=st.none() | st.integers(0, 6),
        price=st.none() | st.integers(0, 60).map(float),
        hidden=st.booleans(),
    ),
    max_size=12,
)


@dataclass(frozen=True)
class Ask:
    """One request; ``fits``: whether the engine's filter lets out-of-date rows through, or the
    filter is applied after it."""

    row: int
    n: int
    filters: Filters
    changes: dict[int, Change]
    fits: bool


ASKS = st.builds(
    Ask,
    row=st.integers(0, N_USERS - 1),
    n=st.integers(1, 20),
    filters=FILTERS,
    changes=CHANGES,
    fits=st.booleans(),
)


def changed(view: LiveView, changes: dict[int, Change]) -> LiveView:
    stock, price, hidden = view.stock.copy(), view.price.copy(), view.hidden.copy()
    for row, change in changes.items():
        stock[row] = stock[row] if change.stock is None else change.stock
        price[row] = price[row] if change.price is None else change.price
        hidden[row] = change.hidden
    same_price = (price == view.price) | np.isnan(price)
    return replace(
        view,
        stock=stock,
        price=price,
        hidden=hidden,
        restocked=frozenset(np.flatnonzero(stock != view.stock).tolist()),
        repriced=frozenset(np.flatnonzero(~same_price).tolist()),
    )


def expected(
    view: LiveView, scores: np.ndarray, filters: Filters, *, bought: np.ndarray, asked: list[int]
) -> list[tuple[int, str]]:
    """Return (row, why it goes) for all items inside the filters, best first."""
    found: list[tuple[int, str]] = []
    groups = [""] * N_ITEMS if view.release.group_codes is None else GROUPS
    taken = {groups[row] for row in asked} - {""}
    for row in np.lexsort((np.arange(N_ITEMS), -scores)):
        category = CATALOGUE[row]["category"]
        inside = (
            np.isfinite(scores[row])
            and (filters.category is None or category == filters.category)
            and (filters.price_min is None or view.price[row] >= filters.price_min)
            and (filters.price_max is None or view.price[row] <= filters.price_max)
            and (filters.min_stock <= 1 or view.stock[row] >= filters.min_stock)
        )
        if not inside or row in asked:
            continue
        why = ""
        if view.hidden[row]:
            why = "hidden now"
        elif bought[row]:
            why = "bought before"
        elif view.stock[row] < 1:
            why = "sold out"
        elif groups[row] in taken:
            why = "another variant"
        elif groups[row]:
            taken.add(groups[row])
        found.append((int(row), why))
    return found


def check(
    shelf: Shelf, view: LiveView, found: list[tuple[int, str]], fused: np.ndarray | None = None
) -> None:
    rows = [view.release.item_ids.row(item.item_id) for item in shelf.items]
    assert len(set(rows)) == len(rows)
    shown = [row for row, why in found if not why][: shelf.asked]
    if fused is not None and rows[: len(shown)] != shown:
        # Sums of places that are all but equal come in any order.
        assert not set(rows) & {row for row, why in found if why not in {"", "another variant"}}
        np.testing.assert_allclose(fused[rows[: len(shown)]], fused[shown], rtol=1e-5)
        return
    assert rows[: len(shown)] == shown
    # What fills a short list up is inside the filters, and nothing that was taken out.
    assert not set(rows[len(shown) :]) & {row for row, why in found if why}
    assert sum(list(shelf.made_of.values())[1:]) == len(rows) - len(shown)
    above = found
    if len(shown) == shelf.asked:
        above = found[: [row for row, _ in found].index(shown[-1])]
    removed = [why for _, why in above if why]
    assert shelf.removed == {why: removed.count(why) for why in set(removed)}


def scores_of(
    view: LiveView, place: Placement, query: Query | None, filters: Filters
) -> np.ndarray:
    space: Space = view.release.space(place)
    assert query is not None
    cosine = place == "similar"
    if isinstance(space, FusedSpace):
        return fused_scores(view, space, query, filters, cosine=cosine)
    scores = space.scores([query], cosine=cosine)[0]
    rankable = space.known_items
    if space.kind == "sparse" or cosine:
        rankable = rankable & (scores > 0)
    return np.where(rankable, scores, -np.inf)


def fused_scores(
    view: LiveView, space: FusedSpace, query: Query, filters: Filters, *, cosine: bool
) -> np.ndarray:
    """Fuse the lists of what the engine lets through; -inf where no part gives an item out."""
    found = np.full(N_ITEMS, -np.inf)
    passing = engine_passes(view, filters)
    for part, weight, asked in zip(space.parts, space.weights, query.parts, strict=True):
        if asked is None:
            continue
        scores = part.scores([asked], cosine=cosine)[0]
        able = part.known_items & passing
        if part.kind == "sparse" or cosine:
            able &= scores > 0
        best = np.argsort(np.where(able, -scores, np.inf), kind="stable")[: able.sum()]
        adds = scores[best] if space.how == "weighted" else 1 / (60 + np.arange(len(best)))
        found[best] = np.where(np.isfinite(found[best]), found[best], 0) + weight * adds
    return found


def engine_passes(view: LiveView, filters: Filters) -> np.ndarray:
    """Say which items the engine's own filter lets through, by what the index holds."""
    where = filtering.inside(view, filters)
    found = np.ones(N_ITEMS, np.bool_)
    if where is None:
        return found
    columns = {"price": view.release.price, "stock": view.release.stock}
    for name, (least, most) in where.ranges.items():
        found &= columns[name] >= (-np.inf if least is None else least)
        found &= columns[name] <= (np.inf if most is None else most)
    found[list(where.or_rows)] = True
    if "category" in where.equals:
        found &= np.array([row["category"] == where.equals["category"] for row in CATALOGUE])
    return found


NOTHING = np.zeros(N_ITEMS, np.bool_)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ask=ASKS)
def test_shelves_are_what_a_sort_of_everything_gives(view: LiveView, ask: Ask) -> None:
    row, n, filters = ask.row, ask.n, ask.filters
    now = changed(view, ask.changes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filtering, "_MOST_OR_ROWS", 5_000 if ask.fits else -1)
        shelves = [
            for_you(now, f"u{row:02}", n=n, filters=filters),
            similar(now, f"{row:03}", n=n, filters=filters),
            also_bought(now, [f"{row:03}", "040"], n=n, filters=filters),
        ]
        mine, alike = now.release.space("for_you"), now.release.space("similar")
        pairs = now.release.space("also_bought")
        cart = np.array([row, 40], np.int32)
        everything = [
            (scores_of(now, "for_you", mine.shopper_query(row), filters), BOUGHT[row], []),
            (scores_of(now, "similar", alike.item_query(row), filters), NOTHING, [row]),
            (
                scores_of(
                    now, "also_bought", pairs.items_query(cart, np.ones(2, np.float32)), filters
                ),
                NOTHING,
                cart.tolist(),
            ),
        ]
    for shelf, (scores, bought, asked) in zip(shelves, everything, strict=True):
        found = expected(now, scores, filters, bought=bought, asked=asked)
        if any(not why for _, why in found):
            assert shelf.fallback == ""
            check(shelf, now, found, scores if mine.kind == "fused" else None)
        else:
            assert shelf.fallback or not shelf.items


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ask=ASKS)
def test_popular_and_lookalikes_are_what_a_sort_of_everything_gives(
    view: LiveView, ask: Ask
) -> None:
    row, n, filters = ask.row, ask.n, ask.filters
    now = changed(view, ask.changes)
    popular = for_you(now, "nobody", n=n, filters=filters)
    buyers = BOUGHT.sum(axis=0).astype(np.float64)
    scores = np.where(buyers > 0, buyers, -np.inf)
    found = expected(now, scores, filters, bought=NOTHING, asked=[])
    check(popular, now, found)

    k = 3 if ask.fits else 100
    users = now.release.space("lookalikes").users  # pyright: ignore
    cosine = users @ users[row] / np.linalg.norm(users, axis=1) / np.linalg.norm(users[row])
    cosine[row] = -1
    near = [user for user in np.argsort(-cosine)[:k] if cosine[user] > 0]
    shelf = lookalikes(now, f"u{row:02}", n=n, n_neighbours=k, filters=filters)
    assert [one["user_id"] for one in shelf.neighbours] == [f"u{user:02}" for user in near]
    weight = (cosine[near][:, None] * BOUGHT[near]).sum(axis=0)
    scores = np.where(BOUGHT[near].any(axis=0), weight, -np.inf).astype(np.float32)
    # Equal sums: the product that more shoppers bought.
    found = expected(now, scores + buyers * 1e-9, filters, bought=BOUGHT[row], asked=[])
    check(shelf, now, found)
