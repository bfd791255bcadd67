"""What is heard: one tone per priority, repeated until silenced or acknowledged, through any machine."""

import io
import stat
import sys
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from alarms.model import AlarmState, MessageClass, Priority
from hmi.desktop.horn import Horn
from hmi.desktop.sound import ProcessPlayer, system_player
from hmi.desktop.tones import RATE_HZ, TONES, wav
from tests.support.fake_station import snapshot
from tests.support.work import calls
from views.alarm_book import AlarmBook

ACKED, RETURNED = AlarmState.ACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED


class Recorder:
    """A player that remembers what it is asked to do."""

    def __init__(self) -> None:
        self.played: list[str] = []
        self.contents: set[bytes] = set()
        self.stopped = 0
        self.is_closed = False

    def play(self, name: str, content: bytes) -> None:
        assert content.startswith(b"RIFF")
        self.played.append(name)
        self.contents.add(content)

    def stop(self) -> None:
        self.stopped += 1

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def player() -> Recorder:
    return Recorder()


@pytest.fixture
def horn(qapp, player):
    horn = Horn(player)
    yield horn
    horn.close()
    horn.deleteLater()


@pytest.fixture
def tell(horn):
    book = AlarmBook()
    return lambda *rows, removed=(): horn.apply(book.apply(rows, removed, complete=False))


@pytest.mark.parametrize("priority", Priority)
def test_each_tone_is_a_readable_wav_that_neither_clips_nor_clicks(priority):
    tone = TONES[priority]
    with wave.open(io.BytesIO(wav(tone))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    assert 8_000 < np.abs(samples).max() < 32_767
    assert abs(samples[0]) < 300
    assert abs(samples[-1]) < 600
    assert len(samples) / RATE_HZ < tone.repeat_ms / 1000
    spectrum = np.abs(np.fft.rfft(samples))
    peak_hz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)[spectrum.argmax()]
    assert min(abs(peak_hz - wanted) for wanted in tone.frequencies_hz) < 15


def test_the_more_urgent_the_sooner_again():
    repeats = [TONES[priority].repeat_ms for priority in Priority]
    assert repeats == sorted(repeats)
    assert len({len(tone.frequencies_hz) for tone in TONES.values()}) == len(Priority)


def test_the_highest_unacknowledged_is_heard_until_all_are_acknowledged(horn, tell, player):
    tell(snapshot("L", priority=Priority.LOW), snapshot("H", priority=Priority.HIGH))
    assert player.played == ["high"]
    tell(snapshot("U", priority=Priority.URGENT))
    assert player.played[-1] == "urgent"
    tell(snapshot("U", priority=Priority.URGENT, state=ACKED))
    assert player.played[-1] == "high"
    tell(snapshot("H", priority=Priority.HIGH, state=ACKED))
    assert player.played[-1] == "low"
    before = player.stopped
    tell(removed=["L"])
    assert horn.sounding is None
    assert player.stopped == before + 1


@pytest.mark.parametrize("state", [state for state in AlarmState if state is not AlarmState.UNACKNOWLEDGED])
def test_no_other_state_is_audible(horn, tell, player, state):
    tell(snapshot("A", state=state))
    assert player.played == []


def test_alerts_are_not_audible(tell, player):
    tell(snapshot("A", message_class=MessageClass.ALERT))
    assert player.played == []


def test_it_repeats(qtbot, horn, tell, player):
    tell(snapshot("U", priority=Priority.URGENT))
    qtbot.waitUntil(lambda: len(player.played) >= 2)
    assert set(player.played) == {"urgent"}


@pytest.fixture
def soon_again(monkeypatch) -> None:
    """Let calls repeat so soon that a test need not wait for them; they sound as they are."""
    tones = {priority: replace(tone, repeat_ms=15) for priority, tone in TONES.items()}
    monkeypatch.setattr("hmi.desktop.horn.TONES", tones)


