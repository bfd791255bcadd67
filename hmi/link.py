"""The messages between a station and its clients: one declaration for both ends and for any transport.

Frames are MessagePack, one message per WebSocket binary frame; columns travel as the bytes of little-endian
arrays. Nothing on the wire is ever executed or unpickled.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from alarms.backtest_facts import BackTestResult
from alarms.filters import EventFilter, EventPlace
from alarms.model import AlarmCounts, AlarmEvent, AlarmRefusal, AlarmSnapshot
from alarms.settings import SettingChange, SettingDifference
from historian.happening import EventChoice, Happening
from historian.model import PixelSeries, Series
from hmi.diagnosis import ProbeStep, WhyStep
from tags.connection import ConnectionStatus
from tags.drivers.base import ItemFacts
from tags.drivers.certificates import CertificateFacts, TrustDecision
from tags.drivers.frames import Frame as ExchangedFrame
from tags.model import Batch, Value, WriteRequest, WriteResult
from tags.roles import Role

PROTOCOL_VERSION = 2
MAX_FRAME_BYTES = 64 * 1024 * 1024


class Message(msgspec.Struct, frozen=True, tag=True):
    """Head all messages; the class name tells them apart on the wire."""


class Columns(msgspec.Struct, frozen=True):
    """Carry a :class:`Batch` as bytes: int32, float64, uint32 and int64 columns of equal length."""

    tag_ids: bytes
    values: bytes
    statuses: bytes
    source_ns: bytes
    receive_ns: int
    extras: dict[int, Value]

    @classmethod
    def pack(cls, batch: Batch) -> "Columns":
        """Copy a batch into bytes."""
        return cls(
            batch.tag_ids.astype("<i4", copy=False).tobytes(),
            batch.values.astype("<f8", copy=False).tobytes(),
            batch.statuses.astype("<u4", copy=False).tobytes(),
            batch.source_ns.astype("<i8", copy=False).tobytes(),
            batch.receive_ns,
            dict(batch.extras),
        )

    def unpack(self) -> Batch:
        """Return the batch; its columns are read-only views of the frame.

        Raises:
            LinkError: the columns differ in length or an extra names no row.
        """
        try:
            tag_ids = np.frombuffer(self.tag_ids, np.dtype("<i4"))
            values = np.frombuffer(self.values, np.dtype("<f8"))
            statuses = np.frombuffer(self.statuses, np.dtype("<u4"))
            source_ns = np.frombuffer(self.source_ns, np.dtype("<i8"))
        except ValueError as error:
            raise LinkError(f"a frame's columns are cut off: {error}") from error
        rows = len(tag_ids)
        lengths = {len(values), len(statuses), len(source_ns)}
        if lengths != {rows} or any(not 0 <= row < rows for row in self.extras):
            raise LinkError("a frame's columns differ in length")
        return Batch(tag_ids, values, statuses, source_ns, self.receive_ns, self.extras)


class LinkError(Exception):
    """Tell that the other end is gone, unknown, of another version, or sent what no message is."""


# From a client to the station


class Hello(Message, frozen=True):
    """Open a session: prove the right to by the station's secret and say who is there."""

    secret: str
    protocol: int
    client: str
    user: str
    workstation: str


class Subscribe(Message, frozen=True):
    """Replace the set of tags whose values this session gets; None asks for all."""

    tag_ids: list[int] | None


class Write(Message, frozen=True):
    """Ask for a write; answered by one :class:`WriteDone` with the same request id."""

    request: WriteRequest


class Acknowledge(Message, frozen=True):
    """Acknowledge exactly the occurrences seen, named by their event ids (ALM-07)."""

    event_ids: list[str]
    user: str
    workstation: str
    comment: str


class QueryRaw(Message, frozen=True):
    """Ask for raw samples; answered by :class:`RawHistory`."""

    request_id: int
    path: str
    start_ns: int
    end_ns: int
    bounds: bool
    limit: int | None


class QueryPixels(Message, frozen=True):
    """Ask for pixel columns; answered by :class:`PixelHistory`."""

    request_id: int
    paths: list[str]
    start_ns: int
    end_ns: int
    columns: int


class QueryEvents(Message, frozen=True):
    """Ask for the newest journal events in a period; answered by :class:`EventHistory`.

    ``before`` is the place of the oldest event of a page: the answer is the page before it.
    """

    request_id: int
    start_ns: int
    end_ns: int
    limit: int
    chosen: EventFilter | None = None
    before: EventPlace | None = None


