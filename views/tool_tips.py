"""What the tool tip of an element says."""

from views.elements.base import Element, Look, shown_value, status_lines, time_text, unit_of


def tool_tip(element: Element, look: Look) -> str:
    """Return name, path, value with unit, status, time, and why the element is blocked; it was evaluated."""
    properties = element.properties
    tag = properties.tag()
    lines = [properties.text("tool_tip")]
    if tag is not None:
        lines += [tag.description, tag.path, f"{shown_value(element)} {unit_of(element)}".strip()]
    lines += status_lines(element)
    if properties.source_ns:
        lines.append(time_text(properties.source_ns))
    lines += element.tool_tip()
    write = look.writes.get(element.path)
    if write is not None and write.text:
        lines.append(write.text)
    if element.is_interactive:
        lines.append(element.blocked(look))
    return "\n".join(line for line in lines if line)
