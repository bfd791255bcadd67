"""Saving replaces a file in one step or leaves the old one."""

from dataclasses import replace
from pathlib import Path

import pytest

from projects import save
from projects.examples import example_path, examples
from projects.files import load, read_folder
from projects.model import ProjectError
from projects.problems import Problems
from projects.save import save_file, save_screen, save_table
from projects.screens import read_screen
from projects.tables import Row, dump_table, read_table
from projects.type_tables import TAG_COLUMNS, TAG_REQUIRED
from tests.unit.projects.sample import TAGS, project, sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in sample().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_saved_screen_is_loaded(folder):
    screen = load(folder).screens["overview"]
    moved = replace(screen, elements=(replace(screen.elements[0], x=320), *screen.elements[1:]))
    save_screen(folder, moved)
    assert load(folder).screens["overview"] == moved
    save_screen(folder, replace(moved, id="second"))
    assert load(folder).screens["second"].elements == moved.elements


def test_a_saved_table_is_loaded(folder):
    table = read_table("tags.csv", TAGS.encode(), TAG_COLUMNS, TAG_REQUIRED, Problems())
    save_table(folder, replace(table, rows=(*table.rows, Row(0, {"path": "New.One", "type": "BOOL"}))))
    assert [tag.path for tag in load(folder).tags][-1] == "New.One"
    assert (folder / "tags.csv").read_text().startswith(TAGS)


def test_no_file_is_left_beside(folder):
    save_file(folder, "tags.csv", b"path,type\n")
    assert sorted(path.name for path in folder.iterdir()) == [
        "alarms.csv",
        "project.toml",
        "screens",
        "tags.csv",
    ]


def test_a_failure_leaves_the_old_file(folder, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save.os, "fsync", full)
    with pytest.raises(ProjectError, match=r"tags.csv: cannot be saved: No space left on device"):
        save_file(folder, "tags.csv", b"path,type\n")
    assert (folder / "tags.csv").read_bytes() == TAGS.encode()
    assert read_folder(folder) == sample()
    assert not list(folder.glob(".*"))


def test_a_file_in_use_is_told(folder, monkeypatch):
    def in_use(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(save.Path, "replace", in_use)
    with pytest.raises(ProjectError, match="is it open in another program"):
        save_screen(folder, project().screens["overview"])


def test_the_rights_of_a_file_stay(folder):
    (folder / "tags.csv").chmod(0o640)
    before = (folder / "tags.csv").stat().st_mode
    save_file(folder, "tags.csv", b"path,type\n")
    assert (folder / "tags.csv").stat().st_mode == before


@pytest.mark.parametrize(
    "name", ["../tags.csv", "screens/../tags.csv", "notes.txt", "screens/a.txt", "/tags.csv", "a/b"]
)
def test_only_files_of_a_project_are_written(folder, name):
    with pytest.raises(ValueError, match="is no file of a project"):
        save_file(folder, name, b"")


def test_nothing_is_written_through_a_link(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (folder / "types").symlink_to(outside)
    with pytest.raises(ProjectError, match="leads out of the project"):
        save_file(folder, "types/T.csv", b"")
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", examples())
def test_the_samples_come_back_as_they_are(name):
    for path, data in read_folder(example_path(name)).items():
        wrong = Problems()
        if path == "tags.csv" or path.startswith("types/"):
            table = read_table(path, data, TAG_COLUMNS, TAG_REQUIRED, wrong)
            again = read_table(path, dump_table(table), TAG_COLUMNS, TAG_REQUIRED, wrong)
            assert again == table
        elif path.startswith("screens/"):
            screen = read_screen(path, data, wrong)
            assert screen is not None
            again_screen = read_screen(path, save.dump_screen(screen.screen), wrong)
            assert again_screen is not None
            assert again_screen.screen == screen.screen
        assert not wrong.has_faults