@pytest.mark.usefixtures("soon_again")
@pytest.mark.parametrize("priority", Priority)
@pytest.mark.parametrize("end", ["silenced", "acknowledged", "returned", "shelved", "switched off"])
def test_each_priority_repeats_its_own_tone_until_it_ends(qtbot, horn, tell, player, priority, end):
    tell(snapshot("A", priority=priority))
    qtbot.waitUntil(lambda: len(player.played) >= 3)
    assert set(player.played) == {priority.name.lower()}
    assert player.contents == {wav(TONES[priority])}
    {
        "silenced": horn.silence,
        "acknowledged": lambda: tell(snapshot("A", priority=priority, state=ACKED)),
        "returned": lambda: tell(snapshot("A", priority=priority, state=RETURNED)),
        "shelved": lambda: tell(snapshot("A", priority=priority, state=AlarmState.SHELVED)),
        "switched off": lambda: horn.set_on(False),
    }[end]()
    heard = len(player.played)
    assert not horn._timer.isActive()
    qtbot.wait(20)
    assert len(player.played) == heard


@pytest.mark.usefixtures("soon_again")
def test_a_more_urgent_alarm_takes_over_the_repetition_and_gives_it_back(qtbot, horn, tell, player):
    tell(snapshot("L", priority=Priority.LOW))
    qtbot.waitUntil(lambda: len(player.played) >= 2)
    tell(snapshot("U", priority=Priority.URGENT))
    before = len(player.played) - 1
    qtbot.waitUntil(lambda: len(player.played) >= before + 3)
    assert set(player.played[before:]) == {"urgent"}
    tell(snapshot("U", priority=Priority.URGENT, state=ACKED))
    before = len(player.played) - 1
    qtbot.waitUntil(lambda: len(player.played) >= before + 3)
    assert set(player.played[before:]) == {"low"}


@pytest.mark.usefixtures("soon_again")
def test_the_operator_hears_an_alarm_and_silences_it_in_the_banner(qtbot, station, open_window, player):
    window = open_window(player=player)
    station.set_alarms([snapshot("LT1_HI", priority=Priority.HIGH)])
    qtbot.waitUntil(lambda: len(player.played) >= 3)
    assert set(player.played) == {"high"}
    qtbot.mouseClick(window.banner.silence, Qt.MouseButton.LeftButton)
    heard = len(player.played)
    qtbot.wait(120)
    assert len(player.played) == heard
    assert window.workspace.book.rows["LT1_HI"].state is AlarmState.UNACKNOWLEDGED
    station.set_alarms([snapshot("LT1_HI", priority=Priority.HIGH), snapshot("N", priority=Priority.LOW)])
    qtbot.waitUntil(lambda: len(player.played) >= heard + 2)
    assert set(player.played[heard:]) == {"low"}


def test_silence_is_no_acknowledgement_and_ends_with_the_next_alarm(qtbot, horn, tell, player):
    row = snapshot("A", priority=Priority.HIGH)
    with qtbot.waitSignal(horn.sounding_changed) as told:
        tell(row)
    assert told.args == [True]
    with qtbot.waitSignal(horn.sounding_changed) as told:
        horn.silence()
    assert told.args == [False]
    tell(snapshot("A", priority=Priority.HIGH, message="its text changed"))
    assert horn.sounding is None
    tell(snapshot("B", priority=Priority.LOW))
    assert player.played == ["high", "low"]
    horn.silence()
    tell(snapshot("A", priority=Priority.HIGH, count=2))
    assert player.played[-1] == "high"


def test_a_silenced_alarm_that_comes_again_is_heard_again(horn, tell, player):
    tell(snapshot("A"))
    horn.silence()
    tell(removed=["A"])
    tell(snapshot("A"))
    assert len(player.played) == 2


def test_switched_off_it_is_quiet_and_still_knows(horn, tell, player):
    horn.set_on(False)
    tell(snapshot("A"))
    assert player.played == []
    assert horn.sounding is Priority.HIGH
    horn.set_on(True)
    assert player.played == ["high"]


