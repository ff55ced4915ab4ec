"""How a shop writes: voices, templates, the model and its price."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import Field, ValidationError
from sqlalchemy import Connection

from recsys.copywriting import stored_settings as stored
from recsys.copywriting.prompt import Prompt
from recsys.copywriting.prompting import check_template, make_prompt, own_template
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.providers.prices import Price, cost, known_price
from recsys.copywriting.text import TONES, Brief, Facts, Kind, Voice
from recsys.errors import Conflict, InputError, NotFound, StorageError
from recsys.rules.saying import ago
from recsys.values import Value
from recsys.workspace import Workspace
from recsys.workspace.database import record

_LONGEST_NAME, _LONGEST_ABOUT, _LONGEST_EXAMPLE, _LONGEST_WORD = 60, 2_000, 2_000, 80
_CHOICES = "choice of model"


class Choices(Value):
    """What is chosen on the page: the model, and prices where Aisle knows none."""

    model: str = ""
    prices: dict[str, Price] = Field(default_factory=dict[str, Price])


class Template(Value):
    """The instructions of a kind of copy, with ``{places}`` for what the brief says."""

    kind: Kind
    text: str


T = TypeVar("T")
V = TypeVar("V", bound=Value)


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A setting with the revision that a change of it has to know, and who set it when."""

    value: T
    revision: int
    actor: str
    at: float


def choices(workspace: Workspace) -> Kept[Choices]:
    """Return what is chosen; an empty model where nothing is, see :func:`model_of`."""
    with workspace.database.read() as connection:
        found = stored.newest(connection, _CHOICES)
    return _kept(found, Choices) if found.revision else Kept(Choices(), 0, "", 0.0)


def save_choices(
    workspace: Workspace, chosen: Choices, *, revision: int, actor: str
) -> Kept[Choices]:
    """Keep what is chosen.

    Raises
    ------
    InputError
        The name of a model is too long.
    Conflict
        Somebody else changed it since ``revision``.
    """
    if any(len(name) > 200 for name in (chosen.model, *chosen.prices)):
        raise InputError("The name of a model has at most 200 characters.")
    with workspace.database.write() as connection:
        return _save(connection, _CHOICES, chosen, revision=revision, actor=actor)


def model_of(workspace: Workspace) -> str:
    """Return the model that writes: the one chosen, else that of the environment, else Aisle's."""
    from recsys.copywriting.providers.opening import DEFAULT_MODEL

    return choices(workspace).value.model or workspace.settings.llm_model or DEFAULT_MODEL


def price_of(workspace: Workspace, model: str) -> Price | None:
    """Return what a model costs: as set on the page, else as Aisle knows it, else None."""
    return choices(workspace).value.prices.get(model) or known_price(model)


def cost_of(usage: Usage, price: Price | None, *, batch: bool = False) -> float | None:
    """Return what an answer costs in US dollars; None where the price is not known."""
    return None if price is None else cost(usage, price, batch=batch)


def voices(workspace: Workspace) -> list[Kept[Voice]]:
    """Return the shop's own voices, by name."""
    with workspace.database.read() as connection:
        found = stored.all_newest(connection, _voice_name(""))
    kept = [_kept(one, Voice) for one in found]
    return sorted(kept, key=lambda one: one.value.name.casefold())


def voice_of(workspace: Workspace, name: str) -> Voice | None:
    """Return a voice of the shop's own; None for a tone.

    Raises
    ------
    NotFound
        There is no such voice.
    """
    if name in TONES:
        return None
    with workspace.database.read() as connection:
        found = stored.newest(connection, _voice_name(name))
    if not found.revision or found.deleted:
        known = ", ".join([*TONES, *(one.value.name for one in voices(workspace))])
        raise NotFound(f"There is no voice {name!r}.", hint=f"There are: {known}.")
    return _kept(found, Voice).value


def voice_left(workspace: Workspace, name: str) -> Voice | None:
    """Return a voice as :func:`voice_of` does, None where it was deleted meanwhile."""
    try:
        return voice_of(workspace, name)
    except NotFound:
        return None


def save_voice(workspace: Workspace, voice: Voice, *, revision: int, actor: str) -> Kept[Voice]:
    """Keep a voice: a new one with revision 0, or the next state of one.

    Raises
    ------
    InputError
        Its name is empty or that of a tone, or something is too long.
    Conflict
        Somebody else changed it since ``revision``, or has one of that name.
    """
    voice = _checked(voice)
    with workspace.database.write() as connection:
        name = _voice_name(voice.name)
        return _save(connection, name, voice, revision=revision, actor=actor)


