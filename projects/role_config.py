"""The table ``[roles]`` of project.toml: which user of the operating system is what (SEC-10)."""

from collections.abc import Callable
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from tags.roles import Role, Roles

Report = Callable[[tuple[str, ...], str], None]
"""Takes a key's path and one sentence about what is wrong with it."""

RoleName = Literal["viewer", "operator", "supervisor", "maintenance", "engineer", "admin"]
_Users = list[Annotated[str, Field(min_length=1, max_length=100)]]
_MAX_USERS: Final = 1000


class RolesTable(BaseModel):
    """Declare the table; a role that is not named has no users."""

    model_config = ConfigDict(strict=True, extra="forbid")
    default: RoleName = "viewer"
    viewer: Annotated[_Users, Field(max_length=_MAX_USERS)] = Field(default_factory=list)
    operator: Annotated[_Users, Field(max_length=_MAX_USERS)] = Field(default_factory=list)
    supervisor: Annotated[_Users, Field(max_length=_MAX_USERS)] = Field(default_factory=list)
    maintenance: Annotated[_Users, Field(max_length=_MAX_USERS)] = Field(default_factory=list)
    engineer: Annotated[_Users, Field(max_length=_MAX_USERS)] = Field(default_factory=list)
    admin: Annotated[_Users, Field(max_length=_MAX_USERS)] = Field(default_factory=list)

    def roles(self, report: Report) -> Roles:
        """Return what the table says; a user named twice is reported and gets the lower role."""
        users: dict[str, Role] = {}
        for role in Role:
            for name in getattr(self, role.value):
                if name in users:
                    text = f"{name} is {users[name].value} already: expected each user under one role"
                    report(("roles", role.value), text)
                else:
                    users[name] = role
        return Roles(users, Role(self.default))
