"""Finding products of what is live, for whoever picks some."""

from __future__ import annotations

from recsys.releases.live import LiveView


def find_products(view: LiveView, text: str, *, limit: int = 20) -> list[str]:
    """Return ids of products by their id or name, whatever the case.

    First the product of that id, then those whose name begins with the text, then those that
    contain it in name or id; within each by row. Empty text gives what most shoppers bought.
    """
    release = view.release
    ids, names = release.item_ids.ids, release.names
    wanted = text.strip().casefold()
    if not wanted:
        best = (-release.buyers).argsort(kind="stable")[:limit]
        return [ids[int(row)] for row in best]
    exact: list[str] = [text.strip()] if text.strip() in release.item_ids else []
    begins: list[str] = []
    contains: list[str] = []
    for item_id, name in zip(ids, names, strict=True):
        low = name.casefold()
        if low.startswith(wanted):
            begins.append(item_id)
        elif wanted in low or wanted in item_id.casefold():
            contains.append(item_id)
    return list(dict.fromkeys([*exact, *begins[:limit], *contains[:limit]]))[:limit]
