"""How a shop writes: voices, templates, the model and its price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import Field

from recsys.copywriting.prompt import Prompt
from recsys.copywriting.text import Brief, Facts, Kind, Voice
from recsys.values import Value
from recsys.workspace import Workspace


class Price(Value):
    """US dollars a million tokens; what is read from the cache and batches are worked out."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class Choices(Value):
    """What is chosen on the page: the model, and prices where Aisle knows none."""

    model: str = ""
    prices: dict[str, Price] = Field(default_factory=dict[str, Price])


class Template(Value):
    """The instructions of a kind of copy, with ``{places}`` for what the brief says."""

    kind: Kind
    text: str


T = TypeVar("T")


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A setting with the revision that a change of it has to know, and who set it when."""

    value: T
    revision: int
    actor: str
    at: float


def choices(workspace: Workspace) -> Kept[Choices]:
    """Return what is chosen; the default model where nothing is."""
    raise NotImplementedError


def save_choices(
    workspace: Workspace, chosen: Choices, *, revision: int, actor: str
) -> Kept[Choices]:
    """Keep what is chosen."""
    raise NotImplementedError


def price_of(workspace: Workspace, model: str) -> Price | None:
    """Return what a model costs: as set on the page, else as Aisle knows it, else None."""
    raise NotImplementedError


def voices(workspace: Workspace) -> list[Kept[Voice]]:
    """Return the shop's own voices, by name."""
    raise NotImplementedError


def save_voice(workspace: Workspace, voice: Voice, *, revision: int, actor: str) -> Kept[Voice]:
    """Keep a voice."""
    raise NotImplementedError


def delete_voice(workspace: Workspace, name: str, *, revision: int, actor: str) -> None:
    """Delete a voice; texts written with it stay."""
    raise NotImplementedError


def template(workspace: Workspace, kind: Kind) -> Kept[Template]:
    """Return the template in use; revision 0 is Aisle's own."""
    raise NotImplementedError


def template_history(workspace: Workspace, kind: Kind) -> list[Kept[Template]]:
    """Return all versions of a template, newest first, Aisle's own last."""
    raise NotImplementedError


def save_template(
    workspace: Workspace, changed: Template, *, revision: int, actor: str
) -> Kept[Template]:
    """Put a template into use.

    Raises
    ------
    InputError
        A place in it is not known, or braces are not closed.
    """
    raise NotImplementedError


def try_template(workspace: Workspace, changed: Template, facts: Facts, brief: Brief) -> Prompt:
    """Return what would be sent with a template that is not in use yet."""
    raise NotImplementedError
