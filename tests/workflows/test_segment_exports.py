from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flow_shop import N_USERS, PHARMACY, SENSITIVE, consents, email, open_flow, user

from recsys.errors import InputError, JobCancelled, NotFound, StorageError
from recsys.releases.live import LiveShop
from recsys.rules.rule import Rule, Target
from recsys.segments.definition import Conditions, Definition, Seeds
from recsys.segments.protected import masked
from recsys.types import silent
from recsys.workflows.audit import audit_lines
from recsys.workflows.jobs import await_job
from recsys.workflows.named_sets import save_named_set
from recsys.workflows.rules import publish_rules, save_rule
from recsys.workflows.segment_exports import (
    LAYOUTS,
    export_segment,
    manifest_path,
    note_download,
    read_export,
    submit_segment_export,
)
from recsys.workflows.segment_layouts import Source, email_of, gmail_of, hashed, phone_of
from recsys.workflows.segments import save_segment
from recsys.workspace import Workspace

TEA = Definition(kind="rule", conditions=Conditions(categories=("Tea",)))
EVEN = [user(one) for one in range(0, N_USERS, 2)]
# Of the even ones: who consented, and whose address can be used and is nobody else's.
USABLE = [one for one in range(0, N_USERS, 2) if consents(one) and one not in {4, 6, 8}]


