"""What a bulk run is about: the products or segments that fit what was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from recsys.copywriting.run_texts import approved_ids, ids_in_queue
from recsys.copywriting.runs import Selection
from recsys.copywriting.text import LANGUAGES, About, Brief
from recsys.data.arrow import column_names, read_parquet
from recsys.data.dataset import INTERACTIONS, ITEMS, Dataset
from recsys.errors import InputError
from recsys.releases.live import LiveShop
from recsys.releases.publishing import live
from recsys.rules.saying import counted
from recsys.segments.tops import top_products
from recsys.workflows.copy_facts import LEAST_MEMBERS, missing_description
from recsys.workflows.named_sets import named_set
from recsys.workflows.training import newest_dataset
from recsys.workspace import Workspace

_LEVELS = ("category", "category_2", "category_3")
_MOST_OF_SEGMENT = 200
_KINDS = {"description": "Descriptions", "subject": "Subjects"}


@dataclass(frozen=True)
class Chosen:
    """What a run writes about.

    Attributes
    ----------
    ids
        In the order in which they are written: as they were given, else the most bought first.
    approved
        How many more fit and have approved copy of the kind and language.
    waiting
        How many of these have a text of the kind and language that waits in the queue; where
        such are left out, how many are.
    unknown
        How many of the ids that were given are not in the catalogue.
    """

    about: About
    ids: tuple[str, ...]
    approved: int
    unknown: int = 0
    waiting: int = 0

    def label(self, brief: Brief) -> str:
        """Name the run: ``Descriptions of 20 products in German``."""
        what = counted(len(self.ids), self.about)
        word = "for" if brief.kind == "subject" else "of"
        return f"{_KINDS[brief.kind]} {word} {what} in {LANGUAGES[brief.language]}"


def choose(workspace: Workspace, selection: Selection, brief: Brief) -> Chosen:
    """Find what fits a selection and has no approved copy yet.

    Raises
    ------
    InputError
        Nothing fits, the kind is not written in bulk, or a segment is too small.
    NotReady, NotFound
        There is no data, or no such collection or segment.
    """
    if brief.kind not in _KINDS:
        raise InputError(
            "Category texts are written one by one, not in bulk.",
            hint="Choose descriptions or e-mail subjects.",
        )
    if brief.language not in LANGUAGES:
        raise InputError(
            f"Copy in the language {brief.language!r} cannot be asked for.",
            hint=f"There are: {', '.join(LANGUAGES)}.",
        )
    about: About = "segment" if selection.segments else "product"
    unknown = 0
    if selection.segments:
        fitting = _segments(selection, brief)
    else:
        dataset = _dataset(workspace)
        fitting = _products(workspace, dataset, selection)
        unknown = len({one for one in selection.items if dataset.item_ids.row(one) is None})
    if not fitting:
        raise InputError("No product fits this selection.", hint="Choose more, or something else.")
    with workspace.database.read() as connection:
        approved = approved_ids(connection, about, brief, fitting)
        waiting = ids_in_queue(connection, about, brief, fitting) - approved
    left = [one for one in fitting if one not in approved]
    if not left:
        raise InputError(
            f"All of the {counted(len(fitting), about)} that fit have approved copy already.",
            hint="Approved copy is never overwritten: write anew from the product itself.",
        )
    undecided = sum(one in waiting for one in left[: selection.limit])
    if selection.without_text:
        undecided = sum(one in waiting for one in left)
        left = [one for one in left if one not in waiting]
        if not left:
            raise InputError(
                f"All of the {counted(len(fitting), about)} that fit have a text already.",
                hint="Decide on those that wait in the queue, or write of these, too.",
            )
    ids = tuple(left[: selection.limit])
    return Chosen(about, ids, len(approved), unknown, undecided)


def _segments(selection: Selection, brief: Brief) -> list[str]:
    if brief.kind != "subject":
        raise InputError(
            "Only e-mail subjects are written for segments.",
            hint="Choose the kind subject, or products.",
        )
    return [str(one) for one in dict.fromkeys(selection.segments)]


def _products(workspace: Workspace, dataset: Dataset, selection: Selection) -> list[str]:
    """Return the products for which all that was chosen holds, in order."""
    wanted: list[Sequence[str]] = []
    if selection.items:
        wanted.append(list(dict.fromkeys(selection.items)))
    if selection.segment is not None:
        wanted.append(_bought_by(workspace, selection.segment))
    if selection.collection is not None:
        wanted.append(named_set(workspace, "collection", selection.collection).members)
    if selection.without_description:
        wanted.append(missing_description(workspace))
    fitting = _in_catalogue(dataset, selection)
    ordered = wanted[0] if wanted else _most_bought(dataset, fitting)
    sets = [fitting, *map(set, wanted[1:])]
    return [one for one in ordered if all(one in some for some in sets)]


def _dataset(workspace: Workspace) -> Dataset:
    """Return the catalogue that copy is written from: the live one, else the newest."""
    now = live(workspace)
    if now is None:
        return newest_dataset(workspace)
    return newest_dataset(workspace, workspace.releases.manifest(now.release_id)["dataset_id"])


def _in_catalogue(dataset: Dataset, selection: Selection) -> set[str]:
    """Return the products of the category and brand that are asked for."""
    path = dataset.folder / ITEMS
    levels = [name for name in column_names(path) if name in _LEVELS] if selection.category else []
    brand = ["brand"] if selection.brand and "brand" in column_names(path) else []
    table = read_parquet(path, columns=["item_id", *levels, *brand])
    ids: list[str] = table.column("item_id").to_pylist()
    fits = np.ones(len(ids), np.bool_)
    for names, value in ((levels, selection.category), (brand, selection.brand)):
        if value:
            has = np.zeros(len(ids), np.bool_)
            for name in names:
                has |= np.array([one == value for one in table.column(name).to_pylist()])
            fits &= has
    return {ids[row] for row in np.flatnonzero(fits)}


def _most_bought(dataset: Dataset, fitting: Iterable[str]) -> list[str]:
    """Return products, those first that stand in most rows of the shop's history."""
    rows = read_parquet(dataset.folder / INTERACTIONS, columns=["item"]).column("item")
    times = np.bincount(np.from_dlpack(rows.combine_chunks()), minlength=dataset.n_items)
    places = {one: dataset.item_ids.row(one) for one in fitting}
    return sorted(places, key=lambda one: (-int(times[places[one] or 0]), one))


def _bought_by(workspace: Workspace, set_id: int) -> list[str]:
    """Return what the members of a segment buy most, more than others do first."""
    view = LiveShop(workspace).current()
    members = named_set(workspace, "segment", set_id).members
    found = [view.release.user_ids.row(one) for one in members]
    rows = np.array([row for row in found if row is not None], np.int64)
    if len(rows) < LEAST_MEMBERS:
        raise InputError(
            f"The segment has {counted(len(rows), 'member')} who ever bought; from fewer than"
            f" {LEAST_MEMBERS} nothing is written, since that would tell of single shoppers.",
            hint="Choose a larger segment.",
        )
    return [one.item_id for one in top_products(view, rows, n=_MOST_OF_SEGMENT)]
