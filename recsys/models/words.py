"""The words of a catalogue as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys.data.content import Content
from recsys.errors import InputError


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
            "The catalogue has no words about the products, and this model compares words.",
            hint="Load an items file with a name, a category or a description.",
        )
    learned = np.flatnonzero(telling & sold)
    if not len(learned):
        learned = np.flatnonzero(telling)
    vectorizer.fit([texts[row] for row in learned])
    return vectorizer.transform(texts).tocsr()
