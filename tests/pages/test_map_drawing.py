"""What the browser gets of a map: points as bytes, colours and marks as a legend."""

from __future__ import annotations

import base64
import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from pages.ui import map_palette, state_map
from pages.ui.map_legend import paint, pointed, seen
from pages.ui.scatter.packing import SIZES, Drawing, Facts, pack
from recsys.workflows.maps import Colours

POINTS = np.array([[0, 0], [np.nan, 1], [4, 2], [2, -1], [1, 1]], np.float32)
SALES = np.array([0, 9, 99, 9, 0], np.float32)


def facts(**changed: Any) -> Facts:
    given: dict[str, Any] = {
        "names": ["Tea", "Lost", "Iron\nkettle", "<b>Mug</b>", "x" * 200],
        "groups": ["Drinks", "Kitchen"],
        "group": np.array([0, 0, 1, 1, -1], np.int32),
        "price": np.array([2.5, 1, np.nan, 3, 4], np.float32),
        "sales": SALES,
        "money": "$#",
        "told": "# sold",
    }
    return Facts(**{**given, **changed})


def read(drawing: Drawing) -> dict[str, Any]:
    """As source/columns.js reads it."""
    length = int.from_bytes(drawing.data[:4], "little")
    head = json.loads(drawing.data[4 : 4 + length])
    at = 4 + length
    for name, kind, size in head["columns"]:
        part = drawing.data[at : at + size]
        head[name] = part.decode().split("\n") if kind == "text" else np.frombuffer(part, kind)
        at += size
    assert at == len(drawing.data)
    return head


def test_points_reach_the_browser_the_largest_first_and_without_those_that_have_no_place() -> None:
    drawing = pack(POINTS, facts(), name="map")
    head = read(drawing)
    assert drawing.rows.tolist() == [2, 3, 0, 4]
    assert head["names"] == ["Iron kettle", "<b>Mug</b>", "Tea", "x" * 80]
    assert head["size"].tolist() == [SIZES - 1, 4, 0, 0]
    assert head["group"].tolist() == [1, 1, 0, 2], "2 is none of the two"
    assert np.isnan(head["price"][0])
    back = np.stack([head["x"], head["y"]], 1) * head["half"] + head["center"]
    assert np.allclose(back, POINTS[drawing.rows], atol=1e-6)
    assert float(np.abs(np.stack([head["x"], head["y"]])).max()) == pytest.approx(0.95)
    assert (drawing.place(3), drawing.place(1)) == (1, None)


def test_the_stamp_names_the_content() -> None:
    first = pack(POINTS, facts(), name="map")
    assert pack(POINTS, facts(), name="map").stamp == first.stamp
    assert read(first)["stamp"] == first.stamp
    assert pack(POINTS, facts(), name="map", by_sales=False).stamp != first.stamp
    assert pack(POINTS + 1, facts(), name="map").stamp != first.stamp


def test_a_map_of_nothing_and_of_one_point() -> None:
    none = pack(POINTS[1:2], facts(names=["Lost"], group=np.zeros(1, np.int32)), name="map")
    assert (len(none.rows), read(none)["count"]) == (0, 0)
    one = read(pack(POINTS[:1], facts(), name="map"))
    assert (one["x"].tolist(), one["y"].tolist()) == ([0], [0])


def codes(told: dict[str, Any]) -> list[int]:
    return list(base64.b64decode(told["codes"]))


def test_groups_have_a_colour_each_and_none_is_grey() -> None:
    drawing = pack(POINTS, facts(), name="map")
    groups = Colours("groups", np.array([0, 0, 1, -1, 1], np.int16), ("Drinks", "Kitchen"))
    told = paint(drawing, groups, title="Category", currency="")
    assert codes(told) == [1, 2, 0, 1]
    assert told["groups"] == [(0, "Drinks", 1), (1, "Kitchen", 2), (2, "No value", 1)]
    assert told["light"][2] == map_palette.NONE_LIGHT
    assert len(told["dark"]) == 3
    assert seen(groups, ()).tolist() == [True] * 5
    assert seen(groups, (1, 2)).tolist() == [False, False, True, True, True]


