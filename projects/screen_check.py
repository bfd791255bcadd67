"""What screens and faceplates refer to: tags, expressions, other screens and faceplates."""

from collections.abc import Mapping
from dataclasses import dataclass

from projects.model import PropertyValue, Screen
from projects.problems import Names, Problems
from projects.screens import ScreenFile, property_values
from projects.tag_facts import TagFacts


@dataclass(frozen=True, slots=True)
class ScreenChecker:
    """Check what screens refer to: tags, expressions and other screens."""

    facts: TagFacts
    screens: Mapping[str, ScreenFile]
    names: Names
    """Every screen's name, also of those whose file is faulty."""
    faceplates: Names
    problems: Problems

    def check(self, one: ScreenFile) -> None:
        """Check every property of every element."""
        for element in one.screen.elements:
            for path, key, value in property_values(element.properties):
                for text in self._faults(key, value):
                    line = one.lines.get(element.id, 0)
                    self.problems.fault(one.file, line, f"{element.id}.{path}", text)

    def _faults(self, key: str, value: PropertyValue) -> list[str]:
        if not isinstance(value, str) or not value:
            return []
        if value.startswith("="):
            return self.facts.expression_faults(value[1:].strip())
        if (key == "tag" or key.endswith("_tag")) and value not in self.facts:
            return [self.facts.unknown(value)]
        if key == "screen" and value not in self.names:
            return [self.names.unknown(value)]
        if key == "faceplate" and value not in self.faceplates:
            return [self.faceplates.unknown(value)]
        return []

    def check_parents(self) -> set[str]:
        """Check that the way up from every screen exists and ends; return those whose parent is at fault."""
        orphans: set[str] = set()
        for one in self.screens.values():
            seen = {one.screen.id}
            screen: Screen = one.screen
            if screen.parent and screen.parent not in self.names:
                self.problems.fault(one.file, 0, "parent", self.names.unknown(screen.parent))
                orphans.add(screen.id)
                continue
            while screen.parent in self.screens:
                screen = self.screens[screen.parent].screen
                if screen.id in seen:
                    if screen.id == one.screen.id:
                        self.problems.fault(
                            one.file, 0, "parent", f"the screen is its own parent ({screen.parent})"
                        )
                        orphans.add(screen.id)
                    break
                seen.add(screen.id)
        return orphans
