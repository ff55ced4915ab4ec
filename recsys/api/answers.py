"""What the API answers with: JSON, and one shape for every error."""

from __future__ import annotations

from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from recsys.errors import (
    AisleError,
    BadAnswer,
    Busy,
    Conflict,
    InputError,
    KeyRefused,
    NoKey,
    NotFound,
    NotReady,
    ProviderError,
    StorageError,
    Unreachable,
)

_CODES: dict[type[AisleError], str] = {
    Conflict: "conflict",
    InputError: "invalid_input",
    NotFound: "not_found",
    NotReady: "not_ready",
    StorageError: "storage_error",
    ProviderError: "provider_error",
    NoKey: "no_key",
    KeyRefused: "key_refused",
    Busy: "provider_busy",
    Unreachable: "provider_unreachable",
    BadAnswer: "bad_answer",
}
_HTTP_CODES = {400: "invalid_input", 404: "not_found", 405: "method_not_allowed"}


class Json(Response):
    """A JSON answer; what JSON cannot say (NaN, infinity) becomes null."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return to_json(content, inf_nan_mode="null")


def error_answer(request_id: str, status: int, code: str, message: str, hint: str = "") -> Json:
    """Return an error in the one shape that all errors have."""
    error = {"code": code, "message": message, "hint": hint, "request_id": request_id}
    return Json({"error": error}, status)


def answer_errors(app: FastAPI) -> None:
    """Have an app answer all foreseen errors, its framework's too, in the one shape."""

    @app.exception_handler(AisleError)
    async def _(request: Request, error: AisleError) -> Json:
        code = next((_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), "failed")
        answer = error_answer(_id(request), error.status, code, error.message, error.hint)
        if isinstance(error, Busy) and error.retry_after is not None:
            answer.headers["Retry-After"] = str(ceil(error.retry_after))
        return answer

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Json:
        found = "; ".join(_problem(problem) for problem in error.errors())
        hint = "The page /api/docs lists what each address takes."
        return error_answer(_id(request), 422, "invalid_input", f"{found}.", hint)

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> Json:
        code = _HTTP_CODES.get(error.status_code, "http_error")
        answer = error_answer(
            _id(request),
            error.status_code,
            code,
            f"{request.method} {request.url.path}: {error.detail}.",
            "The page /api/docs lists all addresses.",
        )
        answer.headers.update(error.headers or {})
        return answer


def _id(request: Request) -> str:
    return request.state.request_id


def _problem(problem: dict[str, Any]) -> str:
    """Say in words what is wrong with one value; ``("query", "n")`` is called ``n``."""
    where = ".".join(str(part) for part in problem["loc"][1:]) or problem["loc"][0]
    return f"{where}: {problem['msg'].removeprefix('Value error, ')}"
