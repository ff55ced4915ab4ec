from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from recsys.api.answers import Json
from recsys.api.schemas import ERRORS, SegmentId
from recsys.api.segment_schemas import (
    MemberQuery,
    MembersAnswer,
    PreviewAnswer,
    SegmentAnswer,
    SegmentsAnswer,
)
from recsys.lifts import Lift
from recsys.releases.live import LiveShop
from recsys.segments.definition import Definition
from recsys.segments.picking import held_out_of
from recsys.workflows.segments import Preview, open_segment, preview, segment_lines

# Of each trait so many values, those that tell most.
_MOST_VALUES = 10


def segment_routes(shop: LiveShop) -> APIRouter:
    """Return the routes of saved segments, and of one that is tried out."""
    router = APIRouter(tags=["Segments"])
    workspace = shop.workspace

    @router.get(
        "/segments", responses={200: {"model": SegmentsAnswer}, **ERRORS}, summary="All segments"
    )
    def all_segments() -> Json:
        """Give the saved segments, by name."""
        return Json({"segments": [asdict(line) for line in segment_lines(workspace)]})

    @router.post(
        "/segments/preview",
        responses={200: {"model": PreviewAnswer}, **ERRORS},
        summary="Try a segment out",
    )
    def try_out(definition: Annotated[Definition, Body()]) -> Json:
        """Tell how many shoppers a definition gives and what they share; nothing is saved."""
        view = shop.current()
        return Json(
            {"release_id": view.release.id, **_document(preview(workspace, view, definition))}
        )

    @router.get(
        "/segments/{segment_id}",
        responses={200: {"model": SegmentAnswer}, **ERRORS},
        summary="One segment",
    )
    def one_segment(segment_id: SegmentId) -> Json:
        """Give a segment's definition, its counts and its versions, newest first."""
        found = open_segment(workspace, segment_id)
        return Json(
            {
                "segment": asdict(found.line),
                "definition": found.definition.model_dump(mode="json", exclude={"ids"}),
                "counts": asdict(found.counts),
                "proof_id": found.proof_id,
                "history": [asdict(step) for step in found.history],
            }
        )

    @router.get(
        "/segments/{segment_id}/members",
        responses={200: {"model": MembersAnswer}, **ERRORS},
        summary="Members of a segment",
    )
    def members(segment_id: SegmentId, query: Annotated[MemberQuery, Query()]) -> Json:
        """Give members, best first; who is set aside for measurement only when asked for."""
        found = open_segment(workspace, segment_id)
        aside = held_out_of(found.definition, found.members).tolist()
        listed = [
            {"user_id": one, "held_out": held}
            for one, held in zip(found.members, aside, strict=True)
            if not held or query.held_out == "include"
        ]
        return Json(
            {
                "members": listed[query.offset : query.offset + query.limit],
                "offset": query.offset,
                "total": len(listed),
                "held_out": sum(aside),
                "version": found.line.version,
            }
        )

    return router


def _document(found: Preview) -> dict[str, Any]:
    return {
        "counts": asdict(found.counts),
        "score": found.ranked.score_words,
        "proof_id": found.proof_id,
        "shares": {
            trait: [_lift(lift) for lift in values[:_MOST_VALUES]]
            for trait, values in found.shared.items()
        },
        "top": [
            {"item_id": one.item_id, "name": one.name, **_lift(one.lift), "value": one.item_id}
            for one in found.top
        ],
        "notes": list(found.notes),
    }


def _lift(lift: Lift) -> dict[str, Any]:
    return asdict(lift)
