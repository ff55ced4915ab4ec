"""What the draft of rules and settings would change: shelves of some shoppers, live and by it."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from recsys.evaluation.replay import title
from recsys.jobs.queue import Job
from recsys.models.arrays import Rows
from recsys.releases.live import LiveShop, LiveView
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule
from recsys.rules.saying import counted, title_of
from recsys.rules.schedule import standing
from recsys.shelves.compiled import compile_book
from recsys.shelves.facts import facts_of
from recsys.types import SHELVES, Report, ShelfName, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.impact_document import NOTE, changes
from recsys.workflows.played import Both
from recsys.workflows.playing import Question, both_of, draw, play, request_of, served
from recsys.workflows.rules import draft_book
from recsys.workspace import Workspace

KIND = "rule_review"
SHOPPERS = 200
_STANDING = {
    "off": "is switched off",
    "waits": "has not started, and does nothing yet",
    "ended": "has ended, and does nothing",
}


def fingerprint(book: RuleBook) -> str:
    """Return a hash of all that a book says; who made it, and when, does not count."""
    document = {
        "rules": sorted((rule.model_dump(mode="json") for rule in book.rules), key=_id),
        "settings": {shelf: book.of(shelf).model_dump(mode="json") for shelf in SHELVES},
        "no_repeats": book.no_repeats,
        "sets": {str(one.id): [one.version, one.members] for one in book.sets.values()},
        "time_zone": book.time_zone,
    }
    text = json.dumps(document, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _id(rule: dict[str, Any]) -> int:
    return int(rule["id"])


def changed_rules(live: RuleBook, draft: RuleBook) -> list[Rule]:
    """Return the rules of the draft that are new or say something else, by id."""
    before = {rule.id: rule for rule in live.rules}
    return [rule for rule in draft.rules if before.get(rule.id) != rule]


def concerned(live: RuleBook, draft: RuleBook, shelf: ShelfName) -> bool:
    """Tell whether a draft can change a placement."""
    rules = [_rules_on(book, shelf) for book in (live, draft)]
    return (
        rules[0] != rules[1]
        or live.of(shelf) != draft.of(shelf)
        or any(_sets_of(live, rule) != _sets_of(draft, rule) for rule in rules[1])
    )


def _rules_on(book: RuleBook, shelf: ShelfName) -> list[Rule]:
    return [
        rule
        for rule in book.rules
        if rule.on and (not rule.scope.placements or shelf in rule.scope.placements)
    ]


def _sets_of(book: RuleBook, rule: Rule) -> list[object]:
    return [book.sets.get(one) for one in (*rule.target.collections, *rule.scope.segments)]


def measure_review(
    workspace: Workspace, *, shoppers: int = SHOPPERS, report: Report = silent
) -> dict[str, Any]:
    """Return what would change if the draft were published now, as a document.

    The shelves of shoppers drawn at random, the same ones every time, as they would get them now.
    Placements that the draft does not concern are not asked.

    Raises
    ------
    NotReady
        Nothing is live.
    """
    report(0.0, "Opening what is live")
    view = LiveShop(workspace).current()
    draft = draft_book(workspace)
    questions, of = draw(view, shoppers)
    both = both_of(view, view)
    asked: list[ShelfName] = [
        one for one in SHELVES if served(view, one) and concerned(view.book, draft, one)
    ]
    found: dict[str, Any] = {}
    touched: Counter[int] = Counter()
    for number, shelf in enumerate(asked):
        step = part_of(report, number / len(asked), (number + 1) / len(asked))
        found[shelf], lists = _one_shelf(view, draft, both, shelf, questions=questions, report=step)
        touched.update(lists)
    return {
        "draft": fingerprint(draft),
        "live": fingerprint(view.book),
        "rule_set_id": view.book.rule_set_id,
        "release_id": view.release.id,
        "currency": view.release.currency,
        "shoppers": len(questions),
        "of": of,
        "placements": found,
        "rules": [
            _rule_line(rule, touched[rule.id], draft) for rule in changed_rules(view.book, draft)
        ],
        "note": NOTE,
    }


def _one_shelf(
    view: LiveView,
    draft: RuleBook,
    both: Both,
    shelf: ShelfName,
    *,
    questions: list[Question],
    report: Report,
) -> tuple[dict[str, Any], Counter[int]]:
    """Return what changes on a placement, and on how many of its lists each rule acts."""
    after_view = replace(view, book=draft)
    before = play(view, both, shelf, questions, part_of(report, 0.0, 0.33))
    after = play(after_view, both, shelf, questions, part_of(report, 0.33, 0.66))
    found = changes(both, before=before, after=after, questions=questions)
    touched = Counter(after.rules)
    changed = {rule.id for rule in changed_rules(view.book, draft)}
    on = [rule for rule in _rules_on(draft, shelf) if rule.id in changed]
    if any(rule.kind in {"hide", "only"} for rule in on):
        bare = replace(view, book=replace(draft, rules=()))
        lists = play(bare, both, shelf, questions, part_of(report, 0.66, 1.0)).replay.lists
        touched.update(_kept_off(after_view, shelf, questions, lists))
    return {**found, "words": review_words(found)}, touched


def _kept_off(
    view: LiveView, shelf: ShelfName, questions: Sequence[Question], lists: Rows
) -> Counter[int]:
    """Count the lists without rules that have a product which a rule takes off."""
    compiled = compile_book(view.book, facts_of(view))
    touched: Counter[int] = Counter()
    for question, line in zip(questions, lists, strict=True):
        request = request_of(view, shelf, question)
        rows = line[line >= 0].astype(np.int64)
        if request is None or not len(rows):
            continue
        beside = (request.item_id, *request.cart) if request.item_id else request.cart
        applied = compiled.applied(
            shelf, user_id=question.user_id, anchors=view.release.item_ids.rows(beside)
        )
        touched.update(held.rule.id for held in applied.hides if held.match(rows).any())
        touched.update(held.rule.id for held in applied.only if not held.match(rows).all())
    return touched


def _rule_line(rule: Rule, lists: int, draft: RuleBook) -> dict[str, Any]:
    name = title_of(rule)
    now = standing(rule, now=time.time(), time_zone=draft.time_zone)
    if now != "on":
        words = _STANDING[now]
    elif lists:
        words = f"acts on {lists:,} {'list' if lists == 1 else 'lists'}"
    else:
        words = "touches nothing on these lists"
    return {"rule_id": rule.id, "name": name, "kind": rule.kind, "lists": lists, "words": words}


def review_words(found: Mapping[str, Any]) -> str:
    """Say what changes on one placement."""
    asked = counted(found["asked"], "list")
    if not found["lists_changed"]:
        return f"nothing changes on {asked}."
    words = [
        f"{found['lists_changed']:,} of {asked} change",
        f"{100 * found['slots_changed']:.0f} % of the slots hold another product",
    ]
    for side, more in (("wins", "more"), ("losses", "less")):
        if found[side]:
            one = found[side][0]
            words.append(f"most {more} of {one['name']} ({one['before']} to {one['after']})")
    return f"{'; '.join(words)}."


def keep_review(workspace: Workspace, report: Report = silent, **options: Any) -> dict[str, Any]:
    """Measure what the draft changes and keep it; see :func:`measure_review`.

    A job that is tried again finds what its first try kept.
    """
    for kept in workspace.reports.of_job():
        if kept.get("kind") == KIND:
            return kept
    found = measure_review(workspace, report=report, **options)
    report_id = workspace.reports.new_id()
    manifest = {"kind": KIND, "created_at": time.time(), **found}
    with workspace.reports.writing(report_id, manifest):
        pass
    return {"id": report_id, **manifest}


def review_of(workspace: Workspace, draft: RuleBook, view: LiveView) -> dict[str, Any] | None:
    """Return the newest review, or None before there is one.

    ``outdated`` says why it no longer is about this draft and what is live; empty where it is.
    """
    for kept in workspace.reports.manifests():
        if kept.get("kind") == KIND:
            return {**kept, "outdated": _outdated(kept, draft, view)}
    return None


def _outdated(kept: dict[str, Any], draft: RuleBook, view: LiveView) -> str:
    if kept["draft"] != fingerprint(draft):
        return "The draft was changed since."
    if kept["live"] != fingerprint(view.book):
        return "Other rules went live since."
    if kept["release_id"] != view.release.id:
        return "Another release went live since."
    return ""


def submit_review(workspace: Workspace, *, actor: str) -> Job:
    """Queue the review of the draft."""
    return submit(workspace, KIND, {}, "What the draft of rules would change", actor)


def review_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`submit_review`."""
    del params
    kept = keep_review(workspace, report)
    return {
        "report_id": kept["id"],
        "words": [f"{title(shelf)}: {one['words']}" for shelf, one in kept["placements"].items()],
    }
