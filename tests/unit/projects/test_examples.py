"""The sample projects load without a single problem."""

import pytest

from projects.examples import example_path, examples
from projects.files import load


def test_the_samples_are_there():
    assert "first_steps" in examples()
    with pytest.raises(KeyError):
        example_path("../first_steps")


@pytest.mark.parametrize("name", examples())
def test_a_sample_is_sound(name):
    read = load(example_path(name))
    assert [str(problem) for problem in read.problems] == []
    assert read.station.home in read.screens
    assert len(read.tags) > 5


def test_first_steps_needs_no_device():
    read = load(example_path("first_steps"))
    assert read.connections == {}
    assert all(tag.address is None for tag in read.tags)
    assert any(tag.expression for tag in read.tags)
