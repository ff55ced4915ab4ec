"""What items are like by their words: for those that no purchase tells anything about."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import SparseRows
from recsys.models.sparse import SparseSpace

_WORD = re.compile(r"[^\W\d_]{2,}")
# The rarest words of an item say what it is; the rest only makes the index larger.
_MOST_WORDS = 8
_MOST_ALIKE = 3
_COMMON = 0.5  # a word of more than this share of the items says nothing


def best_of_alike(texts: Sequence[str], popular: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which items are among the most popular of those with the very same text.

    Words cannot tell these apart, so the rest would only make the index larger: on the demo shop
    68,000 products have 17,000 texts.
    """
    numbers: dict[str, int] = {}
    place = np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int64)
    order = np.lexsort((-popular, place))
    among = np.arange(len(order)) - np.searchsorted(place[order], place[order])
    found = np.zeros(len(order), np.bool_)
    found[order[among < _MOST_ALIKE]] = True
    return found


def word_space(texts: Sequence[str], findable: NDArray[np.bool_], *, n_users: int) -> SparseSpace:
    """Return a TF-IDF space over the words of the items.

    ``idf = ln((1 + n) / (1 + df)) + 1`` (Salton and Buckley 1988, smoothed as scikit-learn does);
    a word counts once in an item. Written out here because most texts of a shop are alike: each
    is read once, in a fifth of the time of scikit-learn, whose import alone takes a second.

    Parameters
    ----------
    texts
        One text an item.
    findable
        Items that can be found; the others can only be asked with.
    """
    from scipy.sparse import csr_matrix

    numbers: dict[str, int] = {}
    place = np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int64)
    words: dict[str, int] = {}
    lines = [
        [words.setdefault(word, len(words)) for word in sorted(set(_WORD.findall(text.lower())))]
        for text in numbers
    ]
    sizes = np.array([len(line) for line in lines], np.int64)
    line_of = np.repeat(np.arange(len(lines)), sizes)
    word_of = np.array([word for line in lines for word in line], np.int64)
    alike = np.bincount(place, minlength=len(lines))
    held_by = np.bincount(word_of, weights=alike[line_of], minlength=len(words))
    idf = np.log((1 + len(texts)) / (1 + held_by)) + 1
    uncommon = held_by <= max(_COMMON * len(texts), 2)
    # What one item alone is called leads to no other, but makes the rest of its words say less.
    length = np.sqrt(
        np.bincount(line_of, weights=(idf**2 * uncommon)[word_of], minlength=len(lines))
    )
    kept = (uncommon & (held_by >= 2))[word_of]
    line_of, word_of = _rarest(line_of[kept], word_of[kept], idf)
    values = (idf[word_of] / length[line_of]).astype(np.float32)
    each = csr_matrix((values, (line_of, word_of)), shape=(len(lines), max(len(words), 1)))
    every = each[place]
    items = csr_matrix(every.multiply(findable[:, None].astype(np.float32)), dtype=np.float32)
    items.eliminate_zeros()
    nobody = SparseRows(
        np.zeros(n_users + 1, np.int64),
        np.empty(0, np.int32),
        np.empty(0, np.float32),
        (n_users, len(texts)),
    )
    return SparseSpace(SparseRows.from_csr(items), nobody, SparseRows.from_csr(every))


def _rarest(
    line_of: NDArray[np.int64], word_of: NDArray[np.int64], idf: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the rarest words of each line; ties go to the word that was met first."""
    order = np.lexsort((word_of, -idf[word_of], line_of))
    line_of, word_of = line_of[order], word_of[order]
    starts = np.searchsorted(line_of, line_of)
    kept = np.arange(len(line_of)) - starts < _MOST_WORDS
    return line_of[kept], word_of[kept]
