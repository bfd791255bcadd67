"""Rows of alarms.csv become alarm definitions; what is doubtful becomes a warning."""

import pytest

from alarms.model import AlarmDefinition, AlarmType, MessageClass, Priority
from alarms.policy import shelve_role
from tags.roles import Role
from tests.unit.projects.sample import ALARM_HEADER, TAGS, problems, project

FULL = """\
alarm_id,tag,name,description,type,setpoint,unit,deadband,on_delay_s,off_delay_s,priority,class,area,\
cause,consequence,operator_action,time_to_respond_s,enabled,latching,ack_required,shelvable,\
suppression_expression,group,display_link,help_link,revision
T-1,Tank.Level,Full,Tank level high,HI,90,%,2.5,1.5,3,urgent,process,Tank farm,Valve open,Spill,Close it,60,\
no,yes,false,0,=not Pump.Running,Fill,overview,https://example.org,B
"""


def warnings(rows: str, header: str = ALARM_HEADER) -> list[tuple[int, str, str]]:
    found = problems({"alarms.csv": f"{header}\n{rows}\n"})
    assert all(one.is_warning for one in found), "\n".join(map(str, found))
    return [(one.row, one.column, one.text) for one in found]


def test_every_column():
    assert project({"alarms.csv": FULL}).alarms == (
        AlarmDefinition(
            alarm_id="T-1",
            tag="Tank.Level",
            name="Full",
            description="Tank level high",
            type=AlarmType.HI,
            setpoint=90.0,
            unit="%",
            deadband_eu=2.5,
            on_delay_ns=1_500_000_000,
            off_delay_ns=3_000_000_000,
            priority=Priority.URGENT,
            alarm_class="process",
            area="Tank farm",
            cause="Valve open",
            consequence="Spill",
            operator_action="Close it",
            time_to_respond_s=60.0,
            enabled=False,
            latching=True,
            ack_required=False,
            shelvable=False,
            suppression_expression="not Pump.Running",
            group="Fill",
            display_link="overview",
            help_link="https://example.org",
            revision="B",
            message_class=MessageClass.ALARM,
        ),
    )


def test_an_urgent_alarm_is_shelved_by_a_supervisor():
    [found] = project({"alarms.csv": FULL}).alarms
    assert shelve_role(found) is Role.SUPERVISOR


def test_defaults():
    alarm = project({"alarms.csv": "alarm_id,tag,type,operator_action\nP,Pump.Running,TRIP,Go\n"}).alarms[0]
    assert (alarm.name, alarm.description, alarm.setpoint, alarm.priority) == ("P", "P", 1.0, Priority.LOW)
    assert (alarm.enabled, alarm.latching, alarm.ack_required, alarm.shelvable) == (True, False, True, True)


def test_the_unit_is_the_tags_own():
    alarm = project({"alarms.csv": f"{ALARM_HEADER}\nA,Tank.Level,HI,90,,,high,x\n"}).alarms[0]
    assert alarm.unit == "%"


@pytest.mark.parametrize("text", ["alert", "prompt", "event"])
def test_a_class_may_state_the_message(text):
    header = "alarm_id,tag,type,class"
    assert warnings(f"A,Pump.Running,OFFNORMAL,{text}", header) == []
    read = project({"alarms.csv": f"{header}\nA,Pump.Running,OFFNORMAL,{text}\n"})
    assert read.alarms[0].message_class.value == text


def test_without_an_action_it_is_an_event():
    found = warnings("A,Tank.Level,HI,90,,,high,")
    assert [(row, column) for row, column, _ in found] == [(2, "operator_action")]
    read = project({"alarms.csv": f"{ALARM_HEADER}\nA,Tank.Level,HI,90,,,high,\n"})
    assert read.alarms[0].message_class is MessageClass.EVENT


@pytest.mark.parametrize(
    ("rows", "row", "column", "text"),
    [
        ("A,Tank.Level,HI,101,,,high,x", 2, "setpoint", "outside the tag's range of 0 to 100 %"),
        ("A,Tank.Level,HI,90,,15,high,x,60", 2, "on_delay_s", "(ALM-31)"),
        (
            "A,Tank.Level,LO,40,10,,high,x\nB,Tank.Level,HI,60,,,high,x",
            2,
            "deadband",
            "half or more of the 20",
        ),
        ("A,Tank.Level,HI,90,,,high,x\nB,Tank.Level,HI,90,,,low,x", 3, "type", "row 2 watches the same"),
    ],
)
def test_doubts(rows, row, column, text):
    found = warnings(rows)
    assert [(one[0], one[1]) for one in found] == [(row, column)]
    assert text in found[0][2]


def test_a_foreign_unit_is_doubtful():
    found = warnings("A,Tank.Level,HI,90,m,x", "alarm_id,tag,type,setpoint,unit,operator_action")
    assert [(row, column) for row, column, _ in found] == [(2, "unit")]


@pytest.mark.parametrize(
    "rows",
    [
        "A,Tank.Level,HI,90,,14,high,x,60",
        "A,Tank.Level,LO,40,9,,high,x\nB,Tank.Level,HI,60,9,,high,x",
        "A,Tank.Level,LOLO,1,,,high,x\nB,Tank.Level,LO,2,,,high,x\nC,Tank.Level,HI,3,,,high,x\n"
        "D,Tank.Level,HIHI,4,,,high,x",
        "A,Tank.Level,HI,90,,,high,x\nB,Tank.Level,HI,80,,,low,x",
        "A,plc,COMM,,,,high,x",
        "A,Note,BADQUALITY,,,,low,x",
    ],
)
def test_no_doubts(rows):
    assert warnings(rows) == []


def test_a_write_only_tag_cannot_be_watched():
    tags = TAGS.replace("bus,C3,,,", "bus,C3,,w,")
    found = problems({"tags.csv": tags, "alarms.csv": f"{ALARM_HEADER}\nA,Pump.Running,TRIP,1,,,high,x\n"})
    assert [(one.file, one.row, one.column) for one in found if not one.is_warning] == [
        ("alarms.csv", 2, "tag")
    ]
