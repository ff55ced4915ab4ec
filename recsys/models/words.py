"""The words of a catalogue as numbers."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from recsys.errors import InputError
from recsys.models.base import TrainingData


def catalogue_texts(data: TrainingData, label: str) -> list[str]:
    """Return one text an item for a model that learns from the catalogue.

    Raises
    ------
    InputError
        The catalogue may not be used, or says nothing about any item.
    """
    texts = [] if data.content is None else data.content.texts
    if not any(texts):
        raise InputError(
            f"{label} learns from names, categories and descriptions, and there are none.",
            hint="Load the shop again with a file of products.",
        )
    return texts


def tfidf(texts: list[str], max_features: int) -> Any:
    """Weigh the words of each text: often in it, rare elsewhere.

    Parameters
    ----------
    texts
        One an item; "" gives a row without entries.
    max_features
        How many words are kept, the most frequent ones.

    Returns
    -------
    csr_matrix of shape (len(texts), words), float32
        Rows of length 1; no columns where no text holds a word.
    """
    from scipy.sparse import csr_matrix

    words = import_module("sklearn.feature_extraction.text").TfidfVectorizer(
        max_features=max_features, sublinear_tf=True, dtype=np.float32
    )
    # Asked beforehand: scikit-learn has only a ValueError for texts without a word.
    tokens = words.build_analyzer()
    if not any(tokens(text) for text in texts):
        return csr_matrix(np.zeros((len(texts), 0), np.float32))
    return words.fit_transform(texts).tocsr()
