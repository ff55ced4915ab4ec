"""What can be wrong with a shop's file, in the words of a merchandiser."""

from __future__ import annotations

from pathlib import Path

from recsys.errors import BadFile, StorageError

SAVE_AS_CSV = "Save it as CSV (UTF-8) or Parquet, then add it again."
_SAVE_AS_UTF8 = "Save it as “CSV UTF-8”, then add it again."
_UNPACK = "Unpack it, then add the file that it holds."
_SHEET_AS_CSV = "Save the sheet with the rows as CSV (UTF-8), then add that file."


def empty(path: Path, name: str = "") -> BadFile:
    """Return the error for a file without a single row."""
    size = path.stat().st_size
    what = "is empty (0 bytes)" if size == 0 else "holds no rows"
    return BadFile(
        f"{name or path.name} {what}.", hint="Export it once more and check that it holds rows."
    )


def not_a_table(name: str, found: str) -> BadFile:
    """Return the error for a file that is something else."""
    return BadFile(f"{name} is not a table; it looks like {found}.", hint=SAVE_AS_CSV)


def twice(name: str, column: str) -> BadFile:
    """Return the error for two columns of one name."""
    return BadFile(
        f"{name} names the column '{column}' twice.",
        hint="Give each column a name of its own (capitals do not tell two apart).",
    )


def unusable_name(name: str) -> BadFile:
    """Return the error for a column name that is empty or holds a zero byte."""
    return BadFile(
        f"{name} has a column without a usable name.",
        hint="Give each column a name of its own, then add the file again.",
    )


def no_header(name: str) -> BadFile:
    """Return the error for a text whose first line cannot be column names."""
    return BadFile(
        f"{name} is not a table; its first line holds no column names.", hint=SAVE_AS_CSV
    )


def mixed_ends(name: str) -> BadFile:
    """Return the error for text whose lines do not all end alike."""
    return BadFile(
        f"{name} has line ends of more than one kind.",
        hint="Save it once with a spreadsheet or an editor, then add the file again.",
    )


def too_wide(name: str, columns: int, *, most: int) -> BadFile:
    """Return the error for more columns than a table of a shop can have."""
    return BadFile(
        f"{name} has {columns:,} columns; {most:,} are the most that can be read.",
        hint="Export one row for each purchase, product or shopper, with the columns that matter.",
    )


def too_large_to_show(name: str) -> BadFile:
    """Return the error for first rows that do not fit into memory."""
    return BadFile(
        f"{name} holds values that are too large to show.",
        hint="Leave out the columns with very long values, then add the file again.",
    )


def torn(name: str, packing: str) -> BadFile:
    """Return the error for a compressed file that is damaged or cut off."""
    return BadFile(
        f"{name} is a damaged or cut off {packing} file.",
        hint="Compress or download it once more, then add it again.",
    )


def cannot_open(name: str, error: OSError) -> BadFile:
    """Return the error for a file that the system does not give."""
    return BadFile(
        f"{name} cannot be opened: {error.strerror or error}.",
        hint="Check that the file exists and may be read.",
    )


def binary(name: str, line: int, byte: int) -> BadFile:
    """Return the error for a byte that no text holds."""
    what = "a zero byte" if byte == 0 else f"the byte 0x{byte:02X}"
    return BadFile(
        f"{name} is not a table; line {line:,} holds {what}, as in binary files.",
        hint=SAVE_AS_CSV,
    )


def not_utf8(name: str, line: int, byte: int, place: int) -> BadFile:
    """Return the error for UTF-8 text with a byte of another encoding in it."""
    return BadFile(
        f"{name} is not UTF-8 text: line {line:,} holds the byte 0x{byte:02X}"
        f" (byte {place:,} of the file).",
        hint=_SAVE_AS_UTF8,
    )


def unknown_encoding(name: str, line: int, byte: int) -> BadFile:
    """Return the error for text that is neither UTF-8 nor Windows-1252."""
    return BadFile(
        f"{name} is neither UTF-8 nor Windows text: line {line:,} holds the byte 0x{byte:02X}.",
        hint=_SAVE_AS_UTF8,
    )


def torn_text(name: str, encoding: str, line: int) -> BadFile:
    """Return the error for text with a broken character."""
    return BadFile(
        f"{name} is not {encoding} text: line {line:,} holds a broken character.",
        hint=_SAVE_AS_UTF8,
    )


def cut_character(name: str) -> BadFile:
    """Return the error for UTF-8 text that was cut off within a character."""
    return BadFile(f"{name} ends in the middle of a character.", hint=_SAVE_AS_UTF8)


def bomb(name: str) -> BadFile:
    """Return the error for a small file that unpacks to a huge one."""
    return BadFile(
        f"{name} would unpack to more than 200 times its size.",
        hint="If it is what you meant to add, unpack it first.",
    )


def locked(name: str) -> BadFile:
    """Return the error for an archive or workbook with a password."""
    return BadFile(
        f"{name} is protected with a password.",
        hint="Save it without a password, then add it again.",
    )


def not_one_member(name: str, files: int) -> BadFile:
    """Return the error for an archive that holds no file, or several."""
    if files == 0:
        return BadFile(f"{name} is a ZIP archive without a file.", hint="Pack it once more.")
    return BadFile(
        f"{name} is a ZIP archive of {files:,} files; one can be read.",
        hint="Unpack it, then add its files together.",
    )


def nested(name: str) -> BadFile:
    """Return the error for an archive within an archive."""
    return BadFile(f"{name} holds another archive.", hint=_UNPACK)


def sheet_damaged(name: str, reason: str) -> BadFile:
    """Return the error for a workbook that cannot be read."""
    return BadFile(f"{name} is a damaged workbook: {reason}.", hint=_SHEET_AS_CSV)


def sheet_too_large(name: str) -> BadFile:
    """Return the error for a workbook that needs more memory or time than it may have."""
    return BadFile(f"{name} is too large to be read as a workbook.", hint=_SHEET_AS_CSV)


def sheet_empty(name: str) -> BadFile:
    """Return the error for a workbook without rows below a header."""
    return BadFile(
        f"{name} has no sheet with rows.", hint="Fill a sheet that is not hidden, then add it."
    )


def broken_json(name: str, line: int, what: str) -> BadFile:
    """Return the error for a line that is no JSON object."""
    where = f"{name}, line {line:,}" if line else name
    return BadFile(f"{where}: {what}.", hint="Mend it, then add the file again.")


def no_room(found: str) -> StorageError:
    """Return the error for a disk or a memory that is full."""
    return StorageError(
        f"There was no room to work on the data: {found}.",
        hint="Free some space or choose another folder with AISLE_HOME, then run it again."
        " Nothing that was there before has changed.",
    )
