"""The chain from a tag down to its controller: which links are sound and where it breaks."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from hmi.diagnosis import WhyKind, WhyStep, WhyVerdict
from hmi.station.why_words import (
    bytes_text,
    dump_of,
    range_text,
    raw_text,
    sentence,
    status_words,
    unit_text,
    with_unit,
)
from projects.model import ConnectionConfig
from tags.connection import ConnectionState, ConnectionStatus
from tags.database import TagDatabase
from tags.drivers.inspection import Inspection
from tags.errors import TagError
from tags.evaluation import value_text
from tags.expression import compile_expression
from tags.model import Clamp, Tag, Value
from tags.scaling import is_scaled, to_eu
from tags.status import StatusCode, is_bad, is_good, name

MAX_DEPTH: Final = 8
MAX_STEPS: Final = 300
_REACHED: Final = (ConnectionState.CONNECTED, ConnectionState.DEGRADED)
_ADDRESS_STATUSES: Final = frozenset(
    {
        StatusCode.BadConfigurationError,
        StatusCode.BadNodeIdUnknown,
        StatusCode.BadNodeIdInvalid,
        StatusCode.BadAttributeIdInvalid,
        StatusCode.BadIndexRangeInvalid,
        StatusCode.BadNotFound,
        StatusCode.BadTypeMismatch,
        StatusCode.BadDecodingError,
        StatusCode.BadNotSupported,
        StatusCode.BadUserAccessDenied,
        StatusCode.BadNotReadable,
    }
)
_SILENT_STATUSES: Final = frozenset(
    {StatusCode.BadNoCommunication, StatusCode.BadTimeout, StatusCode.BadCommunicationError}
)
_STALE_STATUSES: Final = frozenset(
    {StatusCode.BadNoCommunication, StatusCode.UncertainNoCommunicationLastUsableValue}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what the device answered when it was asked for one tag just now, or why it did not."""

    value: Value | None = None
    status: int = int(StatusCode.Good)
    source_ns: int = 0
    duration_ms: float = 0.0
    failure: str = ""
    inspection: Inspection | None = None


class Holdings(Protocol):
    """Offer what the station knows; :class:`hmi.station.diagnostics.Diagnostics` is it."""

    @property
    def database(self) -> TagDatabase:
        """Return the present values."""
        ...

    def status_of(self, connection: str) -> ConnectionStatus | None:
        """Return a connection's state, or None when there is no such connection."""
        ...

    def config_of(self, connection: str) -> ConnectionConfig | None:
        """Return how the project configures a connection."""
        ...

    def pushes(self, connection: str) -> bool:
        """Tell whether a connected device reports changes by itself."""
        ...


