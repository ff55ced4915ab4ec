"""Lists of shoppers as people have them: pasted, uploaded, or a file of ten million rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from recsys.errors import BadFile, InputError
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.segments.definition import MOST_SEEDS
from recsys.shelves.once import once_a_release
from recsys.workflows.seed_tables import (
    MOST_NAMED,
    NAMED_CHARACTERS,
    By,
    SeedFile,
    Wanted,
    of_table,
)
from recsys.workflows.set_members import read_ids
from recsys.workspace import Workspace

__all__ = ["SeedFile", "read_seeds"]

# Text that may be a list of ids with several on a line is short: it was typed or pasted.
_MOST_TEXT = 20_000_000


def read_seeds(
    workspace: Workspace,
    view: LiveView,
    given: str | bytes | Path,
    *,
    name: str = "",
    most: int = MOST_SEEDS,
    keep_unknown: bool = False,
) -> SeedFile:
    """Find the shoppers that a list names.

    A table may have any columns: one that is called as shoppers' ids are is taken, else the one
    whose values are known ids of shoppers most often, with or without a line of names above. Where
    no id is known, e-mail addresses are looked up. ``1.0`` is read as ``1`` where only that is
    known. Memory does not grow with the file.

    Parameters
    ----------
    given
        Pasted text, the bytes of an uploaded file, or a file on this machine; text, CSV, Excel,
        Parquet and what else :mod:`recsys.data.files` reads.
    name
        What messages call an uploaded file.
    most
        Of more shoppers than these so many are drawn, by a seed: always the same ones.
    keep_unknown
        Values that no shopper has are kept behind the others, up to ``most``: for a list that waits
        for a release that knows them.

    Raises
    ------
    InputError
        It is empty, or no file is there.
    BadFile
        It is neither a table nor a list.
    """
    wanted = Wanted(most, keep_unknown)
    with workspace.scratch() as scratch:
        if isinstance(given, Path):
            if not given.is_file():
                raise InputError(f"There is no file {given}.", hint="Check its name.")
            return _best(view, given, scratch, name or given.name, wanted)
        text = given.encode() if isinstance(given, str) else given
        if not text.strip():
            raise InputError("There are no ids in it.", hint="One on a line, or a table.")
        path = scratch / "seeds"
        path.write_bytes(text)
        return _best(view, path, scratch, name or "The list", wanted)


def _best(view: LiveView, path: Path, scratch: Path, name: str, wanted: Wanted) -> SeedFile:
    """Read a table; what is none, or has ids in its first line too, may be a plain list."""
    try:
        table, certain = of_table(view.release, path, scratch, name, wanted)
    except BadFile as error:
        plain = _of_text(view, path, wanted)
        if plain is None or not plain.matched:
            raise error
        return plain
    if certain:
        return table
    plain = _of_text(view, path, wanted)
    return plain if plain is not None and plain.matched > table.matched else table


def _of_text(view: LiveView, path: Path, wanted: Wanted) -> SeedFile | None:
    """Read a plain list, several ids on a line; None for what is no text, or too long."""
    if path.stat().st_size > _MOST_TEXT:
        return None
    try:
        cells = read_ids(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        return None
    return _of_cells(view.release, cells, wanted)


def _of_cells(release: Release, cells: Sequence[str], wanted: Wanted) -> SeedFile:
    distinct = list(dict.fromkeys(_as_known(release, one) for one in cells))
    found = [one for one in distinct if one in release.user_ids]
    unknown = [one for one in distinct if one not in release.user_ids]
    by: By = "id"
    if not found:
        by, addresses = "email", _addresses(release)
        hits = [addresses.get(one.lower(), []) for one in distinct]
        found = list(dict.fromkeys(user for users in hits for user in users))
        unknown = [one for one, users in zip(distinct, hits, strict=True) if not users]
    return SeedFile(
        ids=_kept(found, unknown, wanted),
        column="",
        by=by if found else "id",
        rows=len(cells),
        empty=0,
        twice=len(cells) - len(distinct),
        matched=len(found),
        unknown=len(unknown),
        unknown_some=tuple(one[:NAMED_CHARACTERS] for one in unknown[:MOST_NAMED]),
        drawn=len(found) > wanted.most,
    )


def _as_known(release: Release, cell: str) -> str:
    """Read ``1.0`` as ``1`` where only the latter is known, as it is done in tables."""
    whole = re.fullmatch(r"(-?[0-9]+)\.0+", cell)
    if whole is None or cell in release.user_ids or whole[1] not in release.user_ids:
        return cell
    return whole[1]


@once_a_release
def _addresses(release: Release) -> dict[str, list[str]]:
    """Return the shoppers of each e-mail address."""
    found: dict[str, list[str]] = {}
    if "email" in release.shoppers.column_names:
        column = release.shoppers.column("email").to_pylist()
        for user_id, address in zip(release.user_ids.ids, column, strict=True):
            if address:
                found.setdefault(str(address).strip().lower(), []).append(user_id)
    return found


def _kept(found: Sequence[str], unknown: Iterable[str], wanted: Wanted) -> tuple[str, ...]:
    if len(found) > wanted.most:
        drawn = set(sorted(found, key=_draw)[: wanted.most])
        found = [one for one in found if one in drawn]
    if not wanted.keep_unknown:
        return tuple(found)
    return (*found, *list(unknown)[: wanted.most - len(found)])


def _draw(user_id: str) -> bytes:
    """Return by what shoppers are drawn: of the id alone, so that it is the same for ever."""
    return hashlib.md5(user_id.encode(), usedforsecurity=False).digest()
