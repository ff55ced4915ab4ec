"""The shoppers likeliest to want some products, a category or a brand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError, NotReady
from recsys.models.arrays import Floats, Rows
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.rules.saying import counted
from recsys.segments.conditions import who_bought
from recsys.segments.days import DAY
from recsys.segments.definition import Wanted
from recsys.shelves.buy_again import FIRST_GAP, HALVES_AFTER
from recsys.shelves.facts import facts_of

_MOST_MEASURED = 100_000
SCORE_WORDS = "Standard deviations by which the model's score is above that of all shoppers"


@dataclass(frozen=True)
class Wanting:
    """Shoppers by how much they want something, best first; ties by id."""

    rows: Rows
    scores: Floats
    notes: tuple[str, ...]
    score_words: str = SCORE_WORDS


def wanting(view: LiveView, wanted: Wanted) -> Wanting:
    """Rank the shoppers by the space that feeds For You.

    Raises
    ------
    InputError
        Nothing is wanted, or none of it is in the catalogue, or "due" is asked without dates.
    NotReady
        The release has no For You, or one that gives everybody the same list.
    """
    release = view.release
    items, notes = _items(view, wanted)
    weights = _weights(release, items, listed=bool(wanted.items))
    scores = wants(release.space("for_you"), items, weights)
    known = ~np.isnan(scores)
    dark = int((~known).sum())
    if dark:
        notes.append(f"{counted(dark, 'shopper')} of whom nothing is known to the model left out.")
    mask = np.zeros(len(release.item_ids), np.bool_)
    mask[items] = True
    if wanted.bought == "not_yet":
        had = who_bought(release, mask) & known
        notes.append(f"{counted(int(had.sum()), 'shopper')} who bought some of it left out.")
        known &= ~had
    elif wanted.bought == "due":
        known &= who_is_due(release, mask)
        notes.append(
            f"Due is who bought a product at least one of its rhythms ago and at most"
            f" {1 + HALVES_AFTER:g}; of one purchase the rhythm is taken as {FIRST_GAP:g} days."
        )
    rows = np.flatnonzero(known)
    rows = rows[np.argsort(-scores[rows], kind="stable")].astype(np.int32)
    return Wanting(rows, scores[rows], tuple(notes))


def _items(view: LiveView, wanted: Wanted) -> tuple[NDArray[np.int64], list[str]]:
    """Return the rows of all that is wanted, and what was not found."""
    facts, notes = facts_of(view), list[str]()
    count = len(facts.item_ids)
    mask = np.zeros(count, np.bool_)
    asked = len(set(wanted.items))
    rows = facts.item_ids.rows(dict.fromkeys(wanted.items))
    mask[rows] = True
    if len(rows) < asked:
        notes.append(f"{asked - len(rows):,} of the {asked:,} products are not in the catalogue.")
    mask |= facts.category.among(wanted.categories) | facts.brand.among(wanted.brands)
    if not mask.any():
        raise InputError(
            "Nothing that is wanted is in the live catalogue.",
            hint="Choose products, a category or a brand that the shop sells.",
        )
    return np.flatnonzero(mask), notes


def _weights(release: Release, items: NDArray[np.int64], *, listed: bool) -> NDArray[np.float64]:
    """Return what each product counts: listed ones the same, of a category by their buyers."""
    buyers = np.asarray(release.buyers, np.float64)[items]
    if listed or not buyers.any():
        return np.full(len(items), 1 / len(items))
    return buyers / buyers.sum()


def wants(
    space: Space, items: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return how much each shopper wants some products, against all shoppers.

    The weighted mean over the products of the model's score in standard deviations from its mean
    over the shoppers; of a sparse space, and so of a part of a fusion that is one, the mean score
    is standardised; of a fusion it is the weighted mean of the parts. Whoever buys a lot of
    everything scores higher, too: on the demo the score as it is found later buyers best
    (docs/decisions/016-lookalikes.md).

    Returns
    -------
    ndarray of shape (n_shoppers,)
        NaN for those of whom the space knows nothing.

    Raises
    ------
    NotReady
        The space gives everybody the same list.
    """
    if isinstance(space, FactorSpace):
        return _of_vectors(space, items, weights)
    if isinstance(space, SparseSpace):
        return _of_histories(space, items, weights)
    if isinstance(space, FusedSpace):
        parts = [
            (weight, wants(part, items, weights))
            for part, weight in zip(space.parts, space.weights, strict=True)
            if part.kind != "scores"
        ]
        if parts:
            found = np.vstack([scores for _, scores in parts])
            counts = ~np.isnan(found) * np.array([weight for weight, _ in parts])[:, None]
            total = counts.sum(axis=0)
            mean = (np.nan_to_num(found) * counts).sum(axis=0) / np.where(total > 0, total, 1.0)
            return np.where(total > 0, mean, np.nan).astype(np.float32)
    raise NotReady(
        "For You gives everybody the same list, so nobody wants anything more than others do.",
        hint="Publish a release with a personal model, such as ALS, for For You.",
    )


