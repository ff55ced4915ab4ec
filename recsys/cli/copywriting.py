from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys.cli import copy_bulk, copy_queue
from recsys.cli.copy_options import (
    Keep,
    Keywords,
    Language,
    MergeTool,
    Model,
    Note,
    Occasion,
    OfferEnds,
    ShowPrompt,
    Voice,
    Words,
    again_words,
    brief_of,
    check_text,
    made_words,
    open_workspace,
    pairs_of,
    written_words,
)
from recsys.cli.output import AsJson, actor, give, say
from recsys.errors import BadFile, InputError

if TYPE_CHECKING:
    from recsys.copywriting.text import Brief, Fact, Facts
    from recsys.workspace import Workspace

app = typer.Typer(
    help="Copy: descriptions, e-mail subjects and category texts, checked.", no_args_is_help=True
)
for module in (copy_bulk, copy_queue):
    app.registered_commands += module.app.registered_commands

FactOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--fact",
        metavar="FIELD=VALUE",
        help="A fact to add or change; an empty value leaves the field out.",
    ),
]


@app.command()
def describe(
    item_id: Annotated[str, typer.Argument(metavar="ITEM", help="The product's id.")],
    *,
    voice: Voice = "professional",
    language: Language = "en",
    words: Words = 150,
    keyword: Keywords = None,
    fact: FactOptions = None,
    note: Note = "",
    model: Model = "",
    keep: Keep = True,
    prompt: ShowPrompt = False,
    as_json: AsJson = False,
) -> None:
    """Have a product described; the text is checked, and waits in the queue for approval."""
    from recsys.workflows.copy_facts import product_facts

    brief = brief_of(
        kind="description", voice=voice, language=language, max_words=words,
        keywords=tuple(keyword or ()), note=note,
    )  # fmt: skip
    check_text(item_id)
    workspace = open_workspace()
    facts = product_facts(workspace, item_id, edits=_edits(fact))
    _write(workspace, facts, brief, model=model, keep=keep, prompt=prompt, as_json=as_json)


@app.command()
def subjects(
    *,
    segment: Annotated[
        int | None, typer.Option(help="As 'aisle segment list' says; 20 members at the least.")
    ] = None,
    item: Annotated[
        list[str] | None, typer.Option(help="A product that it is about; up to three.")
    ] = None,
    occasion: Occasion = "",
    merge_tool: MergeTool = "",
    offer_ends: OfferEnds = "",
    voice: Voice = "professional",
    language: Language = "en",
    keyword: Keywords = None,
    note: Note = "",
    model: Model = "",
    keep: Keep = True,
    prompt: ShowPrompt = False,
    as_json: AsJson = False,
) -> None:
    """Have an e-mail subject and preheader written for a segment, for products, or for both."""
    from recsys.workflows.copy_facts import products_facts, segment_facts

    items = item or []
    if segment is None and not items:
        raise InputError(
            "A subject is about a segment or about products.",
            hint="aisle copy subjects --segment 1, or --item ID, or both.",
        )
    check_text(*items)
    brief = brief_of(
        kind="subject", voice=voice, language=language, occasion=occasion, merge_tool=merge_tool,
        offer_ends=offer_ends, keywords=tuple(keyword or ()), note=note,
    )  # fmt: skip
    workspace = open_workspace()
    if segment is None:
        facts = products_facts(workspace, items)
    else:
        facts = segment_facts(workspace, segment, items)
    _write(workspace, facts, brief, model=model, keep=keep, prompt=prompt, as_json=as_json)


