from __future__ import annotations

from pathlib import Path

import pytest
from workflow_shops import QUICK, load_shop, source

from recsys.data.ingest import Given
from recsys.errors import AisleError, BadSetting, InputError, JobCancelled, NotFound, NotReady
from recsys.jobs.queue import Job, Queue
from recsys.types import silent
from recsys.workflows.data_jobs import submit_ingest
from recsys.workflows.jobs import (
    KINDS,
    active_jobs,
    await_job,
    cancel_job,
    ended_since,
    run_again,
    submit_publish,
    submit_training,
    worker_is_running,
)
from recsys.workflows.uploads import issue_ticket, open_upload, upload_info
from recsys.workspace import Workspace


def submit(workspace: Workspace, **options: object) -> Job:
    return submit_training(
        workspace, "als", settings=QUICK | {"iterations": 7}, actor="ann", **options
    )


def test_progress_in_the_row_is_the_iterations_done(workspace: Workspace) -> None:
    load_shop(workspace)
    job = submit(workspace, evaluate=False)
    queue = Queue(workspace.database)
    seen: list[str] = []

    def look(share: float, step: str) -> None:
        row = queue.get(job.id)
        assert (row.share, row.step, row.status) == (share, step, "running")
        seen.append(step)

    assert await_job(workspace, job, look).status == "done"
    iterations = [step for step in seen if step.startswith("Iteration")]
    assert iterations == [f"Iteration {done} of 7" for done in range(1, 8)]


def test_the_test_run_and_the_served_model_both_count_their_iterations(
    workspace: Workspace,
) -> None:
    load_shop(workspace)
    seen: list[tuple[float, str]] = []
    job = submit(workspace)
    await_job(workspace, job, lambda share, step: seen.append((share, step)))
    steps = [step for _, step in seen if "iteration" in step.lower()]
    assert steps == [
        *(f"Test run: iteration {done} of 7" for done in range(1, 8)),
        *(f"Iteration {done} of 7" for done in range(1, 8)),
    ]
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)


def test_without_a_worker_a_job_is_done_where_it_is_awaited(workspace: Workspace) -> None:
    load_shop(workspace)
    assert not worker_is_running(workspace)
    done = await_job(workspace, submit(workspace, evaluate=False), silent)
    assert done.result == {"model_id": workspace.models.ids()[0]}
    assert active_jobs(workspace) == []


def test_a_job_that_fails_raises_its_own_sentence_and_can_be_run_again(
    workspace: Workspace,
) -> None:
    job = Queue(workspace.database).submit(
        "train", {"kind": "als", "dataset_id": "gone"}, label="Train", actor="ann"
    )
    with pytest.raises(InputError, match="There is no dataset 'gone'"):
        await_job(workspace, job, silent)
    again = run_again(workspace, job.id, actor="bea")
    assert (again.status, again.actor) == ("queued", "bea")


def test_a_bug_is_no_input_error(workspace: Workspace) -> None:
    job = Queue(workspace.database).submit("train", {}, label="Train", actor="ann")
    with pytest.raises(AisleError, match="A fault in Aisle") as raised:
        await_job(workspace, job, silent)
    assert type(raised.value) is AisleError


def test_a_cancelled_job_says_so(workspace: Workspace) -> None:
    load_shop(workspace)
    job = submit(workspace)
    cancel_job(workspace, job.id, actor="bea")
    with pytest.raises(JobCancelled, match="was cancelled"):
        await_job(workspace, job, silent)


def test_what_cannot_be_done_is_refused_before_it_is_queued(workspace: Workspace) -> None:
    with pytest.raises(NotReady):
        submit(workspace)
    with pytest.raises(NotReady):
        submit_publish(workspace, actor="ann")
    load_shop(workspace)
    with pytest.raises(BadSetting):
        submit_training(workspace, "als", settings={"iterations": 0}, actor="ann")
    with pytest.raises(NotFound, match="no model 'gone'"):
        submit_publish(workspace, strategies={"for_you": "gone"}, actor="ann")
    assert active_jobs(workspace) == []


def test_ended_since_tells_each_end_once_and_in_order(workspace: Workspace) -> None:
    queue = Queue(workspace.database)
    first, second, third = (
        queue.submit("train", {}, label=f"Job {number}", actor="ann") for number in range(3)
    )
    assert ended_since(workspace, -1) == []
    queue.ask_cancel(first.id, actor="ann")
    queue.ask_cancel(third.id, actor="ann")
    # The third waits for its turn to be told, so that one number remembers all that was.
    assert [job.id for job in ended_since(workspace, -1)] == [first.id]
    assert ended_since(workspace, first.id) == []
    queue.ask_cancel(second.id, actor="ann")
    assert [job.id for job in ended_since(workspace, first.id)] == [second.id, third.id]


def uploaded(workspace: Workspace, content: bytes) -> Path:
    upload = open_upload(workspace, issue_ticket(workspace, actor="ann"), "sales.csv")
    upload.write(content)
    return upload.finish().path


def test_uploads_go_when_they_are_loaded_and_files_from_elsewhere_stay(
    workspace: Workspace,
) -> None:
    sales = uploaded(workspace, b"user_id,item_id\nu1,i1\nu2,i1\n")
    goods = workspace.home / "items.csv"
    goods.write_text("item_id,name\ni1,Tea\n", encoding="utf-8")
    given: Given = [("interactions", source(sales)), ("items", source(goods))]
    job = submit_ingest(workspace, given, name="Shop", actor="ann")
    await_job(workspace, job, silent)
    assert list(workspace.uploads.iterdir()) == []
    assert goods.exists()
    again = run_again(workspace, job.id, actor="ann")
    with pytest.raises(InputError, match=r"The uploaded file .* is gone; upload it again"):
        await_job(workspace, again, silent)


def test_an_upload_that_could_not_be_loaded_stays(workspace: Workspace) -> None:
    sales = uploaded(workspace, b"user_id,item_id\n,\n")
    job = submit_ingest(workspace, [("interactions", source(sales))], name="Shop", actor="ann")
    with pytest.raises(InputError):
        await_job(workspace, job, silent)
    assert upload_info(workspace, sales.parent.name).path == sales


def test_a_second_try_takes_what_the_first_one_made(workspace: Workspace) -> None:
    sales = uploaded(workspace, b"user_id,item_id\nu1,i1\nu2,i1\n")
    job = submit_ingest(workspace, [("interactions", source(sales))], name="Shop", actor="ann")
    ours = workspace.for_job(job.key)
    data = [KINDS["ingest"](ours, job.params, silent) for _ in range(2)]
    assert data == [{"dataset_id": workspace.datasets.ids()[0]}] * 2
    params = {"kind": "popularity", "dataset_id": data[0]["dataset_id"]}
    models = [KINDS["train"](ours, params, silent) for _ in range(2)]
    assert models == [{"model_id": workspace.models.ids()[0]}] * 2
    assert len(workspace.datasets.ids()) == len(workspace.models.ids()) == 1
