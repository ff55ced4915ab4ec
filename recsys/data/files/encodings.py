"""In which encoding a text is, and the same text in UTF-8, which is what DuckDB reads.

UTF-8 and UTF-16 prove themselves. Windows-1252 does not: any byte may be a letter, so it is
what is left when a text has letters beyond ASCII and none of them as UTF-8 writes them.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path
from typing import Literal, TypeAlias

from recsys.data.files import bad_files
from recsys.data.files.sources import CHUNK, Source, creating
from recsys.errors import BadFile

Encoding: TypeAlias = Literal["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"]

WORDS: dict[Encoding, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
# So much is looked at, and copied where a copy is needed, to show the first rows of a file.
HEAD_BYTES = 8 << 20
_BOMS: dict[bytes, Encoding] = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_ONLY_HIGH = b" " * 0x80 + bytes(range(0x80, 0x100))
# Bytes that stand for nothing in Windows-1252 (and for control characters in Latin-1), which
# text in an encoding of DOS or of another alphabet has; and control characters of no text.
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_CONTROL = bytes([*range(1, 9), *range(14, 26), *range(27, 32), 127])
# A text of Windows may spell a UTF-8 sequence by chance, one of UTF-8 has no letters astray.
_CHANCE = 100


def find_encoding(source: Source, *, whole: bool) -> Encoding:
    """Return the encoding of a text.

    Parameters
    ----------
    whole
        Look at all of it, since the first letter beyond ASCII may stand in the last row. The
        preview looks at the first 8 MB only: it has to answer at once, and shows no other rows.

    Raises
    ------
    BadFile
        It is binary, of an encoding that cannot be told, or UTF-8 with other bytes in it.
    """
    with source.open() as handle:
        start = handle.read(4096)
    for bom, encoding in _BOMS.items():
        if start.startswith(bom):
            if encoding == "utf-8-sig":
                _find_first_bad(source, whole=whole, refuse=True)
            return encoding
    wide = _utf16_without_bom(start)
    if wide:
        return wide
    bad = _find_first_bad(source, whole=whole, refuse=False)
    if bad is None:
        return "utf-8"
    _check_windows(source, bad, whole=whole)
    return "cp1252"


def write_utf8(source: Source, encoding: Encoding, target: Path, *, whole: bool) -> None:
    """Write a text as UTF-8, or only its first lines, in bounded memory.

    Raises
    ------
    BadFile
        A character is broken, or the file would grow without measure.
    StorageError
        The disk is full.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    line, written = 1, 0
    with source.open() as handle, creating(target) as out:
        while True:
            chunk = handle.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise bad_files.torn_text(source.name, WORDS[encoding], line) from error
            if written == 0:
                text = text.removeprefix("\ufeff")
            if "\0" in text:
                line += text.count("\n", 0, text.index("\0"))
                raise bad_files.binary(source.name, line, 0)
            line += text.count("\n")
            written += out.write(text.encode())
            source.check_growth(written)
            if not chunk:
                return
            if not whole and written >= HEAD_BYTES:
                break
    _cut_to_whole_rows(target)


def read_start(source: Source, encoding: Encoding, count: int) -> str:
    """Return the beginning of a text, of so many bytes."""
    with source.open() as handle:
        start = handle.read(count)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(start)
    return text.removeprefix("\ufeff")


def likely_encoding(source: Source) -> Encoding:
    """Return an encoding in which lines can be counted, whatever else is wrong with the text."""
    with source.open() as handle:
        start = handle.read(4096)
    for bom, encoding in _BOMS.items():
        if start.startswith(bom):
            return encoding
    return _utf16_without_bom(start) or "utf-8"


def _utf16_without_bom(start: bytes) -> Encoding | None:
    """Know UTF-16 by the zero that stands beside each letter of the alphabet.

    The header begins with such a letter, and can be printed.
    """
    even, odd = start[0::2], start[1::2]
    sides: tuple[tuple[bytes, bytes, Encoding], ...] = (
        (odd, even, "utf-16-le"),
        (even, odd, "utf-16-be"),
    )
    for zeros, letters, encoding in sides:
        obvious = zeros.startswith(b"\0") and not letters.startswith(b"\0")
        if obvious and zeros.count(0) > max(0.4 * len(zeros), 4 * letters.count(0)):
            text = codecs.getincrementaldecoder(encoding)("replace").decode(start)
            if re.split(r"[\r\n]", text.lstrip("\r\n"))[0].replace("\t", "").isprintable():
                return encoding
    return None


