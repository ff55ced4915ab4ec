from __future__ import annotations

from typing import Any

import pytest

_BOUGHT = "user_id,item_id\na,{}\n"


def _check(check: Any, names: dict[str, str], **options: Any) -> Any:
    items = "item_id,name\n" + "".join(f'{item},"{name}"\n' for item, name in names.items())
    return check(_BOUGHT.format(next(iter(names))), items, **options)


def _groups(checked: Any) -> dict[str, str]:
    return {item["item_id"]: item["group_id"] for item in checked.items() if item["group_id"]}


def test_ids_that_begin_alike_and_names_but_for_a_colour(check: Any) -> None:
    names = {
        "15056BL": "EDWARDIAN PARASOL BLACK",
        "15056N": "EDWARDIAN PARASOL NATURAL",
        "15056P": "EDWARDIAN PARASOL PINK",
        "84800S": "SMALL WHITE LILY",
        "84800L": "LARGE WHITE LILY",
        "99999": "Lamp",
    }
    found = _check(check, names).found["variants"]
    assert found["message"] == "5 products are sizes or colours of one another: 2 groups."
    assert found["advice"] == (
        "Their ids begin alike (15056BL, 15056P), and their names are equal once colours and sizes"
        " are taken out. The fix gives each group a group_id, so that a shelf shows one of each;"
        " nothing is left out."
    )
    assert found["examples"] == [
        "EDWARDIAN PARASOL BLACK / EDWARDIAN PARASOL NATURAL / EDWARDIAN PARASOL PINK",
        "LARGE WHITE LILY / SMALL WHITE LILY",
    ]
    assert (found["proposed"], found["removes"]) == (True, 0)
    fixed = _check(check, names, accept=True)
    assert _groups(fixed) == {
        "15056BL": "15056BL",
        "15056N": "15056BL",
        "15056P": "15056BL",
        "84800L": "84800L",
        "84800S": "84800L",
    }
    assert len(fixed.items()) == 6


@pytest.mark.parametrize(
    "names",
    [
        {"SKU-RED-M": "Shirt red M", "SKU-BLU-XL": "Shirt blue XL"},
        {"ABC-40": "Schuh 40", "ABC-41": "Schuh 41"},
        {"ABC-40": "Schuh Gr. 40", "ABC-41": "Schuh Gr. 41"},
        {"T1-ROT": "Hemd, dunkelrot", "T1-GRÜN": "Hemd, grün"},
        {"T2/weiss": "Weißes Hemd", "T2/schwarz": "Schwarzes Hemd"},
        {"77A": "Fairy cake umbrella", "77a": "Fairy cake umbrella"},
    ],
)
def test_more_ways_to_write_a_variant(check: Any, names: dict[str, str]) -> None:
    assert len(set(_groups(_check(check, names, accept=True)).values())) == 1


@pytest.mark.parametrize(
    "names",
    [
        {"ICE-30": "Ice 30 lb", "ICE-40": "Ice 40 lb"},
        {"BOX-30": "Candles, box of 30", "BOX-40": "Candles, box of 40"},
        {"16156L": "WRAP CAROUSEL", "16156S": "WRAP PINK FAIRY CAKES"},
        {"1": "Red", "2": "Blue"},
        {"1": "Red wine", "2": "White wine"},
        {"1": "Water 6 x .5 L", "2": "Water 6 x .5 l"},
        {"1": "Shirt", "2": "Shirt"},
    ],
)
def test_what_is_no_variant(check: Any, names: dict[str, str]) -> None:
    found = _check(check, names).found
    assert "variants" not in found
    assert "variants_by_name" not in found


def test_names_alone_are_not_enough_to_propose(check: Any) -> None:
    names = {"21": "Alarm clock, red", "22": "Alarm clock, green", "23": "Alarm clock"}
    checked = _check(check, names, accept=True)
    found = checked.found["variants_by_name"]
    assert found["message"] == "2 products may be sizes or colours of one another: 1 group."
    assert found["advice"] == (
        "Their names are equal but for a colour or a clothing size at the end; brand and category"
        " are the same, and their ids say nothing. The fix gives each group a group_id, so that a"
        " shelf shows one of each; nothing is left out."
    )
    assert (found["proposed"], found["fixed"]) == (False, False)
    assert "group_id" not in checked.items()[0]
    fixed = _check(check, names, fixes=["variants_by_name"])
    assert _groups(fixed) == {"21": "21", "22": "21"}


def test_another_brand_is_another_product(check: Any) -> None:
    items = "item_id,name,brand\n1,Clock red,Acme\n2,Clock blue,Bolt\n"
    assert "variants_by_name" not in check("user_id,item_id\na,1\n", items).found


def test_both_fixes_give_whole_groups(check: Any) -> None:
    names = {"7A": "Clock red", "7B": "Blue clock", "8": "Clock green"}
    fixed = _check(check, names, fixes=["variants", "variants_by_name"])
    assert _groups(fixed) == {"7A": "7A", "7B": "7A", "8": "7A"}


def test_a_shop_with_groups_of_its_own_is_left_alone(check: Any) -> None:
    items = "item_id,name,group_id\n7A,Clock red,g\n7B,Clock blue,g\n"
    assert "variants" not in check("user_id,item_id\na,7A\n", items).found
