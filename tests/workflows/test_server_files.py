from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recsys.errors import BadSetting, InputError
from recsys.settings import Settings
from recsys.workflows.server_files import server_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    (folder / "daily").mkdir(parents=True)
    for name in ("b.csv", "a.CSV", "c.parquet", ".hidden.csv", "notes.md"):
        (folder / "daily" / name).write_text("x", encoding="utf-8")
    (folder / "daily" / "deeper").mkdir()
    (folder / "daily" / "deeper" / "d.csv").write_text("x", encoding="utf-8")
    (tmp_path / "secret.csv").write_text("x", encoding="utf-8")
    return folder


@pytest.fixture
def settings(root: Path, tmp_path: Path) -> Iterator[Settings]:
    return Settings(home=tmp_path / "home", data_roots=(root,))


def names(found: list[Path]) -> list[str]:
    return [path.name for path in found]


def test_a_file_is_taken_by_absolute_path_and_by_the_path_below_a_root(
    settings: Settings, root: Path
) -> None:
    file = root / "daily" / "b.csv"
    assert server_files(settings, f"  {file} ") == [file]
    assert server_files(settings, "daily/b.csv") == [file]


def test_a_folder_gives_its_own_known_files_sorted(settings: Settings) -> None:
    assert names(server_files(settings, "daily")) == ["a.CSV", "b.csv", "c.parquet"]


def test_links_are_followed_inside_and_refused_outside(
    settings: Settings, root: Path, tmp_path: Path
) -> None:
    (root / "daily" / "inside.csv").symlink_to(root / "daily" / "b.csv")
    (root / "daily" / "outside.csv").symlink_to(tmp_path / "secret.csv")
    (root / "way-out").symlink_to(tmp_path)
    assert "inside.csv" in names(server_files(settings, "daily"))
    assert "outside.csv" not in names(server_files(settings, "daily"))
    for path in ("daily/outside.csv", "way-out", "way-out/secret.csv"):
        with pytest.raises(InputError, match="from where files may be read"):
            server_files(settings, path)


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "daily/../../secret.csv",
        "daily/../daily/b.csv",
        "/etc/passwd",
        "~root/x.csv",
        "~",
        "daily/b.csv\0",
        "daily/\nb.csv",
        "daily/.hidden.csv",
        "//etc/passwd",
        "/proc/self/environ",
    ],
)
def test_what_leads_outside_is_refused_in_one_sentence_that_names_the_roots(
    path: str, settings: Settings, root: Path
) -> None:
    with pytest.raises(InputError) as caught:
        server_files(settings, path)
    shown = path.replace("\0", "�").replace("\n", "�")
    assert caught.value.message == (f"'{shown}' is not below {root}, from where files may be read.")
    assert caught.value.hint == "Copy the file there, or upload it."


def test_a_file_of_a_folder_with_a_like_name_is_outside(
    settings: Settings, root: Path, tmp_path: Path
) -> None:
    other = tmp_path / "exports-of-others"
    other.mkdir()
    (other / "a.csv").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is not below"):
        server_files(settings, str(other / "a.csv"))


def test_a_loop_of_links_and_a_name_too_long_are_refused(settings: Settings, root: Path) -> None:
    (root / "one").symlink_to(root / "two")
    (root / "two").symlink_to(root / "one")
    for path in ("one", "n" * 5000):
        with pytest.raises(InputError):
            server_files(settings, path)


def test_nothing_there_is_said(settings: Settings) -> None:
    with pytest.raises(InputError) as caught:
        server_files(settings, "daily/none.csv")
    assert caught.value.message == (
        "'daily/none.csv' is neither a file nor a folder with files that can be read."
    )
    with pytest.raises(InputError, match=r"No path was given\."):
        server_files(settings, "  ")


def test_more_than_a_thousand_files_are_too_many(settings: Settings, root: Path) -> None:
    (root / "many").mkdir()
    for number in range(1_001):
        (root / "many" / f"{number}.csv").touch()
    with pytest.raises(InputError) as caught:
        server_files(settings, "many")
    assert caught.value.message == "'many' holds 1,001 files; 1,000 are the most at once."


def test_without_roots_nothing_is_read(tmp_path: Path, root: Path) -> None:
    with pytest.raises(InputError, match=r"This server reads no files of its own\."):
        server_files(Settings(home=tmp_path), str(root / "daily"))


def test_roots_come_from_the_environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_DATA_ROOTS", f"{root}:/data")
    assert Settings.from_environment().data_roots == (root, Path("/data"))
    monkeypatch.setenv("AISLE_DATA_ROOTS", "exports")
    with pytest.raises(BadSetting, match="'exports', which is not an absolute path"):
        Settings.from_environment()
