"""Which tags this window asks the station for: what is visible, and as much of the rest as is cheap."""

from collections.abc import Iterable, Mapping, Sequence

BUDGET = 2_000
"""Tags beyond the visible ones that stay subscribed, so that a screen opens with live values."""


class SubscriptionPlan:
    """Choose tags by group: the visible groups always, then the latest visited, then the others in order.

    A group is a screen, the trend, or whatever else shows tags under one name.
    """

    def __init__(self, groups: Mapping[str, Iterable[int]] | None = None, budget: int = BUDGET) -> None:
        self._groups = {name: tuple(tags) for name, tags in (groups or {}).items()}
        self._latest: list[str] = []
        self._visible: tuple[str, ...] = ()
        self._budget = budget

    def set_group(self, name: str, tag_ids: Iterable[int]) -> None:
        """Give a group its tags."""
        self._groups[name] = tuple(tag_ids)

    def show(self, names: Sequence[str]) -> None:
        """Make these groups the visible ones."""
        self._visible = tuple(names)
        self._latest = [*names, *(name for name in self._latest if name not in names)]

    def tag_ids(self) -> list[int]:
        """Return the tags to subscribe, sorted."""
        chosen: set[int] = set()
        for name in self._visible:
            chosen.update(self._groups.get(name, ()))
        rest = [name for name in (*self._latest, *self._groups) if name not in self._visible]
        most = len(chosen) + self._budget
        for name in dict.fromkeys(rest):
            wider = chosen.union(self._groups.get(name, ()))
            if len(wider) <= most:
                chosen = wider
        return sorted(chosen)
