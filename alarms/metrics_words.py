"""Word the figures of alarm performance as people read them."""

from alarms.metrics import Kpi


def kpi_text(item: Kpi) -> str:
    """Return the figure as people read it."""
    if item.value is None:
        return item.text or "no data"
    number = f"{item.value:.2f}".rstrip("0").rstrip(".") if item.value < 100 else f"{item.value:.0f}"
    unit = item.unit.removesuffix("s") if item.unit == "alarms" and item.value == 1 else item.unit
    return f"{number} {unit}".rstrip()
