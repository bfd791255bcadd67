"""What one operator's window remembers between starts: theme, size, sound, pens; nothing of the project's."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QSettings

from resources.catalogue import LANGUAGES
from views.style import THEMES


class WindowSettings:
    """Read and write the window's own settings file; unreadable entries count as absent. GUI thread only."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """Return the theme last chosen."""
        name = str(self._store.value("theme", THEMES[0]))
        return name if name in THEMES else THEMES[0]

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def language(self) -> str:
        """Return the language last chosen; empty when the operator's system decides."""
        name = str(self._store.value("language", ""))
        return name if name in LANGUAGES else ""

    @language.setter
    def language(self, name: str) -> None:
        self._store.setValue("language", name)

    @property
    def geometry(self) -> QByteArray | None:
        """Return the window's place and size."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)

    @property
    def sound(self) -> bool:
        """Return whether this window's horn is on; it is unless somebody switched it off."""
        return str(self._store.value("sound", "on")) != "off"

    @sound.setter
    def sound(self, is_on: bool) -> None:
        self._store.setValue("sound", "on" if is_on else "off")

    def pens(self, project: str) -> list[str]:
        """Return the trend pens last shown for a project."""
        return self._list(f"trend/{_key(project)}/pens")

    def set_pens(self, project: str, paths: list[str]) -> None:
        """Remember the trend pens of a project."""
        self._store.setValue(f"trend/{_key(project)}/pens", paths)

    def favourites(self, project: str) -> list[str]:
        """Return the screens that this user marked in a project, in the order in which they were."""
        return self._list(f"favourites/{_key(project)}")

    def set_favourites(self, project: str, screens: list[str]) -> None:
        """Remember the marked screens of a project."""
        self._store.setValue(f"favourites/{_key(project)}", screens)

    def _list(self, key: str) -> list[str]:
        value = self._store.value(key, [])
        if isinstance(value, str):
            return [value]
        return [str(item) for item in value] if isinstance(value, list) else []

    def faceplate(self, name: str) -> QRect | None:
        """Return the place of a faceplate's frame, and its size without that."""
        value = self._store.value(f"faceplates/{_key(name)}")
        return value if isinstance(value, QRect) and value.isValid() else None

    def set_faceplate(self, name: str, place: QRect) -> None:
        """Remember where a faceplate was."""
        self._store.setValue(f"faceplates/{_key(name)}", place)

    def screen_windows(self, project: str) -> list[str]:
        """Return the screens that had windows of their own when a project was last left."""
        return self._list(f"screen_windows/{_key(project)}/open")

    def set_screen_windows(self, project: str, screens: list[str]) -> None:
        """Remember which screens of a project have windows of their own."""
        self._store.setValue(f"screen_windows/{_key(project)}/open", screens)

    def screen_window(self, project: str, screen_id: str) -> QByteArray | None:
        """Return place and size of a screen's own window, with the monitor that it was on."""
        value = self._store.value(f"screen_windows/{_key(project)}/{_key(screen_id)}.place")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def set_screen_window(self, project: str, screen_id: str, place: QByteArray) -> None:
        """Remember where a screen's own window was."""
        self._store.setValue(f"screen_windows/{_key(project)}/{_key(screen_id)}.place", place)

    def alarm_views(self, project: str, user: str) -> str:
        """Return the views of the alarm list that this user saved for a project."""
        return str(self._store.value(f"alarms/{_key(project)}/{_key(user)}/views", ""))

    def set_alarm_views(self, project: str, user: str, text: str) -> None:
        """Remember the views of the alarm list."""
        self._store.setValue(f"alarms/{_key(project)}/{_key(user)}/views", text)

    def save(self) -> None:
        """Write the file."""
        self._store.sync()


def _key(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name) or "_"
