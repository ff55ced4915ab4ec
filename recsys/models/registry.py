from __future__ import annotations

from recsys.errors import BadSetting
from recsys.models.als import ALS
from recsys.models.base import Model
from recsys.models.bpr import BPR
from recsys.models.buys_again import BuysAgain
from recsys.models.content import ContentModel
from recsys.models.copurchase import CoPurchase
from recsys.models.hybrid import Hybrid
from recsys.models.item2vec import Item2Vec
from recsys.models.item_item import ItemItem
from recsys.models.lightgcn import LightGCN
from recsys.models.lsa import LSA
from recsys.models.nmf import NMF
from recsys.models.popularity import Popularity
from recsys.models.random_lists import RandomLists
from recsys.models.recent_popularity import RecentPopularity
from recsys.models.svd import SVD
from recsys.models.user_cf import UserCF
from recsys.models.user_knn import UserKNN

# In this order they are offered, and tried when Aisle chooses; yardsticks come last.
_ALL: tuple[type[Model], ...] = (
    ALS,
    CoPurchase,
    ItemItem,
    RecentPopularity,
    Popularity,
    SVD,
    UserKNN,
    ContentModel,
    LSA,
    BPR,
    Item2Vec,
    NMF,
    LightGCN,
    Hybrid,
    BuysAgain,
    UserCF,
    RandomLists,
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
