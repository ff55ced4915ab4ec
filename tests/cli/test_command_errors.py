from __future__ import annotations

from pathlib import Path

import pytest
from cli_shop import Shop, aisle, write_files


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("train",), "There is no data yet."),
        (("publish",), "There is no data yet."),
        (("for-you", "u1"), "Nothing is live yet."),
        (("hide", "i1"), "Nothing is live yet."),
        (("health",), "The shop cannot serve"),
        (("rollback",), "There is no earlier release"),
        (("train", "--set", "factors"), "--set 'factors' is not of the form NAME=VALUE."),
        (("train", "--model", "magic"), "There is no model called 'magic'"),
        (("publish", "--for-you", "m1"), "There is no model 'm1'"),
        (("publish", "--for-you", "../m1"), "There is no model '../m1'"),
        (("stock", "nowhere.csv"), "nowhere.csv"),
        (("ingest", "--interactions", "nowhere.csv"), "nowhere.csv"),
        (("run", "--port", "0"), "Invalid value for '--port'"),
        (("no-such-command",), "No such command"),
    ],
)
def test_what_the_user_can_mend_is_2_and_stands_on_stderr(
    new_home: Path, command: tuple[str, ...], words: str
) -> None:
    done = aisle(*command)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err
    if command != ("health",):  # which prints what it found before it fails
        assert done.out == ""


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("user_id", "--map 'user_id' is not of the form ROLE=COLUMN."),
        ("orders.user_id=Client", "is not of the form ROLE=COLUMN."),
        ("user_id=Nobody", "has no column 'Nobody'"),
        ("colour=Client", "is mapped to 'colour', which is no role of interactions"),
        ("user_id=", "has no column 'user_id'"),
    ],
)
def test_a_wrong_mapping_is_told(new_home: Path, tmp_path: Path, mapping: str, words: str) -> None:
    purchases, _ = write_files(tmp_path)
    done = aisle("ingest", "--interactions", purchases, "--map", mapping)
    assert done.code == 2
    assert words in done.err


def test_a_wrong_setting_of_a_model_is_told(shop: Shop) -> None:
    done = aisle("train", "--set", "factors=many", "--set", "colour=red")
    assert done.code == 2
    assert "factors" in done.err
    assert "colour" in done.err


def test_n_out_of_range_is_told(shop: Shop) -> None:
    done = aisle("for-you", "u1", "-n", "51")
    assert done.code == 2
    assert "n is 51" in done.err


def test_a_fault_of_ours_is_1_with_a_number(
    new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = new_home / "models" / "m1" / "manifest.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{}")  # a KeyError that no command expects
    done = aisle("models", "--json")
    assert done.code == 1
    assert done.out == ""
    assert "A fault in Aisle stopped this command (error " in done.err
    assert "Traceback" not in done.err


def test_a_job_that_fails_for_a_fault_of_ours_is_1(new_home: Path, tmp_path: Path) -> None:
    purchases, _ = write_files(tmp_path)
    mapped = ("--map", "user_id=Client", "--map", "item_id=Thing", "--map", "timestamp=When")
    dataset_id = aisle("ingest", "--interactions", purchases, *mapped, "--json").document[
        "dataset_id"
    ]
    (new_home / "datasets" / dataset_id / "interactions.parquet").write_bytes(b"torn")
    done = aisle("train", "--json")
    assert done.code == 1
    assert done.out == ""
    assert "Traceback" not in done.err
