from __future__ import annotations

from typing import Any

_TOYS = "".join(f"a,{1000 + number},Toy {number},5\n" for number in range(30))
_HEAD = "user_id,item_id,item_name,price\n"

_PSEUDO = [
    "POSTAGE",
    "DOTCOM POSTAGE",
    "Next Day Carriage",
    "Bank Charges",
    "Adjust bad debt",
    "P&P",
    "Gift card",
    "Manual",
    "Dotcomgiftshop Gift Voucher £10.00",
    "Versandkosten Ausland",
    "Gebühr für Nachnahme",
    "Mindermengenzuschlag",
    "Geschenkgutschein 50 €",
    "Porto",
    "10% Rabatt",
]
_REAL = [
    "POST OFFICE TOY",
    "FRENCH CARRIAGE LANTERN",
    "COFFEE MUG",
    "TOFFEE CUP",
    "Post card",
    "Gift card holder",
    "Service manual",
    "Set of 6 gift cards",
    "Shipping container toy",
    "Delivery van",
    "Versandtaschen",
    "Tip Top Tea",
    "Sample box chocolate",
]


def test_names_made_only_of_such_words_are_found(check: Any) -> None:
    rows = [f"a,{2000 + n},{name},1\n" for n, name in enumerate(_PSEUDO)]
    rows += [f"a,{3000 + n},{name},1\n" for n, name in enumerate(_REAL)]
    fixed = check(_HEAD + _TOYS + "".join(rows), accept=True)
    assert fixed.found["pseudo"]["count"] == len(_PSEUDO)
    left = {item for _, item in fixed.rows()}
    assert {f"{2000 + n}" for n in range(len(_PSEUDO))} & left == set()
    assert {f"{3000 + n}" for n in range(len(_REAL))} <= left


def test_codes_without_a_digit_are_found_in_a_shop_of_numbers(check: Any) -> None:
    rows = "a,POST,POSTAGE,1\nb,POST,POSTAGE,1\na,DCGSSBOY,BOYS PARTY BAG,1\n"
    found = check(_HEAD + _TOYS + rows + "a,C2,CARRIAGE,1\n").found["pseudo"]
    assert found["message"] == "2 products are postage, fees, vouchers or the like."
    assert found["examples"] == ["POST: POSTAGE", "C2: CARRIAGE"]
    assert (found["removes"], found["proposed"], found["fixed"]) == (3, True, False)
    assert found["advice"] == (
        "Told by a name that holds nothing but such words (postage, discount, versand, gutschein),"
        " or by a code such as POST, DOT or M where 9 of 10 ids have a digit. Nobody wants them"
        " recommended. The fix leaves out the products and their rows."
    )


def test_short_codes_tell_without_names_too(check: Any) -> None:
    rows = "".join(f"a,{1000 + number}\n" for number in range(30))
    found = check(f"user_id,item_id\n{rows}a,M\na,AMAZONFEE\na,LAMP-RED\n").found["pseudo"]
    assert found["examples"] == ["AMAZONFEE", "M"]


def test_letters_are_fine_where_ids_are_words(check: Any) -> None:
    rows = "a,S,Shirt small,1\na,M,Shirt medium,1\na,TEE,Tee,1\na,12,Hat,1\n"
    assert "pseudo" not in check(_HEAD + rows).found


def test_a_name_that_one_row_has_by_mistake_is_not_the_products(check: Any) -> None:
    rows = "a,7,Lamp,5\nb,7,Lamp,5\nc,7,adjustment,0\nc,7,adjustment,0\nc,7,adjustment,0\n"
    assert "pseudo" not in check(_HEAD + _TOYS + rows).found


def test_the_fix_leaves_out_product_and_rows_and_keeps_them_as_rejects(check: Any) -> None:
    fixed = check(
        "user_id,item_id\na,1\na,2\nb,2\nb,1\n",
        # the names n and raw are columns of our own tables, too
        items="item_id,name,n,raw\n1,Lamp,x,y\n2,Versand,x,y\n3,Postage,x,y\n",
        fixes=["pseudo"],
    )
    found = fixed.found["pseudo"]
    assert found["message"] == "2 products are postage, fees, vouchers or the like."
    assert (found["removes"], found["fixed"]) == (2, True)
    assert fixed.rows() == [("a", "1"), ("b", "1")]
    assert [item["item_id"] for item in fixed.items()] == ["1"]
    why = "is postage, a fee, a voucher or the like"
    assert fixed.rejects() == [
        ("orders.csv", "2", why),
        ("orders.csv", "2", why),
        ("items.csv", "2", why),
        ("items.csv", "3", why),
    ]