@app.command()
def category(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As the catalogue spells it.")],
    *,
    voice: Voice = "professional",
    language: Language = "en",
    words: Words = 150,
    keyword: Keywords = None,
    note: Note = "",
    model: Model = "",
    keep: Keep = True,
    prompt: ShowPrompt = False,
    as_json: AsJson = False,
) -> None:
    """Have the text of a category page written."""
    from recsys.workflows.copy_facts import category_facts

    check_text(name)
    brief = brief_of(
        kind="category", voice=voice, language=language, max_words=words,
        keywords=tuple(keyword or ()), note=note,
    )  # fmt: skip
    workspace = open_workspace()
    facts = category_facts(workspace, name)
    _write(workspace, facts, brief, model=model, keep=keep, prompt=prompt, as_json=as_json)


@app.command()
def check(
    item_id: Annotated[str, typer.Argument(metavar="ITEM", help="The product's id.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text file (UTF-8), or - .")],
    *,
    kind: Annotated[str, typer.Option(help="description or subject.")] = "description",
    preheader: Annotated[str, typer.Option(help="Of a subject.")] = "",
    voice: Voice = "professional",
    language: Language = "en",
    words: Words = 150,
    keyword: Keywords = None,
    merge_tool: MergeTool = "",
    offer_ends: OfferEnds = "",
    fact: FactOptions = None,
    as_json: AsJson = False,
) -> None:
    """Check a text of your own against the catalogue; no model is asked, nothing is kept."""
    from recsys.copywriting.text import Copy
    from recsys.workflows.copy_facts import product_facts, products_facts
    from recsys.workflows.copy_once import written_document
    from recsys.workflows.copywriting import check_by_hand

    if kind not in {"description", "subject"}:
        raise InputError(f"There is no kind {kind!r}.", hint="Choose description or subject.")
    brief = brief_of(
        kind=kind, voice=voice, language=language, max_words=words, merge_tool=merge_tool,
        offer_ends=offer_ends, keywords=tuple(keyword or ()),
    )  # fmt: skip
    check_text(item_id, preheader)
    copy = Copy(text=_text_of(file), preheader=preheader)
    workspace = open_workspace()
    if kind == "subject":
        facts = products_facts(workspace, [item_id])
    else:
        facts = product_facts(workspace, item_id, edits=_edits(fact))
    document = written_document(
        check_by_hand(workspace, copy, facts, brief), None, language=language
    )
    give(document, written_words(document), as_json=as_json)


def _write(
    workspace: Workspace,
    facts: Facts,
    brief: Brief,
    *,
    model: str,
    keep: bool,
    prompt: bool,
    as_json: bool,
) -> None:
    """Write one text, or show what would be sent for it."""
    if prompt:
        _show_prompt(workspace, facts, brief, as_json=as_json)
        return
    from recsys.workflows.copy_once import write_one, written_document

    check_text(model)
    written, kept = write_one(
        workspace, facts, brief, model=model, kept=keep,
        on_again=lambda checked: say(again_words(checked)), actor=actor(),
    )  # fmt: skip
    document = written_document(written, kept, language=brief.language)
    say(made_words(document))
    give(document, written_words(document), as_json=as_json)


def _show_prompt(workspace: Workspace, facts: Facts, brief: Brief, *, as_json: bool) -> None:
    import json

    from recsys.workflows.copywriting import prompt_for

    found = prompt_for(workspace, facts, brief)
    schema = json.dumps(found.schema, indent=2)
    document = {
        "version": found.version,
        "system": found.system,
        "user": found.user,
        "schema": found.schema,
        "max_tokens": found.max_tokens,
    }
    words = f"{found.system}\n\n{found.user}\n\n{schema}"
    say(f"Template: {found.version}. Instructions, what it is about, the shape of the answer:")
    give(document, words, as_json=as_json)


def _edits(given: list[str] | None) -> list[Fact]:
    from recsys.copywriting.text import Fact

    return [
        Fact(field=field, value=value, by_hand=True) for field, value in pairs_of(given).items()
    ]


def _text_of(file: str) -> str:
    name = "standard input" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise BadFile(f"{name} cannot be read: {error.strerror}.") from None
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise BadFile(f"{name} is no text in UTF-8.", hint="Save it as UTF-8.") from None
