from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from homes import built_once
from mug_shop import load_mugs, open_mugs

from recsys.copywriting.text import Fact, Facts
from recsys.errors import InputError, NotFound, NotReady, StorageError
from recsys.releases.live import LiveChange, change_live
from recsys.settings import Settings
from recsys.workflows.copy_facts import (
    category_facts,
    edited,
    facts_now,
    find_products,
    many_product_facts,
    missing_description,
    product_facts,
    products_facts,
)
from recsys.workspace import Workspace


@pytest.fixture(scope="module")
def mugs_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory, "mugs", lambda home: (load_mugs(home), None)[1])


@pytest.fixture
def mugs(mugs_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_mugs(copy_of(mugs_home))
    yield workspace
    workspace.database.close()


def pairs(facts: Facts) -> dict[str, str]:
    return {fact.field: fact.value for fact in facts.facts}


def test_a_product_tells_what_is_allowed_and_nothing_else(mugs: Workspace) -> None:
    facts = product_facts(mugs, "m1")
    assert (facts.about, facts.id, facts.name) == ("product", "m1", "Stoneware mug")
    assert (facts.original, facts.stock) == ("Holds 350 ml.", 7)
    found = pairs(facts)
    assert found == {
        "name": "Stoneware mug",
        "category": "Kitchen",
        "category_2": "Mugs",
        "brand": "Arda",
        "description": "Holds 350 ml.",
    }
    # A price is public, a cost is not; both wait until an admin names them.
    assert not {"price", "cost", "stock", "Material", "Margin"} & found.keys()


def test_an_admin_may_allow_further_columns(mugs: Workspace) -> None:
    more = open_mugs(mugs.home, "material", "price", "nowhere")
    found = pairs(product_facts(more, "m1"))
    assert (found["Material"], found["price"]) == ("stoneware", "12.5 EUR")
    assert not {"cost", "stock", "Margin", "nowhere"} & found.keys()
    change_live(more, [LiveChange("m1", price=11.0, stock=2)], actor="ana")
    facts = product_facts(more, "m1")
    assert (pairs(facts)["price"], facts.stock) == ("11 EUR", 2)
    more.database.close()


def test_what_is_not_known_is_not_said(mugs: Workspace) -> None:
    facts = product_facts(mugs, "m5")
    assert (facts.name, facts.original) == ("m5", "")
    assert pairs(facts) == {"category": "Garden"}
    assert product_facts(mugs, "m2").stock is None
    assert product_facts(mugs, "m3").stock == 0


def test_an_id_is_text_and_an_unknown_one_is_said(mugs: Workspace) -> None:
    assert product_facts(mugs, "004").name == "Bread knife"
    for wrong in ("4", "m1' OR 1=1 --", ""):
        with pytest.raises(NotFound) as caught:
            product_facts(mugs, wrong)
        assert str(caught.value) == (
            f"The catalogue has no product {wrong!r}. Check the id; it is compared as text."
        )


def test_facts_are_edited_by_hand(mugs: Workspace) -> None:
    edits = (
        Fact(field=" care  label ", value="Dishwasher safe"),
        Fact(field="brand", value=""),
        Fact(field="name", value="Stoneware mug"),
        Fact(field="category", value="Cups"),
    )
    facts = product_facts(mugs, "m1", edits=edits)
    by_hand = {fact.field for fact in facts.facts if fact.by_hand}
    assert by_hand == {"care label", "category"}
    assert "brand" not in pairs(facts)
    # What was added by hand is still there when the catalogue is asked again.
    assert pairs(facts_now(mugs, facts))["care label"] == "Dishwasher safe"
    with pytest.raises(InputError, match="A fact needs a name of at most 60 characters"):
        edited(facts, [Fact(field=" ", value="x")])
    with pytest.raises(InputError, match="Copy may rest on at most 60 facts, not 65"):
        edited(facts, [Fact(field=f"f{number}", value="x") for number in range(60)])


def test_many_are_read_at_once_and_unknown_ones_left_out(mugs: Workspace) -> None:
    found = many_product_facts(mugs, ["m3", "nothing", "m1", "m3"])
    assert list(found) == ["m3", "m1"]
    assert found["m1"] == product_facts(mugs, "m1")


def test_a_subject_is_about_up_to_three_products(mugs: Workspace) -> None:
    facts = products_facts(mugs, ["m1", "m3"])
    assert (facts.about, facts.id) == ("products", "m1,m3")
    assert facts.name == "Stoneware mug, Mug \U0001f375 café"
    assert pairs(facts)["product 1 name"] == "Stoneware mug"
    assert pairs(facts)["product 2 brand"] == "Bix"
    assert facts.stock == 7
    assert products_facts(mugs, ["m1", "m2"]).stock is None
    with pytest.raises(InputError, match="A subject is about 1 to 3 products, not 4"):
        products_facts(mugs, ["m1", "m2", "m3", "004"])
    with pytest.raises(NotFound, match="The catalogue has no product 'x'"):
        products_facts(mugs, ["m1", "x"])


def test_products_are_found_by_name_or_id(mugs: Workspace) -> None:
    assert [item for item, _ in find_products(mugs, "MUG")] == ["m3", "m1", "m2"]
    assert find_products(mugs, "mug travel") == [("m2", "Travel mug")]
    assert find_products(mugs, "004") == [("004", "Bread knife")]
    assert find_products(mugs, "m5") == [("m5", "m5")]
    assert find_products(mugs, "CAFÉ 🍵") == [("m3", "Mug \U0001f375 café")]
    assert find_products(mugs, "%") == find_products(mugs, "' OR ''='") == []
    assert len(find_products(mugs, "", limit=2)) == 2


def test_a_category_is_described_by_its_products(mugs: Workspace) -> None:
    found = pairs(category_facts(mugs, "Mugs"))
    assert (found["number of products"], found["brands"]) == ("3", "Arda, Bix")
    assert found["products, some of them"] == "Mug \U0001f375 café, Stoneware mug, Travel mug"
    assert "prices" not in found
    priced = open_mugs(mugs.home, "price")
    assert pairs(category_facts(priced, "Mugs"))["prices"] == "9 EUR to 20 EUR"
    priced.database.close()
    with pytest.raises(NotFound, match="The catalogue has no category 'Mug'"):
        category_facts(mugs, "Mug")


def test_products_without_a_description_come_most_bought_first(mugs: Workspace) -> None:
    assert missing_description(mugs) == ["m3", "m2", "m5"]


def test_facts_of_what_is_gone_stay_as_they_were(mugs: Workspace) -> None:
    gone = Facts(about="product", id="gone", name="Gone", facts=(Fact(field="name", value="Gone"),))
    assert facts_now(mugs, gone) == gone
    segment = Facts(about="segment", id="1", name="VIPs")
    assert facts_now(mugs, segment) is segment


def test_without_data_it_says_so(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    with pytest.raises(NotReady) as caught:
        product_facts(workspace, "m1")
    assert str(caught.value) == "There is no catalogue yet. Load the shop's data first."
    workspace.database.close()


def test_a_damaged_catalogue_is_said(mugs: Workspace) -> None:
    (path,) = mugs.datasets.root.glob("*/items.parquet")
    path.write_bytes(b"PAR1" + bytes(100))
    for ask in (lambda: product_facts(mugs, "m1"), lambda: missing_description(mugs)):
        with pytest.raises(StorageError, match="The catalogue of the dataset cannot be read"):
            ask()


def test_the_live_release_says_which_catalogue(flow_home: Path) -> None:
    workspace = Workspace(Settings(home=flow_home))
    assert product_facts(workspace, "i05").name == "Product 5"
    assert len(missing_description(workspace)) == 24
    workspace.database.close()