class QueryTimeline(Message, frozen=True):
    """Ask for the newest events of any kind in a period; answered by :class:`Timeline`."""

    request_id: int
    start_ns: int
    end_ns: int
    limit: int
    choice: EventChoice


class AcknowledgeArea(Message, frozen=True):
    """Acknowledge what was seen of an area and all below it (empty: everything), see :class:`AlarmsDone`.

    ``seen_sequence`` is the newest of :class:`Alarms` that the client had shown (ALM-07).
    """

    request_id: int
    area: str
    seen_sequence: int
    comment: str = ""


class Shelve(Message, frozen=True):
    """Hide alarms for one of :data:`alarms.policy.SHELVE_DURATIONS_S`, or (None) until their next return."""

    request_id: int
    alarm_ids: list[str]
    duration_s: int | None
    reason: str


class Unshelve(Message, frozen=True):
    """Show shelved alarms again."""

    request_id: int
    alarm_ids: list[str]
    comment: str = ""


class OutOfService(Message, frozen=True):
    """Take alarms out of service; the reason names the work order."""

    request_id: int
    alarm_ids: list[str]
    reason: str


class ReturnToService(Message, frozen=True):
    """Put alarms back into service."""

    request_id: int
    alarm_ids: list[str]
    comment: str = ""


class Reset(Message, frozen=True):
    """Clear latched alarms that are acknowledged and whose cause is gone (ALM-08)."""

    request_id: int
    alarm_ids: list[str]
    comment: str = ""


class ConfirmAlarms(Message, frozen=True):
    """Say of acknowledged alarms of devices that their cause is dealt with; see :class:`AlarmsDone`."""

    request_id: int
    alarm_ids: list[str]
    comment: str = ""


class CommentAlarms(Message, frozen=True):
    """Give alarms of devices a comment, or clear it by an empty one; see :class:`AlarmsDone`."""

    request_id: int
    alarm_ids: list[str]
    comment: str


class ChangeSettings(Message, frozen=True):
    """Change settings of one alarm while it runs, by the columns of :data:`alarms.settings.SETTINGS`."""

    request_id: int
    alarm_id: str
    changes: dict[str, float | str | bool]
    reason: str


class EnforceSettings(Message, frozen=True):
    """Let alarms (None: all) run as the master database ``alarms.csv`` says."""

    request_id: int
    alarm_ids: list[str] | None
    reason: str


class QuerySettings(Message, frozen=True):
    """Ask how the alarms differ from ``alarms.csv`` and what was changed; see :class:`AlarmSettings`."""

    request_id: int
    start_ns: int = 0
    end_ns: int = 2**63 - 1


class ApplyBackTest(Message, frozen=True):
    """Let the settings run that a back-test of this session tried, all or nothing.

    ``backtest_id`` is the request id of its :class:`QueryBackTest`. Refused when other settings run by now
    than those that it was compared with.
    """

    request_id: int
    backtest_id: int
    reason: str


AlarmRequest = (
    AcknowledgeArea
    | Shelve
    | Unshelve
    | OutOfService
    | ReturnToService
    | Reset
    | ChangeSettings
    | EnforceSettings
    | ApplyBackTest
)
"""What people do to alarms beside acknowledging events; each is answered by :class:`AlarmsDone`."""
DeviceAlarmRequest = ConfirmAlarms | CommentAlarms
"""What only alarms that a device keeps know; each is answered by :class:`AlarmsDone`."""
AlarmOperation = AlarmRequest | DeviceAlarmRequest


class QueryBackTest(Message, frozen=True):
    """Ask how stored history would have alarmed with other settings, by alarm and column of ``alarms.csv``.

    Compared is what runs with what runs and ``changes``; ``has_proposals`` asks for settings for each alarm
    that chatters. Answered by any number of :class:`BackTestProgress` and one :class:`BackTested`.
    """

    request_id: int
    start_ns: int
    end_ns: int
    changes: dict[str, dict[str, float | str | bool]]
    has_proposals: bool = False


class CancelBackTest(Message, frozen=True):
    """End a back-test that still runs; no answer follows."""

    request_id: int


class QueryWhy(Message, frozen=True):
    """Ask why tags have the values they have; answered by :class:`Why`."""

    request_id: int
    paths: list[str]


class ProbeConnection(Message, frozen=True):
    """Ask for a test of a connection, reading ``path`` (empty: a tag of the station's choice).

    Answered by :class:`Probed`.
    """

    request_id: int
    connection: str
    path: str


