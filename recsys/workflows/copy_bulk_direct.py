"""A bulk run row by row: some requests at once, answers kept as they come."""

from __future__ import annotations

import queue
import sys
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from recsys.copywriting.budget import reserved
from recsys.copywriting.pace import Pace
from recsys.copywriting.providers.base import Answer, Provider, Usage
from recsys.copywriting.run_rows import Row
from recsys.errors import (
    BadAnswer,
    Busy,
    JobCancelled,
    ProviderError,
    StorageError,
    Unreachable,
)
from recsys.workflows.copy_bulk_run import Course, billed
from recsys.workflows.copy_bulk_steps import Ask, Ready, Steps
from recsys.workspace import Workspace

CONCURRENCY = 8
# Rows that are got ready ahead of being sent, and texts that are put into the queue at once.
_AHEAD, _GROUP = 64, 16
_GROUP_SECONDS = 0.25
_WAIT_SECONDS = 0.1
# Of a request that gets no answer while others do: by a lost connection, by a busy provider.
_TRIES, _BUSY_TRIES = 3, 10
_REFUSED_IN_A_ROW = 10
_PATIENCE_SECONDS = 600.0  # without an answer to anybody
# Rows from which on texts are checked in another process: threads share one processor.
_APART = 100
# An answer that came should not wait 5 ms for the thread that checks another one.
_SWITCH_SECONDS = 0.0005
_GRACE_SECONDS = 2.0  # for what is under way when the job is cancelled
_SAVE_SECONDS = 10.0  # for what is paid when the disk is full
_SILENCE_SECONDS = 10.0  # without an answer, after which it is said


@dataclass(frozen=True)
class _Sent:
    """A request under way, and the most that it may take."""

    ask: Ask
    at: float
    usage: Usage
    cost: float | None


# A request with what became of it, or None for what another thread has done.
_Back = tuple[_Sent, Future[Answer]] | None