def _of_vectors(
    space: FactorSpace, items: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    known = np.flatnonzero(space.users.any(axis=1))
    found = np.full(len(space.users), np.nan, np.float32)
    if not len(known):
        return found
    some = space.users[known[:: max(1, len(known) // _MOST_MEASURED)]].astype(np.float64)
    apart = some - some.mean(axis=0)
    vectors = space.items[items].astype(np.float64)
    # Over the shoppers an item's scores have the variance v' C v.
    spread = np.sqrt(np.einsum("ij,ij->i", vectors @ (apart.T @ apart / len(some)), vectors))
    each = np.divide(weights, spread, out=np.zeros(len(items)), where=spread > 0)
    direction = each @ vectors
    scores = space.users @ direction.astype(np.float32)
    found[known] = scores[known] - np.float32(some.mean(axis=0) @ direction)
    return found


def _of_histories(
    space: SparseSpace, items: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Score histories by what each of their products adds for those wanted.

    A query's limits (``most``, ``least_overlap``) are not applied.
    """
    held = space.histories
    totals = _sums(held.indptr, held.data * _adds(space, items, weights)[held.indices])
    known = np.diff(held.indptr) > 0
    found = np.full(len(known), np.nan, np.float32)
    if known.any():
        spread = float(totals[known].std())
        found[known] = (totals[known] - totals[known].mean()) / (spread if spread > 0 else 1.0)
    return found


def _adds(
    space: SparseSpace, items: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each product in a history adds to the weighted mean score of some products."""
    features = np.zeros(space.items.shape[1])
    for item, weight in zip(items.tolist(), weights.tolist(), strict=True):
        columns, values = space.items.row(item)
        features[columns] += weight * values
    if space.sources is None:
        return features
    asked = space.sources
    return _sums(asked.indptr, asked.data * features[asked.indices])


def _sums(indptr: NDArray[np.int64], values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the sum of each row's values."""
    running = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    return running[indptr[1:]] - running[indptr[:-1]]


def who_is_due(release: Release, items: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say who is due to buy some of these products again, by each one's rhythm.

    The rhythm of a shopper and a product is that of Buy again, ``m = (span + 30) / k`` days for
    ``k`` days on which it was bought (docs/decisions/012-buy-again.md). Due is from ``m`` days
    after the last purchase until Buy again would count it half, ``5 m`` days after.

    Raises
    ------
    InputError
        The shop's purchases have no dates.
    NotReady
        The release does not know first purchases.
    """
    if release.last is None:
        raise InputError(
            "The shop's purchases have no dates, so nobody knows who is due.",
            hint="Ask for shoppers who did not buy it yet, or for any.",
        )
    if release.first is None or release.days is None:
        raise NotReady(
            "The live release does not know first purchases: it was built by an earlier version.",
            hint="Publish a release again.",
        )
    hits = np.flatnonzero(items[release.bought.indices])
    first, last, days = release.first[hits], release.last[hits], release.days[hits]
    rhythm = ((last - first) / DAY + FIRST_GAP) / np.maximum(days, 1)
    ago = ((release.newest or 0) - last) / DAY
    due = (ago >= rhythm) & (ago <= (1 + HALVES_AFTER) * rhythm)
    who = np.zeros(release.bought.shape[0], np.bool_)
    who[np.searchsorted(release.bought.indptr, hits[due], side="right") - 1] = True
    return who