class Chain:
    """Build the chain of one path from what the station holds and what devices answered just now."""

    def __init__(self, station: Holdings, readings: Mapping[str, Reading | None]) -> None:
        self._station = station
        self._database = station.database
        self._readings = readings
        self._steps: list[WhyStep] = []
        self._seen: set[str] = set()

    def of(self, path: str) -> list[WhyStep]:
        """Return the links from the tag down; of several inputs one after the other."""
        self._add(path, 0)
        return self._steps

    def _add(self, path: str, depth: int) -> None:
        tag = self._database.tags.find(path)
        if tag is None:
            text = f"The project has no tag {path!r}."
            advice = "Correct the path where it is used, or add the tag to tags.csv."
            self._steps.append(
                WhyStep(
                    WhyKind.TAG,
                    depth,
                    path,
                    text,
                    status=int(StatusCode.BadNodeIdUnknown),
                    verdict=WhyVerdict.BROKEN,
                    advice=advice,
                )
            )
            return
        if path in self._seen or len(self._steps) >= MAX_STEPS or depth > MAX_DEPTH:
            text = "See above." if path in self._seen else "More inputs are not shown."
            self._steps.append(self._tag_step(tag, depth, text))
            return
        self._seen.add(path)
        if tag.fault:
            step = self._tag_step(tag, depth, sentence(tag.fault), WhyVerdict.BROKEN)
            self._steps.append(replace(step, advice="Mend the tag's row in tags.csv; see 'vigie check'."))
        elif tag.expression is not None:
            self._add_calculated(tag, depth)
        elif tag.connection is None:
            self._add_memory(tag, depth)
        else:
            self._add_device(tag, depth)

    def _status(self, tag: Tag) -> int:
        return int(self._database.statuses[tag.id])

    def _tag_step(
        self,
        tag: Tag,
        depth: int,
        text: str,
        verdict: WhyVerdict = WhyVerdict.SOUND,
        kind: WhyKind = WhyKind.TAG,
    ) -> WhyStep:
        status = self._status(tag)
        if verdict is WhyVerdict.SOUND and not is_good(status):
            verdict = WhyVerdict.AFFECTED
        value = self._database.value(tag.id)
        shown = "" if value is None else with_unit(value_text(tag, value), tag.unit)
        return WhyStep(
            kind, depth, tag.path, text, shown, status, int(self._database.source_ns[tag.id]), verdict
        )

    def _add_memory(self, tag: Tag, depth: int) -> None:
        if self._status(tag) == StatusCode.UncertainInitialValue:
            text = "The station itself holds this value; nobody has written it since the station started."
            step = self._tag_step(tag, depth, text, WhyVerdict.BROKEN)
            self._steps.append(replace(step, advice="Write a value."))
        else:
            self._steps.append(self._tag_step(tag, depth, "The station itself holds this value."))

    def _add_calculated(self, tag: Tag, depth: int) -> None:
        paths = input_paths(tag)
        step = self._tag_step(tag, depth, f"Calculated: {tag.expression}", kind=WhyKind.EXPRESSION)
        at = len(self._steps)
        self._steps.append(step)
        for path in paths:
            self._add(path, depth + 1)
        status = self._status(tag)
        found = [self._database.tags.find(path) for path in paths]
        worse = [self._status(one) for one in found if one is not None and not is_good(self._status(one))]
        is_own = not worse or (status == StatusCode.UncertainEngineeringUnitsExceeded and status not in worse)
        if is_good(status) or not is_own:
            return
        if status == StatusCode.UncertainEngineeringUnitsExceeded:
            text = f"Calculated: {tag.expression}; the result is outside {range_text(tag)}."
            advice = "Look at the inputs, or correct the range in tags.csv."
        else:
            text = f"Calculated: {tag.expression}; the inputs are good, but they give {status_words(status)}."
            advice = "Correct the expression, for example for a divisor of zero or a text among numbers."
        self._steps[at] = replace(step, text=text, verdict=WhyVerdict.BROKEN, advice=advice)

    def _add_device(self, tag: Tag, depth: int) -> None:
        tag_status = self._status(tag)
        if not tag.access.is_readable:
            text = "The tag is only written, never read."
            self._steps.append(replace(self._tag_step(tag, depth, text), verdict=WhyVerdict.NOTED))
            return
        status = self._station.status_of(tag.connection or "")
        reading = self._readings.get(tag.path)
        connection = self._connection_step(tag, depth, status)
        controller = self._controller_step(tag, depth, status, reading)
        below = [connection, controller]
        down = any(step.verdict is WhyVerdict.BROKEN for step in below)
        request = self._request_step(tag, depth, reading, down=down)
        raw = self._raw_step(tag, depth, reading, request)
        down = down or WhyVerdict.BROKEN in (request.verdict, raw.verdict)
        steps = [self._tag_step(tag, depth, tag.description or "The value that the station holds.")]
        steps += self._range_steps(tag, depth, tag_status)
        steps += self._scaling_steps(tag, depth, raw)
        steps += [raw, request, *below]
        if not is_good(tag_status) and not any(step.verdict is WhyVerdict.BROKEN for step in steps):
            steps = [self._unexplained(tag, step, reading) for step in steps]
        self._steps.extend(steps)

    def _unexplained(self, tag: Tag, step: WhyStep, reading: Reading | None) -> WhyStep:
        """Return the step that is left to blame when everything else looks sound: the poll, else the tag."""
        status = self._status(tag)
        code = status & 0xFFFF0000
        if step.kind is WhyKind.REQUEST and reading is not None:
            if code in _STALE_STATUSES:
                text = f"The address answers when asked now, but not every {tag.period_ms} ms as it should."
                return replace(
                    step,
                    text=text,
                    verdict=WhyVerdict.BROKEN,
                    advice="Give the tag a longer period, or look for what slows the device or the network.",
                )
            if code == StatusCode.BadWaitingForInitialData:
                return replace(
                    step,
                    text="The first poll has not been answered yet.",
                    verdict=WhyVerdict.BROKEN,
                    advice="Wait a moment.",
                )
            if code in _ADDRESS_STATUSES:
                text = "The device refused the address before; it answers now, and is polled again in 30 s."
                return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Wait a moment.")
        if step.kind is WhyKind.RAW and reading is not None and code not in _STALE_STATUSES:
            if code in _ADDRESS_STATUSES or code == StatusCode.BadWaitingForInitialData:
                return step
            text = f"The controller marked the value as {name(status)}; it is good now."
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Look again.")
        if step.kind is WhyKind.TAG and reading is None:
            text = f"{step.text} Its status is {name(status)}: {status_words(status)}."
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Look again in a moment.")
        return step

    def _range_steps(self, tag: Tag, depth: int, status: int) -> list[WhyStep]:
        if tag.eu_low is None or tag.eu_high is None:
            if status != StatusCode.UncertainEngineeringUnitsExceeded:
                return []
            text = "The value is no finite number."
        else:
            text = f"The range is {range_text(tag)}."
        value = self._database.value(tag.id)
        if status == StatusCode.UncertainEngineeringUnitsExceeded:
            shown = "" if value is None else value_text(tag, value)
            return [
                WhyStep(
                    WhyKind.RANGE,
                    depth,
                    tag.path,
                    f"{text} The value is outside." if tag.eu_low is not None else text,
                    with_unit(shown, tag.unit),
                    status,
                    verdict=WhyVerdict.BROKEN,
                    advice="Look at the sensor and its wiring, or correct range and scaling in tags.csv.",
                )
            ]
        verdict = WhyVerdict.SOUND if value is not None else WhyVerdict.UNKNOWN
        return [WhyStep(WhyKind.RANGE, depth, tag.path, text, verdict=verdict)]

    def _scaling_steps(self, tag: Tag, depth: int, raw: WhyStep) -> list[WhyStep]:
        scaling = tag.scaling
        if scaling is None or not is_scaled(tag):
            return []
        text = (
            f"Scaled from {scaling.raw_low:g}…{scaling.raw_high:g} to "
            f"{scaling.eu_low:g}…{scaling.eu_high:g}{unit_text(tag.unit)}"
        )
        reading = self._readings.get(tag.path)
        if reading is None or reading.value is None or isinstance(reading.value, (str, tuple)):
            return [WhyStep(WhyKind.SCALING, depth, tag.path, f"{text}.", verdict=WhyVerdict.UNKNOWN)]
        result = float(to_eu(tag, reading.value))  # type: ignore[arg-type]  # a number stays one
        low, high = sorted((scaling.eu_low, scaling.eu_high))
        held = result
        if scaling.clamp in (Clamp.LOW, Clamp.BOTH):
            held = max(held, low)
        if scaling.clamp in (Clamp.HIGH, Clamp.BOTH):
            held = min(held, high)
        text = f"{text}: {raw_text(reading.value)} gives {result:g}"
        if held != result and math.isfinite(result):
            text = f"{text}, held at {held:g}"
        verdict = WhyVerdict.SOUND if held == result else WhyVerdict.NOTED
        shown = with_unit(value_text(tag, held), tag.unit)
        return [
            WhyStep(
                WhyKind.SCALING, depth, tag.path, f"{text}.", shown, raw.status, raw.at_ns, verdict=verdict
            )
        ]

    def _raw_step(self, tag: Tag, depth: int, reading: Reading | None, request: WhyStep) -> WhyStep:
        address = tag.address.text if tag.address is not None else ""
        if request.verdict in (WhyVerdict.BROKEN, WhyVerdict.UNKNOWN) or reading is None or reading.failure:
            text = f"{address} as {tag.data_type.value}: nothing was read."
            return WhyStep(WhyKind.RAW, depth, tag.path, text, verdict=WhyVerdict.UNKNOWN)
        text = f"{address} as {tag.data_type.value}, read just now"
        inspection = reading.inspection
        text = f"{text}{bytes_text(inspection)}." if inspection is not None else f"{text}."
        step = WhyStep(
            WhyKind.RAW, depth, tag.path, text, raw_text(reading.value), reading.status, reading.source_ns
        )
        if inspection is not None:
            step = replace(step, dump=dump_of(inspection))
        if is_good(reading.status):
            return step
        if reading.status & 0xFFFF0000 in _SILENT_STATUSES:
            return replace(step, text=f"{address}: nothing came.", verdict=WhyVerdict.UNKNOWN)
        text = (
            f"{text} The controller itself marks it {name(reading.status)}: {status_words(reading.status)}."
        )
        advice = "Look at the sensor, module or program in the controller."
        return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice=advice)

    def _request_step(self, tag: Tag, depth: int, reading: Reading | None, *, down: bool) -> WhyStep:
        address = tag.address.text if tag.address is not None else ""
        if self._station.pushes(tag.connection or ""):
            # Whole sentences, in which other languages find their own order.
            text = f"{address} is monitored; the device reports changes at most every {tag.period_ms} ms."
            if reading is not None and reading.inspection is not None:
                text = f"{text} It was read just now by {reading.inspection.request}."
        elif reading is not None and reading.inspection is not None:
            request = reading.inspection.request
            text = f"{address} is asked for every {tag.period_ms} ms by {request}."
        else:
            text = f"{address} is asked for every {tag.period_ms} ms."
        step = WhyStep(WhyKind.REQUEST, depth, tag.path, text)
        if reading is None:
            return replace(step, verdict=WhyVerdict.UNKNOWN)
        if down and (reading.failure or is_bad(reading.status)):
            return replace(step, verdict=WhyVerdict.AFFECTED)
        if reading.failure:
            advice = "Test the connection; look at its frame log."
            return replace(step, text=reading.failure, verdict=WhyVerdict.BROKEN, advice=advice)
        if reading.status & 0xFFFF0000 in _ADDRESS_STATUSES:
            status = reading.status
            text = f"The device refuses {address}: {status_words(status)}."
            advice = "Correct address or type of the tag in tags.csv, or the controller's program."
            if status & 0xFFFF0000 in (StatusCode.BadUserAccessDenied, StatusCode.BadNotReadable):
                advice = "Give Vigie's user the right to read it in the controller."
            return replace(step, text=text, status=status, verdict=WhyVerdict.BROKEN, advice=advice)
        return replace(step, text=f"{text} Asked now, it answered in {reading.duration_ms:.1f} ms.")

    def _connection_step(self, tag: Tag, depth: int, status: ConnectionStatus | None) -> WhyStep:
        connection = tag.connection or ""
        if status is None:
            text = f"The project has no connection {connection!r}."
            advice = "Correct the tag's connection in tags.csv."
            return WhyStep(
                WhyKind.CONNECTION, depth, connection, text, verdict=WhyVerdict.BROKEN, advice=advice
            )
        step = WhyStep(
            WhyKind.CONNECTION,
            depth,
            connection,
            status.plan or status.text,
            status.state.value,
            at_ns=status.since_ns,
        )
        if status.state is ConnectionState.DISABLED:
            advice = "Switch the connection on in project.toml."
            down = replace(step, text=status.text, status=int(StatusCode.BadNotConnected))
            return replace(down, verdict=WhyVerdict.BROKEN, advice=advice)
        if status.state is ConnectionState.FAILED:
            advice = "Correct the connection's options in project.toml."
            down = replace(step, text=status.text, status=int(StatusCode.BadConfigurationError))
            return replace(down, verdict=WhyVerdict.BROKEN, advice=advice)
        if status.state not in _REACHED:
            down = replace(step, text=status.text, status=int(StatusCode.BadNoCommunication))
            return replace(down, verdict=WhyVerdict.AFFECTED)
        return step

    def _controller_step(
        self, tag: Tag, depth: int, status: ConnectionStatus | None, reading: Reading | None
    ) -> WhyStep:
        connection = tag.connection or ""
        where = self._where(connection)
        if status is None or status.state in (ConnectionState.DISABLED, ConnectionState.FAILED):
            return WhyStep(WhyKind.CONTROLLER, depth, connection, where, verdict=WhyVerdict.UNKNOWN)
        step = WhyStep(WhyKind.CONTROLLER, depth, connection, status.device or where)
        advice = "Check that the controller has power and runs, the network cable, and its address: "
        if status.state is ConnectionState.UNAVAILABLE:
            text = f"The controller does not answer. {status.text}"
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice=f"{advice}{where}.")
        if status.state is ConnectionState.CONNECTING:
            text = "The first connection to the controller is being made."
            return replace(step, text=text, verdict=WhyVerdict.BROKEN, advice="Wait a moment.")
        if reading is not None and not reading.failure and reading.status & 0xFFFF0000 in _SILENT_STATUSES:
            text = f"{status.device or where} answers, but the unit of this tag behind it does not."
            return replace(
                step,
                text=text,
                status=reading.status,
                verdict=WhyVerdict.BROKEN,
                advice="Check the unit's power, its bus cable and its unit number in the tag's address.",
            )
        if status.plan.endswith("STOP"):
            advice = "Switch the controller to RUN."
            return replace(step, text=f"{step.text}, in STOP.", verdict=WhyVerdict.NOTED, advice=advice)
        return step

    def _where(self, connection: str) -> str:
        config = self._station.config_of(connection)
        if config is None:
            return connection
        options = config.options
        if "url" in options:
            return str(options["url"])
        if "endpoint" in options:
            return str(options["endpoint"])
        if "host" in options:
            return f"{options['host']}:{options.get('port', '')}".rstrip(":")
        return config.driver


def input_paths(tag: Tag) -> tuple[str, ...]:
    """Return the tags that a calculated tag is calculated from."""
    if tag.expression is None:
        return ()
    try:
        return compile_expression(tag.expression).paths
    except TagError:
        return ()
