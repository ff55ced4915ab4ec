"""A map as it is kept: the places of points, their groups, and what is told of both."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import load_array
from recsys.workspace import Workspace

Of = Literal["items", "shoppers", "both"]
Method = Literal["umap", "pca"]


@dataclass(frozen=True)
class Cluster:
    """A group of points that lie close in the space (not: on the picture).

    Attributes
    ----------
    name
        What lifts: over-represented categories or words, for people.
    sales
        Pieces sold of its products, or spent by its shoppers, in the newest 28 days; None where
        unknown.
    growth
        Against the 28 days before: 0.1 is ten percent more; None where there is nothing to
        compare.
    """

    name: str
    size: int
    sales: float | None
    growth: float | None


@dataclass(frozen=True)
class Picture:
    """A map of a model's space.

    Attributes
    ----------
    id
        Empty for one that is not kept.
    of
        What its points are; of "both", the items come first, then the shoppers.
    points
        Shape ``(n, 2)``, float32, by row number; NaN for what the space knows nothing of.
    clusters
        Number of each point's group in :attr:`groups` (int16), -1 for none.
    sales
        By point: pieces sold of a product, money spent by a shopper (orders where the shop has no
        prices), all in all (float32).
    about
        The manifest: ``model_id``, ``dataset_id``, ``n_items`` and ``n_shoppers`` (points of
        each), ``method``, ``started_from`` (map id or ""), ``median_shift`` (share of the map's
        width, None), ``common`` (points that both maps have), ``left_out`` (points without a
        place), ...
    margin
        Of each product, as a share of its price (float32); None where no cost is known. The cost
        itself is not kept.
    """

    id: str
    of: Of
    method: Method
    points: NDArray[np.float32]
    clusters: NDArray[np.int16]
    groups: tuple[Cluster, ...]
    sales: NDArray[np.float32]
    about: dict[str, Any]
    margin: NDArray[np.float32] | None = None

    @property
    def n_items(self) -> int:
        """So many points are products and come first; the others are shoppers."""
        return 0 if self.of == "shoppers" else int(self.about["n_items"])

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which points have a place."""
        return np.isfinite(self.points[:, 0]) & np.isfinite(self.points[:, 1])

    def save(self, folder: Path) -> None:
        """Write the arrays into a map's folder; the rest is the manifest, see :meth:`facts`."""
        for name in ("points", "clusters", "sales"):
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        if self.margin is not None:
            np.save(folder / "margin.npy", self.margin, allow_pickle=False)

    def facts(self) -> dict[str, Any]:
        """Return what the manifest says."""
        groups = [asdict(group) for group in self.groups]
        return {**self.about, "of": self.of, "method": self.method, "groups": groups}

    @classmethod
    def open(cls, workspace: Workspace, map_id: str) -> Picture:
        """Open a map of the workspace.

        Raises
        ------
        NotFound
            There is none of that id.
        StorageError
            A file is damaged.
        """
        folder, about = workspace.maps.path(map_id), workspace.maps.manifest(map_id)
        return cls(
            id=map_id,
            of=about["of"],
            method=about["method"],
            points=load_array(folder / "points.npy"),
            clusters=load_array(folder / "clusters.npy"),
            groups=tuple(Cluster(**group) for group in about["groups"]),
            sales=load_array(folder / "sales.npy"),
            about=about,
            margin=load_array(margin) if (margin := folder / "margin.npy").is_file() else None,
        )
