"""The figures of one benchmark run, in the one form that all benchmarks print."""

import os
import platform
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """Report one figure.

    ``against`` names the peer or ceiling measured in the same run and ``ratio`` is this figure over its one;
    ``target`` is the bound on value or ratio and ``holds`` whether it is kept: both None without a target.
    """

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    target: float | None = None
    holds: bool | None = None


def at_most(name: str, value: float, unit: str, target: float) -> Result:
    """Return a figure that should not be larger than its target."""
    return Result(name, value, unit, target=target, holds=value <= target)


def at_least(name: str, value: float, unit: str, target: float) -> Result:
    """Return a figure that should not be smaller than its target."""
    return Result(name, value, unit, target=target, holds=value >= target)


@dataclass(frozen=True, slots=True)
class Report:
    """Hold all figures of one run of a benchmark."""

    bench: str
    results: tuple[Result, ...]

    def as_json(self) -> dict[str, object]:
        """Return the one object that ``vigie bench NAME --json`` prints."""
        return {
            "bench": self.bench,
            "machine": machine(),
            "results": [asdict(result) for result in self.results],
        }

    def as_text(self) -> str:
        """Return a table for people."""
        lines = [f"{self.bench} on {machine()['processor']}, {machine()['cores']} cores"]
        width = max((len(result.name) for result in self.results), default=0)
        for result in self.results:
            line = f"  {result.name:<{width}}  {result.value:>12,.3f} {result.unit}"
            if result.against is not None and result.ratio is not None:
                line += f"  {result.ratio:.2f}x {result.against}"
            if result.target is not None:
                line += f"  target {result.target:g}: {'holds' if result.holds else 'MISSED'}"
            lines.append(line)
        return "\n".join(lines)


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": platform.machine(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
    }
