"""How long a segment's preview takes with 100,000 shoppers, and what a file of it costs.

``python -m benchmarks.segment_preview [--shoppers 100000]`` makes a shop of that many shoppers with
twenty tastes, publishes it, and asks for previews of segments of every kind, each with another
seed, another size or other conditions, so that nothing is answered from memory but what a release
keeps.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.results import Result, at_most, machine, percentile, table, told
from recsys.data.arrow import pa, write_parquet
from recsys.data.ingest import Source, ingest
from recsys.releases.live import LiveShop, LiveView
from recsys.segments.definition import Conditions, Definition, Leaving, Seeds, Wanted
from recsys.settings import Settings
from recsys.types import Placement
from recsys.workflows.publishing import publish_release
from recsys.workflows.seed_files import read_seeds
from recsys.workflows.segment_exports import export_segment
from recsys.workflows.segments import preview, save_segment
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

_ITEMS, _TASTES, _PURCHASES = 20_000, 20, 15
_EACH = 12
_LIMIT = 500
_START = 1_700_000_000
_SEED_ROWS = 10_000_000


def run(folder: Path, shoppers: int = 100_000) -> list[Result]:
    """Measure previews of all kinds, a seed file of ten million rows, and an export of all."""
    workspace = Workspace(Settings(home=folder / "home"))
    _publish(workspace, folder, shoppers)
    view = LiveShop(workspace).current()
    results: list[Result] = []
    every: list[float] = []
    for kind, definitions in _definitions(view).items():
        seconds: list[float] = []
        for number, definition in enumerate(definitions):
            started = time.perf_counter()
            preview(workspace, view, definition)
            if number:  # the first one of a kind reads what the release keeps from then on
                seconds.append(time.perf_counter() - started)
        every += seconds
        name = f"segment preview, {shoppers:,} shoppers, {kind}: p95"
        results.append(told(name, percentile(seconds, 95), unit="ms"))
    name = f"segment preview, {shoppers:,} shoppers, all kinds: p95"
    results.append(at_most(name, percentile(every, 95), _LIMIT, unit="ms"))
    return [*results, *_files(workspace, view, folder)]


def _publish(workspace: Workspace, folder: Path, shoppers: int) -> None:
    random = np.random.default_rng(3)
    user = np.repeat(np.arange(shoppers), _PURCHASES)
    taste = user % _TASTES
    own = _ITEMS // _TASTES
    item = np.where(
        random.random(len(user)) < 0.8,
        taste * own + (random.pareto(1.5, len(user)) * 40).astype(np.int64) % own,
        random.integers(_ITEMS, size=len(user)),
    )
    at = _START + random.integers(400 * 86_400, size=len(user))
    rows = {
        "user_id": [f"u{one}" for one in user.tolist()],
        "item_id": [f"i{one}" for one in item.tolist()],
        "timestamp": at,
        "price": np.round(random.random(len(user)) * 40 + 1, 2),
    }
    goods = {
        "item_id": [f"i{one}" for one in range(_ITEMS)],
        "name": [f"Product {one}" for one in range(_ITEMS)],
        "category": [f"Category {one // own}" for one in range(_ITEMS)],
        "brand": [f"Brand {one % 300}" for one in range(_ITEMS)],
    }
    people = {
        "user_id": [f"u{one}" for one in range(shoppers)],
        "email": [f"u{one}@shop.example" for one in range(shoppers)],
        "consent": ["yes" if one % 3 else "no" for one in range(shoppers)],
        "tier": [("gold", "silver", "none")[one % 3] for one in range(shoppers)],
    }
    sources: dict[str, Source] = {}
    for name, columns in (("interactions", rows), ("items", goods), ("shoppers", people)):
        path = folder / f"{name}.parquet"
        write_parquet(pa.table({key: pa.array(cells) for key, cells in columns.items()}), path)
        roles = [role for role in columns if role != "tier"]
        sources[name] = Source(path, {role: role for role in roles})
    ingest(
        workspace,
        interactions=sources["interactions"],
        items=sources["items"],
        shoppers=sources["shoppers"],
        name="Benchmark",
    )
    als = train_model(workspace, "als", settings={"factors": 64, "iterations": 5}, evaluate=False)
    only: tuple[Placement, ...] = ("for_you", "similar", "lookalikes")
    strategies: dict[Placement, str] = dict.fromkeys(only, als)
    publish_release(workspace, strategies=strategies, only=only, evaluate=False, actor="benchmark")


def _definitions(view: LiveView) -> dict[str, list[Definition]]:
    ids = view.release.user_ids.ids
    random = np.random.default_rng(5)

    def some(count: int) -> tuple[str, ...]:
        return tuple(ids[int(row)] for row in random.choice(len(ids), count, replace=False))

    each = range(_EACH)
    return {
        "1,000 seeds by ids": [
            Definition(kind="lookalikes", seeds=Seeds(ids=some(1_000)), size=1_000 * (one + 1))
            for one in each
        ],
        "seeds by a rule": [
            Definition(
                kind="lookalikes",
                seeds=Seeds(conditions=Conditions(top_spenders=0.01 * (one + 1))),
                scorer="classifier" if one % 2 else "nearest",
                size=10_000,
            )
            for one in each
        ],
        "conditions": [
            Definition(
                kind="rule",
                conditions=Conditions(
                    categories=(f"Category {one}",), days_since_max=30 * (one + 1), orders_min=3
                ),
                leaving=Leaving(no_consent=True, bought_within_days=7),
                holdout=0.1,
            )
            for one in each
        ],
        "affinity to a category": [
            Definition(kind="affinity", wanted=Wanted(categories=(f"Category {one}",)), size=5_000)
            for one in each
        ],
        "a list": [Definition(kind="list", ids=some(20_000)) for _ in each],
    }


def _files(workspace: Workspace, view: LiveView, folder: Path) -> Iterator[Result]:
    everybody = Definition(kind="rule", conditions=Conditions(orders_min=1))
    line = save_segment(workspace, view, "Everybody", everybody, actor="benchmark")
    before = _peak()
    started = time.perf_counter()
    manifest = export_segment(
        workspace, view, line.id, folder / "all.csv", layout="machines", actor="benchmark"
    )
    name = f"CSV of {manifest['rows']:,} members"
    yield told(name, time.perf_counter() - started, unit="s")
    yield told(f"{name}: memory grew by", _peak() - before, unit="MB")
    path = folder / "seeds.csv"
    count = len(view.release.user_ids)
    with path.open("w", encoding="utf-8") as file:
        file.write("row,customer,note\n")
        for one in range(_SEED_ROWS):
            file.write(f"{one},u{one % (2 * count)},x\n")
    before = _peak()
    started = time.perf_counter()
    found = read_seeds(workspace, view, path)
    name = f"seed file of {found.rows:,} rows"
    yield told(name, time.perf_counter() - started, unit="s")
    yield told(f"{name}: memory grew by", _peak() - before, unit="MB")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.segment_preview")
    parser.add_argument("--shoppers", type=int, default=100_000)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="aisle-bench-") as folder:
        print(f"{machine()}\n\n{table(run(Path(folder), given.shoppers))}")


if __name__ == "__main__":
    main()
