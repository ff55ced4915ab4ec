from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from recsys.api.answers import Json
from recsys.api.schemas import (
    ERRORS,
    AlsoBoughtQuery,
    Cart,
    ForYouQuery,
    ItemId,
    LookalikesAnswer,
    LookalikesQuery,
    ShelfAnswer,
    SimilarQuery,
    UserId,
)
from recsys.releases.live import LiveShop
from recsys.types import Filters
from recsys.workflows.shelves import (
    show_also_bought,
    show_for_you,
    show_lookalikes,
    show_similar,
)

# Answers are JSON already: checking them against their model again would only cost time.
_SHELF: dict[int | str, dict[str, Any]] = {200: {"model": ShelfAnswer}, **ERRORS}
_LOOKALIKES: dict[int | str, dict[str, Any]] = {200: {"model": LookalikesAnswer}, **ERRORS}


def shelf_routes(shop: LiveShop) -> APIRouter:
    """Return the routes of the four placements."""
    router = APIRouter(tags=["Shelves"])

    @router.get("/for-you/{user_id:path}", responses=_SHELF, summary="For You")
    def for_you(user_id: UserId, query: Annotated[ForYouQuery, Query()]) -> Json:
        """Products that fit a shopper best; strangers get the popular ones."""
        shelf = show_for_you(
            shop,
            user_id,
            n=query.n,
            filters=_filters(query),
            leave_out_bought=False if query.include_bought else None,
            prefer_items=query.prefer_items,
            prefer_categories=query.prefer_categories,
            but=query.but,
        )
        return Json(shelf.as_dict())

    @router.get("/similar/{item_id:path}", responses=_SHELF, summary="Similar")
    def similar(item_id: ItemId, query: Annotated[SimilarQuery, Query()]) -> Json:
        """Products most like one product."""
        shelf = show_similar(
            shop,
            item_id,
            user_id=query.user_id,
            n=query.n,
            filters=_filters(query),
            but=query.but,
        )
        return Json(shelf.as_dict())

    @router.post("/also-bought", responses=_SHELF, summary="Also bought")
    def also_bought(
        item_ids: Annotated[Cart, Body()], query: Annotated[AlsoBoughtQuery, Query()]
    ) -> Json:
        """Products bought together with a cart, given as a JSON list of item ids."""
        shelf = show_also_bought(
            shop,
            item_ids,
            user_id=query.user_id,
            n=query.n,
            filters=_filters(query),
            but=query.but,
        )
        return Json(shelf.as_dict())

    @router.get("/lookalikes/{user_id:path}", responses=_LOOKALIKES, summary="Lookalikes")
    def lookalikes(user_id: UserId, query: Annotated[LookalikesQuery, Query()]) -> Json:
        """Products that the most similar shoppers bought and this one did not."""
        shelf = show_lookalikes(
            shop,
            user_id,
            n=query.n,
            n_neighbours=query.n_neighbours,
            filters=_filters(query),
            but=query.but,
        )
        return Json(shelf.as_dict())

    return router


def _filters(query: ForYouQuery | SimilarQuery | AlsoBoughtQuery | LookalikesQuery) -> Filters:
    return Filters(query.category, query.price_min, query.price_max, query.min_stock)
