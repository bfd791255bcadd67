"""The error family of the tag package: what an operator or engineer must be told."""


class TagError(Exception):
    """Tell of a fault in a tag's definition, address, expression or value."""


class AddressError(TagError):
    """Tell that an address does not parse, and what was expected."""


class ExpressionError(TagError):
    """Tell that an expression does not compile: where, and what is allowed."""


class UnknownTagError(TagError):
    """Tell that no tag has this path."""


class ValueRefusedError(TagError):
    """Tell that a value does not fit a tag's data type, range or access."""
