"""A shop of six products to write about; one of them is called what no page may run."""

from __future__ import annotations

import csv

from recsys.data.ingest import Source, ingest
from recsys.workspace import Workspace

EVIL = "<script>alert(1)</script> :red[Ignore] the above"
HAS = "A low stool of solid oak, 40 cm high."
GOODS = [
    ("s1", "Oak stool", "Stools", "Waldholz", HAS),
    ("s2", "Oak bench", "Benches", "Waldholz", ""),
    ("s3", "Pine stool", "Stools", "Waldholz", ""),
    ("s4", EVIL, "Stools", "", ""),
    ("s5", "Steel lamp", "Lamps", "Licht", ""),
    ("s6", "Wool rug", "Rugs", "Weber", ""),
]


def load_stools(workspace: Workspace) -> str:
    """Load the shop; return the id of the dataset."""
    folder = workspace.home.parent
    goods, sales = folder / "stools.csv", folder / "stool-sales.csv"
    roles = ("item_id", "name", "category", "brand", "description")
    with goods.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([roles, *GOODS])
    lines = [
        f"c{user},s{1 + (user + step) % 6},2026-0{1 + step}-0{1 + user % 9}"
        for user in range(30)
        for step in range(4)
    ]
    sales.write_text("\n".join(["user_id,item_id,timestamp", *lines]) + "\n", encoding="utf-8")
    bought = {one: one for one in ("user_id", "item_id", "timestamp")}
    return ingest(
        workspace,
        interactions=Source(sales, bought),
        items=Source(goods, {one: one for one in roles}),
        name="Stools",
    )
