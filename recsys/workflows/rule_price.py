"""The price tag of a rule: what past purchases say of it, before anybody sees it."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from typing import Any

import numpy as np

from recsys.errors import InputError, NotFound
from recsys.jobs.queue import Job
from recsys.releases.live import LiveShop, LiveView
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule
from recsys.rules.saying import title_of
from recsys.rules.schedule import standing
from recsys.shelves.compiled import compile_book
from recsys.types import SHELVES, Report, ShelfName, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.rule_price_document import NOTE, not_measurable, price_tag
from recsys.workflows.rule_replay import QUESTIONS, Past, Stage, Unasked, replay_books, set_stage
from recsys.workflows.rule_review import changed_rules, concerned, fingerprint
from recsys.workflows.rules import draft_book
from recsys.workspace import Workspace

KIND = "rule_price"
# In place of the number of a rule: all changes of the draft together.
DRAFT = 0


def price_of_rule(
    workspace: Workspace,
    rule_id: int = DRAFT,
    *,
    questions: int = QUESTIONS,
    report: Report = silent,
) -> dict[str, Any]:
    """Return what a rule does to the agreement of lists with past purchases, and what it shows.

    The evaluation twin of the model that feeds a placement is asked what shoppers bought after the
    cut, and its lists are put in order by the draft with the rule and without it: the same
    questions twice. The rule counts as if it had held then, whatever its schedule.

    Parameters
    ----------
    rule_id
        A rule of the draft; :data:`DRAFT` for the draft against what is live.
    questions
        How many to ask for each placement; all, where there are fewer.

    Returns
    -------
    dict
        ``placements`` with the numbers or why there are none (see
        :func:`recsys.workflows.rule_price_document.price_tag`), ``words`` and ``note``.

    Raises
    ------
    NotReady
        Nothing is live.
    NotFound
        The draft has no such rule.
    InputError
        The draft is what is live.
    """
    report(0.0, "Reading past purchases")
    view = LiveShop(workspace).current()
    books, rule = _books(view, draft_book(workspace), rule_id)
    shelves = shelves_of(view, books)
    found: dict[str, Any] = {}
    past: dict[str, Past] = {}
    for number, shelf in enumerate(shelves):
        step = part_of(report, number / len(shelves), (number + 1) / len(shelves))
        try:
            stage = _stage(workspace, view, shelf, books, past=past, questions=questions)
            found[shelf] = _priced(stage, books, rule, step)
        except Unasked as why:
            found[shelf] = not_measurable(shelf, str(why))
    words = [one["words"] for one in found.values()]
    return {
        "rule_id": rule_id,
        "name": "All changes together" if rule is None else title_of(rule),
        "key": price_key(view, books, rule),
        "placements": found,
        "words": words or ["It acts on no placement that the live release serves."],
        "note": NOTE,
    }


def _books(
    view: LiveView, draft: RuleBook, rule_id: int
) -> tuple[tuple[RuleBook, RuleBook], Rule | None]:
    """Return the books without and with what is priced, and the rule if it is one."""
    if rule_id == DRAFT:
        if not (changed_rules(view.book, draft) or any_concerned(view.book, draft)):
            if view.book.no_repeats != draft.no_repeats:
                raise InputError(
                    "All that changed is whether a product stands twice on a page, which cannot"
                    " be measured on one shelf.",
                    hint="Look at it on the Shop page.",
                )
            raise InputError(
                "The draft is what is live, so it changes nothing.",
                hint="Change a rule or a setting first.",
            )
        return (_as_if_held(view.book), _as_if_held(draft)), None
    rule = next((one for one in draft.rules if one.id == rule_id), None)
    if rule is None:
        raise NotFound(f"The draft has no rule {rule_id}.", hint="Choose a rule from the list.")
    rest = replace(draft, rules=tuple(one for one in draft.rules if one.id != rule_id))
    held = _timeless(rule.model_copy(update={"on": True}))
    without = _as_if_held(rest)
    return (without, replace(without, rules=(*without.rules, held))), rule


def any_concerned(live: RuleBook, draft: RuleBook) -> bool:
    """Tell whether a draft can change any placement."""
    return any(concerned(live, draft, shelf) for shelf in SHELVES)


def _as_if_held(book: RuleBook) -> RuleBook:
    """Return a book whose rules know no time; those that have ended, or are off, are out."""
    now = time.time()
    able = [
        _timeless(rule)
        for rule in book.rules
        if standing(rule, now=now, time_zone=book.time_zone) in {"on", "waits"}
    ]
    return replace(book, rules=tuple(able))


def _timeless(rule: Rule) -> Rule:
    return rule.model_copy(update={"starts": "", "ends": ""})


def shelves_of(view: LiveView, books: tuple[RuleBook, RuleBook]) -> list[ShelfName]:
    """Return the placements that are served and on which two books can differ."""
    return [
        shelf
        for shelf in SHELVES
        if (shelf == "buy_again" or shelf in view.release.manifest["strategies"])
        and concerned(books[0], books[1], shelf)
    ]


def _stage(
    workspace: Workspace,
    view: LiveView,
    shelf: ShelfName,
    books: tuple[RuleBook, RuleBook],
    *,
    past: dict[str, Past],
    questions: int,
) -> Stage:
    if shelf == "buy_again":
        raise Unasked("Buy again goes by each shopper's own purchases, and has no model to test.")
    try:
        manifest = workspace.models.manifest(view.release.manifest["strategies"][shelf])
        dataset_id = manifest["dataset_id"]
        if dataset_id not in past:
            past[dataset_id] = Past.open(workspace, dataset_id)
    except NotFound as error:
        raise Unasked(error.message) from error
    return set_stage(workspace, past[dataset_id], shelf, manifest, books, questions=questions)


def _priced(
    stage: Stage, books: tuple[RuleBook, RuleBook], rule: Rule | None, report: Report
) -> dict[str, Any]:
    own = None
    if rule is not None:
        products = compile_book(books[1], stage.facts).products(rule.target)
        why = _why_not_measurable(stage, rule, products)
        if why:
            return not_measurable(stage.shelf, why)
        own = np.zeros(len(stage.facts.item_ids), np.bool_)
        own[products] = True
    before, after = replay_books(stage, books, report)
    graded = stage.part.graded
    return price_tag(stage.shelf, stage.task, stage.wares, before, after, own=own, graded=graded)


def _why_not_measurable(stage: Stage, rule: Rule, products: Any) -> str:
    if rule.target.stock_min is not None or rule.target.stock_max is not None:
        return "It goes by stock, and what was in stock at the time is not known."
    if not len(products):
        return "It matches no product."
    if rule.kind in {"pin", "boost", "only"} and not stage.wares.known[products].any():
        return (
            "Nobody had bought any of its products before the purchases it would be compared with,"
            " so these say nothing about them."
        )
    return ""


def price_key(view: LiveView, books: tuple[RuleBook, RuleBook], rule: Rule | None) -> str:
    """Return a hash of what a price tag depends on: what is priced, and the models."""
    models = {one: view.release.manifest["strategies"].get(one) for one in shelves_of(view, books)}
    if rule is None:
        what: Any = [fingerprint(book) for book in books]
    else:
        sets = [books[1].sets.get(one) for one in (*rule.target.collections, *rule.scope.segments)]
        versions = [None if one is None else [one.id, one.version] for one in sets]
        said = _timeless(rule).model_dump(mode="json", exclude={"name", "on"})
        what = [said, versions, fingerprint(books[0])]
    text = json.dumps([what, models], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def rule_prices_of(
    workspace: Workspace, draft: RuleBook, view: LiveView
) -> dict[int, dict[str, Any]]:
    """Return the newest price tags by rule, that of the whole draft under :data:`DRAFT`.

    ``outdated`` says why a tag is not about what stands now; empty where it is. Tags of rules that
    are gone are left out.
    """
    found: dict[int, dict[str, Any]] = {}
    for kept in workspace.reports.manifests():
        if kept.get("kind") != KIND or kept["rule_id"] in found:
            continue
        try:
            books, rule = _books(view, draft, kept["rule_id"])
        except (NotFound, InputError):
            continue
        same = kept["key"] == price_key(view, books, rule)
        found[kept["rule_id"]] = {**kept, "outdated": "" if same else "Changed since."}
    return found


def submit_rule_price(workspace: Workspace, rule_id: int = DRAFT, *, actor: str) -> Job:
    """Queue the price tag of a rule of the draft, or of all changes; see :func:`price_of_rule`.

    Raises
    ------
    NotFound
        The draft has no such rule.
    """
    name = "all changes of the rules together"
    if rule_id != DRAFT:
        rule = next((one for one in draft_book(workspace).rules if one.id == rule_id), None)
        if rule is None:
            raise NotFound(f"The draft has no rule {rule_id}.", hint="Choose a rule from the list.")
        name = title_of(rule)
    return submit(workspace, KIND, {"rule_id": rule_id}, f"Price tag of {name}", actor)


def rule_price_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`submit_rule_price`."""
    for kept in workspace.reports.of_job():
        if kept.get("kind") == KIND:
            return kept
    found = price_of_rule(workspace, params["rule_id"], report=report)
    manifest = {"kind": KIND, "created_at": time.time(), **found}
    with workspace.reports.writing(workspace.reports.new_id(), manifest):
        pass
    return found
