from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.data.ids import IdMap

_IDS = st.lists(st.text(), unique=True)


@given(_IDS)
def test_rows_and_ids_are_inverse(ids: list[str]) -> None:
    found = IdMap(ids)
    assert [found.row(value) for value in ids] == list(range(len(found)))
    assert [found.id(row) for row in range(len(found))] == ids
    assert found.rows(reversed(ids)) == list(reversed(range(len(ids))))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_IDS)
def test_saved_map_is_the_same(tmp_path: Path, ids: list[str]) -> None:
    path = tmp_path / "it's.parquet"
    IdMap(ids).save(path)
    assert IdMap.load(path) == IdMap(ids)


def test_unknown_ids_have_no_row_and_no_row_has_two_ids() -> None:
    ids = IdMap(("00123", "1e5"))
    assert ids.row("123") is None
    assert ids.rows(["1e5", "123"]) == [1]
    assert "00123" in ids
    assert "123" not in ids
    with pytest.raises(IndexError):
        ids.id(-1)
    with pytest.raises(IndexError):
        ids.id(2)
    with pytest.raises(ValueError, match="same id twice"):
        IdMap(("a", "a"))
