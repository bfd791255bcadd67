"""The tables [roles] and [alarms.priority_matrix] of project.toml, and the columns that belong to them."""

import pytest

from alarms.model import MessageClass, Priority
from projects.files import parse_tolerant
from tags.roles import Role
from tests.unit.projects.sample import HEADER, PROJECT, problems, project, sample, tag_rows

ROLES = """
[roles]
default = "operator"
supervisor = ["carla"]
engineer = ["eve", "Ève"]
"""
GUARDED = f"{HEADER},write_role"
RATED = "alarm_id,tag,type,operator_action,consequence_level,time_to_respond_s,priority"
MATRIX = """
[alarms.priority_matrix]
times_min = [10]

[alarms.priority_matrix.rows]
small = ["alert", "low"]
large = ["high", "urgent"]
"""


def row(path, access, role):
    return f"{path},FLOAT64,,,,{access},{',' * 11},{role}"


def test_a_project_without_the_table_has_one_engineer():
    assert project({}).roles.of("anybody") is Role.ENGINEER


def test_users_have_the_role_that_they_stand_under():
    roles = project({"project.toml": PROJECT + ROLES}).roles
    assert [roles.of(name) for name in ("carla", "eve", "Ève", "ben")] == [
        Role.SUPERVISOR,
        Role.ENGINEER,
        Role.ENGINEER,
        Role.OPERATOR,
    ]


def test_an_empty_table_lets_everybody_only_look():
    assert project({"project.toml": f"{PROJECT}\n[roles]\n"}).roles.of("eve") is Role.VIEWER


@pytest.mark.parametrize(
    ("lines", "column", "words"),
    [
        ('default = "boss"', "roles.default", "input should be 'viewer', 'operator'"),
        ('supervisors = ["a"]', "roles.supervisors", "supervisor"),
        ('operator = "anna"', "roles.operator", "list"),
        ('operator = [""]', "roles.operator.0", "at least 1 character"),
        ('operator = ["a"]\nengineer = ["a"]', "roles.engineer", "a is operator already"),
    ],
)
def test_faults_of_the_table_are_told_and_give_nobody_more(lines, column, words):
    files = {"project.toml": f"{PROJECT}\n[roles]\n{lines}\n"}
    [found] = problems(files)
    assert found.column == column
    assert words in found.text
    assert found.row > 0


def test_a_faulty_table_leaves_its_sound_lines_and_viewers():
    text = PROJECT + '\n[roles]\ndefault = "boss"\nsupervisor = ["carla"]\n'
    read = parse_tolerant(sample({"project.toml": text}))
    assert (read.roles.of("carla"), read.roles.of("eve")) == (Role.SUPERVISOR, Role.VIEWER)


def test_a_tag_may_ask_for_more_than_an_operator():
    read = project(tag_rows(row("A", "rw", "supervisor"), row("B", "rw", ""), header=GUARDED))
    assert [tag.write_role for tag in read.tags] == [Role.SUPERVISOR, Role.OPERATOR]


@pytest.mark.parametrize(
    ("access", "role", "words"),
    [("r", "supervisor", "only read"), ("rw", "viewer", "expected operator"), ("rw", "boss", "expected")],
)
def test_doubtful_write_roles_are_refused(access, role, words):
    [found] = problems(tag_rows(row("A", access, role), header=GUARDED))
    assert found.column == "write_role"
    assert words in found.text


# Priorities


@pytest.mark.parametrize(
    ("cells", "priority", "message"),
    [
        ("major,60,", Priority.HIGH, MessageClass.ALARM),
        ("minor,900,", Priority.LOW, MessageClass.ALARM),
        ("minor,3600,", Priority.LOW, MessageClass.ALERT),
        ("severe,60,high", Priority.HIGH, MessageClass.ALARM),
        (",60,medium", Priority.MEDIUM, MessageClass.ALARM),
    ],
)
def test_consequence_and_time_give_the_priority(cells, priority, message):
    files = {"alarms.csv": f"{RATED}\nA,Tank.Free,BADQUALITY,Look,{cells}\n"}
    assert problems(files) == []
    [found] = project(files).alarms
    assert (found.priority, found.message_class) == (priority, message)


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ("major,60,low", "priority", "the priority matrix gives high to major within 60 s (ALM-41)"),
        ("minor,3600,low", "priority", "is worth an alert, not an alarm (ALM-41)"),
        ("major,,low", "time_to_respond_s", "needs the time to respond as well (ALM-41)"),
    ],
)
def test_another_priority_holds_with_a_warning(cells, column, words):
    files = {"alarms.csv": f"{RATED}\nA,Tank.Free,BADQUALITY,Look,{cells}\n"}
    [found] = problems(files)
    assert (found.column, found.is_warning) == (column, True)
    assert words in found.text
    [alarm] = project(files).alarms
    assert alarm.priority is Priority.LOW
    assert alarm.message_class is MessageClass.ALARM


def test_an_unknown_consequence_is_refused():
    [found] = problems({"alarms.csv": f"{RATED}\nA,Tank.Free,BADQUALITY,Look,majr,60,\n"})
    assert (found.column, found.is_warning) == ("consequence_level", False)
    assert "did you mean major" in found.text


def test_a_site_has_its_own_matrix():
    files = {
        "project.toml": PROJECT + MATRIX,
        "alarms.csv": f"{RATED}\nA,Tank.Free,BADQUALITY,Look,large,600,\nB,Note,BADQUALITY,Look,large,601,\n",
    }
    assert [alarm.priority for alarm in project(files).alarms] == [Priority.URGENT, Priority.HIGH]


@pytest.mark.parametrize(
    ("lines", "column", "words"),
    [
        ("times_min = [30, 3, 10]", "alarms.priority_matrix.times_min", "from the longest to the shortest"),
        ("times_min = [30, 10, 10]", "alarms.priority_matrix.times_min", "from the longest to the shortest"),
        ("times_min = [10]", "alarms.priority_matrix.times_min", "expected 3 times, or rows"),
        ('[alarms.priority_matrix.rows]\nx = ["low"]', "alarms.priority_matrix.rows.x", "expected 4"),
        (
            '[alarms.priority_matrix.rows]\nx = ["low", "low", "low", "top"]',
            "alarms.priority_matrix.rows.x.3",
            "'urgent'",
        ),
        ("times = [3]", "alarms.priority_matrix.times", "times_min"),
    ],
)
def test_a_matrix_that_does_not_fit_is_refused(lines, column, words):
    [found] = problems({"project.toml": f"{PROJECT}\n[alarms.priority_matrix]\n{lines}\n"})
    assert found.column == column
    assert words in found.text
    assert found.row > 0
