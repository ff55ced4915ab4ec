"""What kind of event a row is: bought is not the same as looked at."""

from __future__ import annotations

from recsys.data.coding import FILE_BITS
from recsys.data.dataset import EventKind
from recsys.data.findings.base import Bench
from recsys.data.reading import events

# Each kind has a default weight of its own, so the weight of a spelling tells its kind. The shop's
# own weights do not count here: a view stays a view whatever it weighs.
_KINDS = {
    events.VIEWED: EventKind.VIEWED,
    events.ADDED: EventKind.CARTED,
    events.PURCHASED: EventKind.PURCHASED,
    events.REMOVED: EventKind.REMOVED,
}


def number_kinds(bench: Bench) -> str:
    """Make ``event_kinds(n, kind)`` and return the SQL of the kind of a row called ``line``.

    Rows of a file that names no events are purchases, unless they are ratings.
    """
    cases = " ".join(
        f"WHEN CAST({weight} AS FLOAT) THEN {kind:d}" for weight, kind in _KINDS.items()
    )
    bench.run(
        f"CREATE TABLE event_kinds AS SELECT n, CASE {events.weight_sql('id')} {cases}"
        f" ELSE {EventKind.OTHER:d} END AS kind FROM all_event"
    )
    plain = [
        str(table.number)
        for table in bench.coded.purchases
        if not {"event_type", "rating"} & set(table.file.mapping)
    ]
    bought = f"list_contains([{', '.join(plain)}], line.place >> {FILE_BITS})" if plain else "false"
    return (
        "CAST(coalesce(event_kinds.kind, CASE WHEN"
        f" {bought} THEN {EventKind.PURCHASED:d} ELSE {EventKind.OTHER:d} END) AS TINYINT)"
    )
