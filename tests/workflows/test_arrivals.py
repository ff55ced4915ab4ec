from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from recsys.errors import BadMapping, InputError
from recsys.settings import Settings
from recsys.workflows.arrivals import Arrived, find_arrivals, forgotten_uploads, look_at
from recsys.workflows.data_jobs import DATA_KINDS
from recsys.workflows.mapping_choices import (
    Choices,
    ambiguous_date,
    currency_seen,
    date_choice,
    mapping_of,
    missing_roles,
    proposed_name,
    submit_files,
    take,
    taken_for,
    with_date_order,
    with_kind,
)
from recsys.workflows.uploads import issue_ticket, open_upload
from recsys.workspace import Workspace

SALES = (
    "order_no,customer_no,sku,date,price\nA1,C1,P1,02/03/2026,£5.00\nA2,C2,P2,03/04/2026,£6.50\n"
)
CATALOGUE = "sku,title,colour\nP1,Tea,green\nP2,Cup,white\n"


def upload(workspace: Workspace, name: str, text: str) -> str:
    upload = open_upload(workspace, issue_ticket(workspace, actor="tests"), name)
    upload.write(text.encode())
    return upload.finish().upload_id


def arrived(workspace: Workspace, files: Sequence[tuple[str, str]], **more: object) -> Arrived:
    ids = [upload(workspace, name, text) for name, text in files]
    return look_at(workspace, find_arrivals(workspace, ids), **more)  # pyright: ignore[reportArgumentType]


def test_files_with_the_same_columns_are_one_card(workspace: Workspace) -> None:
    found = arrived(workspace, [("jan.csv", SALES), ("p.csv", CATALOGUE), ("feb.csv", SALES)])
    assert [[file.name for file in card.files] for card in found.cards] == [
        ["jan.csv", "feb.csv"],
        ["p.csv"],
    ]
    assert [card.kind for card in found.cards] == ["interactions", "items"]
    assert found.cards[0].bytes == 2 * len(SALES.encode())


def test_files_can_be_mapped_each_on_its_own(workspace: Workspace) -> None:
    ids = [upload(workspace, name, SALES) for name in ("jan.csv", "feb.csv")]
    files = find_arrivals(workspace, ids)
    (together,) = look_at(workspace, files).cards
    one, other = look_at(workspace, files, apart={together.columns_key}).cards
    assert one.key != other.key
    assert one.columns_key == other.columns_key == together.columns_key


def test_a_file_that_is_no_table_stands_beside_the_others(workspace: Workspace) -> None:
    found = arrived(workspace, [("jan.csv", SALES), ("photo.csv", "\x89PNG\r\n\x1a\n<html>")])
    assert len(found.cards) == 1
    (refused,) = found.refused
    assert refused.file.name == "photo.csv"
    assert refused.message
    assert refused.hint


def test_a_file_that_is_gone_is_left_out(workspace: Workspace, tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text(SALES, encoding="utf-8")
    found = find_arrivals(workspace, ["nobody"], [str(tmp_path / "gone.csv"), str(there)])
    assert [(file.name, file.uploaded) for file in found] == [("there.csv", False)]


def test_a_changed_file_is_read_anew(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(SALES, encoding="utf-8")
    first = look_at(workspace, find_arrivals(workspace, [], [str(file)])).cards[0]
    file.write_text(CATALOGUE, encoding="utf-8")
    second = look_at(workspace, find_arrivals(workspace, [], [str(file)])).cards[0]
    assert first.preview.columns != second.preview.columns


def test_a_column_takes_a_role_from_another_one(workspace: Workspace) -> None:
    (card,) = arrived(workspace, [("jan.csv", SALES)]).cards
    assert mapping_of(card, Choices())["item_id"] == "sku"
    choices = take(card, Choices(), "order_no", "item_id")
    mapping = mapping_of(card, choices)
    assert mapping["item_id"] == "order_no"
    assert "order_id" not in mapping
    assert "sku" not in mapping.values()
    assert taken_for(card, choices)["order_no"].confidence == "yours"
    assert taken_for(card, choices)["customer_no"].confidence in ("sure", "likely")


def test_a_role_that_is_no_role_of_the_kind_changes_nothing(workspace: Workspace) -> None:
    (card,) = arrived(workspace, [("jan.csv", SALES)]).cards
    assert take(card, Choices(), "sku", "stock") == Choices()


def test_what_is_needed_and_missing_is_known(workspace: Workspace) -> None:
    (card,) = arrived(workspace, [("jan.csv", SALES)]).cards
    choices = take(card, Choices(), "sku", None)
    assert [role.label for role in missing_roles(card, choices)] == ["Product"]
    assert missing_roles(card, with_kind(choices, "out")) == []
    assert with_kind(choices, "<b>") == choices


def test_corrections_of_one_kind_stay_when_the_kind_is_changed_and_changed_back(
    workspace: Workspace,
) -> None:
    (card,) = arrived(workspace, [("jan.csv", SALES)]).cards
    choices = take(card, Choices(), "order_no", None)
    as_items = with_kind(choices, "items")
    assert mapping_of(card, as_items) == {"item_id": "sku", "price": "price"}
    assert mapping_of(card, with_kind(as_items, "interactions")) == mapping_of(card, choices)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["02/03/2026"], (date(2026, 3, 2), date(2026, 2, 3))),
        (["", "1.2.26 10:00"], (date(2026, 2, 1), date(2026, 1, 2))),
        (["05/05/2026", "01-02-99"], (date(1999, 2, 1), date(1999, 1, 2))),
        (["05/05/2026"], None),
        (["02/03/2026", "13/03/2026"], None),
        (["02/03/2026", "03/13/2026"], None),
        (["2026-03-02"], None),
        (["soon"], None),
        ([], None),
    ],
)
def test_dates_that_read_in_two_ways_are_found(
    cells: list[str], expected: tuple[date, date] | None
) -> None:
    found = ambiguous_date(cells)
    assert (found and (found.day_first, found.month_first)) == expected


