"""Where a tag lives in its device: parsed once from the field's own notation, typed from then on.

Each protocol's type and parser are in :mod:`tags.addresses`; a driver's ``DriverInfo`` names its parser.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """Name a place in a device; ``text`` is what the engineer wrote, for messages and for saving."""

    text: str
