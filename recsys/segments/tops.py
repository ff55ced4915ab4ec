"""What the members of a segment buy more than others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.lifts import Lift, lifts
from recsys.releases.live import LiveView

# Of the products that most members bought so many are compared with what all shoppers bought.
_COMPARED = 200
TOP_WORDS = (
    "Of the products that most members bought, first those that they surely buy more often than"
    " all shoppers do. Sensitive products are left out."
)


@dataclass(frozen=True)
class TopProduct:
    """A product of a segment.

    Attributes
    ----------
    lift
        How much more often members bought it than all shoppers; ``lift.count`` members did.
    """

    item_id: str
    name: str
    lift: Lift


def top_products(view: LiveView, rows: NDArray[Any], *, n: int = 10) -> list[TopProduct]:
    """Return the products of some shoppers, see :data:`TOP_WORDS`; fewer where few were bought.

    Parameters
    ----------
    rows
        Row numbers of the shoppers, each once.
    """
    release = view.release
    bought = np.bincount(_items(release.bought, rows), minlength=len(release.item_ids))
    if release.sensitive is not None:
        bought[release.sensitive] = 0
    most = np.argsort(-bought, kind="stable")[:_COMPARED]
    most = most[bought[most] > 0]
    found = lifts(
        [release.item_ids.id(int(row)) for row in most],
        bought[most],
        release.buyers[most].astype(np.int64),
        n_chosen=len(rows),
        n_everyone=len(release.user_ids),
    )
    return [
        TopProduct(one.value, release.names[release.item_ids.rows([one.value])[0]], one)
        for one in found[:n]
    ]


def _items(bought: Any, rows: NDArray[Any]) -> NDArray[np.int32]:
    """Return the products of some shoppers, one shopper after the other."""
    starts = bought.indptr[rows]
    sizes = bought.indptr[np.asarray(rows) + 1] - starts
    before = np.cumsum(sizes) - sizes
    places = np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
    return bought.indices[places]
