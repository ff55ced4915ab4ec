"""Commands as a person types them, on a shop of two tastes."""

from __future__ import annotations

import io
import json
import random
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.cli.main import run


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document that is all of standard output."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class Shop:
    """A shop that was loaded, trained and published by commands, and what they answered."""

    home: Path
    ingest: Done
    train: Done
    publish: Done


def aisle(*arguments: str | Path) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Done(code, out.getvalue(), err.getvalue())


def write_files(folder: Path) -> tuple[Path, Path]:
    """Purchases with column names of their own, and a catalogue."""
    rng = random.Random(3)
    lines = [
        f"u{user},0{number + 20 * (user % 2)},2024-01-{visit + 1:02} 10:00:00"
        for user in range(50)
        for visit in range(4)
        for number in rng.sample(range(20), 3)
    ]
    purchases, catalogue = folder / "sales 2024.csv", folder / "products.csv"
    purchases.write_text("\n".join(["Client,Thing,When", *lines]))
    goods = [f"0{number},Product {number},{1 + number},{5 + number}" for number in range(40)]
    catalogue.write_text("\n".join(["item_id,name,price,stock", *goods]))
    return purchases, catalogue
