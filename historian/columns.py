"""One column of numbers as bytes: constant, plain or compressed, whichever is smallest to keep."""

import sys

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pcodec import ChunkConfig, standalone

from historian.model import HistorianError

_CHUNK = ChunkConfig(compression_level=2)
_MIN_ROWS_TO_COMPRESS = 16
"""Below this the codec's own header is larger than what it saves."""
_IS_LITTLE = sys.byteorder == "little"
_PLAIN, _CONSTANT, _PCODEC = b"p", b"c", b"z"


def pack_column(column: "NDArray[np.generic]") -> bytes:
    """Return a column of int64, float64 or uint32 as bytes; the first one names the form.

    ``p``: little-endian numbers; ``c``: one number that holds for every row; ``z``: a pcodec stream.
    """
    if not _IS_LITTLE:
        column = column.astype(column.dtype.newbyteorder("<"))
    rows = len(column)
    plain = column.tobytes()
    first = plain[: column.itemsize]
    # Bytes are compared, so that -0.0 and 0.0 differ and every NaN equals itself.
    if rows and plain == first * rows:
        return _CONSTANT + first
    if rows < _MIN_ROWS_TO_COMPRESS:
        return _PLAIN + plain
    return _PCODEC + bytes(standalone.simple_compress(np.ascontiguousarray(column), _CHUNK))


def unpack_column(data: bytes, dtype: DTypeLike, rows: int) -> "NDArray[np.generic]":
    """Return the column; never to be written to.

    Raises:
        HistorianError: the bytes are damaged or of another length.
    """
    form = data[:1]
    try:
        if form == _PCODEC:
            column = np.asarray(standalone.simple_decompress(data[1:]))
        else:
            column = np.frombuffer(data, dtype, offset=1)
            if form == _CONSTANT:
                column = np.full(rows, column[0], dtype)
            elif form != _PLAIN:
                raise HistorianError(f"a column is damaged: unknown form {form!r}")
    except (ValueError, RuntimeError, IndexError, TypeError) as error:
        raise HistorianError(f"a column is damaged: {error}") from error
    if len(column) != rows or column.dtype != np.dtype(dtype):
        raise HistorianError(f"a column is damaged: {len(column)} rows instead of {rows}")
    return column
