"""What a role may is granted by a table; everything else is denied (SEC-10)."""

import pytest

from tags.model import Access, DataType, Tag
from tags.roles import ROLE_ACTIONS, Action, Role, Roles, least, may, refusal, write_refusal

MATRIX = {
    Action.WRITE: "operator supervisor maintenance engineer admin",
    Action.ACKNOWLEDGE: "operator supervisor maintenance engineer admin",
    Action.RESET: "operator supervisor maintenance engineer admin",
    Action.SHELVE: "operator supervisor maintenance engineer admin",
    Action.REMOVE_FROM_SERVICE: "maintenance engineer admin",
    Action.CHANGE_SETTINGS: "engineer admin",
    Action.DIAGNOSE: "maintenance engineer admin",
    Action.STOP_STATION: "supervisor engineer admin",
    Action.TRUST: "engineer admin",
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_every_cell_of_the_matrix(role: Role, action: Action) -> None:
    allowed = role.value in MATRIX[action].split()
    assert may(role, action) is allowed
    assert (action in ROLE_ACTIONS[role]) is allowed
    assert bool(refusal(role, action)) is not allowed


def test_a_refusal_names_the_role_that_it_takes() -> None:
    assert refusal(Role.OPERATOR, Action.CHANGE_SETTINGS) == (
        "As operator you may not change alarm settings: it takes the role engineer (SEC-10)."
    )
    assert least(Action.REMOVE_FROM_SERVICE) is Role.MAINTENANCE


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_the_roles_in_it_may(role: Role) -> None:
    assert role.includes(role)
    for other in Role:
        if role.includes(other):
            assert ROLE_ACTIONS[other] <= ROLE_ACTIONS[role]
            assert other is role or not other.includes(role)


def test_supervisor_and_maintenance_stand_side_by_side() -> None:
    assert not Role.SUPERVISOR.includes(Role.MAINTENANCE)
    assert not Role.MAINTENANCE.includes(Role.SUPERVISOR)
    assert Role.ENGINEER.includes(Role.SUPERVISOR)
    assert Role.ENGINEER.includes(Role.MAINTENANCE)


@pytest.mark.parametrize(
    ("role", "needed", "words"),
    [
        (Role.OPERATOR, Role.OPERATOR, ""),
        (Role.OPERATOR, Role.SUPERVISOR, "the role supervisor"),
        (Role.MAINTENANCE, Role.SUPERVISOR, "the role supervisor"),
        (Role.ENGINEER, Role.SUPERVISOR, ""),
        (Role.VIEWER, Role.OPERATOR, "the role operator"),
        (Role.ADMIN, Role.ADMIN, ""),
    ],
)
def test_a_tag_says_who_may_write_it(role: Role, needed: Role, words: str) -> None:
    tag = Tag(0, "Tank.SetPoint", DataType.FLOAT64, access=Access.READ_WRITE, write_role=needed)
    text = write_refusal(role, tag)
    assert words in text
    assert bool(text) is bool(words)


def test_who_is_not_named_gets_the_default() -> None:
    roles = Roles({"anna": Role.SUPERVISOR}, Role.VIEWER)
    assert (roles.of("anna"), roles.of("ben"), roles.of("Anna")) == (
        Role.SUPERVISOR,
        Role.VIEWER,
        Role.VIEWER,
    )
    assert Roles().of("student") is Role.ENGINEER
