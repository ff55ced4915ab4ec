from __future__ import annotations

from pathlib import Path

import numpy as np

from recsys.data.dataset import EventKind, Interactions
from recsys.releases.people import People, people_by


def rows(**given: list[float]) -> Interactions:
    kinds = {
        "user": np.int32,
        "item": np.int32,
        "weight": np.float32,
        "quantity": np.float32,
        "basket": np.int32,
        "timestamp": np.int64,
        "price": np.float32,
        "event": np.int8,
    }
    return Interactions(**{name: np.array(v, kinds[name]) for name, v in given.items()})


def test_orders_pieces_money_and_days_by_hand() -> None:
    found = people_by(
        rows(
            user=[0, 2, 0, 0],
            item=[0, 0, 1, 1],
            weight=[1, 1, 1, 1],
            quantity=[2, 1, 1, 3],
            basket=[0, 2, 0, 1],
            timestamp=[100, 200, 300, 400],
            price=[1.5, 4.0, np.nan, 2.0],
        ),
        4,
    )
    assert found.orders.tolist() == [2, 0, 1, 0]
    assert found.pieces.tolist() == [6, 0, 1, 0]
    assert found.spend is not None
    assert found.spend.tolist() == [9.0, 0, 4.0, 0]
    assert found.first is not None
    assert found.first.tolist() == [100, 0, 200, 0]
    assert found.last is not None
    assert found.last.tolist() == [400, 0, 200, 0]


def test_a_view_is_no_order() -> None:
    found = people_by(
        rows(
            user=[0, 0],
            item=[0, 1],
            weight=[0.5, 1],
            quantity=[1, 1],
            basket=[0, 1],
            event=[EventKind.VIEWED, EventKind.PURCHASED],
        ),
        1,
    )
    assert found.orders.tolist() == [1]
    assert (found.spend, found.first, found.last) == (None, None, None)


def test_nothing_bought_by_nobody() -> None:
    none = rows(user=[], item=[], weight=[], quantity=[], basket=[])
    assert people_by(none, 2).orders.tolist() == [0, 0]


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    assert People.load(tmp_path) is None
    found = people_by(rows(user=[1], item=[0], weight=[1], quantity=[1], basket=[0]), 2)
    found.save(tmp_path)
    again = People.load(tmp_path)
    assert again is not None
    assert again.orders.tolist() == [0, 1]
    assert again.spend is None
