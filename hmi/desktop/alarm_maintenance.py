"""The maintenance pages about the alarms themselves: figures, changes, and what they ask of the station."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from alarms.metrics import Performance
from alarms.model import AlarmDefinition
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
from views.project_names import project_text
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
        self._background = background
        self._is_over = False
        self.dialog: QFileDialog | None = None
        self.page = PerformancePage(query_events, project.tags, definitions, background.run, theme, parent)
        self.page.report_requested.connect(self._ask_report)
        self.changes = ChangesPage(self._query_settings, definitions, theme, self.page)
        self.changes.enforce_requested.connect(self._enforce)
        self.back_test = BackTestPage(
            self._query_back_test, query_pixels, query_events, project.tags, definitions, theme, self.page
        )
        self.back_test.apply_requested.connect(self._apply)
        self.matrix = MatrixPage(project.priorities, tuple(definitions.values()), theme, self.page)
        self.page.add_page(self.tr("Priorities"), self.matrix, self._learn_running)
        self.page.add_page(self.tr("Back-test"), self.back_test, self._learn_running)
        self.page.add_page(self.tr("Changes"), self.changes, self.changes.refresh)
        for part in (self.page, self.changes, self.matrix):
            part.back_test_requested.connect(self.show_back_test)
        client.role_changed.connect(self._on_role)
        self._on_role(client.role)

    def leave(self) -> None:
        """Tell no more answers: another project is shown from now on."""
        self._is_over = True
        self._client.role_changed.disconnect(self._on_role)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.page.set_theme(theme)
        self.changes.set_theme(theme)
        self.back_test.set_theme(theme)
        self.matrix.set_theme(theme)

    @Slot(object)
    def _on_role(self, role: Role) -> None:
        for part in (self.changes, self.back_test):
            part.set_refusal(refusal(role, Action.CHANGE_SETTINGS))

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
                self.back_test.set_differences(found.differences)
                self.matrix.set_differences(found.differences)

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
            self.changes.refresh()

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
