from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, BinaryIO

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Query
from starlette.responses import StreamingResponse

from recsys.api.answers import Json
from recsys.api.copy_bodies import (
    ApproveBody,
    ApprovedQuery,
    CategoryBody,
    CheckBody,
    CopyId,
    DescribeBody,
    EditBody,
    RejectBody,
    SubjectsBody,
    TextsQuery,
)
from recsys.api.copy_schemas import CSV, HistoryAnswer, TextAnswer, TextsAnswer, WrittenAnswer
from recsys.api.schemas import ERRORS, ErrorAnswer
from recsys.copywriting.text import Copy, Fact, Facts, Kind
from recsys.workflows.copy_facts import (
    category_facts,
    product_facts,
    products_facts,
    segment_facts,
)
from recsys.workflows.copy_once import (
    text_document,
    version_document,
    write_one,
    written_document,
)
from recsys.workflows.copy_queue import (
    approve,
    copy_text,
    count_texts,
    edit,
    export_approved,
    history,
    queue,
    reject,
)
from recsys.workflows.copywriting import check_by_hand
from recsys.workspace import Workspace

ACTOR = "API"
# Whoever writes waits for the provider, for half a minute perhaps: in threads of their own, so
# that shelves never wait for them.
_THREADS = 8
_PIECE_BYTES = 65_536

_PROVIDER: dict[int | str, dict[str, Any]] = {
    502: {"model": ErrorAnswer, "description": "The language model's provider did not serve"},
    503: {"model": ErrorAnswer, "description": "No key is set, or the provider is busy"},
}
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorAnswer, "description": "Somebody changed it meanwhile"}
}
_WRITTEN: dict[int | str, dict[str, Any]] = {200: {"model": WrittenAnswer}, **ERRORS, **_PROVIDER}
_TEXT: dict[int | str, dict[str, Any]] = {200: {"model": TextAnswer}, **ERRORS, **_CONFLICT}


def copy_routes(workspace: Workspace) -> APIRouter:
    """Return the routes that write and check copy, and those of its queue."""
    router = APIRouter(tags=["Copy"])
    _add_writing(router, workspace)
    _add_reading(router, workspace)
    _add_deciding(router, workspace)
    return router


def _add_writing(router: APIRouter, workspace: Workspace) -> None:
    limiter = CapacityLimiter(_THREADS)

    async def write(
        facts: Callable[[], Facts], kind: Kind, body: DescribeBody | SubjectsBody | CategoryBody
    ) -> Json:
        return Json(await run_sync(_written, workspace, facts, kind, body, limiter=limiter))

    @router.post("/copy/describe", responses=_WRITTEN, summary="Describe a product")
    async def describe(body: Annotated[DescribeBody, Body()]) -> Json:
        """Have a description written and checked; it waits in the queue for approval."""
        edits = _edits(body.features)
        facts = partial(product_facts, workspace, body.item_id, edits=edits)
        return await write(facts, "description", body)

    @router.post("/copy/subjects", responses=_WRITTEN, summary="An e-mail subject")
    async def subjects(body: Annotated[SubjectsBody, Body()]) -> Json:
        """Have a subject and preheader written for what a segment shares, or for products."""
        facts = partial(_mail_facts, workspace, body.segment, body.item_ids)
        return await write(facts, "subject", body)

    @router.post("/copy/category", responses=_WRITTEN, summary="The text of a category page")
    async def category(body: Annotated[CategoryBody, Body()]) -> Json:
        """Have the text of a category page written and checked."""
        return await write(partial(category_facts, workspace, body.category), "category", body)

    @router.post(
        "/copy/check",
        responses={200: {"model": WrittenAnswer}, **ERRORS},
        summary="Check a text",
    )
    def check(body: Annotated[CheckBody, Body()]) -> Json:
        """Check a text against the catalogue; no model is asked, nothing is kept."""
        copy = Copy(text=body.text, preheader=body.preheader)
        written = check_by_hand(workspace, copy, _facts(workspace, body), body.brief(body.kind))
        return Json(written_document(written, None, language=body.language))


