from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.cli.output import AsJson, actor, finish, give, table
from recsys.errors import BadSetting
from recsys.types import PLACEMENTS, Placement

if TYPE_CHECKING:
    from recsys.maps.picture import Of

app = typer.Typer()

_KINDS: dict[str, Of] = {"items": "items", "shoppers": "shoppers", "both": "both"}
_PLACES: dict[str, Placement] = {place: place for place in PLACEMENTS}


@app.command(name="map")
def draw_map(
    of: Annotated[str, typer.Argument(help="items, shoppers or both.")] = "items",
    *,
    placement: Annotated[
        str, typer.Option(help="Whose model is drawn: for_you, similar, also_bought, lookalikes.")
    ] = "for_you",
    as_json: AsJson = False,
) -> None:
    """Draw a map of the live model's products, shoppers, or of both, and name its groups."""
    from recsys.maps.picture import Picture
    from recsys.workflows.maps import submit_map
    from recsys.workspace import Workspace

    kind, place = _KINDS.get(of), _PLACES.get(placement)
    if kind is None:
        raise BadSetting(f"There is no map of {of!r}.", hint=f"Choose {', '.join(_KINDS)}.")
    if place is None:
        raise BadSetting(
            f"There is no placement {placement!r}.", hint=f"Choose {', '.join(PLACEMENTS)}."
        )
    workspace = Workspace.from_environment()
    done = finish(workspace, submit_map(workspace, of=kind, placement=place, actor=actor()))
    picture = Picture.open(workspace, done["map_id"])
    rows = [
        {
            "name": group.name,
            "size": group.size,
            "sales": group.sales,
            "growth": None if group.growth is None else f"{group.growth:+.0%}",
        }
        for group in picture.groups
    ]
    shown = table([{**row, "group": row["name"]} for row in rows], _COLUMNS)
    give({**done, "groups": rows}, f"{shown}\n{_words(done)}", as_json=as_json)


_COLUMNS = ("size", "sales", "growth", "group")


def _words(done: dict[str, Any]) -> str:
    words = f"Map {done['map_id']}: {done['points']:,} points"
    if done["left_out"]:
        words += f", {done['left_out']:,} of which the model knows nothing are left out"
    if done["median_shift"] is not None:
        words += f"; half of them moved by less than {done['median_shift']:.1%} of its width"
        words += f" against map {done['started_from']}" if done["started_from"] else ""
    return f"{words}."
