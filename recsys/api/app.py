from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from recsys.api.answers import answer_errors
from recsys.api.body import BodyLimit
from recsys.api.copy_runs import copy_run_routes
from recsys.api.copywriting import copy_routes
from recsys.api.docs import docs_routes
from recsys.api.guard import API_HEADERS, Guard
from recsys.api.health import health_routes
from recsys.api.items import item_routes
from recsys.api.segments import segment_routes
from recsys.api.shelves import shelf_routes
from recsys.api.uploads import upload_routes
from recsys.releases.live import LiveShop
from recsys.workspace import Workspace


def create_api(
    workspace: Workspace, shop: LiveShop, *, worker_state: Callable[[], str] | None = None
) -> FastAPI:
    """Return the HTTP API of a shop, to be mounted by the server.

    Parameters
    ----------
    workspace
        Where uploads go; its settings name the hosts that are answered.
    shop
        What is live; the dashboard may share it.
    worker_state
        How the server's own worker process is: "running", "starting" or "stopped".

    Examples
    --------
    >>> from starlette.applications import Starlette
    >>> from starlette.routing import Mount
    >>> def server(workspace: Workspace, shop: LiveShop) -> Starlette:
    ...     return Starlette(routes=[Mount("/api", create_api(workspace, shop))])
    """
    app = FastAPI(
        title="Aisle API",
        description="Shelves, segments and copy of a shop, live stock and prices, uploads, health.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(BodyLimit)
    # Added last, it stands first.
    app.add_middleware(Guard, allowed_hosts=workspace.settings.allowed_hosts, headers=API_HEADERS)
    answer_errors(app)
    for router in (
        shelf_routes(shop),
        item_routes(shop),
        segment_routes(shop),
        copy_run_routes(workspace),
        copy_routes(workspace),
        upload_routes(workspace),
        health_routes(shop, worker_state),
        docs_routes(app),
    ):
        app.include_router(router)
    return app
