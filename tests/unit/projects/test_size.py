"""Reading a project costs the same for each row, however many there are and also when every row is wrong."""

from collections.abc import Callable

import pytest

from projects.files import analyse
from tags.drivers.catalogue import drivers
from tests.support.work import calls
from tests.unit.projects.sample import HEADER, PROJECT

MANY = 10_000


def sound(count: int) -> dict[str, bytes]:
    rows = [HEADER]
    for n in range(count):
        path = f"Area{n // 500}.Unit{n // 50}.Tag{n}"
        before = f"Area{n // 500}.Unit{n // 50}.Tag{n - n % 5}"
        rows.append(
            (
                f"{path},UINT16,bus,HR{n},fast,rw,bar,0,10,0,27648,both,0.1,2,,change max=60s,Pressure,",
                f"{path},FLOAT32,plc,DB{1 + n // 500}.DBD{n % 500 * 4},,,,0,100,,,,,,,change,,",
                f"{path},INT32,plc,DB1.DBD{n},,rw,,,,,,,,,0=Stopped;1=Running;2=Fault,change,,",
                f"{path},FLOAT64,,={before} * 100 if {before} > 0 else 0,,,,,,,,,,,,,,",
                f"{path},BOOL,bus,C{n},,,,,,,,,,,0=Off;1=On,change,,",
            )[n % 5]
        )
    return {
        "project.toml": PROJECT.replace('home = "overview"', "").encode(),
        "tags.csv": "\n".join(rows).encode(),
    }


def faulty(count: int) -> dict[str, bytes]:
    files = sound(count)
    tags = files["tags.csv"].replace(b",bus,", b",bsu,").replace(b"=Area", b"=Aera")
    return {**files, "tags.csv": tags.replace(b"fast", b"fats")}


def test_ten_thousand_tags():
    project, _ = analyse(sound(MANY), drivers())
    assert project is not None
    assert len(project.tags) == MANY


def test_ten_thousand_faults():
    project, problems = analyse(faulty(MANY), drivers())
    assert project is None
    assert len(problems) > MANY / 2


@pytest.mark.parametrize("files", [sound, faulty])
def test_ten_times_the_rows_are_ten_times_the_work(files: Callable[[int], dict[str, bytes]]):
    known = drivers()
    few, many = files(200), files(2_000)
    analyse(few, known)  # what is done only once is not counted
    assert calls(lambda: analyse(many, known)) < 1.2 * 10 * calls(lambda: analyse(few, known))
