"""Samples of one tag as the small trends of a screen take them."""

from tags.model import Batch
from tags.status import is_bad


def samples(batch: Batch) -> list[tuple[int, float]]:
    """Return (time, value) of one tag's samples; NaN where bad."""
    values = batch.values.tolist()
    return [
        (time_ns, float("nan") if is_bad(status) else value)
        for time_ns, value, status in zip(
            batch.source_ns.tolist(), values, batch.statuses.tolist(), strict=True
        )
    ]
