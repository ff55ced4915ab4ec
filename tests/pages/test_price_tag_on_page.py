from __future__ import annotations

from pathlib import Path

import pytest
from page_shops import button, calm, messy_shop, open_data, said, work

from recsys.workflows.jobs import active_jobs


def test_a_finding_says_what_its_fix_does_to_quality(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = messy_shop(tmp_path / "home")
    versions = workspace.datasets.ids()
    app = open_data(tmp_path / "home", monkeypatch)
    asks = [one for one in app.button if one.label == "What does this do to quality?"]
    assert asks
    asks[0].click().run()
    calm(app)
    (job,) = active_jobs(workspace)
    assert job.kind == "price_tag"
    waiting = button(app, "Being worked out")
    assert waiting.disabled

    work(workspace)
    calm(app.run())
    assert "Applying it cannot be judged" in said(app)
    left = [one for one in app.button if one.label == "What does this do to quality?"]
    assert len(left) == len(asks) - 1, "the price stands where the question was"
    assert workspace.datasets.ids() == versions, "a price changes nothing"
