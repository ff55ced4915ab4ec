"""What each row of a bulk run needs next: an answer, or only to be put into the queue."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from recsys.copywriting import run_rows, run_texts
from recsys.copywriting.checks.apart import Apart
from recsys.copywriting.checks.check import check
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.prompt import Prompt
from recsys.copywriting.prompting import once_more
from recsys.copywriting.providers.base import Answer, Usage
from recsys.copywriting.run_rows import Row
from recsys.copywriting.runs import Run
from recsys.copywriting.schema import parse
from recsys.copywriting.text import About, Copy, Facts, State
from recsys.errors import AisleError, InputError
from recsys.workflows.copy_checking import others_of
from recsys.workflows.copy_facts import many_product_facts, segment_facts
from recsys.workflows.copy_queue import first_state, new_version
from recsys.workflows.copy_settings import cost_of
from recsys.workflows.copywriting import Desk, Written, better
from recsys.workspace import Workspace
from recsys.workspace.database import record

GONE = "It is not in the catalogue any more."
APPROVED = "It has approved copy by now."
WAITS = "A text from the same facts waits in the queue already."
ELSEWHERE = "Run {run} has asked for the very same, and is not answered yet."


@dataclass(frozen=True)
class Ask:
    """A request that a row needs.

    Attributes
    ----------
    digest
        Of the request.
    first
        The text that did not pass the checks, where this is the second request.
    """

    row: Row
    facts: Facts
    prompt: Prompt
    digest: str
    first: Written | None = None


@dataclass(frozen=True)
class Ready:
    """A text that can be put into the queue."""

    row: Row
    facts: Facts
    written: Written


class Steps:
    """Takes rows of a run from one step to the next; asks nobody and keeps all in the database.

    Whatever was answered before, in this run or another, is not asked for again: a row that
    begins anew after a kill finds its answers by the digests of its requests.

    Parameters
    ----------
    provider
        Its name.
    apart
        Whether texts are checked in a process of its own.
    """

    def __init__(
        self, workspace: Workspace, run: Run, provider: str, *, apart: bool = False
    ) -> None:
        self.run = run
        self.brief = run.order.brief
        self.about: About = run.order.about
        self._workspace = workspace
        self._provider = provider
        self._desk = Desk.of(workspace, self.brief, model=run.order.model)
        self._batch = run.order.way == "batch"
        self._lock = threading.Lock()
        # What is written twice is looked for among these and what comes in the run.
        self._others = others_of(workspace, self.brief)
        self._apart = Apart(self.brief, self._desk.voice, self._others) if apart else None

    def close(self) -> None:
        """Put away what was started."""
        if self._apart is not None:
            self._apart.close()

    def cost(self, usage: Usage) -> float | None:
        """Return what an answer costs in US dollars; None where the price is not known."""
        return cost_of(usage, self._desk.price, batch=self._batch)

    def look(self, rows: Sequence[Row]) -> list[Ask | Ready | Row]:
        """Return what some rows need next; a row alone is at its end, failed or skipped."""
        if not rows:
            return []
        found, closed = self._facts(rows)
        asks = [self._ask(row, found[row.id]) for row in rows if row.id in found]
        version = asks[0].prompt.version if asks else ""
        facts = [ask.facts for ask in asks]
        abouts = [ask.row.about_id for ask in asks]
        with self._workspace.database.read() as connection:
            digests = [digest for ask in asks for digest in (ask.digest, ask.row.digest) if digest]
            answers = run_texts.kept_answers(connection, digests)
            approved = run_texts.approved_ids(connection, self.about, self.brief, abouts)
            waiting = run_texts.waiting_texts(connection, self.about, self.brief, facts, version)
            rejected = run_texts.rejected_texts(connection, self.about, self.brief, abouts)
        steps: list[Ask | Ready | Row] = list(closed)
        for ask in asks:
            row, about = ask.row, ask.row.about_id
            if about in approved:
                steps.append(replace(row, state="skipped", error=APPROVED))
            elif about in waiting:
                steps.append(replace(row, state="skipped", copy_id=waiting[about], error=WAITS))
            else:
                step = self._next(ask, answers)
                # What was rejected does not come back from the answers that are kept; a row that
                # this run has asked for has been answered anew, whatever the answer is.
                if isinstance(step, Ready) and row.tries == 0:
                    old = (about, step.written.copy.text) in rejected
                    step = ask if old else step
                steps.append(step)
        return self._without_twins(steps)

    def _without_twins(self, steps: Sequence[Ask | Ready | Row]) -> list[Ask | Ready | Row]:
        """Leave out rows that another run has asked for and will be answered."""
        digests = [step.digest for step in steps if isinstance(step, Ask)]
        with self._workspace.database.read() as connection:
            sent = run_rows.sent_elsewhere(connection, self.run.id, digests)
        return [
            replace(step.row, state="skipped", error=ELSEWHERE.format(run=sent[step.digest]))
            if isinstance(step, Ask) and step.digest in sent
            else step
            for step in steps
        ]

    def _next(self, ask: Ask, answers: Mapping[str, Answer]) -> Ask | Ready:
        """Take a row as far as the answers reach that are there."""
        if ask.digest not in answers:
            return ask
        step = self.after(ask, *self.read(answers[ask.digest]))
        if isinstance(step, Ask):
            # What the checks found may have changed since, as other texts came: what the row asked
            # last is its second request, whatever that would be now.
            last = ask.row.digest if ask.row.digest != ask.digest else ""
            second = answers.get(last) or self._answer(step.digest)
            if second is not None:
                return self.after(step, *self.read(second))
        return step

    def _answer(self, digest: str) -> Answer | None:
        with self._workspace.database.read() as connection:
            return run_texts.kept_answers(connection, [digest]).get(digest)

    def read(self, answer: Answer) -> tuple[Copy, Usage]:
        """Return what an answer holds.

        Raises
        ------
        BadAnswer
            It cannot be used.
        """
        return parse(answer, self.brief.kind), answer.usage

    def after(self, ask: Ask, copy: Copy, usage: Usage) -> Ask | Ready:
        """Check a text: a first one that is not clean goes back with what was found."""
        with self._lock:
            checked = self._checked(copy, ask.facts)
        written = Written(
            copy=copy,
            checked=checked,
            model=self._desk.model,
            prompt_version=ask.prompt.version,
            usage=usage,
            cost=self.cost(usage),
        )
        if ask.first is not None:
            return Ready(ask.row, ask.facts, better(ask.first, written))
        if written.checked.clean:
            return Ready(ask.row, ask.facts, written)
        again = once_more(ask.prompt, copy, written.checked)
        return replace(ask, prompt=again, digest=self._digest(again), first=written)

    def _checked(self, copy: Copy, facts: Facts) -> Checked:
        if self._apart is not None:
            return self._apart.check(copy, facts)
        voice, others = self._desk.voice, self._others
        checked = check(copy, facts, self.brief, voice=voice, others=others)
        others.add(facts.id, copy.text)
        return checked

    def as_it_is(self, ask: Ask) -> Ready | None:
        """Return the first text of a row, where there is one that did not pass the checks."""
        return None if ask.first is None else Ready(ask.row, ask.facts, ask.first)

    def give_up(self, ask: Ask, error: AisleError) -> Ready | Row:
        """Return what becomes of a row that got no answer of use: a first text is kept."""
        if ask.first is not None:
            return Ready(ask.row, ask.facts, replace(ask.first, tries=2))
        return replace(ask.row, state="failed", error=str(error))

    def keep(self, ready: Sequence[Ready], closed: Sequence[Row]) -> list[Row]:
        """Put texts into the queue and write where their rows and others stand; return those."""
        run = self.run
        versions = [
            new_version(one.facts, self.brief, one.written, actor=run.actor) for one in ready
        ]
        states: list[State] = [first_state(version) for version in versions]
        with self._workspace.database.write() as connection:
            ids = run_texts.put_texts(connection, run.id, states, versions) if versions else []
            rows = [
                replace(one.row, state="written", copy_id=copy_id, error="")
                for one, copy_id in zip(ready, ids, strict=True)
            ]
            rows += closed
            run_rows.write_rows(connection, rows)
            if ids:
                record(connection, run.actor, "keep copy", f"copy run {run.id}", texts=ids)
        return rows

    def _facts(self, rows: Sequence[Row]) -> tuple[dict[int, Facts], list[Row]]:
        """Return the facts of rows, and the rows that have none any more."""
        found: dict[int, Facts] = {}
        closed: list[Row] = []
        if self.about == "product":
            facts = many_product_facts(self._workspace, [row.about_id for row in rows])
            for row in rows:
                if row.about_id in facts:
                    found[row.id] = facts[row.about_id]
                else:
                    closed.append(replace(row, state="failed", error=GONE))
            return found, closed
        for row in rows:
            try:
                found[row.id] = segment_facts(self._workspace, int(row.about_id))
            except InputError as error:
                closed.append(replace(row, state="failed", error=str(error)))
        return found, closed

    def _ask(self, row: Row, facts: Facts) -> Ask:
        """Return the first request of a row."""
        prompt = self._desk.prompt(facts)
        return Ask(row, facts, prompt, self._digest(prompt))

    def _digest(self, prompt: Prompt) -> str:
        return prompt.digest(self._provider, self._desk.model)
