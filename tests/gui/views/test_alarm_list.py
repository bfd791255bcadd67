"""The alarm page and banner as the operator uses them."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alarms.filters import EventFilter
from alarms.model import AlarmState, Priority, Transition
from tags.roles import Role
from tests.support.fake_station import alarm_definition, event, sample_project, snapshot
from tests.support.work import calls
from views.alarm_actions import AlarmAction, AlarmRequest, refusal
from views.alarm_banner import AlarmBanner, ElidedLabel
from views.alarm_book import HIDDEN_GROUPS, AlarmBook, StateGroup, group_of
from views.alarm_list import AlarmPage
from views.alarm_rows import Column
from views.style import Theme, dress, font, load_fonts, load_theme, stylesheet

ACKED = AlarmState.ACKNOWLEDGED


@pytest.fixture
def theme(qapp):
    load_fonts()
    return load_theme("light")


@pytest.fixture
def asked() -> list[tuple]:
    return []


@pytest.fixture
def page(qtbot: QtBot, theme, asked) -> AlarmPage:
    project = sample_project()
    page = AlarmPage(
        AlarmBook(),
        project.tags,
        {definition.alarm_id: definition for definition in project.alarms},
        lambda row: "filling",
        lambda *query: asked.append(query),
        theme,
    )
    qtbot.addWidget(page)
    page.resize(1150, 620)
    with qtbot.waitExposed(page):
        page.show()
    return page


def tell(page: AlarmPage, *rows, removed=(), events=()) -> None:
    page.apply(page._book.apply(rows, removed, complete=False), list(events))


def painted(qtbot: QtBot, page: AlarmPage) -> None:
    page.table.viewport().repaint()


def test_says_that_nothing_is_active(page):
    assert page.table._hint.text() == "No active alarms"
    tell(page, snapshot("LT1_HI"))
    assert page.table._hint.isHidden()
    page.filters.search.setText("nothing like it")
    assert page.table._hint.text() == "No alarm matches the filter"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_acknowledges_the_selection_by_keyboard_with_the_events_seen(qtbot, page, key):
    tell(page, snapshot("LT1_HI", event_id="e1"), snapshot("TT1_HIHI", event_id="e2", state=ACKED))
    painted(qtbot, page)
    page.table.selectAll()
    page.comment.setText("known")
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        qtbot.keyClick(page.table, key)
    assert asked.args == [["e1"], "known"]
    assert page.comment.text() == ""


def test_a_key_held_since_before_the_list_was_there_acknowledges_nothing(qtbot, page):
    tell(page, snapshot("LT1_HI", event_id="e1"))
    painted(qtbot, page)
    page.table.selectAll()
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True)
    with qtbot.assertNotEmitted(page.acknowledge_requested):
        QApplication.sendEvent(page.table, held)


def test_acknowledge_visible_takes_only_what_is_on_the_screen(qtbot, page):
    rows = [snapshot(f"a{n:03}", event_id=f"e{n}", active_ns=10**18 - n) for n in range(200)]
    tell(page, *rows)
    painted(qtbot, page)
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        page.acknowledge_visible()
    events = asked.args[0]
    assert 5 < len(events) < 40
    assert events == [f"e{n}" for n in range(len(events))]


def test_rows_never_shown_are_left_out_and_the_operator_is_told(qtbot, page):
    tell(page, *(snapshot(f"a{n:03}", event_id=f"e{n}", active_ns=10**18 - n) for n in range(200)))
    painted(qtbot, page)
    page.table.selectAll()
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        page.acknowledge_selected()
    left = 200 - len(asked.args[0])
    assert left > 150
    assert str(left) in page._count.text()


def test_guidance_says_what_to_do_and_leads_to_the_screen(qtbot, page):
    tell(page, snapshot("LT1_HI"))
    assert page.guidance._title.full_text == "No alarm selected"
    assert page.select_alarm("LT1_HI")
    assert page.guidance._texts["operator_action"].text() == "Close the inlet and check the valve"
    assert page.guidance._texts["time_to_respond"].text() == "5 min"
    with qtbot.waitSignal(page.screen_requested) as asked:
        qtbot.mouseClick(page.guidance._show, Qt.MouseButton.LeftButton)
    assert asked.args == ["filling", "Tank.Level"]


def test_a_selected_alarm_leads_to_its_trend_and_to_its_past(qtbot, page, asked):
    day_ns = 86_400 * 10**9
    long_ago_ns = time.time_ns() - 2 * day_ns
    tell(page, snapshot("LT1_HI", active_ns=long_ago_ns), snapshot("COMM.plc", tag="plc"))
    assert not any(button.isEnabled() for button in page.guidance.leads)
    page.select_alarm("COMM.plc")
    assert not page.guidance.trend.isEnabled()
    page.select_alarm("LT1_HI")
    with qtbot.waitSignal(page.trend_requested) as wanted:
        qtbot.mouseClick(page.guidance.trend, Qt.MouseButton.LeftButton)
    assert wanted.args == ["Tank.Level", long_ago_ns]
    qtbot.mouseClick(page.guidance.history, Qt.MouseButton.LeftButton)
    assert page.history.isVisible()
    qtbot.waitUntil(lambda: bool(asked) and asked[-1][4] == EventFilter(text="LT1_HI"))
    assert 2 * day_ns < asked[-1][1] - asked[-1][0] < 8 * day_ns


def test_guidance_leads_to_the_document_that_the_project_names(qtbot, page):
    page._definitions["LT1_HI"] = replace(page._definitions["LT1_HI"], help_link="https://example.org/lt1")
    tell(page, snapshot("LT1_HI"), snapshot("TT1_HIHI"))
    page.select_alarm("TT1_HIHI")
    assert page.guidance.document.isHidden()
    page.select_alarm("LT1_HI")
    with qtbot.waitSignal(page.document_requested) as asked:
        qtbot.mouseClick(page.guidance.document, Qt.MouseButton.LeftButton)
    assert asked.args == ["https://example.org/lt1"]


def test_the_menu_leads_to_the_trend_as_well(qtbot, page):
    tell(page, snapshot("LT1_HI"))
    page.select_alarm("LT1_HI")
    menu = page.make_menu()
    entry = next(action for action in menu.actions() if action.text() == page.guidance.trend.text())
    with qtbot.waitSignal(page.trend_requested):
        entry.trigger()
    menu.close()


@pytest.mark.parametrize("state", [state for state in AlarmState if state is not AlarmState.NORMAL])
def test_every_state_has_room_in_its_column(page, theme, state):
    page.setStyleSheet(stylesheet(theme))  # its padding counts
    row = snapshot("LT1_HI", state=state)
    tell(page, row)
    page.show_group(group_of(row) if group_of(row) in HIDDEN_GROUPS else None)
    assert page.table.sizeHintForColumn(Column.STATE) <= page.table.columnWidth(Column.STATE)


def test_the_message_has_the_room_of_the_tag_while_the_table_is_narrow(qtbot, page):
    tell(page, snapshot("LT1_HI"))
    assert page.table.isColumnHidden(Column.TAG)
    page.resize(1_500, 620)
    qtbot.waitUntil(lambda: not page.table.isColumnHidden(Column.TAG))
    page.show_group(StateGroup.SHELVED)
    assert not page.table.isColumnHidden(Column.TAG)
    page.resize(1_150, 620)
    qtbot.waitUntil(lambda: page.table.isColumnHidden(Column.TAG))


def test_an_alarm_that_the_project_does_not_define_is_shown_all_the_same(page):
    tell(page, snapshot("unknown"))
    page.select_alarm("unknown")
    assert "Not stated" in page.guidance._texts["cause"].text()
    assert not page.select_alarm("never heard of")


def test_priorities_areas_and_states_filter(qtbot, page):
    tell(
        page,
        snapshot("A", priority=Priority.URGENT),
        snapshot("B", priority=Priority.LOW, area="Infeed", state=ACKED),
    )
    page.filters.priorities[Priority.URGENT].setChecked(False)
    assert [page.model.row_at(0).alarm_id, page.model.rowCount()] == ["B", 1]
    page.filters.priorities[Priority.URGENT].setChecked(True)
    page.filters.areas.setCurrentIndex(page.filters.areas.findData("Infeed"))
    assert page.model.rowCount() == 1
    page.filters.areas.setCurrentIndex(0)
    page.filters.states.setCurrentIndex(1)
    assert page.model.row_at(0).alarm_id == "A"


def test_clicking_a_header_sorts_and_a_third_click_restores_the_operators_order(qtbot, page):
    tell(page, snapshot("A", message="b", active_ns=2), snapshot("B", message="a", active_ns=1))
    header = page.table.horizontalHeader()
    header.sortIndicatorChanged.emit(3, Qt.SortOrder.AscendingOrder)
    assert page.model.row_at(0).alarm_id == "B"
    header.sortIndicatorChanged.emit(-1, Qt.SortOrder.AscendingOrder)
    assert page.model.row_at(0).alarm_id == "A"


def test_blinking_repaints_only_the_symbols(qtbot, page):
    tell(page, snapshot("A"))
    page.set_blink(False)
    first = page.grab().toImage()
    page.set_blink(True)
    assert page.grab().toImage() != first


def test_the_history_tab_asks_for_the_journal_and_takes_new_events(qtbot, page, asked):
    page.tabs.setCurrentIndex(4)
    start_ns, end_ns, limit, answer = asked[0][:4]
    assert end_ns - start_ns >= 8 * 3600 * 10**9
    assert limit == 10_000
    answer([], "")
    tell(page, events=[event(snapshot("LT1_HI"), Transition.RETURNED, sequence=8)])
    assert page.history.model.rowCount() == 1


@pytest.fixture
def banner(qtbot, theme) -> AlarmBanner:
    banner = AlarmBanner(AlarmBook(), theme)
    qtbot.addWidget(banner)
    banner.resize(1366, 46)
    banner.show()
    return banner


def test_the_banner_shows_the_highest_unacknowledged_and_counts_everything(qtbot, banner):
    assert banner.message.full_text == "No active alarms"
    assert not banner.acknowledge.isEnabled()
    banner._book.apply(
        [
            snapshot("U", priority=Priority.URGENT, state=ACKED, message="Seen before"),
            snapshot("H", priority=Priority.HIGH, message="Tank level high", event_id="e5"),
            snapshot("S", state=AlarmState.SHELVED),
            snapshot("D", state=AlarmState.OUT_OF_SERVICE),
        ],
        [],
        complete=True,
    )
    banner.refresh()
    assert banner.message.full_text.startswith("Tank level high")
    assert (banner.counts[Priority.URGENT].active, banner.counts[Priority.URGENT].unacknowledged) == (1, 0)
    assert (banner.counts[Priority.HIGH].active, banner.counts[Priority.HIGH].unacknowledged) == (1, 1)
    assert [counter.text() for counter in banner.hidden.values()] == ["Shelved\n1", "Suppressed\n0", "Off\n1"]
    with qtbot.waitSignal(banner.acknowledge_requested) as asked:
        qtbot.mouseClick(banner.acknowledge, Qt.MouseButton.LeftButton)
    assert asked.args == [["e5"], ""]


def test_the_banner_returns_to_rest(banner):
    banner._book.apply([snapshot("H")], [], complete=True)
    banner.refresh()
    banner._book.apply([], ["H"], complete=False)
    banner.refresh()
    assert banner.message.full_text == "No active alarms"
    assert banner.symbol.isHidden()


def test_clicking_the_banner_opens_the_list(qtbot, banner):
    with qtbot.waitSignal(banner.list_requested):
        qtbot.mouseClick(banner, Qt.MouseButton.LeftButton)


def test_the_banner_stays_readable_at_the_smallest_width(qtbot, banner):
    message = "A very long alarm message that says precisely which valve of which station has failed " * 2
    banner._book.apply([snapshot("H", message=message)], [], complete=True)
    banner.resize(1024, 46)
    banner.refresh()
    assert banner.message.full_text.startswith(message)
    assert banner.minimumSizeHint().width() <= 1024


def test_theme_and_blink_change_the_picture(banner):
    banner._book.apply([snapshot("H")], [], complete=True)
    banner.refresh()
    first = banner.grab().toImage()
    banner.set_blink(False)
    second = banner.grab().toImage()
    assert first != second
    banner.set_theme(load_theme("dark"))
    assert banner.grab().toImage() != second


def select(qtbot: QtBot, page: AlarmPage, *rows) -> None:
    tell(page, *rows)
    painted(qtbot, page)
    page.table.selectAll()


def confirm(qtbot: QtBot, page: AlarmPage, reason: str, choice: int | None = None) -> AlarmRequest:
    """Fill the dialog that is open and accept it."""
    dialog = page.commands.dialog
    assert dialog is not None
    assert not dialog.accept_button.isEnabled()
    if choice is not None:
        dialog.durations.button(choice).click()
    dialog.reason.setText(reason)
    with qtbot.waitSignal(page.action_requested) as asked:
        dialog.accept_button.click()
    qtbot.waitUntil(lambda: page.commands.dialog is None)
    return asked.args[0]


def test_shelving_asks_for_a_duration_of_the_fixed_list_and_a_reason(qtbot, page):
    page.set_role(Role.OPERATOR)
    select(qtbot, page, snapshot("LT1_HI"), snapshot("LT1_LO", state=ACKED))
    page._buttons[AlarmAction.SHELVE].click()
    dialog = page.commands.dialog
    texts = [button.text() for button in dialog.durations.buttons()]
    assert texts == ["15 min", "30 min", "1 h", "2 h", "4 h", "8 h", "Until it returns to normal"]
    dialog.reason.setText("   ")
    dialog.accept()
    assert dialog.isVisible()
    dialog.reason.clear()
    request = confirm(qtbot, page, " Sensor faulty ", 2)
    assert request == AlarmRequest(AlarmAction.SHELVE, ("LT1_HI", "LT1_LO"), "Sensor faulty", 3600 * 10**9)


def test_one_shot_shelving_has_no_duration(qtbot, page):
    page.set_role(Role.OPERATOR)
    select(qtbot, page, snapshot("LT1_HI"))
    page.commands.run(AlarmAction.SHELVE)
    assert confirm(qtbot, page, "known", 6).duration_ns is None


def test_a_cancelled_dialog_asks_for_nothing(qtbot, page):
    select(qtbot, page, snapshot("LT1_HI"))
    with qtbot.assertNotEmitted(page.action_requested):
        page.commands.run(AlarmAction.SHELVE)
        page.commands.dialog.reason.setText("never mind")
        page.commands.dialog.reject()
        qtbot.waitUntil(lambda: page.commands.dialog is None)


@pytest.mark.parametrize(
    ("action", "state", "key"),
    [
        (AlarmAction.REMOVE, ACKED, Qt.Key.Key_O),
        (AlarmAction.RETURN, AlarmState.OUT_OF_SERVICE, Qt.Key.Key_I),
        (AlarmAction.SHELVE, AlarmState.SHELVED, Qt.Key.Key_S),
    ],
)
def test_keys_open_the_dialogs_in_the_list_that_they_belong_to(qtbot, page, action, state, key):
    tell(page, snapshot("A", state=state))
    page.show_group(None if state is ACKED else group_of(page._book.rows["A"]))
    select(qtbot, page)
    page.table.setFocus()
    qtbot.keyClick(page.table, key, Qt.KeyboardModifier.ControlModifier)
    request = confirm(qtbot, page, "WO 4711")
    assert (request.action, request.alarm_ids, request.reason) == (action, ("A",), "WO 4711")


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (AlarmAction.RESET, AlarmState.LATCHED_ACKNOWLEDGED),
        (AlarmAction.UNSHELVE, AlarmState.SHELVED),
    ],
)
def test_reset_and_unshelve_are_asked_for_at_once(qtbot, page, action, state):
    tell(page, snapshot("A", state=state))
    page.show_group(StateGroup.SHELVED if action is AlarmAction.UNSHELVE else None)
    select(qtbot, page)
    with qtbot.waitSignal(page.action_requested) as asked:
        page._buttons[action].click()
    assert asked.args == [AlarmRequest(action, ("A",))]


def test_an_action_concerns_only_the_alarms_that_allow_it(qtbot, page):
    select(
        qtbot,
        page,
        snapshot("A", state=AlarmState.LATCHED_ACKNOWLEDGED),
        snapshot("B", state=AlarmState.LATCHED_UNACKNOWLEDGED),
        snapshot("C"),
    )
    with qtbot.waitSignal(page.action_requested) as asked:
        page.commands.run(AlarmAction.RESET)
    assert asked.args[0].alarm_ids == ("A",)


def test_a_disabled_button_says_why(qtbot, page):
    assert page._buttons[AlarmAction.RESET].toolTip() == "Select an alarm first."
    select(qtbot, page, snapshot("B", state=AlarmState.LATCHED_UNACKNOWLEDGED))
    assert not page._buttons[AlarmAction.RESET].isEnabled()
    assert "before you reset" in page._buttons[AlarmAction.RESET].toolTip()


def test_a_class_can_forbid_hiding():
    row = snapshot("A")
    strict = alarm_definition(
        "A", "Tank.Level", "Level", Priority.HIGH, "Filling", shelvable=False, removable=False
    )
    assert "must not be shelved" in refusal(AlarmAction.SHELVE, row, strict)
    assert "class forbids" in refusal(AlarmAction.REMOVE, row, strict)
    assert not refusal(AlarmAction.SHELVE, row, None)


def test_the_context_menu_offers_what_the_selection_allows(qtbot, page):
    select(qtbot, page, snapshot("A"))
    menu = page.make_menu()
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    asked = ["Acknowledge selected", "Acknowledge area Filling", "Shelve…", "Out of service…"]
    assert texts == [*asked, "Show on screen", "Trend ±10 min", "Its history"]
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        menu.actions()[0].trigger()
    assert asked.args[0] == ["event-A"]
    menu.deleteLater()


def test_hidden_alarms_are_listed_with_time_left_user_and_reason(qtbot, page):
    now_ns = time.time_ns()
    hidden = {"hidden_by": "amelie", "hidden_reason": "Sensor faulty", "hidden_ns": now_ns}
    tell(
        page,
        snapshot("S", state=AlarmState.SHELVED, shelved_until_ns=now_ns + 5_400 * 10**9, **hidden),
        snapshot("O", state=AlarmState.OUT_OF_SERVICE, **hidden),
    )
    assert [page.tabs.tabText(tab) for tab in range(5)] == [
        "Active",
        "Shelved (1)",
        "Suppressed (0)",
        "Out of service (1)",
        "History",
    ]
    page.show_group(StateGroup.SHELVED)
    assert page.table.isColumnHidden(Column.VALUE)
    assert not page.table.isColumnHidden(Column.REASON)

    def cell(column: Column) -> str:
        return page.model.data(page.model.index(0, column))

    page.tick(now_ns + 10**9)
    assert cell(Column.REMAINING) == "1 h 29 min"
    page.tick(now_ns + 3_600 * 10**9)
    assert cell(Column.REMAINING) == "30 min"
    assert (cell(Column.HIDDEN_BY), cell(Column.REASON)) == ("amelie", "Sensor faulty")
    page.show_group(StateGroup.SUPPRESSED)
    assert page.table._hint.text() == "No alarm is suppressed by design"
    page.show_group(StateGroup.OUT_OF_SERVICE)
    assert (page.model.row_at(0).alarm_id, cell(Column.REMAINING)) == ("O", "")


def test_acknowledge_by_area_takes_what_was_seen_of_it(qtbot, page):
    rows = [
        snapshot("A", event_id="ea"),
        snapshot("B", event_id="eb"),
        snapshot("C", event_id="ec", area="Infeed"),
    ]
    tell(page, *rows)
    painted(qtbot, page)
    tell(page, snapshot("A", event_id="newer"))
    page.table.selectRow(page.model.find("B"))
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        page._acknowledge_area.click()
    assert sorted(asked.args[0]) == ["ea", "eb"]


def test_a_class_that_asks_for_a_comment_gets_one(qtbot, page):
    page._definitions["LT1_HI"] = alarm_definition(
        "LT1_HI", "Tank.Level", "Level", Priority.HIGH, "Filling", comment_required=True
    )
    select(qtbot, page, snapshot("LT1_HI", event_id="e1"))
    with qtbot.assertNotEmitted(page.acknowledge_requested):
        page.acknowledge_selected()
    assert "asks for a comment" in page._count.text()
    page.comment.setText("valve stuck")
    with qtbot.waitSignal(page.acknowledge_requested) as asked:
        page.acknowledge_selected()
    assert asked.args == [["e1"], "valve stuck"]


def test_selecting_from_outside_lifts_a_filter_that_hides_the_alarm(page):
    tell(page, snapshot("A"), snapshot("B", area="Infeed"))
    page.filters.search.setText("infeed")
    page.show_group(StateGroup.SHELVED)
    assert page.select_alarm("A")
    assert page.selected_alarms()[0].alarm_id == "A"
    assert page.tabs.currentIndex() == 0


def test_the_counters_of_the_banner_lead_to_the_lists(qtbot, banner):
    for group in HIDDEN_GROUPS:
        with qtbot.waitSignal(banner.hidden_requested) as asked:
            banner.hidden[group].click()
        assert asked.args == [group]


def test_the_banner_leads_to_guidance_in_one_click(qtbot, banner):
    assert not banner.guidance.isEnabled()
    banner._book.apply([snapshot("H")], [], complete=True)
    banner.refresh()
    with qtbot.waitSignal(banner.guidance_requested) as asked:
        banner.guidance.click()
    assert asked.args == ["H"]


def test_the_message_has_the_room_of_a_narrow_window_and_the_tag_some_of_a_wide_one(qtbot, page):
    page.resize(1_136, 620)
    narrow_px = page.table.columnWidth(Column.TAG)
    assert page.table.columnWidth(Column.MESSAGE) > 2 * narrow_px
    page.resize(1_690, 900)
    qtbot.waitUntil(lambda: page.table.columnWidth(Column.TAG) > 2 * narrow_px)
    page.resize(1_136, 620)
    qtbot.waitUntil(lambda: page.table.columnWidth(Column.TAG) == narrow_px)


def test_a_burst_with_everything_selected_stays_cheap(qtbot, page):
    rows = [snapshot(f"a{n:05}", priority=Priority(n % 4 + 1), active_ns=10**18 + n) for n in range(5_000)]
    tell(page, *rows)
    page.table.selectAll()
    spent = []
    for start in range(0, 1_000, 50):
        again = [replace(row, active_ns=row.active_ns + 10**9) for row in rows[start : start + 50]]
        spent.append(calls(lambda again=again: tell(page, *again)))
    assert max(spent) < 20 * len(rows), "no more than a look at each row"


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.VIEWER, set()),
        (Role.OPERATOR, {AlarmAction.SHELVE}),
        (Role.MAINTENANCE, {AlarmAction.SHELVE, AlarmAction.REMOVE}),
    ],
)
def test_a_role_is_offered_what_it_may_do_and_told_why_not_the_rest(qtbot, page, role, allowed):
    tell(page, snapshot("LT1_HI"))
    painted(qtbot, page)
    page.set_role(role)
    page.select_alarm("LT1_HI")
    offered = {action for action, made in page.commands.actions_by_kind.items() if made.isEnabled()}
    assert offered == allowed
    assert page._acknowledge.isEnabled() is (role is not Role.VIEWER)
    if AlarmAction.REMOVE not in allowed:
        assert f"As {role.value} you may not" in page._buttons[AlarmAction.REMOVE].toolTip()


def test_the_keyboard_acknowledges_nothing_for_a_viewer(qtbot, page):
    tell(page, snapshot("LT1_HI"))
    painted(qtbot, page)
    page.set_role(Role.VIEWER)
    page.select_alarm("LT1_HI")
    asked = []
    page.acknowledge_requested.connect(lambda *args: asked.append(args))
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert asked == []
    assert "As viewer you may not acknowledge" in page._count.text()


def test_an_urgent_alarm_is_shelved_by_a_supervisor_who_may_shelve_longer(qtbot, page):
    tell(page, snapshot("TT1_HIHI", priority=Priority.URGENT))
    page.select_alarm("TT1_HIHI")
    page.set_role(Role.OPERATOR)
    assert "takes the role supervisor" in page._buttons[AlarmAction.SHELVE].toolTip()
    page.set_role(Role.SUPERVISOR)
    page.commands.run(AlarmAction.SHELVE)
    dialog = page.commands.dialog
    longest = [button.text() for button in dialog.durations.buttons()]
    assert "24 h" in longest or "1 d" in longest
    dialog.reject()


def test_the_banner_acknowledges_nothing_for_a_viewer(banner):
    banner._book.apply([snapshot("H")], [], complete=True)
    banner.refresh()
    banner.set_refusal("As viewer you may not acknowledge alarms.")
    asked = []
    banner.acknowledge_requested.connect(lambda *args: asked.append(args))
    banner.acknowledge_shown()
    assert asked == []
    assert not banner.acknowledge.isEnabled()
    assert "As viewer" in banner.acknowledge.toolTip()
    banner.set_refusal("")
    assert banner.acknowledge.isEnabled()


def test_a_long_message_takes_two_lines_before_it_is_cut(qtbot):
    label = ElidedLabel(lines=2)
    qtbot.addWidget(label)
    label.setFont(font(16, bold=True))
    label.resize(300, 46)
    label.set_full_text("Short")
    assert label.shown_lines()[1] == ["Short"]
    label.set_full_text("The level transmitter of the product tank gives no valid signal")
    shown, lines = label.shown_lines()
    assert len(lines) == 2
    assert " ".join(lines) == label.full_text, "nothing is cut"
    assert 2 * QFontMetrics(shown).height() <= 46
    label.set_full_text("word " * 60)
    assert label.shown_lines()[1][1].endswith("…")


def test_a_wide_list_shows_the_paths_of_its_alarms_in_full(qtbot: QtBot, theme) -> None:
    path = "Line.Status.EquipmentInterlock.Blocked"
    definition = alarm_definition("LINE-002", path, "Outfeed conveyor blocked", Priority.LOW, "Line")
    page = AlarmPage(
        AlarmBook(),
        sample_project().tags,
        {definition.alarm_id: definition},
        lambda _: "",
        lambda *_: lambda: None,
        load_theme("light"),
    )
    qtbot.addWidget(page)
    page.resize(1_700, 600)
    with qtbot.waitExposed(page):
        page.show()
    needed = QFontMetrics(font(14, bold=True)).horizontalAdvance(path)
    assert page.table.columnWidth(Column.TAG) >= needed + 16


@pytest.fixture
def dressed(qapp: QApplication, theme: Theme) -> Iterator[None]:
    """The application's own look, which takes some of each cell."""
    dress(qapp, theme)
    yield
    qapp.setStyleSheet("")


@pytest.mark.usefixtures("dressed")
def test_the_longest_area_is_held_though_widths_are_no_whole_pixels(qtbot: QtBot, theme, asked) -> None:
    project = sample_project()
    definitions = {one.alarm_id: replace(one, area="Air comprimé") for one in project.alarms}
    page = AlarmPage(AlarmBook(), project.tags, definitions, lambda _: "filling", asked.append, theme)
    qtbot.addWidget(page)
    page.resize(1150, 620)
    with qtbot.waitExposed(page):
        page.show()
    tell(page, snapshot("A", area="Air comprimé"))
    index = page.model.index(0, Column.AREA)
    assert page.table.sizeHintForIndex(index).width() <= page.table.columnWidth(Column.AREA)
