from __future__ import annotations

from recsys.errors import BadSetting
from recsys.models.als import ALS
from recsys.models.base import Model
from recsys.models.copurchase import CoPurchase
from recsys.models.hybrid import Hybrid
from recsys.models.popularity import Popularity

MODELS: dict[str, type[Model]] = {
    model.name: model for model in (Popularity, ALS, CoPurchase, Hybrid)
}


def find_model(name: str) -> type[Model]:
    """Return the class of a model.

    Raises
    ------
    BadSetting
        There is no model of that name.
    """
    if name not in MODELS:
        raise BadSetting(
            f"There is no model called {name!r}.", hint=f"There are: {', '.join(MODELS)}."
        )
    return MODELS[name]
