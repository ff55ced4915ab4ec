from __future__ import annotations

import pytest
from evidence_shops import add_model

from recsys.evaluation.champion import Ranking, deciding_value, rank
from recsys.types import Placement
from recsys.workflows.leaderboard import leaderboard
from recsys.workflows.publishing import best_models
from recsys.workspace import Workspace


def ranked(workspace: Workspace, placement: Placement = "for_you") -> Ranking:
    return rank(workspace, workspace.models.manifests(), placement, "shop")


def test_who_is_clearly_better_than_the_runner_up_is_the_best(workspace: Workspace) -> None:
    add_model(workspace, "a", "als", for_you=0.3)
    add_model(workspace, "b", "copurchase", for_you=0.2)
    add_model(workspace, "c", "popularity", for_you=0.1)
    found = ranked(workspace)
    assert [model["id"] for model in found.models] == ["a", "b", "c"]
    assert (found.verdict, found.champion, found.tied) == ("best", "a", ("a",))
    assert found.over is not None
    assert found.over.as_dict() == {"value": 0.1, "low": 0.1, "high": 0.1}
    board = leaderboard(workspace, "shop")["for_you"]
    assert [(row.kind, row.place, row.badge, row.champion) for row in board.rows] == [
        ("als", 1, "best", True),
        ("copurchase", 2, "", False),
        ("popularity", 3, "", False),
    ]
    assert [row.baseline for row in board.rows] == [False, False, True]
    assert board.over == {"value": 0.1, "low": 0.1, "high": 0.1}


def test_a_tie_goes_to_the_simpler_model(workspace: Workspace) -> None:
    """The noise of 100 shoppers is far above the difference; popularity is clearly worse."""
    add_model(workspace, "a", "als", for_you=0.31, noise=1)
    add_model(workspace, "b", "copurchase", for_you=0.30, noise=2)
    add_model(workspace, "c", "popularity", for_you=-5.0, noise=3)
    found = ranked(workspace)
    assert (found.verdict, found.champion, found.tied) == ("tie", "b", ("a", "b"))
    rows = leaderboard(workspace, "shop")["for_you"].rows
    assert [(row.badge, row.champion) for row in rows] == [
        ("tie", False),
        ("tie", True),
        ("", False),
    ]
    assert best_models(workspace, "shop")["for_you"] == "b"


def test_popularity_wins_a_tie_with_anything(workspace: Workspace) -> None:
    add_model(workspace, "a", "als", for_you=0.31, noise=1)
    add_model(workspace, "b", "popularity", for_you=0.30, noise=2)
    assert ranked(workspace).champion == "b"


def test_of_two_tied_models_of_one_kind_the_smaller_wins(workspace: Workspace) -> None:
    add_model(workspace, "a", "als", for_you=0.31, noise=1, about={"evidence": {"bytes": 99}})
    add_model(workspace, "b", "als", for_you=0.30, noise=2)
    found = ranked(workspace)
    assert (found.verdict, found.champion) == ("tie", "b")


def test_a_model_alone_is_the_champion_and_no_winner(workspace: Workspace) -> None:
    add_model(workspace, "a", "als", for_you=0.3)
    found = ranked(workspace)
    assert (found.verdict, found.champion, found.over) == ("alone", "a", None)


def test_a_yardstick_is_shown_and_never_chosen(workspace: Workspace) -> None:
    add_model(workspace, "a", "als", for_you=0.3)
    add_model(workspace, "z", "popularity", for_you=0.9, about={"placements": []})
    found = ranked(workspace)
    assert [model["id"] for model in found.models] == ["z", "a"]
    assert (found.verdict, found.champion) == ("alone", "a")
    rows = leaderboard(workspace, "shop")["for_you"].rows
    assert [row.place for row in rows] == [None, 1]


def test_fewer_than_30_questions_decide_nothing(workspace: Workspace) -> None:
    add_model(workspace, "a", "als", for_you=0.1, asked=29)
    add_model(workspace, "b", "copurchase", for_you=0.9, asked=29)
    found = ranked(workspace)
    assert (found.verdict, found.champion) == ("too few", None)
    assert [model["id"] for model in found.models] == ["b", "a"], "shown all the same"
    assert best_models(workspace, "shop")["for_you"] == "a", "the default kind"
    assert deciding_value(workspace.models.manifest("a"), "for_you") is None


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"dataset_id": "other", "dataset_name": "March"}, "Trained on other data: March."),
        (
            {"evidence": {"key": "other"}},
            "Tested on other questions: another split, or other rows.",
        ),
        ({"evidence": None}, "Trained by an older version; train it again."),
        ({"evidence": None, "metrics": None}, "Not tested on later purchases."),
        ({"settings": {"seed": "z"}}, "Trained again since with the same settings."),
    ],
)
def test_what_cannot_be_compared_is_set_apart_with_the_reason(
    workspace: Workspace, about: dict[str, object], why: str
) -> None:
    add_model(workspace, "z", "als", for_you=0.1)
    add_model(workspace, "a", "als", for_you=0.9, about=about)
    found = ranked(workspace)
    assert [(model["id"], reason) for model, reason in found.apart] == [("a", why)]
    assert found.champion == "z"


def test_the_evidence_of_the_first_version_is_no_error(workspace: Workspace) -> None:
    old = {"measured_on": "validation", "for_you": {"ndcg@10": {"value": 0.3}, "shoppers": 99}}
    add_model(workspace, "a", "als", about={"metrics": old})
    add_model(workspace, "b", "copurchase")
    found = ranked(workspace)
    assert {model["id"]: why for model, why in found.apart} == {
        "a": "Trained by an older version; train it again.",
        "b": "Not tested on later purchases.",
    }
    assert (found.verdict, found.champion) == ("none", None)
    assert best_models(workspace, "shop")["for_you"] == "a"
