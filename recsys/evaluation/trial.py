from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from recsys.types import Placement

State = Literal["measured", "given up early", "too slow", "failed"]


@dataclass(frozen=True)
class Trial:
    """One try: settings of a kind of model, and how well they did on the validation part.

    Attributes
    ----------
    value
        The deciding metric over all questions; over a quarter of them for a try given up early; 0
        for one that failed.
    seconds
        Fitting and scoring.
    note
        Why a try failed.
    """

    placement: Placement
    kind: str
    settings: Mapping[str, Any]
    value: float
    seconds: float
    state: State = "measured"
    note: str = ""
