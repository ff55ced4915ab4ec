"""Points as the browser draws them: one run of bytes, read by source/columns.js."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZES = 8
_MIDDLE = 2  # where all are of one size
_LONGEST_NAME = 80
_EDGE = 0.95  # the points reach so far into the square from -1 to 1


@dataclass(frozen=True)
class Drawing:
    """What the browser draws, and how its places are told apart here.

    Attributes
    ----------
    stamp
        Names the content: equal for equal bytes.
    rows
        Row numbers of the picture by place in the drawing: the largest first, so that small ones
        lie on top. Points that have no place are left out.
    data
        For :func:`pages.ui.scatter.scatter`.
    """

    stamp: str
    rows: NDArray[np.int64]
    data: bytes

    def place(self, row: int) -> int | None:
        """Return where a row of the picture is drawn; None where it is not."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else None


@dataclass(frozen=True)
class Facts:
    """What the cards say of each point, by row.

    Attributes
    ----------
    groups, group
        ``groups[group[row]]`` is the second line of a card; -1 for none.
    price
        NaN where there is none.
    money, told
        How a price and sales are written, ``#`` for the number: ``$#``, ``# sold``.
    """

    names: Sequence[str]
    groups: Sequence[str]
    group: NDArray[np.int32]
    price: NDArray[np.float32]
    sales: NDArray[np.float32]
    money: str
    told: str


def pack(points: NDArray[np.float32], facts: Facts, *, name: str, by_sales: bool = True) -> Drawing:
    """Return points with their facts as the browser wants them.

    Parameters
    ----------
    points
        Shape ``(n, 2)``; those with a NaN are left out.
    name
        What the legend of this map is called, too.
    by_sales
        Whether points with more sales are larger (by the logarithm, in eight steps).
    """
    placed = np.flatnonzero(np.isfinite(points).all(axis=1))
    level = sizes_of(facts.sales[placed], by_sales=by_sales)
    order = np.argsort(-level.astype(np.int16), kind="stable")
    rows, level = placed[order], level[order]
    seen = points[rows].astype(np.float64)
    low = seen.min(axis=0) if len(seen) else np.zeros(2)
    high = seen.max(axis=0) if len(seen) else np.ones(2)
    center, half = (low + high) / 2, max(float((high - low).max()) / 2 / _EDGE, 1e-9)
    at = ((seen - center) / half).astype(np.float32)
    none = len(facts.groups)  # beyond the last one: a card without the line
    group = np.where(facts.group[rows] < 0, none, facts.group[rows])
    names: list[int] = rows.tolist()
    lines = "\n".join(_line(facts.names[row]) for row in names)
    columns: dict[str, NDArray[Any] | bytes] = {
        "x": at[:, 0],
        "y": at[:, 1],
        "size": level,
        "group": np.minimum(group, 65_535).astype(np.uint16),
        "price": facts.price[rows].astype(np.float32),
        "sales": facts.sales[rows].astype(np.float32),
        "names": lines.encode("utf-8"),
    }
    head = {
        "name": name,
        "count": len(rows),
        "sizes": SIZES,
        "center": center.tolist(),
        "half": half,
        "groups": [_line(one) for one in facts.groups],
        "money": facts.money,
        "told": facts.told,
    }
    stamp, data = _joined(head, columns)
    return Drawing(stamp, rows, data)


def sizes_of(sales: NDArray[np.float32], *, by_sales: bool) -> NDArray[np.uint8]:
    """Return the step of size of each point, 0 to ``SIZES - 1``."""
    if not by_sales or not len(sales):
        return np.full(len(sales), _MIDDLE, np.uint8)
    log = np.log1p(np.maximum(np.nan_to_num(sales.astype(np.float64)), 0))
    return np.round(log / max(float(log.max()), 1e-9) * (SIZES - 1)).astype(np.uint8)


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_NAME]


def _joined(
    head: Mapping[str, Any], columns: Mapping[str, NDArray[Any] | bytes]
) -> tuple[str, bytes]:
    parts, kinds = [], []
    for name, column in columns.items():
        if isinstance(column, bytes):
            kind, part = "text", column
        else:
            kind, part = column.dtype.str[1:], np.ascontiguousarray(column).tobytes()
        kinds.append((name, kind, len(part)))
        parts.append(part)
    told = {**head, "columns": kinds}
    stamp = hashlib.blake2b(json.dumps(told).encode() + b"".join(parts), digest_size=8).hexdigest()
    first = json.dumps({**told, "stamp": stamp}).encode("utf-8")
    return stamp, b"".join((len(first).to_bytes(4, "little"), first, *parts))