class Direct:
    """One job's work on a run: this thread decides and writes, others wait for the provider.

    Each answer is kept before anything is made of it; only then the next request leaves.

    Parameters
    ----------
    concurrency
        Requests under way at once.
    """

    def __init__(
        self,
        workspace: Workspace,
        course: Course,
        provider: Provider,
        *,
        concurrency: int = CONCURRENCY,
    ) -> None:
        self._workspace = workspace
        self._course = course
        self._provider = provider
        many = course.open_rows > _APART
        self._steps = Steps(workspace, course.run, provider.name, apart=many)
        self._pace = Pace(concurrency)
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="copy")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="copy-ahead")
        self._back: queue.SimpleQueue[_Back] = queue.SimpleQueue()
        self._air: dict[str, list[Ask]] = {}  # by digest: the same is asked once for all its rows
        self._asks: deque[Ask] = deque()
        self._checks = ThreadPoolExecutor(1, thread_name_prefix="copy-checks")
        self._checking: deque[tuple[Ask, Future[Ask | Ready]]] = deque()
        self._ready: list[Ready] = []
        self._closed: list[Row] = []
        self._ahead: Future[list[Ask | Ready | Row]] | None = None
        self._in_hand: dict[int, Row] = {}
        self._lost: dict[int, int] = {}  # row -> requests without an answer
        self._refused = 0
        self._trouble = ""
        self._heard_at = time.monotonic()
        self._kept_at = time.monotonic()
        self._more = True

    def work(self) -> None:
        """Write until nothing waits any more or the run is stopped; what is under way is kept.

        Raises
        ------
        JobStopped
            The job was cancelled or is no longer ours.
        """
        interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        try:
            while True:
                self._round()
                if self._idle():
                    if self._course.over():
                        return
                    self._more = True
        except JobCancelled:
            self._land()
            raise
        except StorageError as error:
            raise self._save(error) from None
        finally:
            sys.setswitchinterval(interval)
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._reader.shutdown(wait=False, cancel_futures=True)
            self._checks.shutdown(wait=False, cancel_futures=True)
            self._steps.close()

    def _round(self) -> None:
        self._course.heed(self._pause_words())
        self._look_ahead()
        self._fill()
        if back := self._arrived():
            self._book(back)
        while self._checking and self._checking[0][1].done():
            ask, checked = self._checking.popleft()
            self._go_on(ask, checked.result())
        self._keep_group()

    def _idle(self) -> bool:
        """Whether there is nothing in hand, and nothing to be had."""
        if self._air or self._checking or self._ready or self._closed or self._ahead is not None:
            return False
        return not self._course.going or not (self._more or self._asks)

    def _pause_words(self) -> str:
        wait = self._pace.wait()
        if wait >= 1:
            return f"{self._trouble}, next in {wait:.0f} s"
        silence = time.monotonic() - self._heard_at
        if self._air and silence >= _SILENCE_SECONDS:
            return f"the provider has not answered for {silence:.0f} s"
        return ""

    def _look_ahead(self) -> None:
        """Have the next rows got ready by another thread, so that requests need not wait."""
        if self._ahead is not None and self._ahead.done():
            self._take(self._ahead.result())
            self._ahead = None
        if not self._course.going:
            self._let_go()
        elif self._ahead is None and self._more and len(self._asks) < _AHEAD // 2:
            rows = self._course.waiting(self._in_hand, _AHEAD)
            self._more = bool(rows)
            if rows:
                self._in_hand |= {row.id: row for row in rows}
                self._ahead = self._reader.submit(self._steps.look, rows)
                self._ahead.add_done_callback(self._wake)

    def _take(self, steps: Sequence[Ask | Ready | Row]) -> None:
        for step in steps:
            if isinstance(step, Ask):
                self._asks.append(step)
            elif isinstance(step, Ready):
                self._ready.append(step)
            else:
                self._closed.append(step)

    def _let_go(self) -> None:
        """Put back what was got ready and will not be sent now."""
        for ask in self._asks:
            self._put_back(ask)
        self._asks.clear()
        self._more = True

    def _put_back(self, ask: Ask) -> None:
        """Let a row wait; a text that has no second try under the cap is kept as it is."""
        ready = self._steps.as_it_is(ask) if self._course.state == "capped" else None
        if ready is not None:
            self._ready.append(ready)
        else:
            self._in_hand.pop(ask.row.id, None)

    def _fill(self) -> None:
        """Send as much as the pace and the caps allow."""
        while self._course.going and self._asks and len(self._air) < self._pace.allowed:
            if self._pace.wait() > 0:
                return
            ask = self._asks[0]
            if ask.digest not in self._air:
                model = self._course.run.order.model
                most = self._provider.most_tokens(ask.prompt, model=model)
                usage = reserved(ask.prompt, most)
                cost = self._steps.cost(usage)
                if not self._course.budget.allows(self._course.spent, usage, cost):
                    if not self._air:  # else what is under way may show that there is room
                        self._course.is_full()
                        self._let_go()
                    return
                self._course.budget.take(usage, cost)
                self._send(_Sent(ask, time.monotonic(), usage, cost))
            self._air.setdefault(ask.digest, []).append(self._asks.popleft())

    def _send(self, sent: _Sent) -> None:
        """Ask the provider, in a thread of its own."""
        if not self._air:
            self._heard_at = sent.at
        model = self._course.run.order.model
        write = self._provider.write
        future = self._threads.submit(write, sent.ask.prompt, model=model, patient=False)
        future.add_done_callback(lambda done: self._back.put((sent, done)))

    def _wake(self, _: object) -> None:
        self._back.put(None)

    def _arrived(self) -> list[tuple[_Sent, Future[Answer]]]:
        """Return what came back, at once or after a short while."""
        back: list[_Back] = []
        with suppress(queue.Empty):
            back.append(self._back.get(timeout=min(_WAIT_SECONDS, self._pace.wait() or 1.0)))
            while True:
                back.append(self._back.get_nowait())
        return [one for one in back if one is not None]

    def _book(self, back: Sequence[tuple[_Sent, Future[Answer]]]) -> None:
        """Keep answers and what they cost, then see what becomes of each."""
        answers: dict[str, Answer] = {}
        rows: list[Row] = []
        paid: list[tuple[Usage, float | None]] = []
        failed: list[tuple[_Sent, list[Ask], ProviderError]] = []
        for sent, future in back:
            asks = self._air.pop(sent.ask.digest)
            self._course.budget.give_back(sent.usage, sent.cost)
            try:
                answer = future.result()
            except ProviderError as error:
                failed.append((sent, asks, error))
                continue
            cost = self._steps.cost(answer.usage)
            paid.append((answer.usage, cost))
            mine = replace(asks[0], row=billed(asks[0].row, answer.usage, cost, asks[0].digest))
            rows += self._answered(mine, asks[1:], answer, answers)
        self._course.book(answers, rows, paid)
        ended = [row for one in failed for row in self._without_answer(*one)]
        self._course.book({}, ended, [])

    def _answered(
        self, mine: Ask, twins: Sequence[Ask], answer: Answer, answers: dict[str, Answer]
    ) -> list[Row]:
        """Take an answer: one of no use is the end of its row."""
        self._pace.answered()
        self._refused = 0
        self._heard_at = time.monotonic()
        try:
            found = self._steps.read(answer)
        except BadAnswer as error:
            self._asks.extendleft(twins)
            return self._end(mine, error)
        answers[mine.digest] = answer
        for ask in (mine, *twins):
            checked = self._checks.submit(self._steps.after, ask, *found)
            checked.add_done_callback(self._wake)
            self._checking.append((ask, checked))
        return [mine.row]

    def _end(self, ask: Ask, error: ProviderError) -> list[Row]:
        """Give up a row, or keep its first text; return what has to be written of it now."""
        step = self._steps.give_up(ask, error)
        if isinstance(step, Ready):
            self._ready.append(step)
            return [ask.row]
        self._course.moved([self._in_hand.pop(step.id)], [step])
        return [step]

    def _without_answer(self, sent: _Sent, asks: Sequence[Ask], error: ProviderError) -> list[Row]:
        """Send it again later, give its row up, or stop the run; return what is given up."""
        self._heard_at = time.monotonic()
        ask = asks[0]
        self._asks.extendleft(reversed(asks[1:]))
        if self._course.refused(error):
            self._asks.appendleft(ask)
        elif isinstance(error, Busy | Unreachable):
            return self._hold_up(sent, ask, error)
        else:
            row = replace(ask.row, tries=ask.row.tries + 1)
            self._refused += 1
            if self._refused >= _REFUSED_IN_A_ROW:
                self._course.stop("paused", f"{self._refused} rows in a row failed. {error}")
            return self._end(replace(ask, row=row), error)
        return []

    def _hold_up(self, sent: _Sent, ask: Ask, error: Busy | Unreachable) -> list[Row]:
        """Send a request again that got no answer; a row alone in that is given up at last."""
        busy = isinstance(error, Busy)
        self._trouble = error.message[:1].lower() + error.message[1:].rstrip(".")
        self._pace.lost(ask.row.id)
        if busy or self._pace.general or not self._asks:
            self._pace.hold(sent.at, error.retry_after if busy else None)
        if self._pace.general:  # it is not for the row
            if self._pace.without_answer > _PATIENCE_SECONDS:
                self._course.stop("paused", str(error))
        else:
            ask = replace(ask, row=replace(ask.row, tries=ask.row.tries + 1))
            self._lost[ask.row.id] = self._lost.get(ask.row.id, 0) + 1
            if self._lost[ask.row.id] >= (_BUSY_TRIES if busy else _TRIES):
                return self._end(ask, error)
        self._asks.append(ask)
        return []

    def _go_on(self, ask: Ask, step: Ask | Ready) -> None:
        """Take a row further that was checked."""
        if isinstance(step, Ready):
            self._ready.append(step)
        elif self._course.going:
            self._asks.appendleft(step)
        else:
            self._put_back(step)

    def _keep_group(self, *, all_of_it: bool = False) -> None:
        """Put texts into the queue, some at a time."""
        late = time.monotonic() - self._kept_at > _GROUP_SECONDS
        if len(self._ready) + len(self._closed) < (1 if late or all_of_it else _GROUP):
            return
        written = self._steps.keep(self._ready, self._closed)
        self._course.moved([self._in_hand.pop(row.id) for row in written], written)
        self._ready, self._closed = [], []
        self._kept_at = time.monotonic()

    def _land(self) -> None:
        """Keep what still comes within a moment, since it is paid for."""
        until = time.monotonic() + _GRACE_SECONDS
        self._asks.clear()
        while self._air and time.monotonic() < until:
            if back := self._arrived():
                self._book(back)
        self._keep_group(all_of_it=True)

    def _save(self, error: StorageError) -> StorageError:
        """Keep what is paid, as soon as there is room; return the error with what is lost."""
        until = time.monotonic() + _SAVE_SECONDS
        self._asks.clear()
        while (self._air or self._course.unkept) and time.monotonic() < until:
            with suppress(StorageError):
                self._book(self._arrived())
        with suppress(StorageError):
            self._keep_group(all_of_it=True)
        return self._course.lost(error, len(self._air))
