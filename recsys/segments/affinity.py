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

_BLOCK = 65_536
SCORE_WORDS = "Standard deviations by which these score above the shopper's other products"


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
    scores = standing_out(release.space("for_you"), items, weights)
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


def standing_out(
    space: Space, items: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return by how much some products' mean score stands out for each shopper.

    In standard deviations over what the same shopper's score is for other products, so that who
    buys a lot of everything does not come first. Of a dense space, with ``m`` and ``S`` the mean
    and the covariance of all known items: ``(u' sum_i w_i v_i - u' m) / sqrt(u' S u)``. Of a sparse
    one see :func:`_of_histories`. Of a fusion the weighted mean of its parts.

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
            (weight, standing_out(part, items, weights))
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
    vectors = space.items[space.known_items].astype(np.float64)
    mean = vectors.mean(axis=0)
    spread = np.cov(vectors, rowvar=False, bias=True).reshape(len(mean), len(mean))
    ahead = (weights @ space.items[items] - mean).astype(np.float32)
    spread = spread.astype(np.float32)
    found = np.full(len(space.users), np.nan, np.float32)
    for start in range(0, len(found), _BLOCK):
        users = space.users[start : start + _BLOCK]
        deviation = np.sqrt(np.maximum(np.einsum("ij,ij->i", users @ spread, users), 0))
        known = deviation > 0
        block = found[start : start + _BLOCK]
        block[known] = (users @ ahead)[known] / deviation[known]
    return found


def _of_histories(
    space: SparseSpace, items: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Score histories by what each of their products says for those wanted.

    With ``h`` a shopper's weights, ``a_j`` what product ``j`` in a history adds to the mean score
    of those wanted, and ``m`` and ``s`` the mean and the standard deviation of ``a`` over all that
    anybody bought: ``(sum_j h_j a_j - m sum_j h_j) / (s sqrt(sum_j h_j^2))``, the distance to what
    a history of the same weights, drawn by chance, would give. A query's limits (``most``,
    ``least_overlap``) are not applied.
    """
    adds = _adds(space, items, weights)
    held = space.histories
    bought = adds[held.indices]
    mean = float(bought.mean()) if len(bought) else 0.0
    spread = float(bought.std()) if len(bought) else 0.0
    totals = _sums(held.indptr, held.data * (bought - mean))
    lengths = np.sqrt(_sums(held.indptr, held.data.astype(np.float64) ** 2))
    known = lengths > 0
    found = np.full(len(lengths), np.nan, np.float32)
    if spread > 0:
        found[known] = (totals[known] / (spread * lengths[known])).astype(np.float32)
    else:  # no product says anything for those wanted
        found[known] = 0
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
