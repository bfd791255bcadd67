"""The session client against a real WebSocket server."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from hmi.desktop.client import QueryFailure, StationClient
from hmi.desktop.connector import Identity, LinkState
from hmi.endpoint import EndpointError
from hmi.link import Acknowledge, EventHistory, Hello, Notice, QueryEvents, QueryPixels, Subscribe, Write
from tags.model import Batch, WriteOutcome, WriteResult
from tags.status import StatusCode
from tests.support.fake_station import FakeStation, confirmed, sample_project, snapshot
from tests.support.patience import wait_until

ME = Identity("vigie test", "operator", "bench")


@pytest.fixture
def station() -> Iterator[FakeStation]:
    with FakeStation() as station:
        yield station


@pytest.fixture
def client(qtbot: QtBot, station: FakeStation) -> Iterator[StationClient]:
    client = StationClient(station.endpoint, station.parse, ME)
    yield client
    client.close()


def connect(qtbot: QtBot, client: StationClient) -> None:
    with qtbot.waitSignal(client.link_changed, check_params_cb=lambda state, _: state is LinkState.CONNECTED):
        client.start()


def test_is_welcomed_with_the_project_and_says_who_it_is(qtbot, station, client):
    with qtbot.waitSignal(client.welcomed) as welcomed:
        client.start()
    assert welcomed.args == [station.project]
    hello = station.wait_for(Hello)[0]
    assert (hello.client, hello.user, hello.workstation) == ("vigie test", "operator", "bench")


def test_gets_the_values_it_subscribed(qtbot, station, client):
    station.set({"Tank.Level": 42.5})
    client.subscribe([0])
    with qtbot.waitSignal(client.frame) as frame:
        client.start()
        client.subscribe([0])
    batch = frame.args[0]
    assert isinstance(batch, Batch)
    assert batch.tag_ids.tolist() == [0]
    assert batch.values.tolist() == [42.5]


def test_merges_what_the_gui_does_not_take_but_keeps_every_event(qtbot, station, client):
    connect(qtbot, client)
    batches: list[Batch] = []
    notices: list[str] = []
    client.frame.connect(batches.append)
    client.notice.connect(lambda _, text: notices.append(text))
    for number in range(500):
        station.set({"Tank.Level": float(number), "Line.Count": 2**60 + number})
        station.send(Notice(1, str(number)))
    # The GUI is busy meanwhile: it serves no events.
    wait_until(lambda: sum(isinstance(item, Notice) for item in list(client._inbox._items)) == 500)
    qtbot.waitUntil(lambda: len(notices) == 500)
    assert notices == [str(number) for number in range(500)]
    assert len(batches) == 1
    last = batches[-1]
    assert last.value_at(last.tag_ids.tolist().index(5)) == 2**60 + 499
    assert last.values[last.tag_ids.tolist().index(0)] == 499.0


def test_reconnects_to_a_station_that_comes_back_and_subscribes_anew(qtbot, station, client):
    client.subscribe([0, 1])
    connect(qtbot, client)
    client.subscribe([1])
    project = station.project
    with qtbot.waitSignal(client.link_changed, check_params_cb=lambda state, _: state is LinkState.LOST):
        station.stop()
    station.received.clear()
    with qtbot.waitSignal(client.welcomed) as welcomed:
        station.start()
    assert welcomed.args[0] is project
    assert station.wait_for(Subscribe)[0].tag_ids == [1]


def test_a_cut_connection_is_told_and_mended(qtbot, station, client):
    connect(qtbot, client)
    with qtbot.waitSignal(client.link_changed, check_params_cb=lambda s, t: s is LinkState.LOST) as lost:
        station.drop_clients()
    assert "lost" in lost.args[1]
    qtbot.waitUntil(lambda: client.link_state is LinkState.CONNECTED)


def test_tells_a_refusal_in_the_stations_words(qtbot, station, client):
    station.refuse_with = "this user may not"
    with qtbot.waitSignal(
        client.link_changed, check_params_cb=lambda s, _: s is LinkState.REFUSED
    ) as refused:
        client.start()
    assert "this user may not" in refused.args[1]


def test_says_that_no_station_runs(qtbot):
    client = StationClient(lambda: None, lambda _: sample_project(), ME)
    with qtbot.waitSignal(client.link_changed, check_params_cb=lambda s, _: s is LinkState.LOST) as lost:
        client.start()
    assert "No station" in lost.args[1]
    client.close()


def test_goes_on_trying_when_the_place_of_the_station_cannot_be_read(qtbot, station):
    places = iter([PermissionError("not yours"), EndpointError("no folder")])

    def find():
        fault = next(places, None)
        if fault is not None:
            raise fault
        return station.endpoint()

    client = StationClient(find, station.parse, ME)
    connect(qtbot, client)
    client.close()


def test_a_write_is_answered_once(qtbot, station, client):
    connect(qtbot, client)
    results: list[WriteResult] = []
    client.write_done.connect(results.append)
    request = client.write("Tank.SetPoint", 55.0, "overview", "batch 12")
    qtbot.waitUntil(lambda: len(results) == 1)
    assert results[0].request == request
    assert results[0].outcome is WriteOutcome.CONFIRMED
    assert station.wait_for(Write)[0].request == request
    assert client.is_mine(request)


def test_a_write_without_a_link_is_refused_and_never_sent_later(qtbot, station):
    found: list[bool] = []
    client = StationClient(lambda: station.endpoint() if found else None, station.parse, ME)
    client.start()
    with qtbot.waitSignal(client.write_done) as done:
        client.write("Tank.SetPoint", 55.0)
    result = done.args[0]
    assert result.outcome is WriteOutcome.REFUSED
    assert result.status == StatusCode.BadNotConnected
    found.append(True)
    qtbot.waitUntil(lambda: client.link_state is LinkState.CONNECTED)
    station.wait_for(Subscribe)
    assert not station.of(Write)
    client.close()


def test_a_write_whose_link_is_lost_is_told_as_unknown(qtbot, station, client):
    connect(qtbot, client)
    station.answer_write = lambda write: None
    client.write("Tank.SetPoint", 55.0)
    station.wait_for(Write)
    with qtbot.waitSignal(client.write_done) as done:
        station.drop_clients()
    assert done.args[0].outcome is WriteOutcome.TIMED_OUT
    station.answer_write = confirmed


def test_acknowledges_only_while_connected(qtbot, station, client):
    assert not client.acknowledge(["e1"])
    connect(qtbot, client)
    assert client.acknowledge(["e1", "e2"], "seen")
    sent = station.wait_for(Acknowledge)[0]
    assert (sent.event_ids, sent.user, sent.comment) == (["e1", "e2"], "operator", "seen")


def test_queries_answer_by_callback(qtbot, station, client):
    connect(qtbot, client)
    answers: list[object] = []
    client.query_pixels(["Tank.Level"], 0, 10**9, 4, answers.append)
    client.query_raw("Tank.Level", 0, 10**9, answers.append, bounds=True)
    client.ask(lambda request_id: QueryEvents(request_id, 0, 10**9, 100), EventHistory, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers[0][0].path == "Tank.Level"
    assert len(answers[1]) == 0
    assert answers[2].events == []


def test_a_query_fails_in_words_when_the_link_is_down_or_lost(qtbot, station, client):
    answers: list[object] = []
    client.query_pixels(["Tank.Level"], 0, 10**9, 4, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert isinstance(answers[0], QueryFailure)
    connect(qtbot, client)
    station.answer_pixels = lambda query: None
    client.query_pixels(["Tank.Level"], 0, 10**9, 4, answers.append)
    station.wait_for(QueryPixels)
    station.drop_clients()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert isinstance(answers[1], QueryFailure)


def test_a_cancelled_query_stays_silent(qtbot, station, client):
    connect(qtbot, client)
    answers: list[object] = []
    client.cancel(client.query_pixels(["Tank.Level"], 0, 10**9, 4, answers.append))
    client.ask(lambda request_id: QueryEvents(request_id, 0, 1, 1), EventHistory, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert [answer.events for answer in answers] == [[]]


def test_alarms_come_complete_first(qtbot, station, client):
    station.rows["A"] = snapshot("A")
    with qtbot.waitSignal(client.alarms) as alarms:
        client.start()
    assert alarms.args[0].complete
    assert [row.alarm_id for row in alarms.args[0].rows] == ["A"]


def test_closing_ends_the_thread_even_while_it_is_searching(qtbot):
    client = StationClient(lambda: None, lambda _: sample_project(), ME)
    client.start()
    client.close()
    client.close()
    assert client.link_state is LinkState.CLOSED


def test_values_that_come_while_others_are_taken_are_merged(qtbot, client, monkeypatch) -> None:
    """Whoever cannot keep up has the newest values, and no queue of old ones."""
    monkeypatch.setattr("hmi.desktop.client._TURN_NS", -1)  # one item a turn
    taken: list[object] = []
    monkeypatch.setattr(client, "_dispatch", taken.append)
    inbox = client._inbox
    inbox.open(1, "opened")
    inbox.put("second")
    for number in range(5):
        inbox.put_values(Batch.of([(0, float(number), 0, number)], number))
        client._drain()
    qtbot.waitUntil(lambda: bool(taken) and isinstance(taken[-1], Batch) and taken[-1].values[0] == 4.0)
    batches = [one for one in taken if isinstance(one, Batch)]
    assert taken[:2] == ["opened", "second"]
    assert [one.values[0] for one in batches] == [0.0, 3.0, 4.0]