def test_the_thirteenth_group_is_the_rest() -> None:
    labels = (*"abcdefghijkl", "Other")
    told = paint(
        pack(POINTS, facts(), name="map"),
        Colours("groups", np.array([12, 0, 1, 2, 3], np.int16), labels),
        title="Category",
        currency="",
    )
    assert told["light"][12] == map_palette.OTHER_LIGHT
    assert len(set(told["light"])) == len(set(told["dark"])) == 14


def test_numbers_are_shaded_by_rank_so_that_one_large_one_hides_nothing() -> None:
    drawing = pack(POINTS, facts(), name="map", by_sales=False)
    prices = Colours("numbers", np.array([1, 5, 1_000_000, 2, np.nan], np.float32), (), "USD")
    told = paint(drawing, prices, title="Price", currency="USD")
    shades = map_palette.STEPS
    assert codes(told) == [shades // 6, int(shades * 5 / 6), shades // 2, shades]
    assert (told["low"], told["high"]) == ("$1.00", "$1,000,000.00")
    assert told["groups"] == [(shades, "No value", 1)]


def test_what_is_marked_is_told_by_place() -> None:
    drawing = pack(POINTS, facts(), name="map")
    rows = np.array([True, True, False, True, False])
    told = pointed({}, drawing, rows, near=[3, 1, 0], flight=2)
    assert base64.b64decode(told["marked"]) == bytes([0b0110])
    assert told["near"] == [1, 2], "what has no place has no line"
    assert pointed({}, drawing, None)["marked"] == ""


def test_what_a_browser_sends_is_checked() -> None:
    def taken(**told: Any) -> state_map.Chosen | None:
        return state_map.read(told, "stamp", "category", np.array([7, 5]))

    area = taken(kind="area", polygon=[[0, 1], [2, 3.5], [4, 5]], shown=[2])
    assert area == state_map.Chosen("stamp", "area", ((0, 1), (2, 3.5), (4, 5)), (2,), "category")
    assert taken(kind="point", at=1) == state_map.Chosen("stamp", "point", number=5)
    wrong: list[dict[str, Any]] = [
        {"kind": "clear"},
        {"kind": "point", "at": 2},
        {"kind": "point", "at": -1},
        {"kind": "point"},
        {"kind": "area", "polygon": [[0, float("nan")]], "shown": []},
        {"kind": "area", "polygon": [["x", "y"]], "shown": []},
        {"kind": "area", "polygon": [[0]], "shown": []},
        {"kind": "area", "polygon": None, "shown": []},
        {"kind": "area", "polygon": [[0, 0]] * 30_000, "shown": []},
        {"kind": "delete"},
    ]
    assert [taken(**one) for one in wrong] == [None] * len(wrong)


# Machado, Oliveira and Fernandes 2009, on linear RGB: what who lacks a kind of cones sees.
EYES = {
    "all": np.eye(3),
    "no red": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson 2020: equal distances look equally different."""
    cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    axes = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.cbrt(np.clip(np.array(cones) @ rgb, 0, None)) @ np.array(axes).T


def contrast(colour: str, ground: str) -> float:
    one, other = (linear(each) @ [0.2126, 0.7152, 0.0722] for each in (colour, ground))
    return float((max(one, other) + 0.05) / (min(one, other) + 0.05))


@pytest.mark.parametrize(("dark", "ground"), [(False, "#FFFFFF"), (True, "#111514")])
def test_all_eyes_tell_the_groups_apart(dark: bool, ground: str) -> None:
    palette = map_palette.groups(dark)
    assert len(palette) == 12
    for eyes, needed in (("all", 0.12), ("no red", 0.07), ("no green", 0.07), ("no blue", 0.07)):
        found = [oklab(np.clip(EYES[eyes] @ linear(one), 0, 1)) for one in palette]
        nearest = min(float(np.linalg.norm(a - b)) for a, b in combinations(found, 2))
        assert nearest >= needed, (eyes, nearest)
    assert min(contrast(one, ground) for one in palette) >= 2.5


@pytest.mark.parametrize(("dark", "ground"), [(False, "#FFFFFF"), (True, "#111514")])
def test_more_is_further_from_the_ground(dark: bool, ground: str) -> None:
    steps = [contrast(one, ground) for one in map_palette.shades(dark)]
    assert len(steps) == map_palette.STEPS
    assert steps == sorted(steps)
    assert steps[0] >= 1.5
