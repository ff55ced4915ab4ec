from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def test_name_and_currency_of_a_shop_are_shown_and_never_run(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    (path,) = home.glob("releases/*/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    evil = {"name": "**Shop** www.evil.com", "currency": "[EUR](http://x) :red[y]"}
    path.write_text(json.dumps(manifest | evil), encoding="utf-8")
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=20).run()
    assert not app.exception
    shown = app.sidebar.caption[0].value
    assert "EUR" in shown
    for text in ("**Shop**", "www.evil", "[EUR](http://x)", ":red["):
        assert text not in shown
