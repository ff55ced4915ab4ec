"""What one shopper would see by a rule book, before and after a change of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from recsys.evaluation.diff import ListDiff, diff_lists
from recsys.releases.live import LiveView
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule
from recsys.rules.sets import load_sets, newest_versions
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import Shelf, ShelfItem, ShelfName
from recsys.workflows.playing import question_of, request_of, served
from recsys.workspace import Workspace


@dataclass(frozen=True)
class Preview:
    """One shelf by two rule books."""

    before: Shelf
    after: Shelf

    @property
    def diff(self) -> ListDiff[str]:
        """How the first becomes the second, and what the rules did to each product."""
        why = {item.item_id: _marks(item) for item in (*self.before.items, *self.after.items)}
        return diff_lists(
            [item.item_id for item in self.before.items],
            [item.item_id for item in self.after.items],
            why=why,
        )


def _marks(item: ShelfItem) -> str:
    return "; ".join(mark.words for mark in item.marks)


def with_rule(workspace: Workspace, book: RuleBook, rule: Rule) -> RuleBook:
    """Return a book with a rule in the place of the one of its id, or added to it.

    The collections and segments that it names come along as they stand now.
    """
    others = tuple(one for one in book.rules if one.id != rule.id)
    missing = {*rule.target.collections, *rule.scope.segments} - book.sets.keys()
    sets = dict(book.sets)
    if missing:
        with workspace.database.read() as connection:
            versions = newest_versions(connection, missing)
        sets |= load_sets(workspace.database, versions)
    return replace(book, rules=(*others, rule), sets=sets)


def without_rule(book: RuleBook, rule_id: int) -> RuleBook:
    """Return a book without a rule."""
    return replace(book, rules=tuple(one for one in book.rules if one.id != rule_id))


def where_to_look(view: LiveView, rule: Rule) -> ShelfName:
    """Return the placement on which to look at a rule: the first of its own that is served."""
    able: list[ShelfName] = [one for one in rule.scope.placements if served(view, one)]
    beside = bool(rule.scope.anchor_items or rule.scope.anchor_categories)
    return able[0] if able else "similar" if beside and served(view, "similar") else "for_you"


def preview_request(
    view: LiveView, shelf: ShelfName, user_id: str, anchors: Sequence[str] = ()
) -> ShelfRequest | None:
    """Return what to ask for a shopper: beside the anchors, or else what they bought last.

    None where the shopper has bought nothing that a product page or a cart could be made of.
    """
    known = tuple(one for one in anchors if one in view.release.item_ids)
    if known and shelf in {"similar", "also_bought"}:
        cart = known[:1] if shelf == "also_bought" else ()
        item_id = known[0] if shelf == "similar" else ""
        return ShelfRequest(shelf, user_id=user_id, item_id=item_id, cart=cart)
    row = view.release.user_ids.row(user_id)
    if row is None:
        return None if shelf in {"similar", "also_bought"} else ShelfRequest(shelf, user_id=user_id)
    question = question_of(view, row)
    return None if question is None else request_of(view, shelf, question)


def preview(view: LiveView, request: ShelfRequest, before: RuleBook, after: RuleBook) -> Preview:
    """Return a shelf by two rule books.

    Raises
    ------
    NotFound, NotReady
        The release does not know the shopper or product, or does not serve the placement.
    """
    return Preview(*(show_shelf(replace(view, book=book), request) for book in (before, after)))
