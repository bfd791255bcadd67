"""Count things in a sentence."""


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 byte``, ``0 bytes``, ``12 bytes``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
