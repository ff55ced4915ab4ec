"""Which line of a JSON file is broken, looked for once DuckDB has complained."""

from __future__ import annotations

import io
import json
from typing import Any

from recsys.data.files import bad_files
from recsys.data.files.encodings import likely_encoding, read_start
from recsys.data.files.sources import Source
from recsys.errors import BadFile

# What DuckDB takes for one object at most.
_LONGEST = 16 << 20


def find_fault(source: Source) -> BadFile:
    """Return what is wrong with the first line that is no JSON object of its own."""
    encoding = likely_encoding(source)
    if read_start(source, encoding, 4096).lstrip().startswith("["):
        return bad_files.broken_json(source.name, 0, "the JSON array is broken or cut off")
    line = 0
    with source.open() as raw, io.TextIOWrapper(raw, encoding, "replace", newline="\n") as lines:
        while text := lines.readline(_LONGEST + 1):
            line += 1
            if len(text) > _LONGEST:
                return bad_files.broken_json(source.name, line, "the object is longer than 16 MB")
            what = _fault(text.removeprefix("\ufeff"))
            if what:
                return bad_files.broken_json(source.name, line, what)
    return bad_files.broken_json(source.name, 0, "a JSON object is nested too deeply or broken")


def _fault(text: str) -> str:
    if not text.strip():
        return ""
    try:
        found: object = json.loads(text, object_pairs_hook=_Pairs)
        str(found).encode()  # half a character, such as \ud800, is no text
    except RecursionError:
        return "the object is nested too deeply"
    except UnicodeEncodeError:
        return "the object holds half a character"
    except ValueError:
        return "it is not a whole JSON object"
    if not isinstance(found, _Pairs):
        return "it is JSON, but no object with names and values"
    names = [name for name, _ in found.pairs]
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    return f"the object has the name '{twice[0]}' twice" if twice else ""


class _Pairs:
    """An object of JSON with the names that it has twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs

    def __str__(self) -> str:
        return "".join(f"{name}{value}" for name, value in self.pairs)