def _find_first_bad(source: Source, *, whole: bool, refuse: bool) -> BadFile | None:
    """Return what is wrong with a text as UTF-8.

    Each chunk that is plain ASCII costs a tenth of a millisecond, so that going through the whole
    file is not felt; DuckDB's own complaint would come after the query has begun.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, place = 1, 0
    with source.open() as handle:
        while chunk := handle.read(CHUNK):
            held = decoder.getstate()[0]  # the beginning of a character that the chunk cut
            if b"\0" in chunk:
                line = _line_at(source, place + chunk.index(0))
                raise bad_files.binary(source.name, line, 0)
            if held or not chunk.isascii():
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    at = place - len(held) + error.start
                    line = _line_at(source, at)
                    byte = (held + chunk)[error.start]
                    found = bad_files.not_utf8(source.name, line, byte, at + 1)
                    if refuse:
                        raise found from error
                    return found
            place += len(chunk)
            source.check_growth(place)
            if not whole and place >= HEAD_BYTES:
                return None
    if not decoder.getstate()[0]:
        return None
    found = bad_files.cut_character(source.name)
    if refuse:
        raise found
    return found


def _line_at(source: Source, place: int) -> int:
    """Return the line on which a byte stands, counted only when it is asked for."""
    line = 1
    with source.open() as handle:
        while place > 0 and (chunk := handle.read(min(CHUNK, place))):
            line += chunk.count(b"\n")
            place -= len(chunk)
    return line


def _check_windows(source: Source, bad: BadFile, *, whole: bool) -> None:
    """Refuse a text that is mostly UTF-8, binary, or in another encoding than Windows-1252.

    Raises
    ------
    BadFile
        ``bad`` where it is UTF-8 but for some bytes, else what byte tells against Windows-1252.
    """
    sequences = astray = place = 0
    strange: tuple[int, int] | None = None
    carried = b""
    with source.open() as handle:
        while True:
            chunk = handle.read(CHUNK)
            last = not chunk or (not whole and place >= HEAD_BYTES)
            text = carried + chunk
            end = len(text) if last else _end_outside_letters(text)
            text, carried = text[:end], text[end:]
            for run, times in Counter(text.translate(_ONLY_HIGH).split()).items():
                left, found = _SEQUENCE.subn(b" ", run)
                sequences += found * times
                astray += (len(left) - found) * times
                undefined = _UNDEFINED.search(left)
                if undefined and not strange:
                    strange = (place + text.index(undefined[0]), undefined[0][0])
            if not strange and len(text.translate(None, _CONTROL)) < len(text):
                at = next(at for at, byte in enumerate(text) if byte in _CONTROL)
                strange = (place + at, text[at])
            place += len(text)
            if last:
                break
    if strange and not sequences:
        wrong = bad_files.unknown_encoding if strange[1] >= 0x80 else bad_files.binary
        raise wrong(source.name, _line_at(source, strange[0]), strange[1])
    if sequences and astray < _CHANCE * sequences:
        raise bad


def _end_outside_letters(text: bytes) -> int:
    """Return where a chunk can be cut so that no sequence of UTF-8, of 4 bytes at most, is."""
    for end in range(len(text), max(len(text) - 4, 0), -1):
        if text[end - 1] < 0x80:
            return end
    return len(text)


def _cut_to_whole_rows(target: Path) -> None:
    """Cut a text behind its last line end that is not within quotes."""
    text = target.read_bytes()
    place = text.rfind(b"\n")
    quotes = text.count(b'"', 0, max(place, 0))
    while place > 0 and quotes % 2:
        before = max(text.rfind(b"\n", 0, place), 0)
        quotes -= text.count(b'"', before, place)
        place = before
    if place > 0:
        target.write_bytes(text[: place + 1])
