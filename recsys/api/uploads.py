from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from anyio import CancelScope, CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from recsys.api.answers import Json
from recsys.api.schemas import ERRORS, Uploaded
from recsys.workflows.uploads import Upload, UploadInfo, open_upload
from recsys.workspace import Workspace

# So much is gathered before a thread writes it: handing over costs more than a small write.
_PIECE_BYTES = 1_000_000
# Uploads write in threads of their own: a slow disk must not hold up shelves, nor they uploads.
_THREADS = 4


def upload_routes(workspace: Workspace) -> APIRouter:
    """Return the route that takes a file in without holding it in memory."""
    router = APIRouter(tags=["Uploads"])
    limiter = CapacityLimiter(_THREADS)

    @router.put(
        "/uploads/{ticket}",
        responses={200: {"model": Uploaded}, **ERRORS},
        summary="Send a file",
    )
    async def receive(
        ticket: str,
        request: Request,
        x_file_name: Annotated[str, Header(description="Percent-encoded.")],
    ) -> Response:
        """Store the body of the request as a file. A ticket from the Files page is good for one."""
        upload = await run_sync(
            open_upload, workspace, ticket, unquote(x_file_name), limiter=limiter
        )
        try:
            info = await _store(request, upload, limiter)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read more
        return Json(
            {
                "upload_id": info.upload_id,
                "file_name": info.file_name,
                "bytes": info.bytes,
                "sha256": info.sha256,
            }
        )

    return router


async def _store(request: Request, upload: Upload, limiter: CapacityLimiter) -> UploadInfo:
    """Write a request's body to an upload; whatever goes wrong, nothing stays on the disk."""
    piece = bytearray()
    try:
        announced = request.headers.get("content-length", "")
        if announced.isdecimal():
            await run_sync(upload.expect, int(announced), limiter=limiter)
        async for chunk in request.stream():
            piece += chunk
            if len(piece) >= _PIECE_BYTES:
                await run_sync(upload.write, bytes(piece), limiter=limiter)
                piece.clear()
        await run_sync(upload.write, bytes(piece), limiter=limiter)
        return await run_sync(upload.finish, limiter=limiter)
    except BaseException:
        # The sender went away or the server stops: clean up before the cancel goes on.
        with CancelScope(shield=True):
            await run_sync(upload.discard, limiter=limiter)
        raise
