from __future__ import annotations

from typing import Any

_ROWS = "user_id,item_id,item_name,price\n"


def test_several_names_in_the_purchases(check: Any) -> None:
    checked = check(
        _ROWS + "a,1,Lamp,5\nb,1,Lamp,5\nb,1,lamp small,5\nc,1,lamp small,0\nc,1,lamp small,0\n"
        "c,2,Hat,5\nc,2,,5\n"
    )
    found = checked.found["several_names"]
    assert found["message"] == "1 product has more than one name in the purchases."
    assert found["advice"] == (
        "Shown is the name that most rows have, counting rows of real purchases first; a catalogue"
        " with names would settle it. Nothing is left out."
    )
    # lamp small has three rows, of which one is a purchase at a price
    shown = {item["item_id"]: item["name"] for item in checked.items()}
    other = ({"Lamp", "lamp small"} - {shown["1"]}).pop()
    assert found["examples"] == [f"1: {shown['1']}, also {other}"]
    assert found["fix"] == ""


def test_names_of_a_catalogue_settle_it(check: Any) -> None:
    checked = check(_ROWS + "a,1,Lamp,5\nb,1,Light,5\n", items="item_id,name\n1,Torch\n")
    assert "several_names" not in checked.found


def test_unsold_products_stay_until_they_are_left_out(check: Any) -> None:
    rows, items = "user_id,item_id\na,1\n", "item_id,name\n1,Lamp\n2,Hat\n3,Cup\n"
    checked = check(rows, items, accept=True)
    found = checked.found["unsold"]
    assert found["message"] == "2 products have no interactions."
    assert (found["examples"], found["removes"], found["proposed"]) == (["2", "3"], 0, False)
    assert len(checked.items()) == 3
    fixed = check(rows, items, fixes=["unsold"])
    assert [item["item_id"] for item in fixed.items()] == ["1"]
    why = "describes a product without interactions"
    assert fixed.rejects() == [("items.csv", "2", why), ("items.csv", "3", why)]
    assert "unsold" not in check("user_id,item_id\na,1\n").found


def test_products_that_cannot_be_shown_while_new(check: Any) -> None:
    items = "item_id,name,category,price\n1,Lamp,Home,5\n2,,Home,\n3,Cup,,2\n"
    found = check("user_id,item_id\na,1\n", items).found["metadata"]
    assert found["message"] == "2 products lack a name, a category or a price."
    assert found["advice"] == (
        "Missing: name 1, category 1, price 1. A new product is placed by these until it has"
        " buyers. Nothing is left out."
    )
    assert found["examples"] == ["2", "3"]
    assert (
        "metadata" not in check("user_id,item_id\na,1\n", items.split("2,,", maxsplit=1)[0]).found
    )


def _catalogue(filled: int) -> str:
    rows = [
        f"{n},Item {n},{'x' if n < filled else ''},{'y' if n < 1 else ''},z\n" for n in range(20)
    ]
    return "item_id,name,colour,brand,size\n" + "".join(rows)


def test_columns_that_are_mostly_empty(check: Any) -> None:
    rows = "user_id,item_id\na,1\n"
    found = check(rows, _catalogue(1)).found["empty_columns"]
    assert found["message"] == "2 columns are filled for fewer than 10% of the products."
    assert found["advice"] == (
        "A filter, a map colour or a segment by such a column would be empty for most. The fix"
        " leaves the columns out, but for those that have a role."
    )
    assert found["examples"] == ["brand: 5.0%", "colour: 5.0%"]
    assert (found["fix"], found["proposed"]) == ("Leave the columns out", False)
    fixed = check(rows, _catalogue(1), fixes=["empty_columns"])
    assert list(fixed.items()[0]) == ["item_id", "name", "brand", "size"]
    only_roles = check(rows, _catalogue(2)).found["empty_columns"]
    assert (only_roles["message"], only_roles["fix"]) == (
        "1 column is filled for fewer than 10% of the products.",
        "",
    )


_DEPARTMENTS = {
    "1": "Home & Living",
    "2": "Sexual wellness",
    "3": "Diät & Abnehmen",
    "4": "Adult clothing",
    "5": "Health & beauty",
    "6": "Tobacco other",
    "7": "Drug & general merchandise",
    "8": "Intimpflege",
    "9": "",
}


def test_sensitive_categories_can_be_marked(check: Any) -> None:
    rows = "user_id,item_id\na,1\n"
    items = "item_id,name,category\n" + "".join(
        f"{item},Item {item},{category}\n" for item, category in _DEPARTMENTS.items()
    )
    found = check(rows, items).found["sensitive"]
    assert found["message"] == "4 products are in a category that may be sensitive."
    assert found["advice"] == (
        "Health, intimate life, pregnancy, weight, belief, alcohol and tobacco, told by words in"
        " the names of categories. Nobody wants to be greeted with them. The fix marks the"
        " products as sensitive, so that reasons and segments can leave them out; they stay on the"
        " shelves."
    )
    assert found["examples"] == [
        "Diät & Abnehmen",
        "Intimpflege",
        "Sexual wellness",
        "Tobacco other",
    ]
    assert (found["severity"], found["proposed"]) == ("look", False)
    fixed = check(rows, items, fixes=["sensitive"])
    marked = {item["item_id"] for item in fixed.items() if item["sensitive"]}
    assert marked == {"2", "3", "6", "8"}
    assert {item["sensitive"] for item in fixed.items()} == {True, False}


def test_a_finer_category_column_tells_too(check: Any) -> None:
    items = "item_id,name,category,product_category\n1,A,Drugstore,Family planning\n2,B,Food,Tea\n"
    fixed = check("user_id,item_id\na,1\n", items, fixes=["sensitive"])
    assert fixed.found["sensitive"]["examples"] == ["Family planning"]
    assert [item["sensitive"] for item in fixed.items()] == [True, False]


def test_a_column_of_that_name_is_not_taken_for_the_mark(check: Any) -> None:
    items = "item_id,category,*Sensitive\n1,Tobacco,yes\n"
    assert check("user_id,item_id\na,1\n", items).found["sensitive"]["count"] == 1