def delete_voice(workspace: Workspace, name: str, *, revision: int, actor: str) -> None:
    """Delete a voice; texts written with it stay.

    Raises
    ------
    Conflict
        Somebody else changed it since ``revision``.
    """
    with workspace.database.write() as connection:
        before = stored.newest(connection, _voice_name(name))
        if before.deleted or not before.revision:
            raise NotFound(f"There is no voice {name!r}.", hint="Somebody may have deleted it.")
        _check_seen(before, revision)
        stored.add(
            connection,
            before.name,
            before.body,
            revision=before.revision + 1,
            deleted=True,
            actor=actor,
        )
        record(connection, actor, "delete copy setting", before.name)


def template(workspace: Workspace, kind: Kind) -> Kept[Template]:
    """Return the template in use; revision 0 is Aisle's own."""
    with workspace.database.read() as connection:
        found = stored.newest(connection, f"template {kind}")
    return _kept(found, Template) if found.revision else _own(kind)


def template_history(workspace: Workspace, kind: Kind) -> list[Kept[Template]]:
    """Return all versions of a template, newest first, Aisle's own last."""
    with workspace.database.read() as connection:
        found = stored.earlier(connection, f"template {kind}")
    return [*(_kept(one, Template) for one in found), _own(kind)]


def save_template(
    workspace: Workspace, changed: Template, *, revision: int, actor: str
) -> Kept[Template]:
    """Put a template into use.

    Raises
    ------
    InputError
        A place in it is not known, or braces are not closed.
    Conflict
        Somebody else changed it since ``revision``.
    """
    check_template(changed.text)
    with workspace.database.write() as connection:
        name = f"template {changed.kind}"
        return _save(connection, name, changed, revision=revision, actor=actor)


def try_template(workspace: Workspace, changed: Template, facts: Facts, brief: Brief) -> Prompt:
    """Return what would be sent with a template that is not in use yet.

    Its version is that which saving it would give.

    Raises
    ------
    InputError
        As for :func:`save_template`, or it is of another kind than the brief.
    """
    if changed.kind != brief.kind:
        raise InputError(f"A template of a {changed.kind} cannot write a {brief.kind}.")
    check_template(changed.text)
    revision = template(workspace, changed.kind).revision + 1
    voice = voice_of(workspace, brief.voice)
    return make_prompt(facts, brief, template=changed.text, revision=revision, voice=voice)


def _own(kind: Kind) -> Kept[Template]:
    return Kept(Template(kind=kind, text=own_template(kind)), 0, "", 0.0)


def _voice_name(name: str) -> str:
    return f"voice {name}"


def _checked(voice: Voice) -> Voice:
    name = re.sub(r"\s+", " ", voice.name).strip()
    if not name or len(name) > _LONGEST_NAME:
        raise InputError(f"A voice needs a name of at most {_LONGEST_NAME} characters.")
    if name.lower() in TONES:
        raise InputError(f"{name!r} is a tone of every shop.", hint="Give the voice another name.")
    if (
        _longer((voice.about,), _LONGEST_ABOUT)
        or _longer(voice.examples, _LONGEST_EXAMPLE)
        or _longer(voice.banned, _LONGEST_WORD)
    ):
        raise InputError(
            f"A voice is described in at most {_LONGEST_ABOUT:,} characters, an example has as"
            f" many, and a banned word or phrase {_LONGEST_WORD}.",
            hint="Shorten what is longer.",
        )
    return voice.model_copy(
        update={
            "name": name,
            "examples": tuple(text.strip() for text in voice.examples if text.strip()),
            "banned": tuple(dict.fromkeys(word.strip() for word in voice.banned if word.strip())),
        }
    )


def _longer(texts: Sequence[str], most: int) -> bool:
    return any(len(text) > most for text in texts)


def _save(connection: Connection, name: str, value: V, *, revision: int, actor: str) -> Kept[V]:
    before = stored.newest(connection, name)
    if not before.deleted or revision:
        _check_seen(before, revision)
    body = value.model_dump(mode="json")
    new = stored.add(connection, name, body, revision=before.revision + 1, actor=actor)
    record(connection, actor, "change copy setting", name, revision=new.revision)
    return Kept(value, new.revision, new.actor, new.at)


def _check_seen(before: stored.Setting, revision: int) -> None:
    if before.revision == revision:
        return
    done = "deleted" if before.deleted else "changed"
    raise Conflict(
        f"The {before.name} was {done} by {before.actor} {ago(before.at)}. Yours was not saved."
        if before.revision
        else f"There is no {before.name}, so it cannot be changed.",
        hint="Look at it as it is now, then change it again.",
        theirs=None if before.deleted else before.body,
    )


def _kept(found: stored.Setting, kind: type[V]) -> Kept[V]:
    try:
        value = kind.model_validate(found.body)
    except ValidationError as error:
        raise StorageError(
            f"The {found.name} cannot be read ({error.errors()[0]['msg']}).",
            hint="Save it anew.",
        ) from None
    return Kept(value, found.revision, found.actor, found.at)
