"""Where two models differ, by the lists that their evaluations kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.data.dataset import Dataset
from recsys.errors import InputError
from recsys.evaluation.diff import Facts, ReplayDiff, diff_replays
from recsys.evaluation.evidence import DECIDING, Measured, read_measured
from recsys.evaluation.replay import title, why_not_comparable
from recsys.models.arrays import Floats
from recsys.types import Placement
from recsys.workspace import Workspace

_K = 10


@dataclass(frozen=True)
class Differing:
    """A shopper for whom two models differ.

    Attributes
    ----------
    replaced, changed
        Share of the first 10 that the other list does not have, and of its slots that hold
        another item; means where the shopper was asked about several times.
    first, second
        What each list was worth by the deciding metric, on the shopper's later purchases.
    """

    user_id: str
    replaced: float
    changed: float
    first: float
    second: float


def differ_most(
    workspace: Workspace, a: str, b: str, placement: Placement, *, limit: int = 20
) -> list[Differing]:
    """Return the shoppers for whom two models differ most, most first.

    From the lists that both evaluations kept; by the share of items replaced, then by the
    difference of the metric. Shoppers with the same lists are left out.

    Raises
    ------
    NotFound
        There is no such model.
    InputError
        The evaluations cannot be compared; the message says why.
    """
    first, second = _replays(workspace, a, b, placement)
    size = int(max(first.lists.max(initial=0), second.lists.max(initial=0))) + 1
    nothing = np.zeros(size)
    facts = Facts(nothing.astype(np.int32), nothing, nothing.astype(np.float32))
    found = diff_replays(first.lists[:, :_K], second.lists[:, :_K], facts)
    values = [side.values[DECIDING[placement]] for side in (first, second)]
    users, member, asked = np.unique(first.user, return_inverse=True, return_counts=True)
    replaced, changed, mine, other = (
        np.bincount(member, weights=part, minlength=len(users)) / asked
        for part in (found.replaced, found.changed, *values)
    )
    order = np.lexsort((users, -np.abs(mine - other), -replaced))
    ids = Dataset.open(workspace, workspace.models.manifest(a)["dataset_id"]).user_ids
    return [
        Differing(
            ids.id(int(users[row])),
            *(round(float(part[row]), 4) for part in (replaced, changed, mine, other)),
        )
        for row in order[changed[order] > 0][:limit]
        if users[row] >= 0  # a guest's basket has no shopper
    ]


def diff_models(
    workspace: Workspace, a: str, b: str, placement: Placement, *, most: int = 10
) -> ReplayDiff:
    """Return how the lists of two evaluations differ; rows are those of their dataset.

    Raises
    ------
    NotFound, InputError
        As for :func:`differ_most`.
    """
    first, second = _replays(workspace, a, b, placement)
    dataset = Dataset.open(workspace, workspace.models.manifest(a)["dataset_id"])
    lists = (first.lists[:, :_K], second.lists[:, :_K])
    rows = dataset.interactions()
    kept = rows.purchased()
    pairs = np.unique(rows.user[kept].astype(np.int64) * dataset.n_items + rows.item[kept])
    buyers = np.bincount(pairs % dataset.n_items, minlength=dataset.n_items).astype(np.float32)
    return diff_replays(*lists, facts_of(dataset.items(), buyers)[0], most=most)


def facts_of(catalogue: Any, buyers: Floats) -> tuple[Facts, list[str]]:
    """Return what is known of each item of a catalogue, and the names of the categories.

    Parameters
    ----------
    catalogue
        A ``pyarrow.Table``, one row an item.
    buyers
        How many shoppers bought each.
    """
    codes: dict[str, int] = {}
    categories = column_of(catalogue, "category")
    category = [codes.setdefault(name, len(codes)) if name else -1 for name in categories]
    prices = np.array(column_of(catalogue, "price"), np.float64)  # None becomes NaN
    return Facts(np.array(category, np.int32), prices, buyers), list(codes)


def column_of(catalogue: Any, name: str) -> list[Any]:
    """Return a column of a catalogue; nothing but None where it has none."""
    if name not in catalogue.column_names:
        return [None] * len(catalogue)
    return catalogue.column(name).to_pylist()


def _replays(
    workspace: Workspace, a: str, b: str, placement: Placement
) -> tuple[Measured, Measured]:
    manifests = [workspace.models.manifest(model) for model in (a, b)]
    why = why_not_comparable(manifests[0], manifests[1], placement)
    if why:
        raise InputError(why, hint="Train both on one version of the data, with evaluation.")
    first, second = (read_measured(workspace.models.path(model), placement) for model in (a, b))
    if not np.array_equal(first.user, second.user):
        raise InputError(
            f"The recorded lists for {title(placement)} are of different shoppers.",
            hint="Train both models again.",
        )
    return first, second
