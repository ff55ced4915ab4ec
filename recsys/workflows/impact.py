"""What a release would change: shelves of many shoppers by what is live and by a candidate."""

from __future__ import annotations

import time
from typing import Any

from recsys.errors import AisleError, InputError, JobStopped
from recsys.evaluation.replay import title
from recsys.jobs.queue import Job
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.publishing import live
from recsys.types import PLACEMENTS, Placement, Report, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.impact_document import NOTE, describe
from recsys.workflows.playing import both_of, draw, play
from recsys.workspace import Workspace

KIND = "impact"
SHOPPERS = 500


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
    both = both_of(candidate, current)
    views = [view for view in (current, candidate) if view is not None]
    served: set[str] = {name for view in views for name in view.release.manifest["strategies"]}
    asked: list[Placement] = [place for place in PLACEMENTS if place in served]
    found: dict[str, Any] = {}
    for number, place in enumerate(asked):
        step = part_of(report, number / len(asked), (number + 1) / len(asked))
        before = current and play(current, both, place, questions, part_of(step, 0.0, 0.5))
        after = play(candidate, both, place, questions, part_of(step, 0.5, 1.0))
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
