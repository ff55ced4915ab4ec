from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from recsys.api.answers import Json
from recsys.api.copy_bodies import ResumeBody, RunBody, RunId
from recsys.api.copy_schemas import RunAnswer, RunLineAnswer, RunsAnswer, StartedAnswer
from recsys.api.schemas import ERRORS
from recsys.workflows.copy_bulk import (
    cancel_run,
    estimate,
    pause_run,
    resume_run,
    retry_failed,
    rows,
    run_line,
    runs,
    start_run,
)
from recsys.workflows.copy_settings import model_of
from recsys.workspace import Workspace

_ACTOR = "API"
_RUN: dict[int | str, dict[str, Any]] = {200: {"model": RunLineAnswer}, **ERRORS}
Limit = Annotated[int, Query(ge=1, le=200)]


def copy_run_routes(workspace: Workspace) -> APIRouter:
    """Return the routes of bulk runs, to be added before those with a text's id."""
    router = APIRouter(tags=["Copy in bulk"], prefix="/copy/runs")

    @router.post(
        "", responses={200: {"model": StartedAnswer}, **ERRORS}, summary="Write many texts"
    )
    def start(body: Annotated[RunBody, Body()]) -> Json:
        """Tell what a run takes and start it in the worker; texts wait for approval."""
        model = body.model or model_of(workspace)
        found = estimate(workspace, body.selection, body.brief, model=model, way=body.way)
        if body.estimate_only:
            return Json({"estimate": asdict(found), "run": None})
        run = start_run(
            workspace,
            body.selection,
            body.brief,
            model=model,
            way=body.way,
            cap=body.cap,
            cap_tokens=body.cap_tokens,
            actor=_ACTOR,
        )
        return Json({"estimate": asdict(found), "run": asdict(run)})

    @router.get("", responses={200: {"model": RunsAnswer}, **ERRORS}, summary="Bulk runs")
    def all_runs(limit: Limit = 20) -> Json:
        """Give the newest runs with how far they are and what they have cost."""
        return Json({"runs": [asdict(one) for one in runs(workspace, limit)]})

    @router.get(
        "/{run_id}", responses={200: {"model": RunAnswer}, **ERRORS}, summary="One bulk run"
    )
    def one_run(run_id: RunId) -> Json:
        """Give a run and its failed rows, each with what went wrong."""
        failed = [asdict(one) for one in rows(workspace, run_id, state="failed")]
        return Json({"run": asdict(run_line(workspace, run_id)), "failed": failed})

    @router.post("/{run_id}/pause", responses=_RUN, summary="Pause a run")
    def pause(run_id: RunId) -> Json:
        """Send nothing more; what was sent is kept when it comes."""
        return Json(asdict(pause_run(workspace, run_id, actor=_ACTOR)))

    @router.post("/{run_id}/resume", responses=_RUN, summary="Go on with a run")
    def resume(run_id: RunId, body: Annotated[ResumeBody | None, Body()] = None) -> Json:
        """Go on with a run that was paused or came to its cap."""
        asked = body or ResumeBody()
        run = resume_run(
            workspace,
            run_id,
            cap=asked.cap,
            cap_tokens=asked.cap_tokens,
            model=asked.model,
            actor=_ACTOR,
        )
        return Json(asdict(run))

    @router.post("/{run_id}/cancel", responses=_RUN, summary="End a run")
    def cancel(run_id: RunId) -> Json:
        """End a run; what is written stays in the queue."""
        return Json(asdict(cancel_run(workspace, run_id, actor=_ACTOR)))

    @router.post("/{run_id}/retry", responses=_RUN, summary="Try failed rows again")
    def retry(run_id: RunId) -> Json:
        """Try the failed rows of a run again."""
        return Json(asdict(retry_failed(workspace, run_id, actor=_ACTOR)))

    return router