class QueryTrust(Message, frozen=True):
    """Ask for the certificates of devices and the station's own; answered by :class:`Trust`."""

    request_id: int


class ChangeTrust(Message, frozen=True):
    """Decide about a device's certificate; answered by :class:`Trust` or :class:`QueryFailed`."""

    request_id: int
    thumbprint: str
    decision: TrustDecision
    reason: str


class WatchFrames(Message, frozen=True):
    """Send the frames of a connection from now on as :class:`Traffic`; an empty name ends it."""

    connection: str


class Shutdown(Message, frozen=True):
    """Ask the station to stop in good order; the connection closes when it has."""


# From the station to a client


class Welcome(Message, frozen=True):
    """Open the session: who the station is, the very project files that it runs, and the user's role.

    ``facts`` is what devices have said about tags so far.
    """

    protocol: int
    station: str
    version: str
    digest: str
    project_files: dict[str, bytes]
    started_ns: int
    role: Role = Role.VIEWER
    facts: dict[int, ItemFacts] = {}


class TagFacts(Message, frozen=True):
    """Tell what devices say about tags, by tag id: all of it, whenever there is more (decision 0014)."""

    facts: dict[int, ItemFacts]


class Refused(Message, frozen=True):
    """Refuse the session and say why; the station closes the connection."""

    text: str


class Frame(Message, frozen=True):
    """Carry the newest values of subscribed tags; later ones replace earlier ones that were not sent."""

    columns: Columns


class Alarms(Message, frozen=True):
    """Report alarm events, never merged or dropped, with the rows of the list as they are now.

    ``removed`` names alarms that left the list. ``complete`` marks the first one after Hello: the whole list.
    ``counts`` is what the banner always shows (ALM-13), ``sequence`` the number of the newest event by now.
    """

    events: list[AlarmEvent]
    rows: list[AlarmSnapshot]
    removed: list[str]
    complete: bool
    counts: AlarmCounts | None = None
    sequence: int = 0


class AlarmsDone(Message, frozen=True):
    """Answer an :data:`AlarmRequest`: what of it was refused, and why."""

    request_id: int
    refusals: list[AlarmRefusal]


class AlarmSettings(Message, frozen=True):
    """Answer :class:`QuerySettings`; changes of the period in the order in which they were made."""

    request_id: int
    differences: list[SettingDifference]
    changes: list[SettingChange]


class BackTestProgress(Message, frozen=True):
    """Tell how much of a back-test's history was read, 0 to 1."""

    request_id: int
    share: float


class BackTested(Message, frozen=True):
    """Answer :class:`QueryBackTest`."""

    request_id: int
    result: BackTestResult


class Connections(Message, frozen=True):
    """Report the state and counters of connections that changed (all of them at first)."""

    statuses: list[ConnectionStatus]


class WriteDone(Message, frozen=True):
    """Answer a write, or report somebody else's."""

    result: WriteResult


class RawHistory(Message, frozen=True):
    """Answer :class:`QueryRaw`: ``columns`` has one tag's samples."""

    request_id: int
    columns: Columns


class PixelColumns(msgspec.Struct, frozen=True):
    """Carry one tag's pixel columns as bytes (see :class:`historian.model.PixelSeries`)."""

    path: str
    edges_ns: bytes
    low: bytes
    high: bytes
    mean: bytes
    first: bytes
    last: bytes
    counts: bytes
    worst: bytes


class PixelHistory(Message, frozen=True):
    """Answer :class:`QueryPixels`, one entry per path asked."""

    request_id: int
    series: list[PixelColumns]


class EventHistory(Message, frozen=True):
    """Answer :class:`QueryEvents`, oldest first; ``more`` tells that the period holds older ones."""

    request_id: int
    events: list[AlarmEvent]
    more: bool = False


class Timeline(Message, frozen=True):
    """Answer :class:`QueryTimeline`, newest first; ``more`` tells that the period holds older ones.

    Events of one instant are never parted: what is older ends with the time of the last one.
    """

    request_id: int
    events: list[Happening]
    more: bool


class Why(Message, frozen=True):
    """Answer :class:`QueryWhy`: one chain per path asked, from the tag down to its controller."""

    request_id: int
    chains: list[list[WhyStep]]


class Probed(Message, frozen=True):
    """Answer :class:`ProbeConnection`: what was tried, in order, up to the first step that failed."""

    request_id: int
    steps: list[ProbeStep]


