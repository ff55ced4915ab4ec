"""The bytes of a shop's file, unpacked where it is packed, and what its first bytes say it is."""

from __future__ import annotations

import errno
import gzip
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeAlias, cast

from recsys.data.files import bad_files

Packing: TypeAlias = Literal["", "gzip", "zip"]

_WORDS: dict[Packing, str] = {"": "", "gzip": "gzip", "zip": "ZIP"}
PARQUET = b"PAR1"
GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
CHUNK = 1 << 20
# A table rarely shrinks below a hundredth; what is smaller than this harms nobody.
_MOST_RATIO = 200
_HARMLESS = 100_000_000
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_NOT_TABLES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "an image or a recording",
    b"%PDF": "a PDF document",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zXZ": "an XZ archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
    b"{\\rtf": "an RTF document",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"ARROW1": "an Arrow file",
}
_MARKUP = re.compile(rb"\s*(<!doctype|<html|<\?xml|<svg|<table|<div)", re.IGNORECASE)
_JSON = re.compile(r'\s*(\{\s*["}]|\[\s*[\[{"\]])')
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    ValueError,
    RuntimeError,
    struct.error,
    EOFError,
    zlib.error,
)


@dataclass(frozen=True)
class Source:
    """Where the bytes of a file are, what messages call it, and how it is packed."""

    path: Path
    name: str
    packing: Packing = ""

    @staticmethod
    def of(path: Path, name: str = "") -> Source:
        """Return a file as it stands, its packing known by its first bytes.

        Raises
        ------
        BadFile
            It cannot be opened.
        """
        path = path.resolve()  # a relative path may look like an address, such as s3:/x
        plain = Source(path, name or path.name)
        with plain.open() as handle:
            start = handle.read(4)
        packing: Packing = "gzip" if start[:2] == GZIP else "zip" if start in ZIP else ""
        return Source(path, plain.name, packing)

    @contextmanager
    def open(self) -> Generator[IO[bytes]]:
        """Open the bytes, unpacked; what reading them raises becomes a BadFile."""
        try:
            if self.packing == "zip":
                with zipfile.ZipFile(self.path) as archive, _only_member(self, archive) as handle:
                    yield handle
            elif self.packing == "gzip":
                with gzip.open(self.path) as handle:
                    yield cast("IO[bytes]", handle)
            else:
                with self.path.open("rb") as handle:
                    yield handle
        except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError) as error:
            raise bad_files.torn(self.name, _WORDS[self.packing]) from error
        except zipfile.BadZipFile as error:
            raise bad_files.torn(self.name, _WORDS["zip"]) from error
        except OSError as error:
            raise bad_files.cannot_open(self.name, error) from error

    def check_growth(self, unpacked: int) -> None:
        """Refuse to unpack what grows to more than 200 times its size."""
        packed = self.path.stat().st_size
        if self.packing and unpacked > max(_HARMLESS, _MOST_RATIO * packed):
            raise bad_files.bomb(self.name)


def unpack(source: Source, target: Path) -> None:
    """Write the bytes of a packed file, in bounded memory.

    Raises
    ------
    BadFile
        It is damaged, or would grow to more than 200 times its size.
    StorageError
        The disk is full.
    """
    written = 0
    with source.open() as handle, creating(target) as out:
        while chunk := handle.read(CHUNK):
            written += out.write(chunk)
            source.check_growth(written)


@contextmanager
def creating(target: Path) -> Generator[IO[bytes]]:
    """Open a file to write to; a full disk becomes a StorageError."""
    try:
        with target.open("wb") as handle:
            yield handle
    except OSError as error:
        if error.errno in _FULL:
            raise bad_files.no_room(error.strerror or str(error)) from error
        raise


def what_it_is(start: bytes) -> str:
    """Return in words what first bytes belong to when it is no table; "" for what may be one."""
    for magic, name in _NOT_TABLES.items():
        if start.startswith(magic):
            return name
    return "a web page (HTML or XML)" if _MARKUP.match(start) else ""


def is_json(start: str) -> bool:
    """Tell whether a text begins with a JSON object or an array."""
    return bool(_JSON.match(start))


def workbook_kind(source: Source) -> str:
    """Return what a ZIP file is: "xlsx", "ods", "archive", or in words what cannot be read.

    Raises
    ------
    BadFile
        The archive is damaged.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "xl/workbook.bin" in names:
                return "a binary Excel workbook (xlsb)"
            if "word/document.xml" in names:
                return "a Word document"
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as handle:
                    sheet = b"opendocument.spreadsheet" in handle.read(200)
                return "ods" if sheet else "an OpenDocument text or drawing"
    except _ZIP_ERRORS as error:
        raise bad_files.torn(source.name, "ZIP") from error
    return "archive"


@contextmanager
def _only_member(source: Source, archive: zipfile.ZipFile) -> Generator[IO[bytes]]:
    """Open the one file of an archive; its name is never used as a path."""
    # macOS packs notes of its own beside every file
    files = [
        one
        for one in archive.infolist()
        if not one.is_dir()
        and not one.filename.startswith("__MACOSX/")
        and one.filename.rsplit("/", 1)[-1] != ".DS_Store"
    ]
    if len(files) != 1:
        raise bad_files.not_one_member(source.name, len(files))
    if files[0].flag_bits & 1:
        raise bad_files.locked(source.name)
    source.check_growth(files[0].file_size)
    try:
        handle = archive.open(files[0])
    except (NotImplementedError, RuntimeError, ValueError) as error:
        raise bad_files.torn(source.name, "ZIP") from error
    with handle:
        yield handle
