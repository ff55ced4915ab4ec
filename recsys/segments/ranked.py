"""Who belongs to a segment before anybody is left out, best first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError, NotReady
from recsys.maps.picture import Picture
from recsys.models.arrays import Floats, Rows
from recsys.models.factors import FactorSpace
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.rules.book import NamedSet
from recsys.rules.saying import counted
from recsys.segments.about_shoppers import people_of
from recsys.segments.activity import activity, activity_likeness, best_first
from recsys.segments.affinity import wanting
from recsys.segments.conditions import meeting
from recsys.segments.definition import Definition, Scorer
from recsys.segments.lifecycle import LifecycleRules
from recsys.segments.likeness import SCORE_WORDS, draw_others, learn
from recsys.segments.seeds import Seeded, match, seeded
from recsys.segments.vectors import Vectors, shopper_space, shopper_vectors, without_event

# Folding a shopper in takes up to half a millisecond.
_MOST_FOLDED = 500
_NO_SCORE = "None: in the order of how alike recency, orders and spend are to the seeds'"


@dataclass(frozen=True)
class Ranked:
    """Shoppers, best first; of equals the smaller id first.

    Attributes
    ----------
    scores
        One a row, float32; NaN for those whom nothing but their activity speaks for, who are last.
    seeds
        Row numbers of the seeds, ascending; empty for a segment that has none.
    score_words
        What the score is.
    """

    rows: Rows
    scores: Floats
    seeds: Rows
    score_words: str
    notes: tuple[str, ...] = ()


_NONE = np.empty(0, np.int32)


def rank(
    view: LiveView,
    definition: Definition,
    *,
    sets: Mapping[int, NamedSet],
    rules: LifecycleRules,
    chosen: Scorer | None = None,
    picture: Picture | None = None,
) -> Ranked:
    """Put the shoppers of a definition in order.

    Parameters
    ----------
    sets
        The segments that it names, as they stand now.
    chosen
        The scorer that a proof chose; the definition's own holds before it.
    picture
        The map that a taste group is of.

    Raises
    ------
    InputError
        The definition asks for what there is not; the message says what.
    NotReady
        The release lacks what is needed: vectors, counts of orders.
    """
    if definition.kind == "lookalikes":
        return _lookalikes(view, definition, sets=sets, rules=rules, chosen=chosen)
    if definition.kind == "affinity":
        if definition.wanted is None:
            raise _incomplete("what the shoppers want")
        wanted = wanting(view, definition.wanted)
        return Ranked(wanted.rows, wanted.scores, _NONE, wanted.score_words, wanted.notes)
    if definition.kind == "taste":
        return _taste_group(view.release, definition, picture)
    if definition.kind == "list":
        matched = match(view.release, definition.ids)
        falling = np.arange(len(matched.rows), 0, -1).astype(np.float32)
        return Ranked(matched.rows, falling, _NONE, "The order of the list", (matched.words(),))
    if definition.conditions is None:
        raise _incomplete("conditions")
    met = meeting(view, definition.conditions, sets=sets, rules=rules)
    return _by_value(view.release, np.flatnonzero(met.who), met.notes)


def no_vectors() -> NotReady:
    """Return the error for a release in which no model gives shoppers vectors."""
    return NotReady(
        "No model of the live release gives shoppers vectors, so nobody can be compared.",
        hint="Publish a release with a model such as ALS for Lookalikes or For You.",
    )


def _incomplete(lacks: str) -> InputError:
    return InputError(f"The definition of the segment lacks {lacks}.", hint="Fill it in.")


def _by_value(release: Release, rows: NDArray[np.int64], notes: tuple[str, ...]) -> Ranked:
    """Order by what was spent, where that is unknown by orders, and else by id."""
    people = release.people
    if people is None:
        values, words = np.zeros(len(release.user_ids)), "None: in the order of the ids"
    elif people.spend is not None:
        values, words = np.asarray(people.spend), "Money spent"
    else:
        values, words = people.orders.astype(np.float64), "Orders"
    best = rows[np.argsort(-values[rows], kind="stable")].astype(np.int32)
    return Ranked(best, values[best].astype(np.float32), _NONE, words, notes)


def _lookalikes(
    view: LiveView,
    definition: Definition,
    *,
    sets: Mapping[int, NamedSet],
    rules: LifecycleRules,
    chosen: Scorer | None,
) -> Ranked:
    release = view.release
    if definition.seeds is None:
        raise _incomplete("seeds")
    vectors, space = shopper_vectors(release), shopper_space(release)
    if vectors is None or space is None:
        raise no_vectors()
    event = seeded(view, definition.seeds, sets=sets, rules=rules)
    scorer: Scorer = definition.scorer or chosen or "centroid"
    examples, notes = _examples(release, space, vectors, event, definition.seed)
    scores = np.full(len(vectors), np.nan, np.float32)
    if examples is not None:
        scores = learn(scorer, *examples, seed=definition.seed).of(vectors)
    rows = np.arange(len(vectors))
    if not definition.with_seeds:
        rows = np.delete(rows, event.rows)
    thin, words = int(np.isnan(scores[rows]).sum()), SCORE_WORDS[scorer]
    fallback = np.zeros(len(scores))
    if thin:
        alike = "in the order of how alike their recency, orders and spend are to the seeds'"
        if thin < len(rows):
            notes.append(
                f"{counted(thin, 'shopper')} of whom too little is known for a vector come last,"
                f" {alike}."
            )
        else:
            words = _NO_SCORE
            notes.append(f"No tastes can be compared, so all shoppers are {alike}.")
        fallback = activity_likeness(activity(people_of(release)), event.rows)
    order = best_first(scores, fallback, rows).astype(np.int32)
    return Ranked(order, scores[order], event.rows, words, (*event.notes, *notes))


def _examples(
    release: Release, space: FactorSpace, vectors: Vectors, event: Seeded, seed: int
) -> tuple[tuple[Vectors, Vectors] | None, list[str]]:
    """Return the vectors of seeds and of others to learn from; None where no seed has one.

    Where an event made the seeds, vectors of both know nothing of it.
    """
    random = np.random.default_rng(seed)
    others = np.flatnonzero(vectors.known)
    others = others[~np.isin(others, event.rows)]
    others = draw_others(others, len(event.rows), random)
    notes: list[str] = []
    mine = event.rows
    if event.by_event:
        mine, others = (_some(rows, random) for rows in (mine, others))
        both = np.concatenate([mine, others]).astype(np.int32)
        usual = slice(len(mine), None)
        forgot = without_event(release, space, both, event, usual=usual)
        seeds, rest = forgot.only(slice(len(mine))), forgot.only(usual)
        if len(mine) < len(event.rows):
            notes.append(
                f"Learned from {len(mine):,} of the {len(event.rows):,} seeds, drawn by chance:"
                " each has to be looked at without what made it one."
            )
    else:
        seeds, rest = vectors.only(mine), vectors.only(others)
    dark = int((~seeds.known).sum())
    if dark:
        before = " had bought nothing before that tells," if event.by_event else ""
        notes.append(
            f"{dark:,} of the seeds{before or ' have no vector,'} and nothing is learned from them."
        )
    if dark == len(seeds):
        return None, notes
    if not rest.known.any():
        raise InputError(
            "Everybody of whom something is known is a seed, so there is nobody left to find.",
            hint="Choose fewer seeds.",
        )
    return (_known(seeds), _known(rest)), notes


def _known(vectors: Vectors) -> Vectors:
    return vectors.only(np.flatnonzero(vectors.known))


def _some(rows: NDArray[np.integer], random: np.random.Generator) -> NDArray[np.integer]:
    if len(rows) <= _MOST_FOLDED:
        return rows
    return np.sort(random.choice(rows, _MOST_FOLDED, replace=False))


def _taste_group(release: Release, definition: Definition, picture: Picture | None) -> Ranked:
    """Return the members of a group on a map of shoppers, those nearest to its middle first."""
    if definition.taste is None:
        raise _incomplete("a taste group")
    if picture is None:
        raise InputError(
            "The map that this taste group is of is gone.", hint="Choose a group of the newest map."
        )
    _, number = definition.taste
    if picture.of == "items" or not 0 <= number < len(picture.groups):
        raise InputError(
            f"The map has no taste group {number}.", hint="Choose a group of a map of shoppers."
        )
    if picture.about.get("dataset_id") != release.manifest["dataset_id"]:
        raise InputError(
            "The taste group is of a map of other data than the live release.",
            hint="Make the map anew, and choose a group of it.",
        )
    clusters = picture.clusters[len(picture.clusters) - len(release.user_ids) :]
    rows = np.flatnonzero(clusters == number)
    vectors = shopper_vectors(release)
    if vectors is None or not vectors.known[rows].any():
        return _by_value(release, rows, ())
    known = rows[vectors.known[rows]]
    scores = learn("centroid", vectors.only(known), vectors.only(known)).of(vectors)
    order = best_first(scores, np.zeros(len(scores)), rows).astype(np.int32)
    words = "Cosine to the mean direction of the group"
    return Ranked(order, scores[order], _NONE, words)
