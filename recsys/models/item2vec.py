from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.data.matrix import Baskets, basket_matrix
from recsys.models.arrays import Floats, SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.factors import FactorSpace
from recsys.models.learned import LearnedConfig, check_finite
from recsys.models.spaces import Space, unit_rows
from recsys.types import Placement, Report

_DAY = 86_400
_SLICE = 2_000  # baskets between two reports
_LAST_RATE = 0.0001
_ADVICE = "Lower the learning rate."


class Item2VecConfig(LearnedConfig):
    """Settings of item2vec; the defaults come from a validation split (docs/decisions/003)."""

    factors: int = Field(100, ge=1, le=512, description="Numbers in each vector.")
    iterations: int = Field(2, ge=1, le=100, description="Passes over the baskets.")
    window: int = Field(
        20, ge=1, le=200, description="How many products on each side count as neighbours."
    )
    negatives: int = Field(5, ge=1, le=50, description="Products drawn against each neighbour.")
    popular_exponent: float = Field(
        0.75, ge=-2, le=2, description="How much more often popular products are drawn."
    )
    learning_rate: float = Field(0.025, gt=0, le=1, description="Size of the first steps.")


class Item2Vec:
    """Word2vec over baskets (Barkan and Koenigstein 2016), from ``gensim``.

    A basket is a sentence, its products are the words. Their order means nothing, so it is drawn
    anew for every pass. With a half-life an old basket is left out of some passes. A shopper is the
    sum of the unit vectors of what they bought.
    """

    name: ClassVar[str] = "item2vec"
    label: ClassVar[str] = "item2vec"
    summary: ClassVar[str] = "Reads baskets like sentences; products in like company are alike."
    placements: ClassVar[frozenset[Placement]] = frozenset(
        {"for_you", "similar", "also_bought", "lookalikes"}
    )
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 2
    because: ClassVar[str] = "In the same kind of baskets as"
    search: ClassVar[Search] = Search(
        settings={
            "factors": (50, 100),
            "iterations": (2, 5),
            "window": (5, 20, 50),
            "popular_exponent": (-0.5, 0.0, 0.5, 0.75, 1.0),
            "learning_rate": Range(0.01, 0.1, log=True),
            "half_life_days": Range(60, 300, log=True),
        },
        first=({},),
    )
    Config: ClassVar[type[ModelConfig]] = Item2VecConfig

    def __init__(self, config: Item2VecConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Learn one vector per item, and add up a shopper's.

        Raises
        ------
        InputError
            The vectors are not finite.
        """
        config = self.config
        report(0.0, "Preparing the baskets")
        weights = config.weights(data)
        baskets = basket_matrix(data.rows, data.n_items, guests=data.guests)
        vectors = self._vectors(baskets, report)
        check_finite(vectors, "products", _ADVICE)
        items = unit_rows(vectors)
        users = np.asarray(weights @ items, np.float32)
        # An item that only orders without a shopper hold is known, too.
        return FactorSpace(items, users, SparseRows.from_csr(weights), fold="sum")

    def _vectors(self, baskets: Baskets, report: Report) -> Floats:
        """Return the vectors of the items, shape (n_items, factors), zero for those never read.

        gensim is given a slice of the baskets at a time, so that each slice can report and stop:
        its own callbacks come once a pass.
        """
        from gensim.models import Word2Vec  # pyright: ignore[reportMissingTypeStubs]

        config = self.config
        found = np.zeros((baskets.matrix.shape[1], config.factors), np.float32)
        counts = np.bincount(baskets.matrix.indices, minlength=len(found))
        if not counts.any():
            report(1.0, "Nothing speaks for any product")
            return found
        model: Any = Word2Vec(
            vector_size=config.factors,
            window=config.window,
            sg=1,
            negative=config.negatives,
            ns_exponent=config.popular_exponent,
            sample=0,
            min_count=1,
            workers=1,
            seed=config.seed,
            hashfxn=len,  # Python's own hash of a word is another one in every process
        )
        words = {str(item): int(counts[item]) for item in np.flatnonzero(counts)}
        model.build_vocab_from_freq(words, corpus_count=baskets.matrix.shape[0])
        random = np.random.default_rng(config.seed)
        slices = -(-baskets.matrix.shape[0] // _SLICE) * config.iterations
        rates = np.linspace(config.learning_rate, _LAST_RATE, slices + 1)
        read: set[str] = set()
        for done, sentences in enumerate(self._slices(baskets, random), 1):
            if sentences:
                read.update(chain.from_iterable(sentences))
                model.train(
                    sentences,
                    total_examples=len(sentences),
                    epochs=1,
                    start_alpha=float(rates[done - 1]),
                    end_alpha=float(rates[done]),
                )
            report(done / slices, f"Reading baskets, part {done} of {slices}")
        for word in read:  # any other is still at its random start
            found[int(word)] = model.wv[word]
        return found

    def _slices(self, baskets: Baskets, random: np.random.Generator) -> Iterator[list[list[str]]]:
        """Give out the baskets of all passes, shuffled, each with its items shuffled."""
        indptr, indices = baskets.matrix.indptr, baskets.matrix.indices
        chance = self._chances(baskets)
        for _ in range(self.config.iterations):
            order = random.permutation(len(chance))
            for start in range(0, len(order), _SLICE):
                chosen = order[start : start + _SLICE]
                chosen = chosen[random.random(len(chosen)) < chance[chosen]]
                yield [
                    [str(item) for item in random.permutation(indices[indptr[b] : indptr[b + 1]])]
                    for b in chosen
                ]

    def _chances(self, baskets: Baskets) -> NDArray[np.float64]:
        """Return how likely each basket takes part in a pass; alone, an item teaches nothing."""
        sizes = np.diff(baskets.matrix.indptr)
        if self.config.half_life_days is None or baskets.timestamp is None:
            return (sizes > 1).astype(np.float64)
        age_days = (baskets.timestamp.max(initial=0) - baskets.timestamp) / _DAY
        return (sizes > 1) * np.exp2(-age_days / self.config.half_life_days)
