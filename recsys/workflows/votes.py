"""A blind side-by-side: which of two unnamed lists of similar products a person finds better."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sqlalchemy import delete, insert, select

from recsys.data.dataset import Dataset
from recsys.errors import InputError
from recsys.models.spaces import Space
from recsys.models.store import open_served
from recsys.workspace import Workspace
from recsys.workspace.database import record
from recsys.workspace.tables import votes

ANCHORS = 20
_SHOWN = 5
# Where two models agree there is nothing to vote on; so many times the anchors are looked at.
_LOOKED_AT = 5
_PLACEMENT = "similar"
# Fewer votes for either side cannot tell a winner from a coin: 6 of 6 is the first that can.
_SURE = 0.05

Choice = Literal["first", "second", "same"]


@dataclass(frozen=True)
class Product:
    """A product as a voter sees it."""

    item_id: str
    name: str
    price: float | None


@dataclass(frozen=True)
class Anchor:
    """One product with the lists of two models, which the voter does not know by name.

    Attributes
    ----------
    product
        What the lists are like.
    first, second
        Best first, of the two models in the order of :func:`blind_pair`.
    first_is_left
        On which side the first list stands: drawn anew for each product, always the same for it.
    """

    product: Product
    first: tuple[Product, ...]
    second: tuple[Product, ...]
    first_is_left: bool


@dataclass(frozen=True)
class Tally:
    """How the votes on two models stand."""

    first: int
    second: int
    same: int

    @property
    def votes(self) -> int:
        """How many products were voted on."""
        return self.first + self.second + self.same

    @property
    def chance(self) -> float:
        """How often a fair coin is as one-sided as these votes (two-sided sign test)."""
        decided, most = self.first + self.second, max(self.first, self.second)
        tail = sum(math.comb(decided, heads) for heads in range(most, decided + 1))
        return min(1.0, 2 * tail / 2**decided)

    def verdict(self, first: str, second: str) -> str:
        """Say who won, and whether chance alone would do the same.

        Parameters
        ----------
        first, second
            What the two models are called.
        """
        if not self.votes:
            return "Nobody has voted yet."
        counts = f"{first} {self.first}, {second} {self.second}, no difference {self.same}"
        if self.chance > _SURE:
            return f"No clear winner: {counts}. Chance alone would often do the same."
        winner = first if self.first > self.second else second
        return f"{winner} is better: {counts}. Chance alone would rarely do that."


def blind_pair(first_id: str, second_id: str) -> tuple[str, str]:
    """Return two model ids in the order in which votes on them are kept.

    Raises
    ------
    InputError
        They are the same model.
    """
    if first_id == second_id:
        raise InputError("A model cannot be compared with itself.", hint="Choose another one.")
    first, second = sorted((first_id, second_id))
    return first, second


def blind_anchors(
    workspace: Workspace, first_id: str, second_id: str, *, most: int = ANCHORS
) -> list[Anchor]:
    """Draw products on which two models give different similar products.

    Products that are bought more are drawn more often, so that the voter knows them; the same two
    models always get the same products.

    Parameters
    ----------
    first_id, second_id
        Ids of models of one dataset; their order does not matter.

    Raises
    ------
    InputError
        The models learned from different data, or one of them knows no similar products.
    NotFound, StorageError
        A model or its data is gone.
    """
    pair = blind_pair(first_id, second_id)
    manifests = [workspace.models.manifest(model_id) for model_id in pair]
    _check(manifests)
    dataset = Dataset.open(workspace, manifests[0]["dataset_id"])
    spaces = [open_served(workspace, model_id) for model_id in pair]
    dice = np.random.default_rng(zlib.crc32("|".join(pair).encode()))
    found: list[Anchor] = []
    for row in _drawn(dataset, spaces, dice)[: _LOOKED_AT * most]:
        first, second = (_alike(space, row) for space in spaces)
        if first and second and first != second:
            left = bool(dice.integers(2))
            (product,), *lists = (_products(dataset, rows) for rows in ([row], first, second))
            found.append(Anchor(product, *lists, first_is_left=left))
        if len(found) == most:
            break
    return found


def _check(manifests: Sequence[dict[str, Any]]) -> None:
    if len({manifest["dataset_id"] for manifest in manifests}) > 1:
        raise InputError(
            "These two models learned from different data.",
            hint="Choose two models of the same dataset.",
        )
    for manifest in manifests:
        if _PLACEMENT not in manifest["placements"]:
            raise InputError(
                f"{manifest['label']} knows no similar products.",
                hint="Choose a model that can feed Similar.",
            )


def _products(dataset: Dataset, rows: Sequence[int]) -> tuple[Product, ...]:
    chosen = dataset.items().take(rows).to_pylist()
    return tuple(
        Product(one["item_id"], str(one.get("name") or one["item_id"]), one.get("price"))
        for one in chosen
    )


def _drawn(dataset: Dataset, spaces: Sequence[Space], dice: np.random.Generator) -> list[int]:
    """Return the rows of items that all spaces know, in the order of a draw by what is bought."""
    rows = dataset.interactions()
    bought = np.bincount(rows.item[rows.purchased()], minlength=dataset.n_items).astype(float)
    known = np.logical_and.reduce([space.known_items for space in spaces]) & (bought > 0)
    able = np.flatnonzero(known)
    # Efraimidis and Spirakis 2006: the order of u^(1/w) is a weighted draw without putting back.
    keys = dice.random(len(able)) ** (1.0 / np.sqrt(bought[able]))
    return [int(row) for row in able[np.argsort(-keys, kind="stable")]]


def _alike(space: Space, row: int) -> list[int]:
    """Return the rows of the items most like one, best first."""
    query = space.item_query(row)
    if query is None:
        return []
    scores = space.scores([query], cosine=True)[0]
    scores[~space.known_items] = -np.inf
    scores[row] = -np.inf
    order = np.argsort(-scores, kind="stable")[:_SHOWN]
    return [int(one) for one in order if scores[one] > 0]


def vote(
    workspace: Workspace,
    first_id: str,
    second_id: str,
    item_id: str,
    choice: Choice,
    *,
    actor: str,
) -> None:
    """Keep which list a person found better for a product; a second vote replaces the first.

    Parameters
    ----------
    choice
        ``first`` and ``second`` are the models in the order of :func:`blind_pair`.
    """
    first, second = blind_pair(first_id, second_id)
    dataset_id = workspace.models.manifest(first)["dataset_id"]
    with workspace.database.write() as connection:
        connection.execute(
            delete(votes).where(
                votes.c.first_model == first,
                votes.c.second_model == second,
                votes.c.item_id == item_id,
                votes.c.actor == actor,
            )
        )
        connection.execute(
            insert(votes).values(
                dataset_id=dataset_id,
                placement=_PLACEMENT,
                first_model=first,
                second_model=second,
                item_id=item_id,
                choice=choice,
                actor=actor,
                at=time.time(),
            )
        )
        record(connection, actor, "vote", f"{first} {second}", item_id=item_id, choice=choice)


def voted(workspace: Workspace, first_id: str, second_id: str, *, actor: str) -> dict[str, Choice]:
    """Return what a person has voted on two models: item id -> choice."""
    first, second = blind_pair(first_id, second_id)
    wanted = select(votes.c.item_id, votes.c.choice).where(
        votes.c.first_model == first, votes.c.second_model == second, votes.c.actor == actor
    )
    with workspace.database.read() as connection:
        return {row.item_id: row.choice for row in connection.execute(wanted)}


def tally(workspace: Workspace, first_id: str, second_id: str) -> Tally:
    """Count everybody's votes on two models, in the order of :func:`blind_pair`."""
    first, second = blind_pair(first_id, second_id)
    wanted = select(votes.c.choice).where(
        votes.c.first_model == first, votes.c.second_model == second
    )
    with workspace.database.read() as connection:
        choices = [row.choice for row in connection.execute(wanted)]
    return Tally(choices.count("first"), choices.count("second"), choices.count("same"))
