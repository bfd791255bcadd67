"""The maintenance pages about the alarms themselves: figures, changes, and what they ask of the station."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from alarms.metrics import Performance
from alarms.model import AlarmDefinition
from alarms.settings import SettingDifference
from hmi.desktop.background import Background
from hmi.desktop.client import QueryFailure, StationClient
from hmi.desktop.saving import ask_file
from hmi.link import (
    AlarmsDone,
    AlarmSettings,
    ApplyBackTest,
    BackTested,
    CancelBackTest,
    EnforceSettings,
    QueryBackTest,
    QuerySettings,
)
from hmi.report_words import speaker
from projects.model import Project
from tags.roles import Action, Role, refusal
from views.alarm_backtest import BackTestAnswer, BackTestPage, Changes, PixelQuery
from views.alarm_changes import ChangesPage, SettingsAnswer
from views.alarm_journal import Cancel, EventQuery
from views.alarm_matrix import MatrixPage
from views.alarm_performance import PerformancePage
from views.language import LANGUAGE, station_text
from views.late import Late
from views.project_names import project_text
from views.slices import Slices
from views.style import Theme

BACK_TEST_TIMEOUT_S = 120.0
"""Without any progress for so long, the station is taken to have given up."""


class AlarmMaintenance(QObject):
    """Own the maintenance pages of one project and carry their requests to the station. GUI thread only."""

    told = Signal(str, bool)
    """One sentence for the status line, and whether it is about a failure."""

    def __init__(
        self,
        client: StationClient,
        project: Project,
        definitions: Mapping[str, AlarmDefinition],
        query_events: EventQuery,
        query_pixels: PixelQuery,
        background: Background,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._client = client
        self._project = project
        self._definitions = definitions
        self._query_events = query_events
        self._query_pixels = query_pixels
        self._background = background
        self._theme = theme
        self._differences: Sequence[SettingDifference] = ()
        self._is_over = False
        self._role = client.role
        self.dialog: QFileDialog | None = None
        self.page = PerformancePage(query_events, project.tags, definitions, background.run, theme, parent)
        self.page.report_requested.connect(self._ask_report)
        self.page.back_test_requested.connect(self.show_back_test)
        self._changes = Late(self._make_changes)
        self._back_test = Late(self._make_back_test)
        self._matrix = Late(self._make_matrix)
        self.page.add_page(self.tr("Priorities"), self._matrix, self._learn_running)
        self.page.add_page(self.tr("Back-test"), self._back_test, self._learn_running)
        self.page.add_page(self.tr("Changes"), self._changes, lambda: self.changes.refresh())
        client.role_changed.connect(self._on_role)

    @property
    def changes(self) -> ChangesPage:
        """Return the page of changed settings, made when it is wanted for the first time."""
        return self._changes()

    @property
    def back_test(self) -> BackTestPage:
        """Return the page of back-tests, made when it is wanted for the first time."""
        return self._back_test()

    @property
    def matrix(self) -> MatrixPage:
        """Return the page of priorities, made when it is wanted for the first time."""
        return self._matrix()

    def _make_changes(self) -> ChangesPage:
        page = ChangesPage(self._query_settings, self._definitions, self._theme, self.page)
        page.enforce_requested.connect(self._enforce)
        page.back_test_requested.connect(self.show_back_test)
        page.set_refusal(self._refusal())
        self.page.put(page)
        return page

    def _make_back_test(self) -> BackTestPage:
        page = BackTestPage(
            self._query_back_test,
            self._query_pixels,
            self._query_events,
            self._project.tags,
            self._definitions,
            self._theme,
            self.page,
        )
        page.apply_requested.connect(self._apply)
        page.set_differences(self._differences)
        page.set_refusal(self._refusal())
        self.page.put(page)
        return page

    def _make_matrix(self) -> MatrixPage:
        definitions = tuple(self._definitions.values())
        page = MatrixPage(self._project.priorities, definitions, self._theme, self.page)
        page.back_test_requested.connect(self.show_back_test)
        if self._differences:
            page.set_differences(self._differences)
        self.page.put(page)
        return page

    def leave(self) -> None:
        """Tell no more answers: another project is shown from now on."""
        self._is_over = True
        self._client.role_changed.disconnect(self._on_role)

    def theming(self, theme: Theme) -> Slices[None]:
        """Change the colours, page by page."""
        self._theme = theme
        for part in (self.page, self._changes.made, self._back_test.made, self._matrix.made):
            if part is not None:
                part.set_theme(theme)
                yield

    def _refusal(self) -> str:
        """Return why this user may not change settings, empty when he may."""
        return refusal(self._role, Action.CHANGE_SETTINGS)

    @Slot(object)
    def _on_role(self, role: Role) -> None:
        self._role = role
        for part in (self._changes.made, self._back_test.made):
            if part is not None:
                part.set_refusal(self._refusal())

    # Back-tests

    @Slot(str)
    def show_back_test(self, alarm_id: str) -> None:
        """Show the back-test page for an alarm."""
        self.page.show_tab_of(self.back_test)
        self.back_test.show_alarm(alarm_id)

    def _learn_running(self) -> None:
        """Ask with which settings the alarms run, so that the form shows them and not the project's."""

        def take(found: AlarmSettings | QueryFailure) -> None:
            if self._is_over:
                return
            if isinstance(found, QueryFailure):
                self.told.emit(self.tr("Alarm settings: {text}").format(text=found.text), True)
            else:
                self._differences = found.differences
                for part in (self._back_test.made, self._matrix.made):
                    if part is not None:
                        part.set_differences(found.differences)

        self._client.ask(lambda request_id: QuerySettings(request_id, 0, 0), AlarmSettings, take)

    def _query_back_test(
        self,
        start_ns: int,
        end_ns: int,
        changes: Changes,
        has_proposals: bool,
        on_progress: Callable[[float], None],
        answer: BackTestAnswer,
    ) -> Cancel:
        asked = {alarm_id: dict(settings) for alarm_id, settings in changes.items()}

        def take(found: BackTested | QueryFailure) -> None:
            if self._is_over:
                return
            if isinstance(found, QueryFailure):
                answer(None, 0, found.text)
            else:
                answer(found.result, found.request_id, "")

        request_id = self._client.ask(
            lambda request_id: QueryBackTest(request_id, start_ns, end_ns, asked, has_proposals),
            BackTested,
            take,
            timeout_s=BACK_TEST_TIMEOUT_S,
            on_progress=on_progress,
        )

        def cancel() -> None:
            self._client.cancel(request_id)
            self._client.tell(CancelBackTest(request_id))

        return cancel

    @Slot(object, str)
    def _apply(self, backtest_id: int, reason: str) -> None:
        def take(found: AlarmsDone | QueryFailure) -> None:
            told(found)
            if not self._is_over and isinstance(found, AlarmsDone) and not found.refusals:
                self.back_test.applied()
                self._learn_running()

        told = self._outcome(self.tr("The alarms run with the settings that were tried."))
        self._client.ask(lambda request_id: ApplyBackTest(request_id, backtest_id, reason), AlarmsDone, take)

    # Changes

    def _query_settings(self, start_ns: int, end_ns: int, answer: SettingsAnswer) -> None:
        def take(found: AlarmSettings | QueryFailure) -> None:
            if self._is_over:
                return
            if isinstance(found, QueryFailure):
                answer(None, [], found.text)
            else:
                answer(found.differences, found.changes, "")

        self._client.ask(lambda request_id: QuerySettings(request_id, start_ns, end_ns), AlarmSettings, take)

    @Slot(object, str)
    def _enforce(self, alarm_ids: Sequence[str] | None, reason: str) -> None:
        ids = None if alarm_ids is None else list(alarm_ids)
        self._client.ask(
            lambda request_id: EnforceSettings(request_id, ids, reason),
            AlarmsDone,
            self._outcome(self.tr("The alarms run as alarms.csv says.")),
        )

    def _outcome(self, done: str) -> Callable[[AlarmsDone | QueryFailure], None]:
        """Return what tells the outcome of a change and shows the changes anew."""

        def take(found: AlarmsDone | QueryFailure) -> None:
            if self._is_over:
                return
            if isinstance(found, QueryFailure):
                self.told.emit(self.tr("Alarm settings: {text}").format(text=found.text), True)
            elif found.refusals:
                self.told.emit(self.tr("Refused: {text}").format(text=found.refusals[0].text), True)
            else:
                self.told.emit(done, False)
            if self._changes.made is not None:
                self._changes.made.refresh()

        return take

    # The report

    @Slot(object)
    def _ask_report(self, found: Performance) -> None:
        self.dialog = ask_file(
            self.page,
            self.tr("Write the report"),
            self.tr("alarm-performance"),
            {".pdf": self.tr("PDF report")},
            lambda path: self._write_report(path, found),
        )

    def _write_report(self, path: Path, found: Performance) -> None:
        name, definitions = project_text(self._project.name), self._definitions
        say = speaker(LANGUAGE.name)

        def work() -> None:
            from alarms.report import Heading, write_pdf  # reportlab loads only for a report

            write_pdf(path, found, Heading(name, definitions, say))

        def done(outcome: Exception | None) -> None:
            if self._is_over:
                return
            if isinstance(outcome, Exception):
                text = self.tr("{path} was not written: {error}")
                self.told.emit(text.format(path=path, error=station_text(str(outcome))), True)
            else:
                self.told.emit(self.tr("Written: {path}").format(path=path), False)

        self.told.emit(self.tr("Writing {path}…").format(path=path), False)
        self._background.run(work, done)
