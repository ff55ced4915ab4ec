"""A bulk run by batches: handed in whole, half the price, answered within a day."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from recsys.copywriting import run_rows, runs
from recsys.copywriting.budget import all_tokens, reserved
from recsys.copywriting.providers.base import Answer, Provider, Usage
from recsys.copywriting.run_rows import Row
from recsys.copywriting.runs import Handed
from recsys.errors import BadAnswer, Busy, NotThere, ProviderError, Unreachable
from recsys.workflows.copy_bulk_lost import find_lost
from recsys.workflows.copy_bulk_run import FOR_ALL, KIND, Course, billed
from recsys.workflows.copy_bulk_steps import Ask, Ready, Steps
from recsys.workspace import Workspace

# The API takes 100,000 requests and 256 MB; smaller pieces keep memory small.
MOST_REQUESTS, MOST_CHARACTERS = 10_000, 50_000_000
_ROWS_AT_ONCE = 250
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
_PATIENCE_SECONDS = 900.0  # with a provider that does not answer
_PATIENCE_AT_THE_END = 60.0  # the same where the run is cancelled
_MOST_PAUSE = 3_600.0  # of what a provider asks for
BILLED = "The run has ended, but a batch may go on at the provider and still be billed."
_SLICE_SECONDS = 0.5


class Batches:
    """One job's work on a run by batches.

    While batches are under way the job sleeps and looks again, longer each time. When other work
    waits in the queue meanwhile, it makes room and queues a job that goes on after it.
    """

    def __init__(self, workspace: Workspace, course: Course, provider: Provider) -> None:
        self._workspace = workspace
        self._course = course
        self._provider = provider
        self._steps = Steps(workspace, course.run, provider.name)
        self._batches = list(course.run.batches)
        self._cancelled: set[str] = set()
        self._answered_at = time.monotonic()
        self._troubles = 0  # in a row

    def work(self) -> None:
        """Hand in what waits and collect what came, until nothing is left or the run is stopped.

        Raises
        ------
        JobStopped
            The job was cancelled or is no longer ours; batches go on at the provider.
        """
        while True:
            self._course.heed()
            held_up = None
            try:
                self._round()
                self._answered_at, self._troubles = time.monotonic(), 0
            except (Busy, Unreachable) as error:
                held_up = error
                self._troubles += 1
                self._hold_up(error)
            except ProviderError as error:
                self._give_in(error)
            waits = bool(self._open) or (held_up is not None and self._course.going)
            waits = waits and self._course.state in {"running", "cancelled"}
            if not waits and self._course.over():
                return
            if waits and self._sleep(held_up):
                return

    @property
    def _open(self) -> list[Handed]:
        return [one for one in self._batches if not one.collected]

    def _hold_up(self, error: Busy | Unreachable) -> None:
        """Give in once the provider has not answered for long."""
        ends = self._course.state == "cancelled"
        patience = _PATIENCE_AT_THE_END if ends else _PATIENCE_SECONDS
        if time.monotonic() - self._answered_at > patience:
            self._give_in(error)

    def _give_in(self, error: ProviderError) -> None:
        """Pause the run; one that is cancelled ends, whatever the provider does."""
        self._course.stop("paused", str(error))
        if self._course.state == "cancelled" and self._open:
            self._leave(str(error))

    def _leave(self, why: str) -> None:
        """End a cancelled run without its batches."""
        self._say_billed(why)
        for one in self._open:
            self._close(one)

    def _say_billed(self, why: str = "") -> None:
        order = self._course.run.order.model_copy(update={"why": f"{why} {BILLED}".strip()})
        with self._workspace.database.write() as connection:
            runs.change_run(connection, self._course.run.id, order=order)

    def _round(self) -> None:
        """Do all that can be done now."""
        for one in self._open:
            if not one.id:
                self._find(one)
        for one in self._open:
            self._look_at(one)
        if self._course.going:
            self._hand_in()

    def _find(self, lost: Handed) -> None:
        """Find out whether a batch was taken of which no id came back, by a kill or a lost answer.

        Were it another's, none of its answers would have the name of a row: the rows wait again.
        """
        found = find_lost(self._workspace, self._provider, lost)
        if found:
            self._change(lost, lost.model_copy(update={"id": found, "sure": False}))
        else:
            self._drop(lost)

    def _drop(self, handed: Handed) -> None:
        """Take a batch that was never handed in for what it is: its rows wait again."""
        self._batches.remove(handed)
        with self._workspace.database.write() as connection:
            if not self._open:
                run_rows.move_rows(connection, self._course.run.id, "sent", "waiting")
            runs.change_run(connection, self._course.run.id, batches=self._batches)
        self._course.count()

    def _change(self, before: Handed, after: Handed) -> None:
        self._batches[self._batches.index(before)] = after
        with self._workspace.database.write() as connection:
            runs.change_run(connection, self._course.run.id, batches=self._batches)

    def _look_at(self, handed: Handed) -> None:
        """Collect a batch if it has ended; end it if its run has, and it is surely the run's.

        One that the provider does not know any more has no answers: its rows wait again.
        """
        try:
            ended = self._provider.batch(handed.id).ended
            if not ended and self._course.state == "cancelled":
                if not handed.sure:
                    self._say_billed()
                    ended = False
                    self._close(handed)
                elif handed.id not in self._cancelled:
                    self._provider.cancel_batch(handed.id)
                    self._cancelled.add(handed.id)
                    ended = self._provider.batch(handed.id).ended
            if ended:
                self._collect(handed)
        except NotThere:
            ended = True
        if ended:
            self._close(handed)

    def _close(self, handed: Handed) -> None:
        """Note that all of a batch is here; what nobody answered waits again."""
        after = handed.model_copy(update={"collected": True})
        self._batches[self._batches.index(handed)] = after
        with self._workspace.database.write() as connection:
            if not self._open:
                run_rows.move_rows(connection, self._course.run.id, "sent", "waiting")
            runs.change_run(connection, self._course.run.id, batches=self._batches)
        self._course.count()

    def _collect(self, handed: Handed) -> None:
        """Take the answers of a batch; those that were taken before a kill are known by their rows.

        A request is named by its digest, and rows know the digest that they wait for.
        """
        with self._workspace.database.read() as connection:
            sent = run_rows.rows_in(connection, self._course.run.id, "sent")
        rows: dict[str, list[Row]] = {}
        for row in sent:
            rows.setdefault(row.digest, []).append(row)
        group: dict[str, Answer | ProviderError] = {}
        for name, outcome in self._provider.batch_answers(handed.id):
            if name in rows:
                group[name] = outcome
            if len(group) == _ROWS_AT_ONCE:
                self._take(group, rows)
                group = {}
        self._take(group, rows)

    def _take(
        self, group: Mapping[str, Answer | ProviderError], rows: Mapping[str, list[Row]]
    ) -> None:
        """Keep some answers, and let their rows wait for what is made of them."""
        answers: dict[str, Answer] = {}
        paid: list[tuple[Usage, float | None]] = []
        after: list[Row] = []
        failed: list[tuple[Row, ProviderError]] = []
        refusal: ProviderError | None = None
        for digest, outcome in group.items():
            first, *twins = rows[digest]
            if isinstance(outcome, Answer):
                cost = self._steps.cost(outcome.usage)
                paid.append((outcome.usage, cost))
                first = billed(first, outcome.usage, cost, digest)
                try:
                    self._steps.read(outcome)
                    answers[digest] = outcome
                except BadAnswer as error:
                    failed.append((first, error))
            elif isinstance(outcome, FOR_ALL):
                refusal = outcome
            elif self._course.state != "cancelled":
                failed.append((replace(first, tries=first.tries + 1), outcome))
            after += [replace(row, state="waiting") for row in (first, *twins)]
        self._course.book(answers, after, paid)
        if refusal is not None:
            self._course.stop("paused", str(refusal))
        self._give_up([(replace(row, state="waiting"), error) for row, error in failed])
        self._course.count()
        self._course.heed("taking the answers")

    def _give_up(self, failed: Sequence[tuple[Row, ProviderError]]) -> None:
        """End the rows that got no answer of use; a first text is kept."""
        why = {row.id: error for row, error in failed}
        steps = self._steps.look([row for row, _ in failed])
        ends = [
            self._steps.give_up(step, why[step.row.id]) if isinstance(step, Ask) else step
            for step in steps
        ]
        self._keep(ends)

    def _keep(self, ends: Sequence[Ready | Row]) -> None:
        ready = [one for one in ends if isinstance(one, Ready)]
        self._steps.keep(ready, [one for one in ends if isinstance(one, Row)])

    def _hand_in(self) -> None:
        """Put into the queue what is answered, and hand in what is not, in pieces."""
        budget, open_ones = self._course.budget, self._open
        budget.tokens = sum(one.tokens for one in open_ones)
        budget.dollars = sum(one.dollars or 0.0 for one in open_ones)
        full = True
        while full and self._course.going:
            piece, full = self._piece()
            if piece:
                self._send(piece)
                continue
            if full and not self._open:
                self._keep_first_texts()
                self._course.is_full()
            return  # what is under way may show that there is room

    def _keep_first_texts(self) -> None:
        """Keep what is paid for and has no second try under the cap."""
        with self._workspace.database.read() as connection:
            rows = run_rows.rows_in(connection, self._course.run.id, "waiting")
        for some in run_rows.pieces([row for row in rows if row.tries], _ROWS_AT_ONCE):
            steps = [
                self._steps.as_it_is(step) if isinstance(step, Ask) else step
                for step in self._steps.look(some)
            ]
            self._keep([step for step in steps if step is not None])
        self._course.count()

    def _piece(self) -> tuple[list[tuple[Ask, Usage]], bool]:
        """Return the requests of the next batch, and whether more are left over."""
        piece: list[tuple[Ask, Usage]] = []
        characters = 0
        last = 0
        while True:
            with self._workspace.database.read() as connection:
                rows = run_rows.rows_in(
                    connection,
                    self._course.run.id,
                    "waiting",
                    limit=_ROWS_AT_ONCE,
                    after=last,
                )
            if not rows:
                return piece, False
            last = rows[-1].id
            steps = self._steps.look(rows)
            self._keep([step for step in steps if not isinstance(step, Ask)])
            for ask in (step for step in steps if isinstance(step, Ask)):
                model = self._course.run.order.model
                most = self._provider.most_tokens(ask.prompt, model=model)
                usage = reserved(ask.prompt, most)
                cost = self._steps.cost(usage)
                characters += len(ask.prompt.system) + len(ask.prompt.user)
                allowed = self._course.budget.allows(self._course.spent, usage, cost)
                if not allowed or len(piece) == MOST_REQUESTS or characters > MOST_CHARACTERS:
                    return piece, True
                self._course.budget.take(usage, cost)
                piece.append((ask, usage))
            self._course.count()
            self._course.heed("getting the requests ready")

    def _send(self, piece: Sequence[tuple[Ask, Usage]]) -> None:
        """Hand in a batch: that it is about to be is kept first, its id at once."""
        prompts = {ask.digest: ask.prompt for ask, _ in piece}
        costs = [self._steps.cost(usage) for _, usage in piece]
        handed = Handed(
            requests=len(prompts),
            at=time.time(),
            tokens=sum(all_tokens(usage) for _, usage in piece),
            dollars=None if None in costs else sum(cost or 0.0 for cost in costs),
        )
        self._batches.append(handed)
        rows = [replace(ask.row, state="sent", digest=ask.digest) for ask, _ in piece]
        with self._workspace.database.write() as connection:
            run_rows.write_rows(connection, rows)
            runs.change_run(connection, self._course.run.id, batches=self._batches)
        self._course.count()
        try:
            batch_id = self._provider.send_batch(prompts, model=self._course.run.order.model)
        except Unreachable:  # it may have been taken: see _find
            raise
        except ProviderError:
            self._undo(handed, [ask.row for ask, _ in piece])
            raise
        self._change(handed, handed.model_copy(update={"id": batch_id}))

    def _undo(self, handed: Handed, rows: Sequence[Row]) -> None:
        """Take back a batch that the provider did not take."""
        self._batches.remove(handed)
        with self._workspace.database.write() as connection:
            run_rows.write_rows(connection, rows)
            runs.change_run(connection, self._course.run.id, batches=self._batches)
        self._course.count()

    def _sleep(self, held_up: Busy | Unreachable | None) -> bool:
        """Wait until it is worth to look again; say whether another job goes on with the run."""
        if held_up is None:
            oldest = min(one.at for one in self._open)
            pause = min(max((time.time() - oldest) / 10, _FIRST_PAUSE), _LONGEST_PAUSE)
            why = "waiting for the provider"
        else:
            pause = min(_FIRST_PAUSE * 2.0 ** min(self._troubles - 1, 10), _LONGEST_PAUSE)
            if isinstance(held_up, Busy) and held_up.retry_after is not None:
                pause = min(max(held_up.retry_after, pause), _MOST_PAUSE)
            why = held_up.message[:1].lower() + held_up.message[1:].rstrip(".")
        began = time.monotonic()
        state = self._course.state
        while (slept := time.monotonic() - began) < pause and self._course.state == state:
            time.sleep(min(_SLICE_SECONDS, pause - slept))
            self._course.heed(f"{why}, looks again in {pause - slept:.0f} s")
            if self._course.make_room(but=KIND):
                return True
        return self._course.make_room()  # runs that wait as this one does take turns
