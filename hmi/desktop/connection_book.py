"""What is known of all connections, for the page, the status line and the alarms."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QObject

from tags.connection import ANSWERING, ConnectionState, ConnectionStatus


def state_word(state: ConnectionState) -> str:
    """Return a connection's state in one word."""
    return {
        ConnectionState.DISABLED: QCoreApplication.translate("Connections", "Disabled"),
        ConnectionState.CONNECTING: QCoreApplication.translate("Connections", "Connecting"),
        ConnectionState.CONNECTED: QCoreApplication.translate("Connections", "Connected"),
        ConnectionState.DEGRADED: QCoreApplication.translate("Connections", "Degraded"),
        ConnectionState.UNAVAILABLE: QCoreApplication.translate("Connections", "Unavailable"),
        ConnectionState.FAILED: QCoreApplication.translate("Connections", "Failed"),
    }[state]


class ConnectionBook(QObject):
    """Keep the newest status of each connection in the project's order. GUI thread only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.statuses: dict[str, ConnectionStatus] = {}

    def apply(self, statuses: Sequence[ConnectionStatus]) -> None:
        """Take states and counters that changed."""
        self.statuses.update((status.name, status) for status in statuses)

    def silent(self) -> frozenset[str]:
        """Return the connections whose devices do not answer."""
        return frozenset(name for name, one in self.statuses.items() if one.state not in ANSWERING)

    def summary(self) -> str:
        """Return one sentence about all connections."""
        enabled = [s for s in self.statuses.values() if s.state is not ConnectionState.DISABLED]
        if not enabled:
            return ""
        good = sum(status.state is ConnectionState.CONNECTED for status in enabled)
        if good == len(enabled):
            return self.tr("All %Ln controller(s) connected", "", good)
        others = ", ".join(
            self.tr("{name}: {state}").format(name=status.name, state=state_word(status.state).lower())
            for status in enabled
            if status.state is not ConnectionState.CONNECTED
        )
        return self.tr("{good} of %Ln controller(s) connected ({others})", "", len(enabled)).format(
            good=good, others=others
        )
