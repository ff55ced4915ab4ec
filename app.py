"""The one server: the dashboard, the API under /api, and the worker it watches over.

``streamlit run app.py`` runs it, and so does any ASGI server (``uvicorn app:app``).
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from pages.ui.errors import show_script_error  # noqa: E402 - needs the path above
from pages.ui.resources import shop, workspace  # noqa: E402
from recsys.api.app import create_api  # noqa: E402
from recsys.api.guard import Guard  # noqa: E402
from recsys.jobs.supervisor import Supervisor  # noqa: E402
from recsys.workflows.jobs import WORKER_COMMAND  # noqa: E402

# Puts the keys of .streamlit/secrets.toml into the environment, before the worker inherits it.
st.secrets.load_if_toml_exists()
worker = Supervisor(WORKER_COMMAND)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncGenerator[None]:
    """Run the worker as long as the server runs."""
    worker.start()
    try:
        yield
    finally:
        worker.stop()


app = st.App(
    ROOT / "pages" / "dashboard.py",
    routes=[Mount("/api", create_api(workspace(), shop(), worker_state=worker.state))],
    middleware=[Middleware(Guard, allowed_hosts=workspace().settings.allowed_hosts)],
    lifespan=lifespan,
    on_script_error=show_script_error,
)
