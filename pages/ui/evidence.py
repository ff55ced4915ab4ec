"""Metrics in plain words; the technical name and the formula stay in the tooltip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pages.ui.words import ago, count, plain
from recsys.releases.publishing import Publication
from recsys.types import Placement
from recsys.workflows.publishing import FEWEST_QUESTIONS, questions_of

PLACEMENT_WORDS = {
    "for_you": "For You",
    "similar": "Similar",
    "also_bought": "Also bought",
    "lookalikes": "Lookalikes",
}
PLACEMENT_HELP = {
    "for_you": "Homepage and e-mail: what fits a shopper.",
    "similar": "Product page: what is like this product.",
    "also_bought": "Cart and checkout: what goes with the cart.",
    "lookalikes": "New shoppers and CRM: what similar shoppers bought.",
}
METRIC_WORDS = {
    "ndcg@10": "For You: right things on top",
    "recall@20": "For You: found in the top 20",
    "hit_rate@10": "Also bought: found in the top 10",
}
METRIC_HELP = {
    "ndcg@10": "NDCG@10 on products a shopper bought later for the first time: hits in the top 10"
    " weighted by 1/log2(rank + 1), divided by the best possible. 0 to 1, more is better.",
    "recall@20": "Recall@20: hits in the top 20 divided by the number of new products the shopper"
    " bought later. 0 to 1, more is better.",
    "hit_rate@10": "Hit rate@10: one product of each later basket is hidden; the share of baskets"
    " where it is among the 10 products proposed for the rest. 0 to 1, more is better.",
}
_OF: dict[str, Placement] = {
    "ndcg@10": "for_you",
    "recall@20": "for_you",
    "hit_rate@10": "also_bought",
}


def leaderboard(models: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a metric and model, best first: value, interval, popularity, verdict."""
    rows: list[dict[str, Any]] = []
    for model in models:
        for metric, placement in _OF.items():
            found = model["metrics"].get(placement, {}).get(metric)
            if found is None:
                continue
            rows.append(
                {
                    "model_id": model["id"],
                    "Model": model["label"],
                    "metric": metric,
                    "Question": METRIC_WORDS[metric],
                    "Score": found["value"],
                    "low": found["low"],
                    "high": found["high"],
                    "Popularity": found["popularity"]["value"],
                    "Against popularity": verdict(found, questions_of(model, placement)),
                    "Created": model["created_at"],
                }
            )
    places = list(METRIC_WORDS)
    rows.sort(key=lambda row: (places.index(row["metric"]), -row["Score"]))
    return pd.DataFrame(rows)


def verdict(found: Mapping[str, Any], asked: int) -> str:
    """Say how a model does against popularity, counting the noise of the test."""
    if asked < FEWEST_QUESTIONS:
        return "too few later purchases to tell"
    difference = found["difference"]
    base = found["popularity"]["value"]
    if difference["low"] <= 0 <= difference["high"]:
        return "not clearly better or worse than popularity"
    if not base:
        return "better than popularity, which finds nothing"
    ratio = found["value"] / base
    if ratio >= 2:
        return f"{ratio:.1f} times as good as popularity"
    word = "better" if ratio > 1 else "worse"
    return f"{abs(ratio - 1):.0%} {word} than popularity"


def publication_words(line: Publication, releases: Sequence[Mapping[str, Any]]) -> str:
    """Say what went live, when, and by whom."""
    name = next((one["name"] for one in releases if one["id"] == line.release_id), "a release")
    verb = "Rolled back to" if line.action == "rollback" else "Published"
    return f"{verb} {plain(name)} ({line.release_id}) {ago(line.at)} by {plain(line.actor)}"


def evidence_sentences(
    release: Mapping[str, Any], models: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Say for each placement which model feeds it and what its test found."""
    by_id = {model["id"]: model for model in models}
    sentences: list[str] = []
    for placement, model_id in release["strategies"].items():
        label = plain(release["models"][placement]["label"])
        start = f"**{PLACEMENT_WORDS[placement]}**: {label}"
        metric = {"for_you": "ndcg@10", "also_bought": "hit_rate@10"}.get(placement)
        found = by_id.get(model_id, {}).get("metrics", {}).get(placement, {}) if metric else {}
        if metric and metric in found:
            asked = questions_of(by_id[model_id], placement)
            words = count(asked, "shopper" if "shoppers" in found else "basket")
            said = verdict(found[metric], asked)
            if said.endswith("worse than popularity"):
                said = f":orange[:material/warning: {said}]"
            sentences.append(f"{start} · {said}, tested on the later purchases of {words}")
        else:
            sentences.append(f"{start} · not measured yet")
    return sentences
