"""How sure a mean is: the bootstrap over shoppers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 1_000
_BLOCK_DRAWS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers, rounded to what the interval can carry."""
        return {key: round(value, 5) for key, value in asdict(self).items()}


def bootstrap(
    values: NDArray[Any], *, groups: NDArray[Any] | None = None, seed: int = 1
) -> Interval:
    """Return the mean of ``values`` and its 95 % percentile interval (Efron 1979).

    Parameters
    ----------
    values
        One value a shopper (or a basket); a difference of two models makes it a paired comparison.
    groups
        The shopper of each value: whole shoppers are drawn, 1,000 times. The same groups and seed
        draw the same shoppers, whatever the values.
    """
    return bootstrap_all({"": values}, groups=groups, seed=seed)[""]


def bootstrap_all(
    columns: dict[str, NDArray[Any]], *, groups: NDArray[Any] | None = None, seed: int = 1
) -> dict[str, Interval]:
    """Return the same for several values of the same shoppers, drawing them once for all."""
    if not columns:
        return {}
    values = np.column_stack([np.asarray(column, np.float64) for column in columns.values()])
    if not len(values):
        return dict.fromkeys(columns, Interval(0.0, 0.0, 0.0))
    member = np.unique(np.arange(len(values)) if groups is None else groups, return_inverse=True)[1]
    sizes = np.bincount(member)
    sums = np.column_stack([np.bincount(member, weights=column) for column in values.T])
    everything = np.column_stack((sums, sizes))
    random = np.random.default_rng(seed)
    means = np.empty((_ROUNDS, len(columns)))
    # Some rounds at a time: all at once would take 1,000 times the memory.
    step = max(1, min(_ROUNDS, _BLOCK_DRAWS // len(sizes)))
    for start in range(0, _ROUNDS, step):
        rounds = min(step, _ROUNDS - start)
        drawn = random.integers(0, len(sizes), (rounds, len(sizes)))
        drawn += np.arange(rounds)[:, None] * len(sizes)
        times = np.bincount(drawn.ravel(), minlength=rounds * len(sizes))
        totals = times.reshape(rounds, len(sizes)) @ everything
        means[start : start + rounds] = totals[:, :-1] / totals[:, -1:]
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return {
        name: Interval(float(value), float(bottom), float(top))
        for name, value, bottom, top in zip(columns, values.mean(axis=0), low, high, strict=True)
    }
