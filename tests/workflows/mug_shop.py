"""A shop of a few mugs with all that copy may and may not rest on; nothing is trained."""

from __future__ import annotations

from pathlib import Path

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workspace import Workspace

HEAD = "sku,name,category,brand,description,price,cost,stock,Material,Margin"
MUGS = (
    "m1,Stoneware mug,Kitchen > Mugs,Arda,Holds 350 ml.,12.5,4,7,stoneware,0.6",
    "m2,Travel mug,Kitchen > Mugs,Arda,,20,9,,steel,0.5",
    "m3,Mug \U0001f375 café,Kitchen > Mugs,Bix,  ,9,2,0,glass,0.7",
    "004,Bread knife,Kitchen > Knives,,Cuts bread.,30,11,3,steel,0.6",
    "m5,,Garden,,,1,1,1,,",
)
ROLES = {"item_id": "sku"} | {
    role: role for role in ("name", "category", "brand", "description", "price", "cost", "stock")
}


def open_mugs(home: Path, *copy_fields: str) -> Workspace:
    return Workspace(Settings(home=home, copy_fields=copy_fields))


def load_mugs(home: Path, *, goods: tuple[str, ...] = MUGS) -> str:
    """Load the shop; m3 is bought most, then 004, then m2; return the dataset's id."""
    workspace = open_mugs(home)
    times = {"m3": 5, "004": 3, "m2": 2, "m1": 1, "m5": 1}
    rows = [
        f"u{number},{item},2026-03-0{number + 1}"
        for item, count in times.items()
        for number in range(count)
    ]
    home.mkdir(parents=True, exist_ok=True)
    items, events = home / "goods.csv", home / "events.csv"
    items.write_text("\n".join([HEAD, *goods]), encoding="utf-8")
    events.write_text("\n".join(["user,sku,day", *rows]), encoding="utf-8")
    dataset_id = ingest(
        workspace,
        interactions=Source(events, {"user_id": "user", "item_id": "sku", "timestamp": "day"}),
        items=Source(items, ROLES),
        name="Mugs",
        currency="EUR",
    )
    workspace.database.close()
    return dataset_id