def _add_reading(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/copy", responses={200: {"model": TextsAnswer}, **ERRORS}, summary="The queue")
    def texts(query: Annotated[TextsQuery, Query()]) -> Json:
        """Give texts with what the checks say, those that wait for somebody first."""
        found = queue(
            workspace,
            states=query.state,
            kind=query.kind,
            about_id=query.about_id,
            run_id=query.run_id,
            search=query.search,
            limit=query.limit,
            offset=query.offset,
        )
        return Json(
            {
                "texts": [text_document(one) for one in found],
                "counts": count_texts(workspace),
                "offset": query.offset,
            }
        )

    @router.get("/copy/approved.csv", responses={**CSV, **ERRORS}, summary="Approved texts as CSV")
    def approved(query: Annotated[ApprovedQuery, Query()]) -> StreamingResponse:
        """Give the approved texts as a file; it is noted in the audit log.

        Those that the catalogue of now does not bear out any more are left out, and counted in
        the header ``X-Aisle-Left-Out``.
        """
        with workspace.scratch() as folder:
            path = folder / "approved.csv"
            done = export_approved(workspace, path, kind=query.kind, raw=query.raw, actor=ACTOR)
            file = path.open("rb")  # it stays readable when its folder goes
        named = {
            "Content-Disposition": 'attachment; filename="approved-copy.csv"',
            "X-Aisle-Left-Out": str(len(done.held)),
        }
        return StreamingResponse(_pieces(file), media_type="text/csv", headers=named)

    @router.get(
        "/copy/{copy_id}", responses={200: {"model": HistoryAnswer}, **ERRORS}, summary="One text"
    )
    def one_text(copy_id: CopyId) -> Json:
        """Give a text as it stands, and its versions, newest first."""
        text = text_document(copy_text(workspace, copy_id))
        versions = [version_document(one) for one in history(workspace, copy_id)]
        return Json({"text": text, "history": versions})


def _add_deciding(router: APIRouter, workspace: Workspace) -> None:
    @router.patch("/copy/{copy_id}", responses=_TEXT, summary="Change a text")
    def change(copy_id: CopyId, body: Annotated[EditBody, Body()]) -> Json:
        """Change a text by hand; it is checked anew, and an approval of it ends."""
        now = copy_text(workspace, copy_id).now.copy
        preheader = now.preheader if body.preheader is None else body.preheader
        copy = now.model_copy(update={"text": body.text, "preheader": preheader})
        changed = edit(workspace, copy_id, copy, revision=body.revision, actor=ACTOR)
        return Json(text_document(changed))

    @router.post("/copy/{copy_id}/approve", responses=_TEXT, summary="Approve a text")
    def approve_one(copy_id: CopyId, body: Annotated[ApproveBody, Body()]) -> Json:
        """Approve a text that is clean, or one that is not with a reason."""
        done = approve(workspace, copy_id, revision=body.revision, reason=body.reason, actor=ACTOR)
        return Json(text_document(done))

    @router.post("/copy/{copy_id}/reject", responses=_TEXT, summary="Reject a text")
    def reject_one(copy_id: CopyId, body: Annotated[RejectBody, Body()]) -> Json:
        """Reject a text; it stays in the history."""
        done = reject(workspace, copy_id, revision=body.revision, note=body.note, actor=ACTOR)
        return Json(text_document(done))


def _written(
    workspace: Workspace,
    facts: Callable[[], Facts],
    kind: Kind,
    body: DescribeBody | SubjectsBody | CategoryBody,
) -> dict[str, Any]:
    written, kept = write_one(
        workspace, facts(), body.brief(kind), model=body.model, kept=body.keep, actor=ACTOR
    )
    return written_document(written, kept, language=body.language)


def _facts(workspace: Workspace, body: CheckBody) -> Facts:
    if body.item_id:
        return product_facts(workspace, body.item_id, edits=_edits(body.features))
    if body.category:
        return category_facts(workspace, body.category)
    return _mail_facts(workspace, body.segment, body.item_ids)


def _mail_facts(workspace: Workspace, segment: int | None, item_ids: tuple[str, ...]) -> Facts:
    if segment is None:
        return products_facts(workspace, item_ids)
    return segment_facts(workspace, segment, item_ids)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _edits(features: dict[str, str]) -> list[Fact]:
    return [Fact(field=field, value=value, by_hand=True) for field, value in features.items()]
