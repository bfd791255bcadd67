"""Reading a project's folder: its own files only, never what lies outside."""

from pathlib import Path

import pytest

from projects import files as project_files
from projects.files import digest, load, parse, read_folder
from projects.library import with_library
from projects.model import ProjectError
from projects.validate import check
from tests.unit.projects.sample import TAGS, sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "cell"
    write(root, sample())
    return root


def write(root: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def faults(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(ProjectError) as caught:
        read_folder(folder)
    return [(one.file, one.text) for one in caught.value.problems]


def test_only_the_projects_own_files_are_read(folder):
    for name in ("README.md", "history.sqlite", "screens/.hidden.json", "screens/~lock.json",
        "screens/old/a.json",                  "types/notes.txt", "tags.csv.bak"):  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    (folder / "symbols").mkdir()
    (folder / "symbols" / "valve.svg").write_text("<svg/>")
    assert read_folder(folder) == {**sample(), "symbols/valve.svg": b"<svg/>"}


def test_a_folder_and_its_files_give_the_same_project(folder):
    loaded, parsed = load(folder), parse(with_library(sample()))
    assert loaded.digest == parsed.digest
    assert list(loaded.tags) == list(parsed.tags)
    assert (loaded.alarms, loaded.screens) == (parsed.alarms, parsed.screens)


def test_the_digest_tells_names_and_contents_apart():
    files = sample()
    assert digest(files) == digest(dict(reversed(files.items())))
    assert len(digest(files)) == 64
    changed = {**files, "tags.csv": files["tags.csv"] + b"\n"}
    renamed = {("types/A.csv" if name == "tags.csv" else name): data for name, data in files.items()}
    assert len({digest(files), digest(changed), digest(renamed), digest({})}) == 4
    assert digest({"a": b"bc"}) != digest({"ab": b"c"})


def test_files_unknown_to_this_version_do_not_disturb():
    assert parse({**sample(), "notes.md": b"\xff", "../x": b"", "screens/a/b.json": b"{"}).name == "Sample"


def test_a_missing_folder_or_project_file(tmp_path):
    assert "there is no project folder" in faults(tmp_path / "gone")[0][1]
    assert faults(tmp_path) == [("project.toml", f"is missing: {tmp_path} is no project folder")]


def test_links_that_leave_the_folder_are_refused(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.json").write_text("{}")
    (folder / "screens" / "secret.json").symlink_to(outside / "secret.json")
    (folder / "types").symlink_to(outside)
    (outside / "T.csv").write_text("path,type\n")
    (folder / "screens" / "gone.json").symlink_to(outside / "gone.json")
    text = "is a symbolic link that leads out of the project's folder"
    assert faults(folder) == [
        ("screens/gone.json", text),
        ("screens/secret.json", text),
        ("types/T.csv", text),
    ]


def test_links_inside_the_folder_are_followed(folder):
    (folder / "screens" / "second.json").symlink_to(folder / "screens" / "overview.json")
    assert read_folder(folder)["screens/second.json"] == sample()["screens/overview.json"]


def test_a_link_to_itself_is_told(folder):
    (folder / "screens" / "loop.json").symlink_to(folder / "screens" / "loop.json")
    assert [name for name, _ in faults(folder)] == ["screens/loop.json"]


def test_a_folder_in_the_place_of_a_file_is_told(folder):
    (folder / "screens" / "sub.json").mkdir()
    assert faults(folder) == [("screens/sub.json", "is no file")]


def test_sizes_are_limited(folder, monkeypatch):
    monkeypatch.setattr(project_files, "MAX_FILE_BYTES", 2000)
    (folder / "alarms.csv").write_bytes(b"x" * 2001)
    assert [name for name, _ in faults(folder)] == ["alarms.csv"]
    monkeypatch.setattr(project_files, "MAX_FILE_BYTES", 8 << 20)
    monkeypatch.setattr(project_files, "MAX_PROJECT_BYTES", 2500)
    assert len(faults(folder)) == 1
    monkeypatch.setattr(project_files, "MAX_PROJECT_BYTES", 32 << 20)
    monkeypatch.setattr(project_files, "MAX_FILES", 3)
    assert len(faults(folder)) == 1


def test_check_tells_everything_and_never_raises(folder, tmp_path):
    assert check(folder) == []
    (folder / "tags.csv").write_text(TAGS.replace("INT16", "WORD"))
    (folder / "alarm.csv").write_text("")
    (folder / "Screens.bak").write_text("")
    (folder / "screens" / "a.jsn").write_text("")
    found = [(one.file, one.row, one.is_warning) for one in check(folder)]
    assert found == [("alarm.csv", 0, True), ("screens/a.jsn", 0, True), ("tags.csv", 2, False)]
    assert [one.file for one in check(tmp_path / "gone")] == ["project.toml"]


def test_a_table_by_another_name_is_guessed(folder):
    (folder / "alarms.csv").rename(folder / "Alarms.CSV")
    found = [one for one in check(folder) if one.file == "Alarms.CSV"]
    assert len(found) == 1
    assert "did you mean alarms.csv?" in found[0].text


def test_carried_files_are_told():
    read = parse({**sample(), "recipes/a.csv": b"", "faceplates/f.json": b'{"format": 1}'})
    assert [one.file for one in read.problems] == ["faceplates/f.json", "recipes/a.csv"]
    with pytest.raises(ProjectError):
        parse({**sample(), "faceplates/f.json": b'{"format": 2}'})
