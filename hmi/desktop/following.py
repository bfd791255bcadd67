"""Which tags the station sends to this window: what its screens, pages and other windows show."""

import numpy as np

from hmi.desktop.ahead import FEW
from hmi.desktop.client import StationClient
from hmi.desktop.live import LiveSource
from hmi.desktop.pages import WorkspacePages
from hmi.desktop.screen_tags import ScreenTags
from hmi.desktop.screens_page import ScreensPage
from hmi.desktop.subscription import SubscriptionPlan
from projects.model import Project, Screen


class Following:
    """Ask for the tags of what is shown, and read which tags each screen of the project shows.

    GUI thread only.
    """

    def __init__(
        self,
        project: Project,
        client: StationClient,
        live: LiveSource,
        screens: ScreensPage,
        pages: WorkspacePages,
    ) -> None:
        self._client = client
        self._live = live
        self._screens = screens
        self._pages = pages
        self.plan = SubscriptionPlan()
        self.tags = ScreenTags(project, lambda screen, tag_ids: self.plan.set_group(screen.id, tag_ids))
        self._subscribed: list[int] = []

    def screen_of(self, tag_id: int) -> Screen | None:
        """Return the screen to open for a tag; None as long as none is known that shows it."""
        return self.tags.screen_of(tag_id)

    def go_on(self, page: str) -> None:
        """Read a bit more of the project's screens, while there are any left, on the page of this name."""
        if not self.tags.is_complete and self.tags.go_on():
            self.update(page)

    def update(self, page: str) -> None:
        """Subscribe what is shown now on the page of this name and beside it."""
        plan, pages, screens = self.plan, self._pages, self._screens
        visible = screens.screen_id if page == "screens" else ""
        canvas = screens.canvas
        if canvas is not None and visible:
            if len(canvas.scene.elements) <= FEW:
                self.tags.read(visible)  # of a larger one this takes longer than a frame
            # What the open pages of its tabs show, and nothing of the others.
            plan.set_group(visible, canvas.scene.tag_ids.tolist())
        trend, details = pages.trend.made, pages.details.made
        # Pens are drawn on in the background, so that the trend has no hole when it is shown again.
        if trend is not None:
            plan.set_group("\0trend", trend.tag_ids())
        tag_ids = [tag for window in screens.faceplates for tag in window.canvas.scene.tag_ids.tolist()]
        plan.set_group("\0faceplates", tag_ids)
        apart = [tag for one in screens.desk.windows for tag in one.canvas.scene.tag_ids.tolist()]
        plan.set_group("\0windows", apart)
        if details is not None:
            plan.set_group("\0connection", details.tag_ids())
        connection = "\0connection" if page == "connections" else ""
        plan.show([name for name in (visible, connection, "\0trend", "\0faceplates", "\0windows") if name])
        wanted = plan.tag_ids()
        if wanted == self._subscribed:
            return
        left = np.setdiff1d(np.array(self._subscribed, np.int32), np.array(wanted, np.int32))
        if len(left):
            self._live.retire(left, 0)
        self._subscribed = wanted
        self._client.subscribe(wanted)
