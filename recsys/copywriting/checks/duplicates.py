"""Finding a text that says nearly what another one says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DUPLICATE = 0.8  # of all groups of three words in common: the same text twice
ALIKE = 0.5
_WORD = re.compile(r"\w+")
_HASHES = 64
_PRIME = (1 << 31) - 1
_CLOSER = 8  # of the texts that look most alike, so many are compared word by word


class Others:
    """Texts by what they are about, to be asked for one that is nearly the same.

    Each text is kept as the least hashes of its groups of three words (MinHash: Broder, "On the
    resemblance and containment of documents", 1997); those that look most alike by them are
    compared by the share of groups in common. Ten thousand texts are asked in a few milliseconds.
    """

    def __init__(self) -> None:
        import numpy as np

        self._at: dict[str, int] = {}
        self._ids: list[str] = []
        self._groups: list[NDArray[np.int64]] = []
        self._least = np.full((16, _HASHES), _PRIME, dtype=np.int32)
        draw = np.random.default_rng(7)
        self._times = draw.integers(1, _PRIME, _HASHES, dtype=np.int64)
        self._plus = draw.integers(0, _PRIME, _HASHES, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, about_id: str, text: str) -> None:
        """Add a text, in place of that about the same."""
        import numpy as np

        groups = _groups(text)
        at = self._at.setdefault(about_id, len(self._ids))
        if at == len(self._ids):
            self._ids.append(about_id)
            self._groups.append(groups)
            if at == len(self._least):
                more = np.full_like(self._least, _PRIME)
                self._least = np.concatenate([self._least, more])
        self._groups[at] = groups
        self._least[at] = self._signature(groups)

    def nearest(self, text: str, *, but: str = "") -> tuple[str, float] | None:
        """Return what the most alike text is about and how alike it is, 0 to 1; None if no one."""
        import numpy as np

        groups = _groups(text)
        count = len(self._ids)
        if not count or not len(groups):
            return None
        same = (self._least[:count] == self._signature(groups)).sum(axis=1)
        if but in self._at:
            same[self._at[but]] = -1
        closest: list[int] = np.argsort(-same, kind="stable")[:_CLOSER].tolist()
        best: tuple[str, float] | None = None
        for at in closest:
            theirs = self._groups[at]
            if self._ids[at] == but or not len(theirs):
                continue
            both = len(np.intersect1d(groups, theirs, assume_unique=True))
            share = both / (len(groups) + len(theirs) - both)
            if share > 0 and (best is None or share > best[1]):
                best = (self._ids[at], share)
        return best

    def _signature(self, groups: NDArray[np.int64]) -> NDArray[np.int32]:
        import numpy as np

        if not len(groups):
            return np.full(_HASHES, _PRIME, dtype=np.int32)
        mixed = (groups[:, None] * self._times + self._plus) % _PRIME
        return mixed.min(axis=0).astype(np.int32)


def _groups(text: str) -> NDArray[np.int64]:
    """Return the hashes of all groups of three words; of a short text, of what there is."""
    import numpy as np

    words = _WORD.findall(text.casefold())
    size = min(3, len(words))
    groups = {
        crc32(" ".join(words[at : at + size]).encode()) & 0x7FFFFFFF
        for at in range(len(words) - size + 1 if words else 0)
    }
    return np.array(sorted(groups), dtype=np.int64)