@pytest.fixture
def workspace(flow_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_flow(copy_of(flow_home))
    yield workspace
    workspace.database.close()


def rows_of(path: Path, *, bom: bool) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == bom
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(
    workspace: Workspace, folder: Path, definition: Definition = TEA, **options: Any
) -> tuple[Path, dict[str, Any]]:
    view = LiveShop(workspace).current()
    line = save_segment(workspace, view, "Tea", definition, actor="ana")
    path = folder / "members.csv"
    return path, export_segment(workspace, view, line.id, path, actor="ana", **options)


def test_for_people_all_columns_and_nothing_that_runs(workspace: Workspace, tmp_path: Path) -> None:
    path, manifest = write(workspace, tmp_path)
    rows = rows_of(path, bom=True)
    assert list(rows[0]) == [
        "user_id", "name", "email", "age", "consent", "phone", "tier",
        "rank", "orders", "spend", "last_purchase",
    ]  # fmt: skip
    assert {row["user_id"] for row in rows} == set(EVEN)
    assert [row["rank"] for row in rows] == [str(one) for one in range(1, 41)]
    spend = [float(row["spend"]) for row in rows]
    assert spend == sorted(spend, reverse=True)
    (formula,) = [row for row in rows if row["user_id"] == "u06"]
    assert (formula["email"], formula["phone"]) == ("'=HYPERLINK(1)", "'+49 30 90006")
    assert formula["last_purchase"] == "2024-03-06"
    assert manifest["notes"][1:] == [
        "8 members did not consent to be written to: the id is in the file, without e-mail address"
        " and telephone number."
    ]
    silent = [row for row in rows if not consents(int(row["user_id"][1:]))]
    assert {row["phone"] for row in silent} == {""}
    blank = {row["user_id"] for row in rows if not row["email"]}
    assert blank == {one for one in EVEN if not consents(int(one[1:])) or one == "u08"}
    assert manifest["rows"] == manifest["members"] == 40

    path, _ = write_again(workspace, path, layout="machines")
    (formula,) = [row for row in rows_of(path, bom=False) if row["user_id"] == "u06"]
    assert (formula["email"], formula["phone"]) == ("=HYPERLINK(1)", "+49 30 90006")


def write_again(
    workspace: Workspace, path: Path, set_id: int = 1, **options: Any
) -> tuple[Path, dict[str, Any]]:
    view = LiveShop(workspace).current()
    return path, export_segment(workspace, view, set_id, path, actor="ana", **options)


def test_the_manifest_says_what_is_in_the_file(workspace: Workspace, tmp_path: Path) -> None:
    path, manifest = write(workspace, tmp_path)
    assert json.loads(manifest_path(path).read_text(encoding="utf-8")) == manifest
    assert manifest["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert manifest["bytes"] == path.stat().st_size
    assert manifest["definition"] == {"kind": "rule", "conditions": {"categories": ["Tea"]}}
    release_id = LiveShop(workspace).current().release.id
    assert manifest["release_id"] == release_id
    assert manifest["segment"] == {
        "id": 1, "name": "Tea", "version": 1, "worked_out_on": release_id,
    }  # fmt: skip
    assert [one.name for one in sorted(tmp_path.glob("members*"))] == [
        "members.csv",
        "members.csv.manifest.json",
    ]
    note_download(workspace, manifest, actor="ben")
    assert [one.words for one in audit_lines(workspace)[:2]] == [
        "Downloaded segment Tea: 40 members, layout people.",
        "Exported segment Tea: 40 members, layout people.",
    ]
    note_download(workspace, manifest, what="manifest", actor="ben")
    assert audit_lines(workspace)[0].words == (
        "Downloaded the manifest of segment Tea: 40 members, layout people."
    )


def test_the_manifest_names_nothing_sensitive(workspace: Workspace, tmp_path: Path) -> None:
    private = Conditions(categories=("Pharmacy", "Coffee"), items=(SENSITIVE, "i01"))
    path, manifest = write(workspace, tmp_path, Definition(kind="rule", conditions=private))
    assert manifest["definition"]["conditions"] == {
        "items": ["a sensitive product", "i01"],
        "categories": ["a sensitive category", "Coffee"],
    }
    assert (
        "It goes by a sensitive category: being in this segment tells that of a person."
        in (manifest["notes"])
    )
    text = manifest_path(path).read_text(encoding="utf-8")
    assert not [word for word in ("Pharmacy", SENSITIVE, PHARMACY) if word in text]
    buyers = Definition(
        kind="lookalikes", seeds=Seeds(buyers_of=(SENSITIVE,), conditions=Conditions())
    )
    seeds = masked(LiveShop(workspace).current(), buyers).seeds
    assert seeds is not None
    assert seeds.buyers_of == ("a sensitive product",)


def test_klaviyo_gets_who_consented_with_an_address(workspace: Workspace, tmp_path: Path) -> None:
    path, manifest = write(workspace, tmp_path, layout="klaviyo")
    rows = rows_of(path, bom=False)
    assert list(rows[0]) == ["Email", "First Name", "Last Name", "Phone Number"]
    assert {row["Email"] for row in rows} == {email(one) for one in USABLE}
    (row,) = [row for row in rows if row["Email"] == "u12@shop.example"]
    assert list(row.values()) == ["u12@shop.example", "Ann12", "van Dyke", "+493090012"]
    assert manifest["left_out"] == {
        "without consent": 8,
        "without an e-mail address that can be used": 2,
        "with an e-mail address that another member has": 1,
    }


def test_meta_and_google_get_hashes(workspace: Workspace, tmp_path: Path) -> None:
    path, _ = write(workspace, tmp_path, layout="meta")
    rows = rows_of(path, bom=False)
    assert list(rows[0]) == ["email", "phone", "fn", "ln"]

    def sha(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    assert {row["email"] for row in rows} == {sha(email(one)) for one in USABLE}
    (row,) = [row for row in rows if row["email"] == sha("u12@shop.example")]
    assert list(row.values())[1:] == [sha("493090012"), sha("ann"), sha("vandyke")]

    path, _ = write_again(workspace, path, layout="google")
    rows = rows_of(path, bom=False)
    # Names are of use to Google only beside a country and a post code, which the shop lacks.
    assert list(rows[0]) == ["Email", "Phone"]
    assert [sha("u12@shop.example"), sha("+493090012")] in [list(row.values()) for row in rows]


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        (" Ann@Shop.example ", "ann@shop.example"),
        ("ann+tag@shop.co.uk", "ann+tag@shop.co.uk"),
        ("=1+1@shop.example", ""),
        ("@SUM(1)@shop.example", ""),
        ("-ann@shop.example", ""),
        ('"=1"@shop.example', ""),
        ("ann@shop", ""),
        ("ann@shop.example,ben@shop.example", ""),
        ("ann@shop.example\n=1", ""),
        ("a" * 250 + "@shop.example", ""),
        ("", ""),
    ],
)
def test_what_is_an_address(cell: str, address: str) -> None:
    assert email_of(cell) == address


def test_how_platforms_compare() -> None:
    assert gmail_of("Cloudy.Sanfrancisco+Shopping@GoogleMail.com") == (
        "cloudysanfrancisco@googlemail.com"
    )
    assert gmail_of("user.name+NYC@Example.com") == "user.name+nyc@example.com"
    phones = {
        "(800)555-0100": "",
        "+1 (800) 555-0100": "+18005550100",
        "0044 844 412 4653": "+448444124653",
        "+0 12": "",
        "=1+1": "",
    }
    assert {cell: phone_of(cell) for cell in phones} == phones
    assert hashed("") == ""


class TestHoldOut:
    HELD = TEA.model_copy(update={"holdout": 0.25, "seed": 3})

    def test_left_out_or_told_or_alone(self, workspace: Workspace, tmp_path: Path) -> None:
        path, manifest = write(workspace, tmp_path, self.HELD)
        without = {row["user_id"] for row in rows_of(path, bom=True)}
        held = manifest["left_out"]["in the hold-out group"]
        assert 0 < held < 20
        assert len(without) == 40 - held

        path, _ = write_again(workspace, path, held_out="column")
        told = {row["user_id"]: row["held_out"] for row in rows_of(path, bom=True)}
        assert {one for one, held in told.items() if held == "no"} == without
        assert set(told) == set(EVEN)

        path, _ = write_again(workspace, path, held_out="only")
        assert {row["user_id"] for row in rows_of(path, bom=True)} == set(EVEN) - without

    def test_ad_platforms_have_no_column_for_it(self, workspace: Workspace, tmp_path: Path) -> None:
        with pytest.raises(InputError) as told:
            write(workspace, tmp_path, self.HELD, layout="meta", held_out="column")
        assert told.value.message == (
            "The layout of Meta custom audience has no room for products or the hold-out group."
        )


class TestRecommended:
    def test_for_you_of_each_member_under_the_live_rules(
        self, workspace: Workspace, tmp_path: Path
    ) -> None:
        hide = Rule(kind="hide", target=Target(items=("i05", "i17")))
        save_rule(workspace, hide, actor="ana")
        publish_rules(workspace, actor="ana")
        path, _ = write(workspace, tmp_path, Definition(kind="rule", conditions=Conditions()),
                        recommend=3, layout="machines")  # fmt: skip
        rows = rows_of(path, bom=False)
        names = [f"rec_{place}_{part}" for place in (1, 2, 3) for part in
                 ("id", "name", "price", "link")]  # fmt: skip
        assert list(rows[0])[-12:] == names
        assert len(rows) == N_USERS
        shown = {row[f"rec_{place}_id"] for row in rows for place in (1, 2, 3)} - {""}
        assert len(shown) > 5
        assert not shown & {SENSITIVE, PHARMACY, "i05", "i17"}
        assert not any(cell == "Product 3" for row in rows for cell in row.values())
        first = rows[0]
        number = int(first["rec_1_id"][1:])
        assert first["rec_1_name"] == f"Product {number}"
        assert first["rec_1_price"] == f"{number + 1}.0"
        links = {row[f"rec_{place}_id"]: row[f"rec_{place}_link"] for row in rows
                 for place in (1, 2, 3)}  # fmt: skip
        assert all(
            link == f"https://shop.example/p/{int(one[1:])}"
            for one, link in links.items()
            if one not in {"", "i01"}
        )
        assert links.get("i01", "") == ""

    def test_too_many_are_refused(self, workspace: Workspace, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="21 products for each member were asked for; from 0"):
            write(workspace, tmp_path, recommend=21)


def test_members_nobody_knows_are_ids_only(workspace: Workspace, tmp_path: Path) -> None:
    made = save_named_set(workspace, "segment", "By hand", ["x1", "u01", "=x"], actor="ana")
    path, manifest = write_again(workspace, tmp_path / "hand.csv", made.id, recommend=1)
    rows = rows_of(path, bom=True)
    assert [(row["user_id"], row["email"]) for row in rows] == [
        ("x1", ""), ("u01", "u01@shop.example"), ("'=x", ""),
    ]  # fmt: skip
    assert (
        "2 members are unknown to the live release; only the id is in the file."
        in (manifest["notes"])
    )
    _, manifest = write_again(workspace, path, made.id, layout="google")
    assert (manifest["rows"], manifest["left_out"]) == (1, {"unknown to the live release": 2})


def test_an_empty_segment_is_a_file_with_a_head(workspace: Workspace, tmp_path: Path) -> None:
    nobody = Definition(kind="rule", conditions=Conditions(orders_min=99))
    path, manifest = write(workspace, tmp_path, nobody)
    assert (rows_of(path, bom=True), manifest["rows"]) == ([], 0)


def test_a_cancelled_export_leaves_what_was_there(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("yesterday's", encoding="utf-8")

    def report(share: float, step: str) -> None:
        if share > 0.5:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        write(workspace, tmp_path, report=report)
    assert (tmp_path / "members.csv").read_text(encoding="utf-8") == "yesterday's"
    assert [one.name for one in tmp_path.glob("*members*")] == ["members.csv"]


def test_a_job_writes_into_the_workspace(workspace: Workspace) -> None:
    line = save_segment(workspace, LiveShop(workspace).current(), "A/../b", TEA, actor="ana")
    job = submit_segment_export(workspace, line.id, layout="klaviyo", actor="ana")
    manifest = await_job(workspace, job, silent).result
    assert manifest is not None
    path, kept = read_export(workspace, manifest["file"])
    assert (kept, path.parent) == (manifest, workspace.home / "exports")
    assert path.name.startswith("segment-1-v1-klaviyo-")
    for name in ("nothing.csv", "../aisle.db"):
        with pytest.raises(NotFound, match="There is no export"):
            read_export(workspace, name)


def test_what_cannot_be_is_refused_before_it_is_queued(
    workspace: Workspace, tmp_path: Path
) -> None:
    made = save_named_set(workspace, "segment", "Some", ["u01"], actor="ana")
    with pytest.raises(InputError, match="There is no layout 'excel'"):
        submit_segment_export(workspace, made.id, layout="excel", actor="ana")
    with pytest.raises(InputError, match=r"some\.xls says no format"):
        submit_segment_export(workspace, made.id, out=tmp_path / "some.xls", actor="ana")
    with pytest.raises(NotFound, match="There is no segment 9"):
        submit_segment_export(workspace, 9, actor="ana")


def test_a_shop_without_a_consent_column_is_told(
    live_home: Path, copy_of: Callable[[Path], Path], tmp_path: Path
) -> None:
    workspace = open_flow(copy_of(live_home))
    made = save_named_set(workspace, "segment", "Some", ["u01", "u02"], actor="ana")
    path, manifest = write_again(workspace, tmp_path / "some.csv", made.id, layout="machines")
    assert manifest["notes"] == [
        "The shop does not say who consented, so nobody's consent could be checked."
    ]
    assert len(rows_of(path, bom=False)) == 2
    with pytest.raises(InputError) as told:
        write_again(workspace, tmp_path / "other.csv", made.id, layout="meta")
    assert told.value.message == (
        "The shop's data has no e-mail addresses, and Meta custom audience needs them."
    )
    workspace.database.close()


def test_each_layout_has_its_words() -> None:
    assert list(LAYOUTS) == ["people", "machines", "klaviyo", "meta", "google"]
    assert all(one.label and one.words for one in LAYOUTS.values())


def test_no_file_without_its_manifest(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "members.csv.manifest.json").mkdir()
    with pytest.raises(StorageError, match=r"Writing .*members\.csv\.manifest\.json failed"):
        write(workspace, tmp_path)
    assert not (tmp_path / "members.csv").exists()


def test_where_a_shop_keeps_what_platforms_ask_for() -> None:
    source = Source(["user_id", "email", "First Name", "nachname", "Country", "PLZ", "Stadt"])
    shopper = {
        "email": "ann@shop.example",
        "First Name": " Mary-Ann ",
        "nachname": "O'Neil",
        "Country": "de",
        "PLZ": "10 115",
        "Stadt": None,
    }
    cells = source.cells(shopper)
    google = {one.name: one.make(cells[one.needs]) for one in source.fields(LAYOUTS["google"])}
    assert google == {
        "Email": hashed("ann@shop.example"),
        "First Name": hashed("mary-ann"),
        "Last Name": hashed("o'neil"),
        "Country": "DE",
        "Zip": "10 115",
    }
    meta = {one.name: one.make(cells[one.needs]) for one in source.fields(LAYOUTS["meta"])}
    assert meta == {
        "email": hashed("ann@shop.example"),
        "fn": hashed("maryann"),
        "ln": hashed("oneil"),
        "ct": "",
        "zip": hashed("10115"),
        "country": hashed("de"),
    }
    klaviyo = {one.name: one.make(cells[one.needs]) for one in source.fields(LAYOUTS["klaviyo"])}
    assert list(klaviyo) == ["Email", "First Name", "Last Name", "City", "Zip Code", "Country"]
