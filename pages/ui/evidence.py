"""Metrics in plain words; the technical name and the formula stay in the tooltip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pages.ui.words import ago, count, plain
from recsys.releases.publishing import Publication

PLACEMENT_WORDS = {
    "for_you": "For You",
    "similar": "Similar",
    "also_bought": "Also bought",
    "lookalikes": "Lookalikes",
    "buy_again": "Buy again",
}
PLACEMENT_HELP = {
    "for_you": "Homepage and e-mail: what fits a shopper.",
    "similar": "Product page: what is like this product.",
    "also_bought": "Cart and checkout: what goes with the cart.",
    "lookalikes": "New shoppers and CRM: what similar shoppers bought.",
    "buy_again": "Homepage and e-mail: what a shopper buys regularly and is due again.",
}
_MOST_SETTINGS = 3
# Fewer shoppers or baskets than this tell nothing.
_FEWEST = 30
# The number that decides for a placement.
DECIDING = {
    "for_you": "ndcg@10",
    "similar": "ndcg@10",
    "also_bought": "hit_rate@10",
    "lookalikes": "ndcg@10",
}
# How the test of a placement went, in one sentence.
TEST_WORDS = {
    "for_you": "Each model learned from the older purchases only, and had to name products that a"
    " shopper then bought for the first time.",
    "similar": "Each model learned from the older purchases only. Given one product that a shopper"
    " then bought, it had to name the other new ones.",
    "also_bought": "Each model learned from the older baskets only. One product of every later"
    " basket was hidden, and had to be named from the rest.",
    "lookalikes": "Each model learned from the older purchases only. It had to name what a shopper"
    " then bought for the first time from what the 10 most similar shoppers had bought.",
}
_NDCG = (
    "NDCG@10: hits in the top 10 weighted by 1/log2(rank + 1), divided by the best possible."
    " 0 to 1, more is better."
)
SCORE_WORDS = {
    "for_you": "Right things on top",
    "similar": "Agrees with what is bought",
    "also_bought": "Found in the top 10",
    "lookalikes": "Right things on top",
}
SCORE_HELP = {
    "for_you": _NDCG,
    "similar": _NDCG,
    "also_bought": "Hit rate@10: the share of baskets whose hidden product is among the first 10."
    " 0 to 1, more is better.",
    "lookalikes": _NDCG,
}
# Every other number of a test: plain words, and the technical name with its formula.
METRIC_WORDS: dict[str, tuple[str, str]] = {
    "ndcg@10": ("Right things on top", _NDCG),
    "recall@20": (
        "Found in the top 20",
        "Recall@20: hits in the top 20 divided by the number of products to be found.",
    ),
    "precision@10": ("Hits a list", "Precision@10: the share of the first 10 that are hits."),
    "map@10": (
        "Hits come early",
        "MAP@10: the mean precision at each hit, divided by min(10, products to be found).",
    ),
    "hit_rate@10": ("Lists with a hit", "Hit rate@10: the share of lists with at least one hit."),
    "mrr@10": ("First hit on top", "MRR@10: the mean of 1 / place of the first hit."),
    "coverage@10": (
        "Products shown",
        "Coverage@10: the share of all known products that stand on any list.",
    ),
    "novelty@10": (
        "Less known products",
        "Novelty@10: the mean of -log2 of the share of shoppers who had bought it.",
    ),
    "diversity@10": (
        "Variety in a list",
        "Intra-list diversity@10: 1 minus the mean likeness of two products of a list.",
    ),
    "serendipity@10": (
        "Hits off the beaten track",
        "Serendipity@10: the mean of hit x (1 - popularity percentile).",
    ),
    "popularity@10": ("Popularity of what is shown", "Mean popularity percentile of the first 10."),
    "same_category@10": (
        "Same category",
        "The share of the first 10 that are of the product's own leaf category.",
    ),
    "served": ("Lists filled", "The share of questions that got a full list."),
}


def difference_words(value: float, difference: Mapping[str, float]) -> str:
    """Say how much better a model is than another one: ``25% better``; counting the noise.

    Parameters
    ----------
    difference
        ``value``, ``low`` and ``high`` of the paired difference: this model less the other.
    """
    if difference["low"] <= 0 <= difference["high"]:
        return "no clear difference"
    before = value - difference["value"]
    if before <= 0:
        return "better"
    ratio = value / before
    if ratio >= 2:
        return f"{ratio:.1f} times as good"
    return f"{abs(ratio - 1):.0%} {'better' if ratio > 1 else 'worse'}"


def verdict(
    value: float,
    difference: Mapping[str, float],
    *,
    asked: int,
    fewest: int,
    base: str = "popularity",
) -> str:
    """Say in a sentence how a model does against a baseline.

    Parameters
    ----------
    asked, fewest
        How many questions there were, and how many it takes to tell anything.
    """
    if asked < fewest:
        return "too few later purchases to tell"
    words = difference_words(value, difference)
    if words == "no clear difference":
        return f"not clearly better or worse than {base}"
    if words == "better":
        return f"better than {base}, which finds nothing"
    return f"{words} {'as' if words.endswith('as good') else 'than'} {base}"


def model_verdict(model: Mapping[str, Any], placement: str, *, baseline: str = "popularity") -> str:
    """Say how a model's test for a placement went against a baseline; empty without a test."""
    value = model["metrics"].get(placement, {}).get(DECIDING[placement])
    difference = model.get("against", {}).get(placement, {}).get(baseline)
    evidence = model.get("evidence")
    if value is None or difference is None or not evidence:
        return ""
    return verdict(
        value,
        difference,
        asked=evidence["asked"].get(placement, 0),
        fewest=evidence["fewest"],
        base=baseline.replace("_", " "),
    )


