"""Options that commands for copy share, and what they say of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recsys.copywriting.checks.finding import Checked
    from recsys.copywriting.text import Brief
    from recsys.workspace import Workspace

Voice = Annotated[
    str, typer.Option(help="professional, casual, luxury, technical, or a voice of your own.")
]
Language = Annotated[str, typer.Option(help="Two letters: en, de, fr, es, it, nl, pl, pt, sv.")]
Words = Annotated[int, typer.Option(help="The most words that the text may have, 20 to 600.")]
Keywords = Annotated[
    list[str] | None,
    typer.Option("--keyword", help="What people search for; may be given several times."),
]
Note = Annotated[str, typer.Option(help="What was wrong with the last one.")]
Model = Annotated[str, typer.Option(help="By default the one chosen on the Copy page.")]
Keep = Annotated[
    bool, typer.Option("--keep/--no-keep", help="Put the text into the queue, to be approved.")
]
ShowPrompt = Annotated[
    bool, typer.Option("--prompt", help="Print what would be sent, and send nothing.")
]
Occasion = Annotated[str, typer.Option(help="Of an e-mail: Black Friday, birthday.")]
MergeTool = Annotated[
    str, typer.Option(help="The e-mail tool whose merge tag stands for the first name: klaviyo.")
]
OfferEnds = Annotated[
    str, typer.Option(help="Day as 2026-12-24; only with it may a subject say that time ends.")
]


def brief_of(**fields: Any) -> Brief:
    """Return what options ask for.

    Raises
    ------
    InputError
        One of them is out of range or no text.
    """
    from pydantic import ValidationError

    from recsys.copywriting.text import Brief

    texts = {name: one for name, one in fields.items() if isinstance(one, str)}
    check_text(*texts.values(), *fields.get("keywords", ()))
    try:
        return Brief(**fields)
    except ValidationError as error:
        found = error.errors()[0]
        option = "-".join(str(part) for part in found["loc"][:1]).replace("_", "-")
        raise InputError(f"--{_OPTIONS.get(option, option)}: {found['msg']}.") from None


# Where an option has another name than the field of the brief.
_OPTIONS = {"max-words": "words", "keywords": "keyword"}


def check_text(*given: str) -> None:
    """Refuse bytes that are no text, which the shell hands over as they are."""
    for one in given:
        try:
            one.encode()
        except UnicodeEncodeError:
            shown = one.encode("utf-8", "replace").decode()
            raise InputError(f"{shown!r} is no text (UTF-8).") from None


def pairs_of(given: list[str] | None) -> dict[str, str]:
    """Return the fields and values of ``FIELD=VALUE`` options."""
    pairs: dict[str, str] = {}
    for one in given or []:
        check_text(one)
        field, equals, value = one.partition("=")
        if not equals or not field.strip():
            raise InputError(
                f"--fact {one!r} is no FIELD=VALUE.", hint="For example: --fact origin=Ecuador"
            )
        pairs[field.strip()] = value.strip()
    return pairs


def written_words(document: Mapping[str, Any]) -> str:
    """Say a text and what the checks found in it, in lines for people."""
    lines = [document["text"]]
    if document["preheader"]:
        lines += ["", f"Preheader: {document['preheader']}"]
    lines += ["", *finding_lines(document)]
    return "\n".join(lines)


def finding_lines(document: Mapping[str, Any]) -> list[str]:
    """Say what the checks found, what keeps a text from being approved first."""
    found = sorted(document["findings"], key=lambda one: not one["blocks"])
    lines = [f"{'Blocks' if one['blocks'] else 'Advice'}: {one['words']}" for one in found]
    if document["clean"] and document["partly"]:
        lines.insert(0, "Partly checked: nothing was found in what was read.")
    elif document["clean"]:
        lines.insert(0, "Clean: nothing keeps it from being approved.")
    text = {"text": document["text"], "preheader": document["preheader"]}
    lines += [
        f"Receipt: “{text[one['where']][one['start'] : one['end']]}” rests on {one['field']}"
        f" ({one['value']})."
        for one in document["receipts"]
    ]
    return [*lines, *([document["limits"]] if document["limits"] else [])]


def made_words(document: Mapping[str, Any]) -> str:
    """Say who wrote a text, what it took, and where it waits."""
    used = document["usage"]
    into = used["input"] + used["cache_read"] + used["cache_write"]
    cost = "price not known" if document["cost"] is None else f"${document['cost']:.4f}"
    words = f"{document['model']}: {into:,} tokens in, {used['output']:,} out, {cost}"
    if document["tries"] > 1:
        words += "; the first text went back with what was found"
    if document["copy_id"] is None:
        return f"{words}. Not kept."
    state = document["state"]
    if state == "checked" and document["partly"]:
        state = "partly checked"
    return f"{words}. Kept as copy {document['copy_id']} ({state})."


def again_words(checked: Checked) -> str:
    """Say that a text goes back to the model."""
    count = sum(finding.blocks for finding in checked.findings)
    return f"The first text did not pass ({count} to mend) and goes back with what was found."


def open_workspace() -> Workspace:
    """Open the workspace that the environment names."""
    from recsys.workspace import Workspace

    return Workspace.from_environment()
