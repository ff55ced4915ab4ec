"""A shop of two tastes whose shoppers have addresses, consent and attributes: for segments."""

from __future__ import annotations

import random
from pathlib import Path

from recsys.data.arrow import pa, read_parquet, write_parquet
from recsys.data.dataset import ITEMS, Dataset
from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

N_USERS = 80
N_ITEMS = 24
# Bought by the even ones, as all of the first dozen, and named to nobody.
SENSITIVE = "i03"
# Marked, too, with all of its category.
PHARMACY = "i23"
ROLES = {
    "user_id": "id",
    "name": "name",
    "email": "email",
    "consent": "consent",
    "age": "age",
}


def user(number: int) -> str:
    return f"u{number:02}"


def category(item: int) -> str:
    return "Pharmacy" if item == 23 else "Tea" if item < 12 else "Coffee"


def email(number: int) -> str:
    """What the shop has for an address: u04 shares one with u02, u06 and u08 have none."""
    special = {4: "U02@shop.example", 6: "=HYPERLINK(1)", 8: ""}
    return special.get(number, f"{user(number)}@shop.example")


def consents(number: int) -> bool:
    return number % 5 != 0


def open_flow(home: Path) -> Workspace:
    return Workspace(Settings(home=home))


def build_flow_shop(home: Path) -> None:
    """Even shoppers buy the first dozen products, the others the second; even numbers buy more."""
    rng = random.Random(5)
    rows = [
        f"{user(one)},i{number + 12 * (one % 2):02},2024-03-{visit + 1:02} 10:00:00,{number + 1}"
        for visit in range(4 + 2)
        for one in range(N_USERS)
        if visit < 4 + 2 * (one % 2 == 0)
        for number in rng.sample(range(12), 3)
    ]
    goods = [
        f"i{one:02},Product {one},{category(one)},{one + 1},9,"
        f"{'' if one == 1 else f'https://shop.example/p/{one}'}"
        for one in range(N_ITEMS)
    ]
    people = [
        f"{user(one)},Ann{one} van Dyke,{email(one)},{'yes' if consents(one) else 'no'},"
        f"{'18-30' if one % 3 else '31-99'},+49 30 90{one:03},{'gold' if one < 20 else 'none'}"
        for one in range(N_USERS)
    ]
    files = {
        "interactions": ("user_id,item_id,timestamp,price", rows),
        "items": ("item_id,name,category,price,stock,Product URL", goods),
        "shoppers": ("id,name,email,consent,age,phone,tier", people),
    }
    workspace = open_flow(home)
    sources: dict[str, Source] = {}
    for kind, (head, lines) in files.items():
        path = home / f"{kind}.csv"
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        roles = {one: one for one in head.split(",") if one != "Product URL"}
        sources[kind] = Source(path, ROLES if kind == "shoppers" else roles)
    dataset_id = ingest(workspace, **sources, name="Two tastes", currency="EUR")
    _mark(Dataset.open(workspace, dataset_id))
    settings = {"factors": 8, "iterations": 15, "regularization": 0.1}
    als = train_model(workspace, "als", settings=settings, evaluate=False)
    places = ("for_you", "similar", "lookalikes")
    publish_release(
        workspace, strategies=dict.fromkeys(places, als), only=places, evaluate=False, actor="ana"
    )
    workspace.database.close()


def _mark(dataset: Dataset) -> None:
    """Mark a product as the fix of sensitive categories does."""
    table = read_parquet(dataset.folder / ITEMS)
    marks = [one in {SENSITIVE, PHARMACY} or None for one in table.column("item_id").to_pylist()]
    column = pa.array(marks, pa.bool_())
    write_parquet(table.append_column("sensitive", column), dataset.folder / ITEMS)
