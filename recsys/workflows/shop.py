from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recsys.errors import AisleError
from recsys.releases.live import LiveShop
from recsys.releases.publishing import Publication, live, published
from recsys.workflows.jobs import worker_is_running
from recsys.workspace import Workspace


@dataclass(frozen=True)
class ShopState:
    """Where a shop stands: what there is, newest first, and what is live."""

    datasets: list[dict[str, Any]]
    models: list[dict[str, Any]]
    releases: list[dict[str, Any]]
    live: Publication | None
    worker: bool

    @property
    def dataset(self) -> dict[str, Any] | None:
        """The newest dataset."""
        return self.datasets[0] if self.datasets else None

    def live_release(self) -> dict[str, Any] | None:
        """Return the manifest of what is live."""
        if self.live is None:
            return None
        return next((r for r in self.releases if r["id"] == self.live.release_id), None)


def shop_state(workspace: Workspace) -> ShopState:
    """Read where a shop stands, from manifests and the database; nothing heavy is opened."""
    return ShopState(
        datasets=workspace.datasets.manifests(),
        models=workspace.models.manifests(),
        releases=workspace.releases.manifests(),
        live=live(workspace),
        worker=worker_is_running(workspace),
    )


def publication_history(workspace: Workspace, limit: int = 20) -> list[Publication]:
    """Return what went live, newest first."""
    return published(workspace, limit)


def health(shop: LiveShop) -> dict[str, Any]:
    """Say truthfully what serves: release, dataset, models, index and worker.

    ``status`` is ``ok`` only when a release answers a query now. When the one published last
    cannot be opened, that is the one before; ``problem`` then names both.
    """
    found: dict[str, Any] = {
        "status": "unavailable",
        "release": None,
        "dataset": None,
        "models": {},
        "index": {"points": 0, "answers": False},
        "worker": "unknown",
        "live_changes": 0,
        "rule_set": 0,
        "problem": "",
    }
    try:
        found["worker"] = "running" if worker_is_running(shop.workspace) else "absent"
        view = shop.current()
        release = view.release
        found |= {
            "release": {"id": release.id, "published_at": view.publication.at},
            "dataset": {"id": release.manifest["dataset_id"], "name": release.manifest["name"]},
            "models": release.manifest["models"],
            "live_changes": len(view.changed) + int(view.hidden.sum()),
            "rule_set": view.book.rule_set_id,
        }
        points = release.index.count()
        found["index"] = {"points": points, "answers": points == len(release.item_ids)}
        if not found["index"]["answers"]:
            found["problem"] = (
                f"The index has {points:,} points for {len(release.item_ids):,} items."
            )
        else:
            found |= {"status": "ok", "problem": shop.problem}
    except AisleError as error:
        found["problem"] = str(error)
    return found