def asked_words(placement: str, asked: int) -> str:
    """Say how many questions a test had: ``2,159 shoppers``."""
    return count(asked, {"also_bought": "basket", "similar": "product"}.get(placement, "shopper"))


def tested_on(placement: str, asked: int) -> str:
    """Say what a test went by: ``the later purchases of 2,159 shoppers``."""
    words = asked_words(placement, asked)
    if placement == "also_bought":
        return f"{words} of later days"
    return f"{words} bought later" if placement == "similar" else f"the later purchases of {words}"


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
        model = by_id.get(model_id)
        said = model_verdict(model, placement) if model else ""
        if not model or not said:
            sentences.append(f"{start} · not measured yet")
            continue
        if said.endswith("% worse than popularity"):
            said = f":orange[:material/warning: {said}]"
        words = tested_on(placement, model["evidence"]["asked"][placement])
        sentences.append(f"{start} · {said}, tested on {words}{_last_test(release, placement)}")
    return sentences


def _last_test(release: Mapping[str, Any], placement: str) -> str:
    """Say how the model did on the newest purchases, which no choice has looked at."""
    found = release.get("test", {}).get(placement)
    if not found or "popularity" not in found["against"]:
        return ""
    said = verdict(
        found["value"], found["against"]["popularity"], asked=found["asked"], fewest=_FEWEST
    )
    return f"; in the last test, on the newest purchases, {said}"


def model_names(models: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what each model is called: its kind, and how it differs from others of its kind."""
    names: dict[str, str] = {}
    for model in models:
        same = [other for other in models if other["label"] == model["label"]]
        words = [model["label"]]
        if len(same) > 1:
            settings = model["settings"]
            words += [
                f"{key.replace('_', ' ')} {value}"
                for key, value in settings.items()
                if any(other["settings"].get(key) != value for other in same)
            ][:_MOST_SETTINGS]
            twins = [other for other in same if other["settings"] == settings]
            if any(other["created_at"] > model["created_at"] for other in twins):
                words.append(f"earlier, {ago(model['created_at'])}")
        names[model["id"]] = " · ".join(words)
    return names
