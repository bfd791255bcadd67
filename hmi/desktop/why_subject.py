"""What to explain: an element of a screen with the properties it shows, or one tag."""

from PySide6.QtCore import QCoreApplication

from hmi.desktop.live import LiveSource
from hmi.desktop.why_panel import WhySubject
from hmi.diagnosis import WhyKind, WhyStep, WhyVerdict
from tags.evaluation import value_text
from tags.model import TagTable
from tags.status import is_good
from views.elements.base import Element
from views.local_text import value_text as local_value


def tag_subject(path: str, tags: TagTable) -> WhySubject:
    """Return what explains one tag."""
    tag = tags.find(path)
    return WhySubject(tag.description or path if tag is not None else path, (path,))


def element_subject(element: Element, live: LiveSource) -> WhySubject | None:
    """Return what explains an element: its live properties and their tags; None when it has none."""
    tags = live.tags
    used = [tag_id for binding in element.properties.bindings.values() for tag_id in binding.tag_ids]
    paths = tuple(dict.fromkeys(tags[tag_id].path for tag_id in used))
    if not paths:
        return None
    tag = element.properties.tag()
    title = element.properties.text("tool_tip") or (tag.description if tag is not None else "")
    return WhySubject(title or element.model.id, paths, lambda: property_steps(element, live))


def property_steps(element: Element, live: LiveSource) -> list[WhyStep]:
    """Return one step per live property as the screen shows it now.

    A property that has no good value although all its tags have one is itself the broken link.
    """
    steps: list[WhyStep] = []
    for name, binding in element.properties.bindings.items():
        if not binding.tag_ids:
            continue
        found = binding.evaluate(live)
        given = str(element.model.properties.get(name, ""))
        verdict, advice = WhyVerdict.SOUND, ""
        if not is_good(found.status):
            inputs_good = all(is_good(int(live.statuses[tag_id])) for tag_id in binding.tag_ids)
            verdict = WhyVerdict.BROKEN if inputs_good else WhyVerdict.AFFECTED
            advice = (
                QCoreApplication.translate("Why", "Correct the property's expression on the screen.")
                if inputs_good
                else ""
            )
        if found.value is None:
            value = ""
        elif binding.tag is not None:
            tag = binding.tag
            value = f"{value_text(tag, found.value)} {tag.unit}".rstrip()
        else:
            value = local_value(found.value)
        steps.append(
            WhyStep(
                WhyKind.PROPERTY,
                0,
                f"{element.model.id}.{name}",
                given,
                value,
                found.status,
                found.source_ns,
                verdict,
                advice,
            )
        )
    return steps
