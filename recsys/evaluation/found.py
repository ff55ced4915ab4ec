"""What a search finds of each kind of model, and how two of them are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.evaluation.parts import Twin
from recsys.evaluation.trial import Trial
from recsys.models.base import Model
from recsys.types import Placement

Values = NDArray[np.float64]

# A try is given up after this share of the questions when it is clearly behind by then.
FIRST_LOOK = 0.25
# A search chooses by so many questions at most, drawn once: more would only cost it tries.
MOST_QUESTIONS = 8_000
_SIGMAS = 2.0


@dataclass
class Found:
    """The best try of a kind for a placement, with its twin and its values."""

    trial: Trial
    model: type[Model]
    twin: Twin
    values: Values


class Score(Protocol):
    """Gives the deciding metric of each question of a placement, in an order drawn once."""

    def __call__(self, twin: Twin, placement: Placement, share: float) -> Values:
        """Return the values of the first ``share`` of the questions."""
        ...


def clearly_behind(values: Values, leader: Values) -> bool:
    """Tell whether values are below those of the same questions, by more than chance explains."""
    if len(values) < 2:
        return False
    difference = values - leader
    error = float(difference.std(ddof=1)) / np.sqrt(len(difference))
    return float(difference.mean()) + _SIGMAS * error < 0
