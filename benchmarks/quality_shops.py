"""The shops on which quality is compared: what may be learned, and what is asked later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from recsys.data.content import Content
from recsys.data.dataset import Dataset, Interactions
from recsys.data.ingest import Source
from recsys.evaluation.parts import Part, part_of_data
from recsys.models.base import TrainingData
from recsys.types import Placement
from recsys.workflows.loading import guess_files, load_demo, load_given, preview_file
from recsys.workspace import Workspace

# Real data sets lie beside the project where they are; what is missing is left out of the table.
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
_FEWEST_LINES = 5
_HELD_OUT = 0.2


@dataclass(frozen=True)
class Asked:
    """A shop with its two questions: choose by ``validation``, tell of ``test``.

    Attributes
    ----------
    placements
        What is compared.
    metric
        Which number decides, by placement.
    """

    name: str
    validation: Part
    test: Part
    placements: tuple[Placement, ...]
    metric: dict[Placement, str]


def shops(workspace: Workspace) -> dict[str, Callable[[], Asked]]:
    """Return the shops that are here; each is read when it is asked for."""
    found: dict[str, Callable[[], Asked]] = {"demo": lambda: _demo(workspace)}
    retail = SHARED / "online-retail" / "online_retail.csv.gz"
    if retail.is_file():
        found["online-retail"] = lambda: _online_retail(workspace, retail)
    gowalla = SHARED / "gowalla"
    if (gowalla / "train.parquet").is_file():
        found["gowalla"] = lambda: _gowalla(gowalla)
    return found


def _demo(workspace: Workspace) -> Asked:
    """Take the demo shop, and of its items those with five or more lines."""
    dataset = Dataset.open(workspace, load_demo(workspace))
    rows = dataset.interactions()
    lines = np.bincount(rows.item, minlength=dataset.n_items)
    rows = rows.rows(lines[rows.item] >= _FEWEST_LINES)
    return _by_time("demo", dataset, rows)


def _online_retail(workspace: Workspace, path: Path) -> Asked:
    """Take the gift shop's invoices, with all fixes that Aisle proposes."""
    (guess,) = guess_files([preview_file(path)])
    source = Source(path, {role: one.column for role, one in guess.roles.items()})
    dataset_id = load_given(
        workspace, [("interactions", source)], name="Online Retail", accept=True
    )
    dataset = Dataset.open(workspace, dataset_id)
    return _by_time("online-retail", dataset, dataset.interactions())


def _by_time(name: str, dataset: Dataset, rows: Interactions) -> Asked:
    content = Content(dataset)
    data = TrainingData(rows, dataset.n_users, dataset.n_items, dataset.guests(), content)
    validation, test = (
        part_of_data(data, part, leaves=content.leaves) for part in ("validation", "test")
    )
    if validation is None or test is None:
        raise ValueError(f"{name} has no dates")
    metric: dict[Placement, str] = {"for_you": "ndcg@10", "also_bought": "hit_rate@10"}
    return Asked(name, validation, test, ("for_you", "also_bought"), metric)


def _gowalla(folder: Path) -> Asked:
    """Take the published split, which is random; settings are chosen by a part of train.

    That is a fifth of each shopper's own pairs: drawn over all pairs, shoppers with few would have
    none, and those with many would choose. Without dates rows count by their order.
    """
    train, test = (pq.read_table(folder / f"{name}.parquet") for name in ("train", "test"))
    n_users = int(max(table.column("user_id").to_numpy().max() for table in (train, test))) + 1
    n_items = int(max(table.column("item_id").to_numpy().max() for table in (train, test))) + 1
    pairs = [
        (table.column("user_id").to_numpy(), table.column("item_id").to_numpy())
        for table in (train, test)
    ]
    rows = [_pairs(user, item) for user, item in pairs]
    held = _of_each(rows[0].user)
    chosen = _part("validation", rows[0].rows(~held), rows[0].rows(held), n_users, n_items)
    last = _part("test", rows[0], rows[1], n_users, n_items)
    return Asked("gowalla", chosen, last, ("for_you",), {"for_you": "recall@20"})


def _of_each(user: np.ndarray) -> np.ndarray:
    """Draw a fifth of each shopper's rows, at least one of two."""
    random = np.random.default_rng(1).random(len(user))
    order = np.lexsort((random, user))
    counts = np.bincount(user)
    place = np.empty(len(user), np.int64)
    place[order] = np.arange(len(user)) - np.repeat(np.cumsum(counts) - counts, counts)
    wanted = np.maximum(np.rint(counts * _HELD_OUT), counts > 1)
    return place < wanted[user]


def _pairs(user: np.ndarray, item: np.ndarray) -> Interactions:
    ones = np.ones(len(user), np.float32)
    numbers = np.arange(len(user), dtype=np.int32)
    return Interactions(user.astype(np.int32), item.astype(np.int32), ones, ones, numbers)


def _part(name: str, known: Interactions, later: Interactions, n_users: int, n_items: int) -> Part:
    data = TrainingData(known, n_users, n_items)
    return Part(
        name="test" if name == "test" else "validation",
        measured_on="published split",
        known=data,
        later=later,
        cut_at=len(known),
    )


def without_content(part: Part) -> Part:
    """Return a part whose models may not read the catalogue, as rivals do not."""
    return replace(part, known=replace(part.known, content=None))
