from __future__ import annotations

from recsys.errors import BadSetting
from recsys.models.als import ALS
from recsys.models.base import Model
from recsys.models.buys_again import BuysAgain
from recsys.models.content import ContentModel
from recsys.models.copurchase import CoPurchase
from recsys.models.item_item import ItemItem
from recsys.models.popularity import Popularity
from recsys.models.random_lists import RandomLists
from recsys.models.recent_popularity import RecentPopularity
from recsys.models.user_cf import UserCF
from recsys.models.user_knn import UserKNN

_ALL: tuple[type[Model], ...] = (
    Popularity,
    ALS,
    BuysAgain,
    ContentModel,
    CoPurchase,
    ItemItem,
    RandomLists,
    RecentPopularity,
    UserCF,
    UserKNN,
)
MODELS: dict[str, type[Model]] = {model.name: model for model in _ALL}


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
