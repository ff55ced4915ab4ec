from __future__ import annotations

from pathlib import Path

from recsys.settings import Settings
from recsys.vectors.base import VectorStore


def vector_store(settings: Settings, folder: Path, release_id: str) -> VectorStore:
    """Return where the indexes of one release live: its own folder, or a Qdrant server."""
    if settings.qdrant_url:
        from recsys.vectors.server import ServerStore, connect

        client = connect(settings.qdrant_url, settings.qdrant_api_key)
        return ServerStore(client, prefix=f"aisle-{release_id}")
    from recsys.vectors.edge import EdgeStore

    return EdgeStore(folder)
