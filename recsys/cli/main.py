from __future__ import annotations

import logging
import os
import secrets
import sys
from collections.abc import Sequence

import typer

from recsys.cli import (
    comparing,
    copywriting,
    data,
    live,
    maps,
    models,
    rules,
    segments,
    serving,
    shelves,
    versions,
)
from recsys.errors import AisleError

MENDABLE, BUG = 2, 1

app = typer.Typer(
    help="Product recommendations for your shop, from data to shelves.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (data, versions, live, models, comparing, maps, shelves, serving):
    app.registered_commands += module.app.registered_commands
app.add_typer(rules.app, name="rules")
app.add_typer(segments.app, name="segment")
app.add_typer(copywriting.app, name="copy")

_log = logging.getLogger(__name__)


def main() -> None:
    """Run the command that the process was started with, and end the process."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code.

    Returns
    -------
    int
        0 done; 2 something that the user can mend, said on standard error; 1 a fault of Aisle,
        with its number (``AISLE_DEBUG=1`` shows where); 130 after Ctrl+C.
    """
    debug = os.environ.get("AISLE_DEBUG", "") not in {"", "0"}
    logging.basicConfig(level=logging.INFO if debug else logging.CRITICAL)
    try:
        app(args=list(arguments), prog_name="aisle")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else BUG
    except AisleError as error:
        typer.echo(f"Error: {error.message}", err=True)
        if error.hint:
            typer.echo(error.hint, err=True)
        # A plain AisleError is how a job tells that it failed for a fault of ours.
        return BUG if type(error) is AisleError else MENDABLE
    except Exception:  # the top of the process: whatever comes here is a bug of ours
        number = secrets.token_hex(4)
        typer.echo(f"A fault in Aisle stopped this command (error {number}).", err=True)
        if debug:
            _log.exception("Error %s", number)
        else:
            typer.echo("Run it again with AISLE_DEBUG=1 to see where.", err=True)
        return BUG
    return 0
