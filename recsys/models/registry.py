from __future__ import annotations

from recsys.errors import BadSetting
from recsys.models.als import ALS
from recsys.models.base import Model
from recsys.models.bpr import BPR
from recsys.models.copurchase import CoPurchase
from recsys.models.item2vec import Item2Vec
from recsys.models.lightgcn import LightGCN
from recsys.models.lsa import LSA
from recsys.models.nmf import NMF
from recsys.models.popularity import Popularity
from recsys.models.svd import SVD

MODELS: dict[str, type[Model]] = {
    model.name: model
    for model in (Popularity, ALS, BPR, SVD, NMF, LightGCN, Item2Vec, LSA, CoPurchase)
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
