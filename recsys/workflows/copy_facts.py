"""What copy may rest on: facts of a product, some products, a segment or a category."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recsys.copywriting.text import Fact, Facts
from recsys.workspace import Workspace

LEAST_MEMBERS = 20  # of a segment, before anything that its members share may leave the shop


def find_products(workspace: Workspace, text: str, *, limit: int = 20) -> list[tuple[str, str]]:
    """Find products by name or id: ids with names, the best match first."""
    raise NotImplementedError


def product_facts(workspace: Workspace, item_id: str, *, edits: Sequence[Fact] = ()) -> Facts:
    """Return the allowed fields of a product; ``edits`` replace or add, an empty value removes."""
    raise NotImplementedError


def many_product_facts(workspace: Workspace, item_ids: Iterable[str]) -> dict[str, Facts]:
    """Return the facts of many products in one reading; unknown ids are not in it."""
    raise NotImplementedError


def products_facts(workspace: Workspace, item_ids: Sequence[str]) -> Facts:
    """Return the facts of one to three products for one e-mail subject."""
    raise NotImplementedError


def segment_facts(workspace: Workspace, set_id: int, item_ids: Sequence[str] = ()) -> Facts:
    """Return what the members of a segment share, never anything of one of them.

    Raises
    ------
    InputError
        It has fewer than twenty members.
    """
    raise NotImplementedError


def category_facts(workspace: Workspace, category: str) -> Facts:
    """Return what is known of a category: its number of products, brands, price range, kinds."""
    raise NotImplementedError


def missing_description(workspace: Workspace) -> list[str]:
    """Return the ids of products without a description, the most bought first."""
    raise NotImplementedError
