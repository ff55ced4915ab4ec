from __future__ import annotations

import random
from typing import Any

import pytest
from workflow_shops import open_workspace, source

from recsys.data.ingest import ingest
from recsys.errors import InputError
from recsys.evaluation.intervals import Interval
from recsys.types import silent
from recsys.workflows.datasets import apply_fixes
from recsys.workflows.jobs import await_job
from recsys.workflows.price_tags import (
    _TASKS,
    _sum,
    _words,
    price_of_fix,
    price_tags_of,
    submit_price_tag,
)
from recsys.workspace import Workspace


def load(workspace: Workspace, *, dated: bool = True) -> str:
    """Load a shop of two tastes, some of whose rows stand there twice."""
    rng = random.Random(7)
    when = "timestamp" if dated else "note"
    lines = [f"user_id,item_id,{when},order_id"]
    for visit in range(8):
        for user in range(60):
            picked = rng.sample(range(15), 3)
            row = [
                f"u{user:02},i{number + 15 * (user % 2):02},2024-03-{visit + 1:02} 10:00:00,"
                f"{visit}-{user}"
                for number in picked
            ]
            lines += [*row, *row[: user % 2]]
    path = workspace.home / "sales.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return ingest(workspace, interactions=source(path), name="Two tastes")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = open_workspace(tmp_path_factory.mktemp("price") / "home")
    load(workspace)
    return workspace


@pytest.fixture(scope="module")
def tag(shop: Workspace) -> dict[str, Any]:
    """The price of leaving out the copies, as the job gives it."""
    job = submit_price_tag(shop, shop.datasets.ids()[0], ["duplicate"], actor="ann")
    done = await_job(shop, job, silent)
    assert done.result is not None
    return done.result


def test_a_price_tag_tells_what_the_fix_does_to_rows_and_quality(tag: dict[str, Any]) -> None:
    assert (tag["codes"], tag["applied"]) == (["duplicate"], True)
    assert tag["rows"] == {"before": 1680, "after": 1440}
    assert tag["shoppers"] == {"before": 60, "after": 60}
    for_you, also = tag["placements"]["for_you"], tag["placements"]["also_bought"]
    assert (for_you["metric"], also["metric"]) == ("ndcg@10", "hit_rate@10")
    assert for_you["asked"] > 30
    # three of fifteen products are much alike in a taste; chance alone finds some
    assert for_you["before"] > 0.1
    for part in (for_you, also):
        assert part["low"] <= part["value"] <= part["high"]
        assert part["value"] == pytest.approx(part["after"] - part["before"], abs=2e-5)
    assert tag["words"][0].startswith("Applying it ")
    assert tag["words"][0].endswith("removes 240 rows.")
    assert tag["words"][1].startswith("For You: ")


def test_it_leaves_no_version_behind_and_is_found_again(
    shop: Workspace, tag: dict[str, Any]
) -> None:
    assert len(shop.datasets.ids()) == 1
    assert list((shop.home / "tmp").iterdir()) == []
    kept = price_tags_of(shop, tag["dataset_id"])[("duplicate",)]
    assert kept is not None
    assert {name: kept[name] for name in tag} == tag
    assert ("thin",) not in price_tags_of(shop, tag["dataset_id"])


def test_undoing_a_fix_has_a_price_too(workspace: Workspace) -> None:
    dataset_id = load(workspace)
    fixed = apply_fixes(workspace, dataset_id, ["duplicate"])
    found = price_of_fix(workspace, fixed, ["duplicate"])
    assert found["applied"] is False
    assert found["rows"] == {"before": 1440, "after": 1680}
    assert found["words"][0].startswith("Undoing it ")
    assert found["words"][0].endswith("brings back 240 rows.")


def test_what_has_no_price_is_refused_before_it_is_queued(shop: Workspace) -> None:
    dataset_id = shop.datasets.ids()[0]
    with pytest.raises(InputError, match="There is no finding 'nonsense' that can be fixed"):
        submit_price_tag(shop, dataset_id, ["nonsense"], actor="ann")


def test_without_dates_there_is_no_price(workspace: Workspace) -> None:
    dataset_id = load(workspace, dated=False)
    with pytest.raises(InputError, match="its purchases have no dates to test on later ones"):
        price_of_fix(workspace, dataset_id, ["duplicate"])


@pytest.mark.parametrize(
    ("change", "asked", "words"),
    [
        (
            Interval(-0.001, -0.004, 0.002),
            500,
            "no difference that can be told from chance (-0.0010, 95 %: -0.0040 to +0.0020).",
        ),
        (
            Interval(0.012, 0.004, 0.02),
            500,
            "better by 0.0120 ndcg@10 (95 %: +0.0040 to +0.0200).",
        ),
        (
            Interval(-0.012, -0.02, -0.004),
            30,
            "worse by 0.0120 ndcg@10 (95 %: -0.0200 to -0.0040).",
        ),
        (Interval(0.5, 0.4, 0.6), 29, "only 29 shoppers can be asked, too few to tell."),
    ],
)
def test_the_words_of_a_placement(change: Interval, asked: int, words: str) -> None:
    assert _words(change, asked, _TASKS[0]) == words


@pytest.mark.parametrize(
    ("verdicts", "rows", "words"),
    [
        (("same", "same"), (9, 4), "costs nothing that can be measured and removes 5 rows."),
        (
            ("worse", "worse"),
            (4, 4),
            "costs quality of For You and Also bought and leaves the number of rows as it is.",
        ),
        (
            ("better", "worse"),
            (9, 4),
            "costs quality of Also bought, improves For You and removes 5 rows.",
        ),
        (("unknown", "unknown"), (4, 9), "cannot be judged and brings back 5 rows."),
    ],
)
def test_the_words_in_all(verdicts: tuple[str, str], rows: tuple[int, int], words: str) -> None:
    found = {
        place: {"verdict": verdict}
        for place, verdict in zip(("for_you", "also_bought"), verdicts, strict=True)
    }
    counts = {"before": rows[0], "after": rows[1]}
    assert _sum(found, counts, applied=True) == f"Applying it {words}"