def test_another_project_begins_in_silence(horn, tell, player):
    tell(snapshot("A"))
    horn.forget()
    assert horn.sounding is None


def test_a_burst_costs_the_same_whatever_stands_already(horn, tell):
    rows = [snapshot(f"a{n}", tag=f"T{n}", priority=Priority(n % 4 + 1)) for n in range(5_000)]
    tell(*rows[:50])
    first = calls(lambda: tell(*rows[50:100]))
    for start in range(100, 4_950, 50):
        tell(*rows[start : start + 50])
    last = calls(lambda: tell(*rows[4_950:]))
    assert last < 1.5 * first
    horn.silence()


def test_closing_ends_the_player(horn, tell, player):
    tell(snapshot("A"))
    horn.close()
    assert player.is_closed
    tell(snapshot("B", priority=Priority.URGENT))
    assert player.played == ["high"]


@pytest.fixture
def beeps() -> list[int]:
    return []


@pytest.fixture
def make_player(qapp, beeps):
    made: list[ProcessPlayer] = []

    def make(*programs: Path | str) -> ProcessPlayer:
        commands = [(str(program),) for program in programs]
        made.append(ProcessPlayer(programs=commands, beep=lambda: beeps.append(1)))
        return made[-1]

    yield make
    for player in made:
        player.close()
        player.deleteLater()


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="scripts stand in for players")


def test_without_any_player_the_desktop_beeps(make_player, beeps):
    make_player("no-such-player-anywhere").play("high", b"RIFF")
    assert beeps == [1]


@needs_shell
def test_a_player_gets_the_file(qtbot, make_player, tmp_path, beeps):
    player = make_player(script(tmp_path / "player", f'cp "$1" "{tmp_path}/heard"'))
    player.play("high", b"RIFF and more")
    qtbot.waitUntil(lambda: player._process is None)
    assert (tmp_path / "heard").read_bytes() == b"RIFF and more"
    assert beeps == []


@needs_shell
def test_a_machine_without_a_sound_card_beeps_and_does_not_try_again(qtbot, make_player, tmp_path, beeps):
    player = make_player(script(tmp_path / "player", f'echo x >> "{tmp_path}/tried"; exit 1'))
    for count in (1, 2, 3):
        player.play("high", b"RIFF")
        qtbot.waitUntil(lambda count=count: len(beeps) == count)
    assert (tmp_path / "tried").read_text() == "x\n"


@needs_shell
def test_the_next_player_is_tried_when_one_fails(qtbot, make_player, tmp_path, beeps):
    player = make_player(
        script(tmp_path / "first", "exit 1"), script(tmp_path / "second", f'touch "{tmp_path}/heard"')
    )
    player.play("high", b"RIFF")
    qtbot.waitUntil(lambda: beeps == [1])
    player.play("high", b"RIFF")
    qtbot.waitUntil((tmp_path / "heard").exists)


@needs_shell
def test_a_player_that_does_not_start_is_given_up(qtbot, make_player, tmp_path, beeps):
    broken = script(tmp_path / "broken", "")
    broken.write_bytes(b"\x7fELF and nothing more")
    player = make_player(broken)
    player.play("high", b"RIFF")
    qtbot.waitUntil(lambda: beeps == [1])
    assert player._process is None


@needs_shell
def test_stopping_leaves_no_process_and_no_file(qtbot, make_player, tmp_path, beeps):
    player = make_player(script(tmp_path / "player", f'echo "$1" > "{tmp_path}/file"; exec sleep 30'))
    player.play("urgent", b"RIFF")
    process = player._process
    qtbot.waitUntil(lambda: (tmp_path / "file").exists() and bool((tmp_path / "file").read_text()))
    file = Path((tmp_path / "file").read_text().strip())
    assert file.exists()
    player.close()
    assert process.state() is process.ProcessState.NotRunning
    assert not file.exists()
    assert beeps == []


def test_this_machine_has_a_player(qapp):
    player = system_player()
    player.stop()
    player.close()
