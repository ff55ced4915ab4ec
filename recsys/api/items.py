from __future__ import annotations

from fastapi import APIRouter

from recsys.api.answers import Json
from recsys.api.schemas import ERRORS, ItemChange, ItemChanged, ItemId
from recsys.releases.live import LiveChange, LiveShop
from recsys.workflows.live import change_item

_ACTOR = "API"


def item_routes(shop: LiveShop) -> APIRouter:
    """Return the route that changes live facts of a product."""
    router = APIRouter(tags=["Products"])

    @router.put(
        "/items/{item_id:path}",
        responses={200: {"model": ItemChanged}, **ERRORS},
        summary="Change stock, price or visibility",
    )
    def change_one(item_id: ItemId, change: ItemChange) -> Json:
        """Change one product at once, without a release; every list obeys within a second."""
        live = LiveChange(item_id, change.stock, change.price, change.hidden)
        change_item(shop, live, actor=_ACTOR)
        return Json({"item_id": item_id, "changed": change.model_dump(exclude_none=True)})

    return router
