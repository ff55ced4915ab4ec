from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anyio import CapacityLimiter, move_on_after
from anyio.to_thread import run_sync
from fastapi import APIRouter

from recsys.api.answers import Json
from recsys.api.schemas import Health
from recsys.releases.live import LiveShop
from recsys.workflows.shop import health

_PATIENCE_SECONDS = 2.0
# Of its own, so that it answers while slow requests hold all the threads that routes share.
_THREADS = 2


def health_routes(shop: LiveShop, worker_state: Callable[[], str] | None) -> APIRouter:
    """Return the route that tells what serves.

    Parameters
    ----------
    worker_state
        What the server knows of the worker it watches over; asked while no worker is at work.
    """
    router = APIRouter(tags=["Server"])
    limiter = CapacityLimiter(_THREADS)

    def look() -> dict[str, Any]:
        found = health(shop)
        if found["worker"] == "absent" and worker_state is not None:
            state = worker_state()
            # A process that runs and has not taken the lock yet is still starting.
            found["worker"] = "starting" if state == "running" else state
        return found

    @router.get(
        "/health",
        responses={200: {"model": Health}, 503: {"model": Health}},
        summary="What serves",
    )
    async def tell() -> Json:
        """Release, dataset, models, index and worker; 503 when lists cannot be served."""
        with move_on_after(_PATIENCE_SECONDS):
            found = await run_sync(look, limiter=limiter, abandon_on_cancel=True)
            return Json(found, 200 if found["status"] == "ok" else 503)
        problem = f"The index or the database did not answer within {_PATIENCE_SECONDS:.0f} s."
        return Json(Health(status="unavailable", problem=problem).model_dump(), 503)

    return router
