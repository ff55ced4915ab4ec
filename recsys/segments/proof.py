"""A proof as it is kept: how many hidden seeds are found, in numbers and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.rules.saying import counted
from recsys.segments.definition import Scorer
from recsys.segments.proving import CHOSEN, MATCHED, RANDOM, RFM, Curve, Proven, at
from recsys.segments.seeds import FEWEST_SEEDS
from recsys.workspace import Workspace


@dataclass(frozen=True)
class Proof:
    """A proof as it is kept.

    Attributes
    ----------
    chosen
        The scorer to use; None where there were too few seeds, and nothing was proved.
    wins
        How often each scorer was chosen in the ten rounds.
    sizes, curves, against
        See :class:`recsys.segments.proving.Proven`; empty where nothing was proved.
    seeds, hidden, base
        Seeds that were looked for, how many of them were hidden each time, and the shoppers among
        whom they were.
    size
        Of the sentence in :attr:`words`.
    words
        What was found, in one sentence.
    notes
        What else to know.
    """

    id: str
    chosen: Scorer | None
    wins: dict[str, int]
    sizes: NDArray[np.int64]
    curves: dict[str, Curve]
    against: dict[str, Curve]
    seeds: int
    hidden: int
    base: int
    size: int
    words: str
    notes: tuple[str, ...]
    about: dict[str, Any]

    @property
    def proved(self) -> bool:
        """Whether there were seeds enough to prove anything."""
        return self.chosen is not None

    def words_at(self, size: int, scorer: Scorer | None = None) -> str:
        """Say what is found at another size, or by one scorer wherever it was not chosen."""
        return " ".join(filter(None, self.said_at(size, scorer)))

    def said_at(self, size: int, scorer: Scorer | None = None) -> tuple[str, str]:
        """Return :meth:`words_at` in two: what is found, and why to doubt it; that may be empty."""
        if not self.proved:
            return self.words, ""
        return _found_words(self.sizes, self.curves, self.against, size, scorer)

    @classmethod
    def open(cls, workspace: Workspace, proof_id: str) -> Proof:
        """Open a proof of the workspace.

        Raises
        ------
        NotFound
            There is none of that id.
        StorageError
            It is damaged.
        """
        return cls.read(workspace.proofs.manifest(proof_id))

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Proof:
        """Read a manifest."""
        plain = ("id", "chosen", "wins", "seeds", "hidden", "base", "size", "words")
        return cls(
            **{name: kept[name] for name in plain},
            sizes=np.array(kept["sizes"], np.int64),
            curves={name: Curve.read(curve) for name, curve in kept["curves"].items()},
            against={name: Curve.read(curve) for name, curve in kept["against"].items()},
            notes=tuple(kept["notes"]),
            about=kept,
        )


def nothing_proved(seeds: int) -> dict[str, Any]:
    """Return what a proof's manifest says where too few can be looked for."""
    words = (
        f"Only {counted(seeds, 'seed')} can be looked for, and below {FEWEST_SEEDS} chance decides:"
        " nothing is proved."
        if seeds < FEWEST_SEEDS
        else "Everybody who can be looked for is a seed: nothing is proved."
    )
    empty: dict[str, Any] = {"sizes": [], "curves": {}, "against": {}}
    return {"chosen": None, "wins": {}, "hidden": 0, "size": 0, "words": words, **empty}


def proved(proven: Proven, size: int | None) -> dict[str, Any]:
    """Return what a proof's manifest says of what was found; the sentence is of ``size``."""
    size = min(size or proven.seeds, int(proven.sizes[-1]))
    said = _found_words(proven.sizes, proven.curves, proven.against, size, None)
    return {
        "chosen": proven.chosen,
        "wins": proven.wins,
        "sizes": proven.sizes.tolist(),
        "curves": {name: curve.as_dict() for name, curve in proven.curves.items()},
        "against": {name: curve.as_dict() for name, curve in proven.against.items()},
        "hidden": proven.hidden,
        "size": size,
        "words": " ".join(filter(None, said)),
    }


def _found_words(
    sizes: NDArray[np.int64],
    curves: Mapping[str, Curve],
    against: Mapping[str, Curve],
    size: int,
    scorer: Scorer | None,
) -> tuple[str, str]:
    """Say what is found at a size: ``Of hidden seeds 61 % (55 to 66) are among the first 500``.

    And why to doubt that it is worth something. One scorer was compared with nothing round by
    round, so its interval is held against the means of the others.
    """
    mine = curves[scorer or CHOSEN]

    def percent(values: NDArray[np.float64]) -> str:
        return f"{100 * at(sizes, values, size):.0f}"

    def more_than(name: str) -> tuple[float, float]:
        if scorer is None:
            apart = (against[name].low, against[name].high)
        else:
            apart = (mine.low - curves[name].mean, mine.high - curves[name].mean)
        return at(sizes, apart[0], size), at(sizes, apart[1], size)

    words = (
        f"Of hidden seeds {percent(mine.mean)} % ({percent(mine.low)} to {percent(mine.high)}) are"
        f" among the first {size:,}; RFM finds {percent(curves[RFM].mean)} %, shoppers who order"
        f" as often {percent(curves[MATCHED].mean)} %, random {percent(curves[RANDOM].mean)} %."
    )
    return words, _doubt(more_than)


def _doubt(more_than: Callable[[str], tuple[float, float]]) -> str:
    """Return the gravest reason for doubt, by the 95 % interval of how much more is found."""
    if more_than(RANDOM)[0] <= 0:
        return "That is no better than chance."
    if more_than(RFM)[1] < 0:
        return "RFM alone finds more: a rule on orders and spend serves better here."
    if more_than(MATCHED)[0] <= 0:
        return "That is not surely more than among shoppers who order as often."
    if more_than(RFM)[0] <= 0:
        return "That is not surely more than RFM alone finds."
    return ""
