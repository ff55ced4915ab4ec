from __future__ import annotations

import duckdb
import pytest

from recsys.data.reading.events import EVENT_WEIGHTS, kind_of, weight_of, weight_sql

# Starting one takes longer than most of what is asked of it.
ENGINE = duckdb.connect()
KINDS = [
    ("view_item", "viewed", 0.5),
    ("Click", "viewed", 0.5),
    ("Produktansicht", "viewed", 0.5),
    ("add_to_cart", "carted", 0.7),
    ("Added to cart", "carted", 0.7),
    ("In den Warenkorb", "carted", 0.7),
    ("begin_checkout", "carted", 0.7),
    ("purchase", "purchased", 1.0),
    ("Order Completed", "purchased", 1.0),
    ("gekauft", "purchased", 1.0),
    ("remove_from_cart", "removed", -0.5),
    ("refund", "returned", 0.0),
    ("Retoure", "returned", 0.0),
    ("Rückgabe", "returned", 0.0),
    ("scroll", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "kind", "weight"), KINDS)
def test_events_by_their_names(text: str, kind: str | None, weight: float | None) -> None:
    assert kind_of(text) == kind
    assert weight_of(text) == weight
    with ENGINE.cursor() as connection:
        found = connection.execute(f"SELECT {weight_sql('$1')}", [text]).fetchall()[0][0]
    assert found == (None if weight is None else pytest.approx(weight))


def test_a_spelling_means_one_kind() -> None:
    assert all(kind_of(spelling) is not None for spelling in EVENT_WEIGHTS)
    assert len({weight_of(spelling) for spelling in EVENT_WEIGHTS}) == 5
