from __future__ import annotations

import pytest
from workflow_shops import load_shop

from recsys.data.dataset import Dataset
from recsys.errors import NotFound
from recsys.workflows.pairs import pairs_with
from recsys.workspace import Workspace


def test_pairs_are_counted_over_the_baskets_of_the_dataset(workspace: Workspace) -> None:
    dataset_id = load_shop(workspace)
    found = pairs_with(workspace, dataset_id, ["i01", "gone", "i00", "i20"], "i00")
    assert set(found) == {"i01", "i20"}, "what is unknown and the product itself are left out"
    rows = Dataset.open(workspace, dataset_id).interactions()
    baskets: dict[int, set[int]] = {}
    for basket, item in zip(rows.basket.tolist(), rows.item.tolist(), strict=True):
        baskets.setdefault(basket, set()).add(item)
    assert found["i01"].together == sum({0, 1} <= items for items in baskets.values()) > 0
    assert found["i01"].baskets == len(baskets)
    assert found["i20"].together == 0
    assert pairs_with(workspace, dataset_id, ["i01"], "gone") == {}
    with pytest.raises(NotFound):
        pairs_with(workspace, "no-such-dataset", ["i01"], "i00")
