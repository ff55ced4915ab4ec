"""What a release would change: shelves of many shoppers by what is live and by a candidate."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.errors import AisleError, InputError, JobStopped, NotFound
from recsys.evaluation.replay import replay, title
from recsys.jobs.queue import Job
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.publishing import live
from recsys.shelves import placements
from recsys.types import LIMITS, PLACEMENTS, Placement, Report, Shelf, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.impact_document import NOTE, Both, Played, describe
from recsys.workspace import Workspace

KIND = "impact"
SHOPPERS = 500
_SEED = 1
_LARGEST_CART = 30


@dataclass(frozen=True)
class Question:
    """What is asked for one shopper: their list, and lists for what they bought last."""

    user_id: str
    item_id: str
    cart: tuple[str, ...]


def _play(
    view: LiveView, both: Both, placement: Placement, questions: list[Question], report: Report
) -> Played:
    """Return the lists of a placement; empty ones where the release does not serve it."""
    own = np.zeros(len(questions), np.bool_)
    sold_out = 0
    served = placement in view.release.manifest["strategies"]

    def ask(number: int) -> list[int]:
        nonlocal sold_out
        shelf = _shelf(view, placement, questions[number]) if served else None
        if shelf is None:
            return []
        own[number] = bool(shelf.items) and not shelf.fallback
        sold_out += shelf.removed.get("sold out", 0)
        return [both.rows[item.item_id] for item in shelf.items]

    users = np.arange(len(questions), dtype=np.int32)
    step = f"Replaying {title(placement)}"
    return Played(replay(users, ask, LIMITS[placement][0], report, step=step), own, sold_out)


def measure_impact(
    workspace: Workspace,
    release_id: str,
    *,
    shoppers: int = SHOPPERS,
    report: Report = silent,
) -> dict[str, Any]:
    """Return what would change if a release went live now, as a document.

    The shelves of shoppers drawn at random, the same ones every time, as they would get them now:
    with stock, live prices and hidden products. Similar is asked for what a shopper bought last,
    Also bought for their last basket.

    Parameters
    ----------
    shoppers
        How many to draw; all, where there are fewer with a purchase.

    Raises
    ------
    NotFound, StorageError
        The release is gone, or cannot be opened.
    InputError
        It is live already.
    """
    shop = LiveShop(workspace)
    now = live(workspace)
    if now is not None and now.release_id == release_id:
        raise InputError(
            f"Release {release_id} is live already.",
            hint="The impact compares a release that is not live with the one that is.",
        )
    report(0.0, "Opening the releases")
    candidate = shop.view_of(release_id)
    current, problem = _current(shop, now.release_id if now else None)
    questions, of = draw(candidate, shoppers)
    both = _both(candidate, current)
    views = [view for view in (current, candidate) if view is not None]
    served: set[str] = {name for view in views for name in view.release.manifest["strategies"]}
    asked: list[Placement] = [place for place in PLACEMENTS if place in served]
    found: dict[str, Any] = {}
    for number, place in enumerate(asked):
        step = part_of(report, number / len(asked), (number + 1) / len(asked))
        before = current and _play(current, both, place, questions, part_of(step, 0.0, 0.5))
        after = _play(candidate, both, place, questions, part_of(step, 0.5, 1.0))
        found[place] = describe(
            workspace, both, place, before=before, after=after, questions=questions
        )
    return {
        "release_id": release_id,
        "against": now.release_id if now else None,
        "problem": problem,
        "shoppers": len(questions),
        "of": of,
        "placements": found,
        "words": [f"{title(place)}: {part['words']}" for place, part in found.items()],
        "note": NOTE,
    }


def _current(shop: LiveShop, release_id: str | None) -> tuple[LiveView | None, str]:
    """Return what is live, and why it cannot be asked."""
    if release_id is None:
        return None, "Nothing is live yet, so everything is new."
    try:
        return shop.view_of(release_id), ""
    except JobStopped:
        raise
    except AisleError as error:
        return None, f"What is live cannot be opened, so all counts as new. {error.message}"


def draw(view: LiveView, most: int) -> tuple[list[Question], int]:
    """Return questions of shoppers drawn at random, and how many there are to draw from."""
    release = view.release
    able = np.flatnonzero(np.diff(release.bought.indptr) > 0)
    chosen = able
    if len(able) > most:
        chosen = np.sort(np.random.default_rng(_SEED).choice(able, most, replace=False))
    return [_question(view, int(user)) for user in chosen], len(able)


def _question(view: LiveView, user: int) -> Question:
    release = view.release
    items, times, last = release.history(user)
    # Without dates: what was bought most often.
    often = items[np.lexsort((items, -times))][:1]
    basket = often if last is None else items[last == last.max()]
    ids = tuple(release.item_ids.id(int(item)) for item in basket[:_LARGEST_CART])
    return Question(release.user_ids.id(user), ids[0], ids)


def _shelf(view: LiveView, placement: Placement, question: Question) -> Shelf | None:
    """Return what a shopper would get; None where the release does not know whom or what."""
    known = [item for item in question.cart if item in view.release.item_ids]
    asks: dict[Placement, Callable[[], Shelf]] = {
        "for_you": lambda: placements.for_you(view, question.user_id),
        "similar": lambda: placements.similar(view, question.item_id),
        "also_bought": lambda: placements.also_bought(view, known),
        "lookalikes": lambda: placements.lookalikes(view, question.user_id),
    }
    if placement in {"similar", "also_bought"} and not known:
        return None
    try:
        return asks[placement]()
    except NotFound:
        return None


def _both(candidate: LiveView, current: LiveView | None) -> Both:
    """Give the products of both catalogues one row each, those of the candidate first."""
    rows = {item_id: row for row, item_id in enumerate(candidate.release.item_ids.ids)}
    if current is not None:
        for item_id in current.release.item_ids.ids:
            rows.setdefault(item_id, len(rows))
    return Both(candidate, current, rows)


def keep_impact(
    workspace: Workspace, release_id: str, report: Report = silent, **options: Any
) -> dict[str, Any]:
    """Measure the impact of a release and keep it; see :func:`measure_impact`.

    A job that is tried again finds what its first try kept.
    """
    for kept in workspace.reports.of_job():
        if kept.get("release_id") == release_id:
            return kept
    found = measure_impact(workspace, release_id, report=report, **options)
    report_id = workspace.reports.new_id()
    manifest = {"kind": KIND, "created_at": time.time(), **found}
    with workspace.reports.writing(report_id, manifest):
        pass
    return {"id": report_id, **manifest}


def impact_of(workspace: Workspace, release_id: str) -> dict[str, Any] | None:
    """Return the newest impact report of a release, or None before there is one.

    ``outdated`` tells that another release went live since.
    """
    for kept in workspace.reports.manifests():
        if kept.get("kind") == KIND and kept.get("release_id") == release_id:
            now = live(workspace)
            beneath = None if now is None else now.release_id
            return {**kept, "outdated": beneath not in {kept["against"], release_id}}
    return None


def submit_impact(workspace: Workspace, release_id: str, *, actor: str) -> Job:
    """Queue the impact report of a release that is built.

    Raises
    ------
    NotFound
        There is no such release.
    """
    name = workspace.releases.manifest(release_id)["name"]
    params = {"release_id": release_id}
    return submit(workspace, KIND, params, f"What a release of {name} would change", actor)


def impact_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`submit_impact`."""
    kept = keep_impact(workspace, params["release_id"], report)
    return {"report_id": kept["id"], "release_id": params["release_id"]}