def test_the_currency_is_seen_in_prices_and_not_in_texts(workspace: Workspace) -> None:
    texts = "sku,title\nP1,A $5 voucher for the shop\nP2,USD\n"
    cards = arrived(workspace, [("jan.csv", SALES), ("p.csv", texts)]).cards
    assert currency_seen(cards) == "GBP"
    assert currency_seen([]) == ""


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["online_retail.csv.gz"], "Online retail"),
        (["sales-01.csv", "sales-02.csv"], "Sales"),
        (["01.csv", "02.csv"], "01"),
    ],
)
def test_the_data_is_named_after_its_files(
    names: list[str], expected: str, workspace: Workspace
) -> None:
    cards = arrived(workspace, [(name, SALES) for name in names]).cards
    assert proposed_name([(card, Choices()) for card in cards]) == expected


def test_loading_remembers_the_mapping_and_takes_every_file(workspace: Workspace) -> None:
    found = arrived(workspace, [("jan.csv", SALES), ("feb.csv", SALES), ("p.csv", CATALOGUE)])
    sales, items = found.cards
    choices = with_date_order(take(sales, Choices(), "order_no", None), "day first")
    chosen = [(sales, choices), (items, with_kind(Choices(), "out"))]
    job = submit_files(workspace, chosen, name="Shop", currency="GBP", actor="tests")
    assert [(one["kind"], one["name"], one["date_order"]) for one in job.params["given"]] == [
        ("interactions", "jan.csv", "day first"),
        ("interactions", "feb.csv", "day first"),
    ]
    assert forgotten_uploads(workspace, [], actor="tests") == [(items.files[0].key, "p.csv")]

    (again,) = arrived(workspace, [("mar.csv", SALES)]).cards
    assert again.remembered
    assert again.date_order == "day first"
    assert mapping_of(again, Choices()) == mapping_of(sales, choices)
    assert {one.confidence for one in taken_for(again, Choices()).values()} == {"last time"}
    assert date_choice(again, Choices()) is not None


def test_loading_makes_a_dataset(workspace: Workspace) -> None:
    (card,) = arrived(workspace, [("jan.csv", SALES)]).cards
    job = submit_files(workspace, [(card, Choices())], name=" ", actor="tests")
    result = DATA_KINDS["ingest"](workspace, job.params, lambda *_: None)
    manifest = workspace.datasets.manifest(result["dataset_id"])
    assert manifest["name"] == "Jan"
    assert manifest["counts"]["interactions"] == 2


def test_what_cannot_be_loaded_is_refused_and_not_remembered(workspace: Workspace) -> None:
    (card,) = arrived(workspace, [("jan.csv", SALES)]).cards
    choices = take(card, Choices(), "sku", None)
    with pytest.raises(BadMapping, match=r"jan\.csv has no column 'item_id'"):
        submit_files(workspace, [(card, choices)], name="Shop", actor="tests")
    with pytest.raises(InputError, match=r"A file of purchases is still missing"):
        submit_files(workspace, [(card, Choices(kind="items"))], name="Shop", actor="tests")
    assert not arrived(workspace, [("feb.csv", SALES)]).cards[0].remembered


def test_a_path_that_is_not_allowed_any_more_is_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(SALES, encoding="utf-8")
    settings = Settings(home=workspace.home, data_roots=(tmp_path / "elsewhere",))
    (card,) = look_at(workspace, find_arrivals(workspace, [], [str(file)])).cards
    workspace.settings = replace(settings)
    with pytest.raises(InputError, match="is not below"):
        submit_files(workspace, [(card, Choices())], name="Shop", actor="tests")
