"""A page with nothing but the map's component: ``streamlit run benchmarks/map_app.py``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POINTS = (2_000, 20_000, 200_000, 1_000_000)
_GROUPS = 12


def blobs(points: int) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
    """Return points in groups, and the group of each."""
    dice = np.random.default_rng(1)
    group = dice.integers(0, _GROUPS, points)
    center = dice.normal(size=(_GROUPS, 2)) * 6
    return (center[group] + dice.normal(size=(points, 2))).astype(np.float32), group.astype(
        np.int16
    )


def main() -> None:
    """Draw as many points as the address says, and count those in a lasso."""
    import streamlit as st  # noqa: TID251 - this is a page

    from pages.ui.map_legend import paint, pointed
    from pages.ui.scatter import legend, scatter
    from pages.ui.scatter.packing import Drawing, Facts, pack
    from recsys.maps.inside import inside
    from recsys.workflows.maps import Colours

    @st.cache_resource
    def drawing_of(points: int) -> Drawing:
        at, group = blobs(points)
        dice = np.random.default_rng(2)
        facts = Facts(
            names=[f"Product {row} with a name of usual length" for row in range(points)],
            groups=[f"Category {number}" for number in range(_GROUPS)],
            group=group.astype(np.int32),
            price=dice.lognormal(1, 0.6, points).astype(np.float32),
            sales=dice.lognormal(3, 1.5, points).astype(np.float32),
            money="$#",
            told="# sold",
        )
        return pack(at, facts, name="map")

    @st.cache_resource
    def points_of(points: int) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
        return blobs(points)

    st.set_page_config(layout="wide")
    count = int(st.query_params.get("points", POINTS[0]))
    at, group = points_of(count)
    drawing = drawing_of(count)
    picked = (st.session_state.get("map") or {}).get("picked") or {}
    rows = inside(at, np.array(picked["polygon"])) if picked.get("kind") == "area" else None
    st.write(f"{0 if rows is None else int(rows.sum()):,} chosen")
    colours = Colours("groups", group, tuple(f"Category {one}" for one in range(_GROUPS)))
    painted = paint(drawing, colours, title="Category", currency="USD")
    legend(pointed(painted, drawing, rows), key="map-legend")
    scatter(drawing.data, key="map", on_picked=lambda: None)


if __name__ == "__main__":
    main()
