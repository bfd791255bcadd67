"""Each protocol's own address notation, parsed into one frozen type; nothing here imports a protocol library.

The base class is :class:`tags.address.Address`. Every parser is ``parse(text, data_type)`` and raises
:class:`tags.errors.AddressError` and nothing else; the message says what was expected, with an example.
"""