class Trust(Message, frozen=True):
    """Answer :class:`QueryTrust` and :class:`ChangeTrust`; ``own_der`` is the own certificate as a file."""

    request_id: int
    certificates: list[CertificateFacts]
    own: CertificateFacts | None
    own_der: bytes


class Traffic(Message, frozen=True):
    """Report frames of the watched connection; ``lost`` were exchanged before them but not kept.

    The first one has no frames; its ``available`` is False when the connection's driver shows none.
    """

    connection: str
    frames: list[ExchangedFrame]
    lost: int
    available: bool


class QueryFailed(Message, frozen=True):
    """Answer a query that could not be carried out, in one sentence."""

    request_id: int
    text: str


class Notice(Message, frozen=True):
    """Tell all operators one sentence about the station itself (history full, station stops)."""

    severity: int
    text: str


Query = QueryRaw | QueryPixels | QueryEvents | QueryTimeline | QuerySettings
ToStation = (
    Hello
    | Subscribe
    | Write
    | Acknowledge
    | AlarmRequest
    | DeviceAlarmRequest
    | Query
    | QueryBackTest
    | CancelBackTest
    | QueryWhy
    | ProbeConnection
    | QueryTrust
    | ChangeTrust
    | WatchFrames
    | Shutdown
)
ToClient = (
    Welcome
    | Refused
    | Frame
    | TagFacts
    | Alarms
    | AlarmsDone
    | AlarmSettings
    | BackTestProgress
    | BackTested
    | Connections
    | WriteDone
    | RawHistory
    | PixelHistory
    | EventHistory
    | Timeline
    | Why
    | Probed
    | Trust
    | Traffic
    | QueryFailed
    | Notice
)

_encoder = msgspec.msgpack.Encoder()
_to_station: msgspec.msgpack.Decoder[ToStation] = msgspec.msgpack.Decoder(ToStation)
_to_client: msgspec.msgpack.Decoder[ToClient] = msgspec.msgpack.Decoder(ToClient)


def encode(message: Message) -> bytes:
    """Return the frame of a message."""
    return _encoder.encode(message)


def decode_to_station(frame: bytes) -> ToStation:
    """Return the message of a frame from a client.

    Raises:
        LinkError: it is none; the text says which field was wrong.
    """
    try:
        return _to_station.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LinkError(f"not a message for a station: {error}") from error


def decode_to_client(frame: bytes) -> ToClient:
    """Return the message of a frame from the station.

    Raises:
        LinkError: it is none.
    """
    try:
        return _to_client.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LinkError(f"not a message for a client: {error}") from error


def series_to_batch(series: Series, tag_id: int, receive_ns: int) -> Batch:
    """Return one tag's samples as a batch, for :class:`RawHistory`."""
    return Batch(
        np.full(len(series.source_ns), tag_id, np.int32),
        series.values,
        series.statuses,
        series.source_ns,
        receive_ns,
        series.extras,
    )


def pack_pixels(series: PixelSeries) -> PixelColumns:
    """Copy a tag's pixel columns into bytes."""
    return PixelColumns(
        series.path,
        series.edges_ns.astype("<i8", copy=False).tobytes(),
        series.low.astype("<f8", copy=False).tobytes(),
        series.high.astype("<f8", copy=False).tobytes(),
        series.mean.astype("<f8", copy=False).tobytes(),
        series.first.astype("<f8", copy=False).tobytes(),
        series.last.astype("<f8", copy=False).tobytes(),
        series.counts.astype("<i8", copy=False).tobytes(),
        series.worst.astype("<u4", copy=False).tobytes(),
    )


def unpack_pixels(columns: PixelColumns) -> PixelSeries:
    """Return a tag's pixel columns; they are read-only views of the frame.

    Raises:
        LinkError: the columns are cut off.
    """
    try:
        return PixelSeries(
            columns.path,
            np.frombuffer(columns.edges_ns, "<i8"),
            np.frombuffer(columns.low, "<f8"),
            np.frombuffer(columns.high, "<f8"),
            np.frombuffer(columns.mean, "<f8"),
            np.frombuffer(columns.first, "<f8"),
            np.frombuffer(columns.last, "<f8"),
            np.frombuffer(columns.counts, "<i8"),
            np.frombuffer(columns.worst, "<u4"),
        )
    except ValueError as error:
        raise LinkError(f"pixel columns are cut off: {error}") from error


def ids(tag_ids: Sequence[int]) -> NDArray[np.int32]:
    """Return tag ids as a column."""
    return np.asarray(tag_ids, dtype=np.int32)
