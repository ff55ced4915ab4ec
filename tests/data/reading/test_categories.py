from __future__ import annotations

import duckdb
import pytest

from recsys.data.reading.categories import CategoryReading, find_reading

# Starting one takes longer than most of what is asked of it.
ENGINE = duckdb.connect()
_TREE = [
    f"{top}/{middle}/{low}"
    for top in ("Men", "Women")
    for middle in ("Tops", "Shoes")
    for low in "ab"
]


def _read(cells: list[object], kind: str = "VARCHAR") -> tuple[CategoryReading, list[list[str]]]:
    with ENGINE.cursor() as connection:
        connection.execute(
            f"CREATE TEMP TABLE t AS SELECT CAST(unnest($1) AS {kind}) AS c", [cells]
        ).fetchall()
        reading = find_reading(connection, "t", column="c", kind=kind)
        levels = [
            [row[0] for row in connection.execute(f"SELECT {sql} FROM t").fetchall()]
            for sql in (reading.level_sql(level) for level in range(1, reading.levels + 1))
        ]
    return reading, levels


@pytest.mark.parametrize("sign", [" > ", ">", ">>", "::", "|", " | ", "\\"])
def test_paths_have_levels(sign: str) -> None:
    reading, levels = _read([sign.join(("Home", "Kitchen", "Mugs")), sign.join(("Home", "Bath"))])
    assert reading.label == f"levels divided by {sign.strip()[: 2 if '::' in sign else 1]}"
    assert levels == [["Home", "Home"], ["Kitchen", "Bath"], ["Mugs", None]]
    assert reading.best == 2


def test_plain_categories_have_one_level() -> None:
    reading, levels = _read(["Mugs", " Plates ", "", None])
    assert (reading.label, reading.levels, reading.best) == ("", 1, 1)
    assert levels == [["Mugs", "Plates", None, None]]
    assert reading.level_sql(2) == "CAST(NULL AS VARCHAR)"


def test_a_sign_in_fewer_than_half_of_the_cells_divides_nothing() -> None:
    assert _read(["A > B", "C", "D"])[0].levels == 1
    assert _read(["A > B", "C"])[0].levels == 2


def test_a_slash_divides_a_tree_only() -> None:
    reading, levels = _read([*_TREE])
    assert (reading.label, reading.levels, reading.best) == ("levels divided by /", 3, 1)
    assert levels[0] == ["Men"] * 4 + ["Women"] * 4
    names = ["Frozen/Ice", "Fruit/Vegetables", "Tea/Coffee", "Beer/Wine"]
    assert _read([*names])[0].levels == 1
    assert _read(["Frozen/Ice", *(f"Category {n}" for n in range(9))])[0].levels == 1
    assert _read([*_TREE, *(f"Category {n}" for n in range(3))])[0].levels == 1


def test_one_root_above_all_is_passed_over() -> None:
    assert _read([f"Default Category/{path}" for path in _TREE])[0].best == 2
    assert _read(["A > B", "A > B"])[0].best == 1


def test_empty_parts_at_the_ends_are_no_levels() -> None:
    assert _read(["/Men/Tops/", "/Men/Shoes/", "/Women/Tops/", "/Women/Shoes/"])[1] == [
        ["Men", "Men", "Women", "Women"],
        ["Tops", "Shoes", "Tops", "Shoes"],
    ]


def test_a_list_has_its_items_for_levels() -> None:
    reading, levels = _read([["Home", "Kitchen"], ["Home"], None], "VARCHAR[]")
    assert (reading.label, reading.best) == ("levels of a list", 1)
    assert levels == [["Home", "Home", None], ["Kitchen", None, None]]
    assert _read([None])[0].levels == 1


def test_deep_paths_are_cut() -> None:
    assert _read([" > ".join("abcdefghijklmnop")])[0].levels == 9


def test_text_is_no_sql() -> None:
    assert _read(["' OR 1=1 > x", "'; DROP TABLE t > y"])[1][0] == ["' OR 1=1", "'; DROP TABLE t"]
