"""Files that lie on the server already, below the folders that its owner allows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recsys.errors import InputError
from recsys.settings import Settings

# Of a folder, files with these endings are taken.
ENDINGS = (
    *(".csv", ".tsv", ".txt", ".gz", ".zip", ".parquet"),
    *(".jsonl", ".ndjson", ".json", ".xlsx", ".ods"),
)
_MOST_FILES = 1_000


def server_files(settings: Settings, text: str) -> list[Path]:
    """Return the file that a path names, or the files of the folder that it names, sorted.

    A path is absolute, or begins below one of the allowed folders. Of a folder its own files with
    a known ending are taken: no hidden ones, no folders in it, and no link that leads outside.

    Parameters
    ----------
    text
        What a person typed; never trusted.

    Raises
    ------
    InputError
        The path leads outside of the allowed folders, there is nothing, or far too much.
    """
    roots = [root.resolve() for root in settings.data_roots]
    asked = text.strip()
    if not roots:
        raise InputError(
            "This server reads no files of its own.",
            hint="Its owner can name folders for that with AISLE_DATA_ROOTS.",
        )
    if not asked:
        raise InputError("No path was given.", hint=f"It begins with {_words(roots)}.")
    path = _inside(asked, roots)
    if path is None:
        raise _outside(asked, roots)
    try:
        if path.is_file():
            return [path]
        found = sorted(_of_folder(path, roots)) if path.is_dir() else []
    except OSError as error:
        raise InputError(
            f"'{asked}' cannot be opened: {error.strerror}.",
            hint="Check that Aisle may read it, or choose another one.",
        ) from error
    if not found:
        raise InputError(
            f"'{asked}' is neither a file nor a folder with files that can be read.",
            hint=f"Files end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.",
        )
    if len(found) > _MOST_FILES:
        raise InputError(
            f"'{asked}' holds {len(found):,} files; {_MOST_FILES:,} are the most at once.",
            hint="Split the folder, and add the second part to the data of the first.",
        )
    return found


def _inside(asked: str, roots: Sequence[Path]) -> Path | None:
    """Return where a path leads, all links followed; None when that is outside of the roots."""
    if not asked.isprintable() or asked.startswith("~"):
        return None
    given = Path(asked)
    if ".." in given.parts:
        return None
    candidates = [given] if given.is_absolute() else [root / given for root in roots]
    allowed = [path for one in candidates if (path := _resolved(one, roots)) is not None]
    return next((path for path in allowed if _exists(path)), next(iter(allowed), None))


def _resolved(path: Path, roots: Sequence[Path]) -> Path | None:
    try:
        path = path.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name no disk can have
        return None
    for root in roots:
        if path.is_relative_to(root):
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            return None if hidden else path
    return None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long
        return False


def _of_folder(folder: Path, roots: Sequence[Path]) -> list[Path]:
    return [
        entry
        for entry in folder.iterdir()
        if entry.suffix.lower() in ENDINGS
        and not entry.name.startswith(".")
        and _resolved(entry, roots) is not None
        and entry.is_file()
    ]


def _outside(asked: str, roots: Sequence[Path]) -> InputError:
    shown = "".join(sign if sign.isprintable() else "�" for sign in asked)[:200]
    return InputError(
        f"'{shown}' is not below {_words(roots)}, from where files may be read.",
        hint="Copy the file there, or upload it.",
    )


def _words(roots: Sequence[Path]) -> str:
    return " or ".join(str(root) for root in roots)
