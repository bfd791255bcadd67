"""Times, values and durations as this operator's country writes them."""

from PySide6.QtCore import QCoreApplication, QDateTime

from tags.clock import NS_PER_MS, NS_PER_S
from tags.model import Tag, Value
from views.project_names import device_text
from views.words import decimal_point, grouped


def local_time(time_ns: int, *, now_ns: int | None = None, milliseconds: bool = True) -> str:
    """Return local time of day; with the date before it unless it is the same day as ``now_ns``."""
    if time_ns <= 0:
        return ""
    moment = QDateTime.fromMSecsSinceEpoch(time_ns // NS_PER_MS)
    text = moment.toString(clock_format() if milliseconds else "HH:mm:ss")
    if now_ns is not None and QDateTime.fromMSecsSinceEpoch(now_ns // NS_PER_MS).date() == moment.date():
        return text
    return f"{moment.toString(date_format())} {text}"


def local_date(time_ns: int) -> str:
    """Return the local date."""
    return QDateTime.fromMSecsSinceEpoch(time_ns // NS_PER_MS).toString(date_format())


def clock_format() -> str:
    """Return how a time of day is written to the millisecond, as Qt's format."""
    return f"HH:mm:ss{decimal_point()}zzz"


def date_format() -> str:
    """Return how a date is written, as Qt's format."""
    return QCoreApplication.translate("LocalText", "yyyy-MM-dd")


def short_time(time_ns: int, now_ns: int) -> str:
    """Return local time of day with milliseconds, with month and day before it unless it is today."""
    text = local_time(time_ns, now_ns=time_ns)
    if local_day(time_ns) == local_day(now_ns):
        return text
    day = QDateTime.fromMSecsSinceEpoch(time_ns // NS_PER_MS).toString(
        QCoreApplication.translate("LocalText", "MM-dd")
    )
    return f"{day} {text}"


def local_day(time_ns: int) -> int:
    """Return the number of the local day, to notice midnight."""
    return QDateTime.fromMSecsSinceEpoch(time_ns // NS_PER_MS).date().toJulianDay()


def number(value: float, decimals: int | None = None) -> str:
    """Return a number as the language writes it; without ``decimals`` with the digits that say something."""
    if decimals is not None:
        return grouped(f"{value:.{decimals}f}")
    if value == int(value) and abs(value) < 1e15:
        return grouped(str(int(value)))
    return grouped(f"{value:.6g}")


def value_text(value: Value | None, tag: Tag | None = None, unit: str = "") -> str:
    """Return a value with its state text or its decimals and unit; a dash when there is none."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return device_text(value)
    if isinstance(value, tuple):
        return str(value)
    if tag is not None and tag.states and int(value) in tag.states:
        return tag.states[int(value)]
    if isinstance(value, bool):
        return (
            QCoreApplication.translate("LocalText", "On")
            if value
            else QCoreApplication.translate("LocalText", "Off")
        )
    text = number(value, tag.decimals if tag is not None else None)
    return f"{text} {unit}" if unit else text


def duration(seconds: float) -> str:
    """Return a span of time in its two largest units."""
    whole = int(max(0.0, seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    parts = [
        QCoreApplication.translate("LocalText", "{} d").format(days),
        QCoreApplication.translate("LocalText", "{} h").format(hours),
        QCoreApplication.translate("LocalText", "{} min").format(minutes),
        QCoreApplication.translate("LocalText", "{} s").format(left),
    ]
    first = next((row for row, count in enumerate((days, hours, minutes, left)) if count), 3)
    second = (days, hours, minutes, left)[first + 1] if first < 3 else 0
    return f"{parts[first]} {parts[first + 1]}" if second else parts[first]


def age(since_ns: int, now_ns: int) -> str:
    """Return how long ago a time was."""
    return duration((now_ns - since_ns) / NS_PER_S)


def milliseconds(time_ms: float) -> str:
    """Return a short time."""
    return QCoreApplication.translate("LocalText", "{} ms").format(number(time_ms, 1))
