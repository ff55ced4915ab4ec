"""A page with nothing but the map's component: ``streamlit run benchmarks/map_app.py``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POINTS = (2_000, 20_000, 200_000, 1_000_000)
PLOTLY_POINTS = (2_000, 20_000)
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
    if st.query_params.get("way") == "plotly":
        _by_plotly(at, group)
        return
    picked = (st.session_state.get("map") or {}).get("picked") or {}
    rows = inside(at, np.array(picked["polygon"])) if picked.get("kind") == "area" else None
    st.write(f"{0 if rows is None else int(rows.sum()):,} chosen")
    colours = Colours("groups", group, tuple(f"Category {one}" for one in range(_GROUPS)))
    painted = paint(drawing, colours, title="Category", currency="USD")
    legend(pointed(painted, drawing, rows), key="map-legend")
    scatter(drawing.data, key="map", on_picked=lambda: None)


def _by_plotly(at: NDArray[np.float32], group: NDArray[np.int16]) -> None:
    """Draw the same with Plotly, as docs/decisions/015-map-component.md compares."""
    import plotly.graph_objects as go
    import streamlit as st  # noqa: TID251 - this is a page

    state = st.session_state.get("plotly") or {}
    rows = state.get("selection", {}).get("point_indices", [])
    st.write(f"{len(rows):,} chosen")
    marker = {"size": 4, "color": group.astype(np.uint8), "colorscale": "Viridis"}
    chart = go.Figure(go.Scattergl(x=at[:, 0], y=at[:, 1], mode="markers", marker=marker))
    chart.update_layout(uirevision="same", dragmode="lasso", height=500)
    st.plotly_chart(chart, key="plotly", on_select="rerun", selection_mode="lasso")


if __name__ == "__main__":
    main()
