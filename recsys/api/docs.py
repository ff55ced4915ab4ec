from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.1rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
h2 code { background: #8883; padding: .15rem .4rem; border-radius: .3rem }
pre { background: #8881; padding: .75rem; overflow-x: auto; border-radius: .3rem }
table { border-collapse: collapse; width: 100% }
td { border-top: 1px solid #8884; padding: .3rem .8rem .3rem 0; vertical-align: top }
"""


def docs_routes(app: FastAPI) -> APIRouter:
    """Return the page that lists all routes.

    FastAPI's own page loads its program from the internet, which a shop's server may not reach.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def page() -> HTMLResponse:
        return HTMLResponse(_page(app.openapi()))

    return router


def _page(schema: dict[str, Any]) -> str:
    routes = "".join(
        _route(schema, method, path, route)
        for path, methods in schema["paths"].items()
        for method, route in methods.items()
    )
    title, about = escape(schema["info"]["title"]), escape(schema["info"]["description"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{about}</p>"
        '<p>For programs: <a href="openapi.json">openapi.json</a></p>'
        f"{routes}</body></html>"
    )


def _route(schema: dict[str, Any], method: str, path: str, route: dict[str, Any]) -> str:
    rows = "".join(_parameter(parameter) for parameter in route.get("parameters", []))
    body = route.get("requestBody", {}).get("content", {}).get("application/json", {})
    answers = "".join(
        f"<tr><td><code>{escape(status)}</code></td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in route["responses"].items()
    )
    taken = _example(schema, "Body", body.get("schema", {}))
    ok = route["responses"]["200"].get("content", {}).get("application/json", {})
    given = _example(schema, "Answer", ok.get("schema", {}))
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code> {escape(route['summary'])}</h2>"
        f"<p>{escape(route.get('description', ''))}</p>"
        f"<table>{rows}</table>{taken}{given}<table>{answers}</table>"
    )


def _parameter(parameter: dict[str, Any]) -> str:
    about = parameter.get("description") or parameter["schema"].get("description", "")
    default = parameter["schema"].get("default")
    if default is not None:
        about += f" Default: {json.dumps(default)}."
    place = parameter["in"] + (", required" if parameter.get("required") else "")
    name = escape(parameter["name"])
    return f"<tr><td><code>{name}</code></td><td>{place}</td><td>{escape(about)}</td></tr>"


def _example(schema: dict[str, Any], word: str, described: dict[str, Any]) -> str:
    """Return the first example of a body, where its model has one."""
    name = described.get("$ref", "").rpartition("/")[2]
    model = schema["components"]["schemas"].get(name, described)
    if not model.get("examples"):
        return ""
    return f"<p>{word}</p><pre>{escape(json.dumps(model['examples'][0], indent=2))}</pre>"
