"""How long maps take: the job in a waiting worker, and what a page asks of one of 200,000 points.

The peer is umap-learn's own call with the same seed, neighbours and start, in a fresh process:
``python -m benchmarks.map_speed``.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.demo import Demo
from benchmarks.jobs import finish
from benchmarks.processes import Worker, measure
from benchmarks.results import Result, at_most, percentile, told
from benchmarks.seen import await_spare
from recsys.maps.drawing import NEIGHBOURS, SEED
from recsys.maps.picture import Of, Picture
from recsys.maps.vectors import drawable, vectors_of
from recsys.releases.live import LiveShop, LiveView
from recsys.workflows.maps import (
    colourings,
    colours,
    inside,
    neighbours,
    newest_map,
    quick_map,
    selection,
    submit_map,
)
from recsys.workspace import Workspace

_POINTS = 200_000
_TIMES = 20


def run(demo: Demo) -> list[Result]:
    """Draw the demo shop's products three times, then look at the map as a page does."""
    workspace = demo.workspace()
    seconds: dict[str, float] = {}
    with Worker(workspace.home) as worker:
        for name, of in _JOBS:
            await_spare(worker.pid)
            seconds[name] = _drawn(workspace, of)
    plain = measure("benchmarks.map_speed", home=demo.home, timeout=900)
    view = LiveShop(workspace).current()
    picture = newest_map(workspace, view, "items", "for_you")
    assert picture is not None
    first, again, shoppers = (seconds[name] for name, _ in _JOBS)
    return [
        at_most("map of 68,000 products by UMAP, in a waiting worker", first, 60, unit="s"),
        told("- umap-learn called plainly", plain["seconds"], unit="s"),
        told("- going on from the map before", again, unit="s"),
        told("map of all shoppers", shoppers, unit="s"),
        *_looks(view, picture),
    ]


_JOBS: tuple[tuple[str, Of], ...] = (("first", "items"), ("again", "items"), ("all", "shoppers"))


def _drawn(workspace: Workspace, of: Of) -> float:
    started = time.perf_counter()
    finish(workspace, submit_map(workspace, of=of, actor="bench"))
    return time.perf_counter() - started


def _looks(view: LiveView, picture: Picture) -> list[Result]:
    """Time what pages ask for, with the map's own points and with 200,000 drawn ones."""
    many = np.random.default_rng(SEED).normal(size=(_POINTS, 2)).astype(np.float32)
    angles = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    lasso = np.column_stack((np.cos(angles), np.sin(angles)))
    placed = np.flatnonzero(picture.placed)
    rows = placed[inside(picture.points[placed], _middle(picture))]
    selection(view, picture, rows)
    names = [one.name for one in colourings(view, picture)]

    def coloured(name: str) -> float:
        colours(view, picture, name)
        return _p95(lambda: colours(view, picture, name))

    return [
        at_most(f"lasso of 300 corners, {_POINTS:,} points: p95", _p95(lambda: inside(many, lasso)),
                20, unit="ms"),
        told(f"what {len(rows):,} chosen products share: p95",
             _p95(lambda: selection(view, picture, rows)), unit="ms"),
        told("the slowest colouring of the map: p95",
             max(map(coloured, names)), unit="ms"),
        told("neighbours of a product: p95",
             _p95(lambda: neighbours(view, picture, int(rows[0]))), unit="ms"),
        told("quick picture of 68,000 products: p95",
             _p95(lambda: quick_map(view, "items", "for_you")), unit="ms"),
    ]  # fmt: skip


def _middle(picture: Picture) -> Any:
    """Return a box around the middle half of a map, by each side."""
    low, high = np.nanpercentile(picture.points, [25, 75], axis=0)
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])])


def _p95(work: Callable[[], object]) -> float:
    seconds: list[float] = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return percentile(seconds, 95)


def _plainly(workspace: Workspace) -> dict[str, float]:
    """Call umap-learn as its documentation does, import and compiling included."""
    view = LiveShop(workspace).current()
    vectors = vectors_of(drawable(view.release.space("for_you"))[0], "items")
    some = vectors.all[vectors.known]
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP

        umap = UMAP(n_neighbors=NEIGHBOURS, metric="cosine", init="pca", random_state=SEED)
        umap.fit_transform(some)
    return {"seconds": time.perf_counter() - started}


if __name__ == "__main__":
    print(json.dumps(_plainly(Workspace.from_environment())))
