"""The window made anew: in other colours, another language, or with what devices told about their tags."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from hmi.desktop.clearing import clearing
from hmi.desktop.client import Translated
from views.dressing import Dresser, polishing
from views.language import LANGUAGE
from views.slices import Slices
from views.style import Theme

if TYPE_CHECKING:
    from hmi.desktop.main_window import MainWindow
    from hmi.desktop.navigation import Place


class Renewal:
    """Make the parts of a window anew in slices; the operator stays where he is. GUI thread only.

    What is seen stays until all of the new is there, so that nothing is ever half in one language.
    """

    def __init__(self, window: "MainWindow", application: QCoreApplication | None) -> None:
        self._window = window
        self._dresser = Dresser(application) if isinstance(application, QApplication) else None

    # Colours

    def restyling(self) -> Slices[None]:
        """Show the window's theme: what is seen all at once, then what is hidden."""
        window, theme = self._window, self._window.theme
        workspace = window.workspace
        parts: list[Iterable[object]] = [_calling(part, theme) for part in window.body.theming()]
        if workspace is not None:
            parts.append(workspace.theming(theme))
        parts.append(_calling(lambda _: window.apply_icons(), theme))
        if self._dresser is not None:
            yield from self._dresser.dressing(theme, parts)
            window.ahead.add(self._dresser.finishing())
        if workspace is not None:
            window.show_place()
            window.ahead.add(workspace.theming_hidden())

    # Words

    def change_language(self, name: str) -> None:
        """Show everything in another language, once the work under way beside this thread has ended."""
        window = self._window
        if name == LANGUAGE.name:
            return

        translate = window.client.translating(name)

        def learn() -> Translated:
            LANGUAGE.learn(name)
            return translate()

        def change(found: Translated | Exception) -> None:
            if isinstance(found, Exception):
                raise found
            window.turns.add(self._renewing(name, found))

        if window.workspace is None:
            change(learn())
        else:
            # Behind what is done there: it may ask for texts, and the translators change under a lock.
            window.workspace.background.run(learn, change)

    def _renewing(self, language: str, known: Translated) -> Slices[None]:
        """Make all parts anew and show them at once; until then what is seen stays, and takes no input."""
        window = self._window
        before, body, actions = window.workspace, window.body, window.actions_made
        place = before.place if before is not None else None
        is_on_page = before is not None and before.isAncestorOf(window.focusWidget())
        was_active = window.isActiveWindow()
        window.setUpdatesEnabled(False)
        try:
            body.setEnabled(False)
            window.take_leave(is_silent=True)
            yield
            LANGUAGE.use(language)
            window.settings.language = language
            yield
            actions.withdraw()
            window.make_actions()
            yield
            window.apply_icons()
            yield
            made = yield from window.making_body()
            made.resize(body.size())
            made.navigation.setVisible(not body.navigation.isHidden())
            yield
            window.take(made)
            window.show_sounding()
            window.show_role(window.client.role)
            yield from self._rewording(place, known)
            yield from polishing(made)
            yield
            window.bodies.addWidget(made)
            yield
            window.bodies.setCurrentWidget(made)
            window.bodies.removeWidget(body)
        finally:
            window.setUpdatesEnabled(True)
        if window.workspace is not None and (is_on_page or not self._has_focus()):
            window.workspace.focus_page()
        if was_active and QApplication.activeWindow() is not None:
            window.activateWindow()  # a faceplate that came back may have taken the keyboard
        yield
        actions.dismiss()
        window.ahead.add(clearing(before, body))

    def _rewording(self, place: "Place | None", known: Translated = (None, None)) -> Slices[None]:
        """Say again what the station told, and show the same place as before in the workspace made for it."""
        window = self._window
        window.keeps_place = True
        try:
            yield from window.client.rewording(known)
        finally:
            window.keeps_place = False
        yield
        layout = window.body.layout()
        if layout is not None:
            layout.activate()  # screens are painted for the room that they will have
        yield
        if window.workspace is not None and place is not None:
            yield from window.workspace.returning(place)

    def _has_focus(self) -> bool:
        window = self._window
        focus = window.focusWidget()
        return isValid(focus) and window.isAncestorOf(focus) and focus.isVisible()

    def describing(self) -> Slices[None]:
        """Show ranges, units and states that devices told."""
        window = self._window
        before, body = window.workspace, window.body
        place = before.place if before is not None else None
        is_on_page = before is not None and before.isAncestorOf(window.focusWidget())
        window.setUpdatesEnabled(False)
        try:
            window.take_leave(is_silent=True)
            yield
            if before is not None:
                body.take_out(before)
            yield from self._rewording(place)
        finally:
            window.setUpdatesEnabled(True)
        if window.workspace is not None and (is_on_page or not self._has_focus()):
            window.workspace.focus_page()
        window.ahead.add(clearing(before, None))


def _calling(part: Callable[[Theme], object], theme: Theme) -> Slices[None]:
    part(theme)
    yield
