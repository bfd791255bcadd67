"""Say in a few sentences what a period's figures mean, worst first: what a reader with one minute reads."""

from collections.abc import Callable

from alarms.metrics import Performance, Verdict
from alarms.metrics_words import kpi_text
from tags.counting import counted

_ENOUGH_SHARE = 5.0
"""Percent of the load from which one alarm alone is worth a sentence (KPI-08)."""


def findings(
    performance: Performance, describe: Callable[[str], str], say: Callable[[str], str] = str
) -> list[str]:
    """Return sentences about the period; ``describe`` gives an alarm's description.

    ``say`` words what stands inside a sentence several times, where no translation of the whole finds it.
    """
    found = [_verdicts(performance)]
    if not performance.window_counts.sum():
        return [*found, "No alarm was raised."]
    rate = performance.kpi("KPI-26")
    found.append(f"The operators got {kpi_text(rate)} on average: {rate.text} by EEMUA 191.")
    found += [_of_load(performance, describe, say), *_of_floods(performance, describe)]
    for kpi_id, words in (
        ("KPI-21", "chattered (3 or more times within 60 s); a deadband or a delay ends that"),
        ("KPI-22", "came and went within 10 s; a delay keeps such alarms from the operator"),
        ("KPI-23", "stood for more than 24 h; solve or suppress them by design, or they hide new ones"),
    ):
        names = performance.kpi(kpi_id).alarm_ids
        if names:
            found.append(f"{counted(len(names), 'alarm')} {words}: {_listed(names)}.")
    unauthorised = performance.kpi("KPI-13")
    if unauthorised.value:
        found.append(f"{unauthorised.value:g} times an alarm was hidden without a user or a reason.")
    return found


def _verdicts(performance: Performance) -> str:
    judged = [item.verdict for item in performance.kpis]
    exceeded, above, met = (
        judged.count(verdict) for verdict in (Verdict.EXCEEDED, Verdict.ABOVE_TARGET, Verdict.MET)
    )
    return (
        f"Judged figures: {exceeded + above + met}. On target: {met}. Above target: {above}. "
        f"Beyond the limit: {exceeded}."
    )


def _of_load(performance: Performance, describe: Callable[[str], str], say: Callable[[str], str]) -> str:
    worst = [item for item in performance.statistics if item.share >= _ENOUGH_SHARE][:3]
    if not worst:
        return "No single alarm makes up 5 % of the load."
    shares = "; ".join(
        f"{item.alarm_id} {item.share:.0f} % ({describe(item.alarm_id) or say('no longer defined')})"
        for item in worst
    )
    return f"Most of the load comes from few alarms: {shares}."


def _of_floods(performance: Performance, describe: Callable[[str], str]) -> list[str]:
    if not performance.floods:
        return []
    worst = max(performance.floods, key=lambda flood: flood.peak)
    name = describe(worst.first_out)
    return [
        f"{counted(len(performance.floods), 'flood')}; the worst brought {worst.peak} alarms within 10 min "
        f"and began with {worst.first_out}{f' ({name})' if name else ''}."
    ]


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
