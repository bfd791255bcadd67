"""Say what each role may do: permissions are data, and what is not granted is denied (SEC-10).

The station checks them where it carries a request out; a window only shows beforehand what would be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tags.model import Tag


class Role(StrEnum):
    """Name what a user is in the plant, the least first."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    MAINTENANCE = "maintenance"
    ENGINEER = "engineer"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Tell whether this role may do everything that the other one may."""
        return other in _INCLUDED[self]


_BELOW: Final[Mapping[Role, tuple[Role, ...]]] = MappingProxyType(
    {
        Role.VIEWER: (),
        Role.OPERATOR: (Role.VIEWER,),
        Role.SUPERVISOR: (Role.OPERATOR,),
        Role.MAINTENANCE: (Role.OPERATOR,),
        Role.ENGINEER: (Role.SUPERVISOR, Role.MAINTENANCE),
        Role.ADMIN: (Role.ENGINEER,),
    }
)
"""Which roles stand right below each one; supervisor and maintenance stand side by side."""


def _closure(role: Role) -> frozenset[Role]:
    return frozenset({role}).union(*(_closure(below) for below in _BELOW[role]))


_INCLUDED: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType({role: _closure(role) for role in Role})


class Action(StrEnum):
    """Name what a user may want to do beside looking; the value completes ``you may not ...``."""

    WRITE = "write values"
    ACKNOWLEDGE = "acknowledge alarms"
    RESET = "reset alarms"
    SHELVE = "shelve alarms"
    REMOVE_FROM_SERVICE = "take alarms out of service"
    CHANGE_SETTINGS = "change alarm settings"
    DIAGNOSE = "test connections"
    STOP_STATION = "stop the station"
    TRUST = "decide which devices are trusted"


_GRANTED: Final[Mapping[Role, frozenset[Action]]] = MappingProxyType(
    {
        Role.VIEWER: frozenset(),
        Role.OPERATOR: frozenset((Action.WRITE, Action.ACKNOWLEDGE, Action.RESET, Action.SHELVE)),
        Role.SUPERVISOR: frozenset((Action.STOP_STATION,)),
        Role.MAINTENANCE: frozenset((Action.REMOVE_FROM_SERVICE, Action.DIAGNOSE)),
        Role.ENGINEER: frozenset((Action.CHANGE_SETTINGS, Action.TRUST)),
        Role.ADMIN: frozenset(),
    }
)
"""What each role adds to the roles that it includes."""
ROLE_ACTIONS: Final[Mapping[Role, frozenset[Action]]] = MappingProxyType(
    {role: frozenset().union(*(_GRANTED[one] for one in _INCLUDED[role])) for role in Role}
)
"""The whole matrix: what each role may do."""


def may(role: Role, action: Action) -> bool:
    """Tell whether a role may do this; what no table grants is denied."""
    return action in ROLE_ACTIONS[role]


def least(action: Action) -> Role:
    """Return the lowest role that may do this."""
    return next(role for role in Role if may(role, action))


def refusal(role: Role, action: Action) -> str:
    """Return why this role may not do this, in one sentence; empty when it may."""
    if may(role, action):
        return ""
    return f"As {role.value} you may not {action.value}: it takes the role {least(action).value} (SEC-10)."


def write_refusal(role: Role, tag: "Tag") -> str:
    """Return why this role may not write this tag, in one sentence; empty when it may."""
    text = refusal(role, Action.WRITE)
    if text or role.includes(tag.write_role):
        return text
    return f"As {role.value} you may not write {tag.path}: it takes the role {tag.write_role.value} (SEC-10)."


@dataclass(frozen=True, slots=True)
class Roles:
    """Say which role each user of the operating system has; ``default`` is that of everybody not named.

    A project that names nobody is its owner's own: only the operating-system user who runs the station can
    open a session, and can edit the project as well, so this one is its engineer.
    """

    users: Mapping[str, Role] = field(default_factory=dict)
    default: Role = Role.ENGINEER

    def of(self, user: str) -> Role:
        """Return the role of a user."""
        return self.users.get(user, self.default)


@dataclass(frozen=True, slots=True)
class Actor:
    """Name who asks the station for something, from where, and in which role."""

    user: str
    workstation: str
    role: Role
