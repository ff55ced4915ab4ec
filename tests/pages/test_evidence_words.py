from __future__ import annotations

from typing import Any

import pytest

from pages.ui.evidence import asked_words, evidence_sentences, model_names, model_verdict, verdict


@pytest.mark.parametrize(
    ("value", "difference", "asked", "words"),
    [
        (0.10, (0.02, 0.01, 0.03), 29, "too few later purchases to tell"),
        (0.10, (0.02, -0.01, 0.05), 900, "not clearly better or worse than popularity"),
        (0.10, (0.02, 0.01, 0.03), 900, "25% better than popularity"),
        (0.10, (0.06, 0.05, 0.07), 900, "2.5 times as good as popularity"),
        (0.06, (-0.02, -0.03, -0.01), 900, "25% worse than popularity"),
        (0.10, (0.10, 0.08, 0.12), 900, "better than popularity, which finds nothing"),
    ],
)
def test_the_verdict_counts_the_noise(
    value: float, difference: tuple[float, float, float], asked: int, words: str
) -> None:
    found = dict(zip(("value", "low", "high"), difference, strict=True))
    assert verdict(value, found, asked=asked, fewest=30) == words


def model(model_id: str = "m1", **changes: Any) -> dict[str, Any]:
    return {
        "id": model_id,
        "label": "ALS",
        "settings": {"factors": 64, "alpha": 1.0},
        "created_at": 1_000.0,
        "metrics": {"for_you": {"ndcg@10": 0.09}},
        "against": {
            "for_you": {
                "popularity": {"value": 0.02, "low": 0.01, "high": 0.03},
                "recent_popularity": {"value": -0.03, "low": -0.04, "high": -0.02},
            }
        },
        "evidence": {"asked": {"for_you": 2_159}, "fewest": 30},
    } | changes


def test_each_baseline_is_called_by_its_name() -> None:
    assert model_verdict(model(), "for_you") == "29% better than popularity"
    recent = model_verdict(model(), "for_you", baseline="recent_popularity")
    assert recent == "25% worse than recent popularity"
    assert model_verdict(model(), "also_bought") == ""


def test_a_model_of_an_older_version_is_not_measured() -> None:
    old = {"for_you": {"ndcg@10": {"value": 0.09}}}
    release = {"strategies": {"for_you": "m1"}, "models": {"for_you": {"label": "A*S"}}}
    found = model(metrics=old, evidence=None, against={})
    assert evidence_sentences(release, [found]) == ["**For You**: A\\*S · not measured yet"]


def test_what_is_live_and_what_its_test_found() -> None:
    release = {
        "strategies": {"for_you": "m1", "similar": "gone"},
        "models": {"for_you": {"label": "ALS"}, "similar": {"label": "ALS"}},
    }
    assert evidence_sentences(release, [model()]) == [
        "**For You**: ALS · 29% better than popularity, tested on the later purchases of"
        " 2,159 shoppers",
        "**Similar**: ALS · not measured yet",
    ]
    assert asked_words("also_bought", 1) == "1 basket"


def test_the_last_test_is_told_beside_the_first() -> None:
    last = {
        "value": 0.08,
        "asked": 2_232,
        "against": {"popularity": {"value": 0.0, "low": -0.01, "high": 0.01}},
    }
    release = {
        "strategies": {"for_you": "m1"},
        "models": {"for_you": {"label": "ALS"}},
        "test": {"for_you": last},
    }
    (sentence,) = evidence_sentences(release, [model()])
    assert sentence.endswith(
        "; in the last test, on the newest purchases, not clearly better or worse than popularity"
    )


def test_two_models_of_a_kind_are_told_apart_by_what_differs() -> None:
    small = model("m2", settings={"factors": 8, "alpha": 1.0})
    other = model("m3", label="Popularity", settings={})
    names = model_names([model(), small, other])
    assert names == {"m1": "ALS · factors 64", "m2": "ALS · factors 8", "m3": "Popularity"}


def test_the_older_of_two_models_of_the_same_settings_says_so() -> None:
    names = model_names([model("m1", created_at=0.0), model("m2", created_at=86_400.0 * 9)])
    assert names["m2"] == "ALS"
    assert names["m1"].startswith("ALS · earlier, ")
