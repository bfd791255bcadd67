"""Whatever a file holds, reading it ends in a project or in a ProjectError."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.files import parse
from projects.model import ProjectError
from tests.unit.projects.sample import sample

MOTOR = b"path,type,address,params\nRun,BOOL,DB{db}.DBX0.0,\nInner,Loop,,a={db}\n"
FILES = {**sample(), "types/Motor.csv": MOTOR, "types/Loop.csv": b"path,type,description\nSet,FLOAT32,{a}\n",
         "faceplates/f.json": b'{"format": 1, "title": "M", "level": "L3", "size": [9, 9],'
         b' "parameters": {"m": "Motor"}, "elements":'
         b' [{"id": "a", "type": "lamp", "x": 1, "y": 1, "w": 8, "h": 8, "tag": "{m}.Run"}]}'}  # fmt: skip
FILES["tags.csv"] += b"M,Motor,plc,,,,,,,,,,,,,,,db=1\nM.Run,,,,,,,,,,,,,,,,x,\n"


PIECES = [
    b'"', b"\n", b",", b";", b"{", b"}", b"=", b"\0", b"\xff", b"-1", b"9" * 400, b"[[", b"nan", b"1e999",
    b"\\ud800", b"M", b"=M.Run", b"\r", b"'", b".",
]  # fmt: skip


def read(files: dict[str, bytes]) -> None:
    with contextlib.suppress(ProjectError):
        parse(files)


def test_the_seed_is_sound():
    assert parse(FILES).tags.by_path("M.Run").description == "x"


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40)
@given(data=st.binary(max_size=200))
def test_random_bytes(name, data):
    read({**FILES, name: data})


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=80)
@given(data=st.data())
def test_spoilt_files(name, data):
    """Cut, overwrite and repeat parts of a sound file: closer to the edge than random bytes."""
    text = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        piece = data.draw(
            st.binary(max_size=6) | st.sampled_from(PIECES) | st.just(bytes(text[end : end + 40]))
        )
        text[start:end] = piece
    read({**FILES, name: bytes(text)})
