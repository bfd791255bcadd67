"""Status bits of aggregates: OPC UA Part 11's historian bits in a status of info type DataValue."""

from typing import Final

from tags.status import StatusCode

RAW: Final = 0x400
CALCULATED: Final = 0x401
INTERPOLATED: Final = 0x402
PARTIAL: Final = 0x404
MULTI_VALUE: Final = 0x410
SUBNORMAL: Final = int(StatusCode.UncertainDataSubNormal)
NO_DATA: Final = int(StatusCode.BadNoData)
BAD: Final = int(StatusCode.Bad)
