"""The Files page: what is understood, corrected, remembered and handed to the worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from recsys.data.ingest import Source, ingest
from recsys.settings import Settings
from recsys.workflows.jobs import active_jobs
from recsys.workflows.uploads import issue_ticket, open_upload
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
SALES = (
    "order_no,customer_no,sku,date,price\nA1,C1,P1,02/03/2026,£5.00\nA2,C2,P2,03/04/2026,£6.50\n"
)
CATALOGUE = "sku,title,colour\nP1,<b>Tea</b>,green\nP2,Cup,white\n"


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "home"))
    workspace = Workspace(Settings(home=tmp_path / "home"))
    yield workspace
    workspace.database.close()


def upload(space: Workspace, name: str, text: str) -> str:
    sent = open_upload(space, issue_ticket(space, actor="dashboard"), name)
    sent.write(text.encode())
    return sent.finish().upload_id


def opened(space: Workspace, *files: tuple[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    app.session_state["uploads"] = tuple(upload(space, name, text) for name, text in files)
    app.switch_page("files.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    found = [*app.markdown, *app.caption, *app.warning, *app.error, *app.info]
    return "\n".join(str(one.value) for one in found)


def choice(app: AppTest, column: str) -> Any:
    return next(one for one in app.selectbox if one.label == f"{column} is taken for")


def kinds(app: AppTest) -> list[Any]:
    return [one for one in app.segmented_control if one.label.endswith(("holds", "hold"))]


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if one.label == label)


def given(space: Workspace) -> list[dict[str, Any]]:
    return active_jobs(space)[0].params["given"]


def test_files_are_listed_by_their_columns_and_loaded_as_mapped(space: Workspace) -> None:
    app = opened(space, ("jan.csv", SALES), ("p.csv", CATALOGUE), ("feb.csv", SALES))
    assert "**2 files with the same columns**: jan\\.csv, feb\\.csv" in said(app)
    assert [one.value for one in kinds(app)] == ["interactions", "items"]
    assert choice(app, r"customer\_no").value == "user_id"
    assert "\\<b\\>Tea\\</b\\> · Cup" in said(app), "text of a shop is shown as it is"
    button(app, "Read and check 3 files").click().run()
    assert not app.exception
    assert [(one["kind"], one["name"]) for one in given(space)] == [
        ("interactions", "jan.csv"),
        ("interactions", "feb.csv"),
        ("items", "p.csv"),
    ]
    (job,) = active_jobs(space)
    assert job.params["currency"] == "GBP"
    assert job.params["accept"] is False
    assert app.title[0].value == "What do we know about the shop?"


def test_a_correction_takes_the_role_from_the_other_column(space: Workspace) -> None:
    app = opened(space, ("jan.csv", SALES))
    choice(app, r"order\_no").select("item_id").run()
    assert not app.exception
    assert choice(app, "sku").value == ""
    assert choice(app, r"order\_no").value == "item_id"
    app.switch_page("home.py").run()
    app.switch_page("files.py").run()
    assert choice(app, r"order\_no").value == "item_id", "choices outlive a look elsewhere"
    button(app, "Read and check 1 file").click().run()
    assert given(space)[0]["mapping"]["item_id"] == "order_no"


def test_a_missing_column_is_said_and_nothing_can_be_loaded(space: Workspace) -> None:
    app = opened(space, ("jan.csv", SALES))
    choice(app, "sku").select("").run()
    assert "Which column is the product? Choose it below." in said(app)
    assert r"jan\.csv still needs the column of the product." in said(app)
    assert button(app, "Read and check 1 file").disabled
    assert "Product (needed)" in choice(app, "sku").options


def test_another_kind_has_other_roles_and_files_can_be_left_out(space: Workspace) -> None:
    app = opened(space, ("jan.csv", SALES), ("p.csv", CATALOGUE))
    kinds(app)[1].set_value("out").run()
    assert "Nothing of this is loaded." in said(app)
    kinds(app)[0].set_value("items").run()
    assert "A file of purchases is still missing: who bought what." in said(app)
    assert "Stock" in choice(app, "sku").options
    kinds(app)[0].set_value("interactions").run()
    button(app, "Read and check 1 file").click().run()
    assert [one["name"] for one in given(space)] == ["jan.csv"]


def test_the_order_of_day_and_month_is_asked_where_it_does_not_show(space: Workspace) -> None:
    app = opened(space, ("jan.csv", SALES))
    order = next(
        o for o in app.segmented_control if o.label == r"02/03/2026 can be read in two ways"
    )
    assert order.options == [
        "Find out from the whole file",
        "Day first: 2 Mar 2026",
        "Month first: 3 Feb 2026",
    ]
    order.set_value("month first").run()
    button(app, "Read and check 1 file").click().run()
    assert given(space)[0]["date_order"] == "month first"
    app = opened(space, ("feb.csv", SALES.replace("02/03", "22/03")))
    assert not [one for one in app.segmented_control if "two ways" in one.label]


def test_the_same_columns_are_mapped_as_last_time(space: Workspace) -> None:
    app = opened(space, ("jan.csv", SALES))
    choice(app, "price").select("").run()
    button(app, "Read and check 1 file").click().run()
    app = opened(space, ("feb.csv", SALES))
    assert "mapped as last time" in said(app)
    assert choice(app, "price").value == ""


def test_a_file_that_cannot_be_read_does_not_stop_the_others(space: Workspace) -> None:
    app = opened(space, ("photo.csv", "%PDF-1.7 and so on"), ("jan.csv", SALES))
    (error,) = app.error
    assert r"photo\.csv is not a table; it looks like a PDF document\." in error.value
    button(app, "Read and check 1 file").click().run()
    assert [one["name"] for one in given(space)] == ["jan.csv"]
    app.switch_page("files.py").run()
    assert [r"photo\.csv" in one.value for one in app.error] == [True]
    button(app, "Remove").click().run()
    assert not app.error


def test_files_of_a_page_that_was_reloaded_are_offered_again(space: Workspace) -> None:
    upload(space, "old.csv", SALES)
    app = opened(space)
    assert r"1 file came before and was not loaded: old\.csv" in said(app)
    button(app, "Bring back").click().run()
    assert "came before" not in said(app)
    assert choice(app, "sku").value == "item_id"
    button(app, "Remove").click().run()
    assert not app.selectbox
    assert "came before" not in said(app)


def test_files_are_added_to_the_newest_version(space: Workspace, tmp_path: Path) -> None:
    first = tmp_path / "first.csv"
    first.write_text(SALES, encoding="utf-8")
    source = Source(first, {"user_id": "customer_no", "item_id": "sku"})
    dataset_id = ingest(space, interactions=source, name="Tea & cups")
    app = opened(space, ("p.csv", CATALOGUE))
    assert button(app, "Read and check 1 file").disabled
    app.selectbox(key="load-into").select(dataset_id).run()
    assert "Add to Tea & cups, version 1" in app.selectbox(key="load-into").options
    assert not app.text_input
    button(app, "Read and check 1 file").click().run()
    assert active_jobs(space)[0].params["into"] == dataset_id


def test_many_columns_are_shown_by_the_page(space: Workspace) -> None:
    head = ["sku", "title", *(f"attr {number}" for number in range(300))]
    rows = [",".join(head)]
    rows += [",".join([f"P{row}", f"Thing no. {row}", *["7"] * 300]) for row in range(5)]
    app = opened(space, ("wide.csv", "\n".join(rows) + "\n"))
    assert [one.label for one in app.expander][:1] == ["300 more columns, kept as attributes"]
    assert len(app.selectbox) < 40


def test_files_on_the_server_are_taken_where_their_owner_allows_it(
    space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not opened(space).text_input
    exports = tmp_path / "exports"
    exports.mkdir()
    for name in ("jan.csv", "feb.csv"):
        (exports / name).write_text(SALES, encoding="utf-8")
    monkeypatch.setenv("AISLE_DATA_ROOTS", str(exports))
    app = opened(space)
    app.text_input[0].input("/etc/passwd")
    button(app, "Take these files").click().run()
    assert "from where files may be read" in app.error[0].value
    app.text_input[0].input(str(exports))
    button(app, "Take these files").click().run()
    assert "**2 files with the same columns**: feb\\.csv, jan\\.csv" in said(app)
    button(app, "Read and check 2 files").click().run()
    assert [one["path"] for one in given(space)] == [
        str(exports / "feb.csv"),
        str(exports / "jan.csv"),
    ]
    assert (exports / "jan.csv").is_file()
