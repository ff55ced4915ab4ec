from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from recsys.data.content import Content
from recsys.errors import InputError
from recsys.models.arrays import SparseRows
from recsys.models.base import ModelConfig, Range, Search, TrainingData
from recsys.models.counting import purchase_weights
from recsys.models.spaces import Space
from recsys.models.sparse import SparseSpace
from recsys.types import Placement, Report


class ContentConfig(ModelConfig):
    """Settings of content."""

    max_features: int = Field(
        1000, ge=10, le=50_000, description="Words and phrases kept, the most frequent."
    )
    phrase: int = Field(2, ge=1, le=4, description="Words in the longest phrase.")
    half_life_days: float | None = Field(
        120.0, gt=0, description="A purchase this old counts half; empty: age does not matter."
    )


class ContentModel:
    """Items whose catalogue rows use the same words (TF-IDF, cosine).

    A history is the sum of its items, more for what was bought often. An item needs a text and no
    purchase.
    """

    name: ClassVar[str] = "content"
    label: ClassVar[str] = "Described alike"
    summary: ClassVar[str] = "Compares names, categories, brands and descriptions; for new items."
    placements: ClassVar[frozenset[Placement]] = frozenset({"similar", "for_you", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 1
    because: ClassVar[str] = "Described like"
    search: ClassVar[Search] = Search(
        settings={
            "max_features": Range(300, 10_000, log=True, whole=True),
            "phrase": (1, 2, 3),
            "half_life_days": Range(20, 720, log=True),
        },
        first=({}, {"max_features": 5000}),
    )
    Config: ClassVar[type[ModelConfig]] = ContentConfig

    def __init__(self, config: ContentConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Weigh the words of each item by how rare they are among the items of the rows.

        Raises
        ------
        InputError
            The catalogue is not to be used, or holds no word.
        """
        report(0.0, "Reading the catalogue")
        bought = purchase_weights(data, half_life_days=self.config.half_life_days, scale="log")
        sold = np.bincount(bought.indices, minlength=data.n_items) > 0
        words = word_weights(
            data.content, sold, max_features=self.config.max_features, phrase=self.config.phrase
        )
        report(1.0, "Reading the catalogue")
        items = SparseRows.from_csr(words)
        return SparseSpace(items, SparseRows.from_csr(bought), sources=items)


def word_weights(content: Content | None, sold: Any, *, max_features: int, phrase: int) -> Any:
    """Return the TF-IDF weights of the items' words, each row of length 1.

    Words and their rarity come from the items that were sold, since a test of the past may not
    know of others; from all items where those say nothing.

    Parameters
    ----------
    sold
        Boolean mask of shape ``(n_items,)``.

    Returns
    -------
    csr_matrix of shape (n_items, n_words), float32
        A row is empty where the item has no text, or only words that are not kept.

    Raises
    ------
    InputError
        There is no catalogue, or no word in it.
    """
    from sklearn.feature_extraction.text import (  # pyright: ignore[reportMissingTypeStubs]
        TfidfVectorizer,
    )

    texts = [] if content is None else content.texts
    settings: dict[str, Any] = {"stop_words": "english", "sublinear_tf": True, "dtype": np.float32}
    vectorizer: Any = TfidfVectorizer(
        max_features=max_features, ngram_range=(1, phrase), **settings
    )
    analyze = vectorizer.build_analyzer()
    telling = np.array([bool(analyze(text)) for text in texts], np.bool_)
    if not telling.any():
        raise InputError(
            "The catalogue has no words about the products, and content compares words.",
            hint="Load an items file with a name, a category or a description.",
        )
    learned = np.flatnonzero(telling & sold)
    if not len(learned):
        learned = np.flatnonzero(telling)
    vectorizer.fit([texts[row] for row in learned])
    return vectorizer.transform(texts).tocsr()
