"""What the search offers for a project, and where each result leads."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction

from hmi.desktop.navigation import path_to
from hmi.desktop.workspace import Workspace
from projects.model import Project
from views.search import Entry, FoundKind
from views.trend_chooser import can_trend


def entries_of(project: Project, actions: Mapping[str, QAction]) -> Iterator[Entry]:
    """Yield what can be found: screens with their way, alarms, tags, and the window's commands."""
    for screen in project.screens.values():
        above = " › ".join(one.title for one in path_to(project.screens, screen.id)[:-1])
        yield Entry(FoundKind.SCREEN, screen.id, screen.title, f"{screen.level.value}  {above}".rstrip())
    for name, action in actions.items():
        if action.menu() is None and action.isEnabled():
            key = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
            yield Entry(FoundKind.COMMAND, name, action.text(), key)
    for alarm in project.alarms:
        title = alarm.description or alarm.name or alarm.alarm_id
        yield Entry(FoundKind.ALARM, alarm.alarm_id, title, f"{alarm.alarm_id}  {alarm.tag}")
    for tag in project.tags:
        yield Entry(FoundKind.TAG, tag.path, tag.path, tag.description)


class Finder:
    """Go where a result leads. GUI thread only."""

    def __init__(self, workspace: Workspace, actions: Mapping[str, QAction]) -> None:
        self._workspace = workspace
        self._actions = actions

    def open(self, entry: Entry) -> None:
        """Open a screen, do a command, or show where a tag or an alarm is."""
        workspace = self._workspace
        if entry.kind is FoundKind.SCREEN:
            workspace.show_screen(entry.key)
            workspace.focus_page()
        elif entry.kind is FoundKind.COMMAND:
            self._actions[entry.key].trigger()
        elif entry.kind is FoundKind.ALARM:
            alarm = next(one for one in workspace.project.alarms if one.alarm_id == entry.key)
            screen_id = workspace.screen_of(alarm.display_link, alarm.tag)
            if screen_id:
                workspace.show_tag(screen_id, alarm.tag)
            else:
                workspace.show_alarm(entry.key)
        else:
            self._open_tag(entry.key)

    def _open_tag(self, path: str) -> None:
        screen_id = self._workspace.screen_of("", path)
        if screen_id:
            self._workspace.show_tag(screen_id, path)
        elif not self._trend(path):
            self._workspace.inquiry.why_tag(path)

    def show_more(self, entry: Entry) -> None:
        """Show a tag as a curve, an alarm in the list; anything else is opened."""
        if entry.kind is FoundKind.ALARM:
            self._workspace.show_alarm(entry.key)
        elif entry.kind is FoundKind.TAG:
            if not self._trend(entry.key):
                text = QCoreApplication.translate("Inquiry", "{path} is not logged, so it has no trend.")
                self._workspace.told.emit(text.format(path=entry.key), True)
        else:
            self.open(entry)

    def explain(self, entry: Entry) -> None:
        """Explain the value of a tag, or of an alarm's tag; anything else is opened."""
        if entry.kind is FoundKind.TAG:
            self._workspace.inquiry.why_tag(entry.key)
        elif entry.kind is FoundKind.ALARM:
            alarm = next(one for one in self._workspace.project.alarms if one.alarm_id == entry.key)
            self._workspace.inquiry.why_tag(alarm.tag)
        else:
            self.open(entry)

    def _trend(self, path: str) -> bool:
        tag = self._workspace.project.tags.find(path)
        if tag is None or not can_trend(tag):
            return False
        self._workspace.trend.add_pen(tag)
        self._workspace.show_page("trend")
        return True
