"""A shop small enough to work out by hand what a rule does to its lists."""

from __future__ import annotations

from pathlib import Path

from workflow_shops import open_workspace

from recsys.data.ingest import Source, ingest
from recsys.rules.rule import Rule, Scope, Target
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model

FOR_YOU = Scope(placements=("for_you",))


def build_priced_shop(home: Path) -> None:
    """Load it, and publish popularity as For You.

    80 shoppers. January: all buy p0; u40 to u79 buy p2; u00 to u38 buy p1, and u39 buys p9. Later
    u40 to u79 buy p1 as well: that is what the validation part asks for. Popularity gives each of
    them p1 and p9, the two products they do not have. Nobody ever bought n0.
    """
    workspace = open_workspace(home)
    early = [(user, "p0") for user in range(80)]
    early += [(user, "p1") for user in range(39)] + [(39, "p9")]
    early += [(user, "p2") for user in range(40, 80)]
    asked = [(user, "p1") for user in range(40, 80)]
    last = [(user % 80, f"p{user % 2}") for user in range(50)]
    lines = ["user_id,item_id,timestamp"]
    for day, rows in (("2026-01-05", early), ("2026-02-05", asked), ("2026-03-05", last)):
        lines += [f"u{user:02},{item},{day} 10:00:00" for user, item in rows]
    goods = [
        "item_id,name,brand,category,price,cost,stock",
        "p0,Zero,A,Old,5,4,9",
        "p1,One,A,Old,10,8,9",
        "p2,Two,A,Old,10,8,9",
        "p9,Nine,B,Odd,20,14,9",
        "n0,<b>New</b>,B,Odd,30,20,9",
    ]
    (home / "rows.csv").write_text("\n".join(lines), encoding="utf-8")
    (home / "goods.csv").write_text("\n".join(goods), encoding="utf-8")
    columns = ("item_id", "name", "brand", "category", "price", "cost", "stock")
    ingest(
        workspace,
        interactions=Source(
            home / "rows.csv",
            {"user_id": "user_id", "item_id": "item_id", "timestamp": "timestamp"},
        ),
        items=Source(home / "goods.csv", {name: name for name in columns}),
        name="By hand",
        currency="EUR",
    )
    popular = train_model(workspace, "popularity")
    publish_release(
        workspace,
        strategies={"for_you": popular},
        only=("for_you",),
        evaluate=False,
        actor="tests",
    )
    workspace.database.close()


def pin(item_id: str, slot: int = 1, **more: object) -> Rule:
    return Rule(kind="pin", target=Target(items=(item_id,)), slot=slot, scope=FOR_YOU, **more)


def hide(item_id: str) -> Rule:
    return Rule(kind="hide", target=Target(items=(item_id,)), scope=FOR_YOU)
