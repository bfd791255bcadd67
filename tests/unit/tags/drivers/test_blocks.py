"""Planning and decoding of polled memory, against plain definitions of both."""

import math
import struct
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tags.addresses import modbus, siemens
from tags.drivers.base import Item
from tags.drivers.block_plan import Holes, plan, replan
from tags.drivers.blocks import REQUESTS_FIRST, Block, Space, Span, plan_text
from tags.drivers.modbus_plan import Limits, registers_of
from tags.drivers.modbus_plan import spans as modbus_spans
from tags.drivers.siemens_plan import pack, plan_reads
from tags.drivers.siemens_plan import spans as siemens_spans
from tags.model import DataType
from tags.status import StatusCode

T = DataType
LIMITS = Limits()


def modbus_item(tag_id: int, text: str, data_type: DataType) -> Item:
    return Item(tag_id, modbus.parse(text, data_type), data_type, 100)


def siemens_item(tag_id: int, text: str, data_type: DataType) -> Item:
    return Item(tag_id, siemens.parse(text, data_type), data_type, 100)


SPACE = Space("space", 16, 20, 3)
PLACES = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 8)), min_size=1, max_size=40)


def spans_at(places: list[tuple[int, int]]) -> list[tuple[Space, Span]]:
    return [
        (SPACE, Span(modbus_item(number, f"HR{start}", T.INT16), start, count))
        for number, (start, count) in enumerate(places)
    ]


@given(PLACES)
def test_a_plan_covers_every_span_within_limit_and_gap(places):
    blocks = plan(spans_at(places))
    assert sorted(span.item.tag_id for block in blocks for span in block.spans) == list(range(len(places)))
    for block in blocks:
        assert block.count <= SPACE.limit
        assert block.start == min(span.start for span in block.spans)
        assert block.start + block.count == max(span.end for span in block.spans)
        end = block.spans[0].end
        for span in block.spans:
            assert span.start - end <= SPACE.gap
            end = max(end, span.end)


def cheapest(
    places: list[tuple[int, int]], space: Space, holes: list[tuple[int, int]]
) -> tuple[int, list[tuple[int, int]]]:
    """Try every way to cut the sorted places into runs; what lies inside of another place comes with it."""
    outer = sorted({place for place in places if not any(within(place, one) for one in places)})

    def cost_from(at: int) -> tuple[int, list[tuple[int, int]]]:
        if at == len(outer):
            return 0, []
        found = []
        for last in range(at, len(outer)):
            run = outer[at : last + 1]
            start, end = run[0][0], run[-1][1]
            too_wide = end - start > space.limit
            gap = max((after[0] - before[1] for before, after in pairwise(run)), default=0)
            covers = any(start <= hole[0] and hole[1] <= end for hole in holes)
            if last > at and (too_wide or gap > space.gap or covers):
                continue
            cost, rest = cost_from(last + 1)
            found.append((cost + space.overhead + end - start, [(start, end), *rest]))
        return min(found)

    return cost_from(0)


def within(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one != other and other[0] <= one[0] and one[1] <= other[1]


FEW = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 6)), min_size=1, max_size=9)


@given(FEW, st.integers(1, 20), st.integers(0, 20), st.integers(0, 12) | st.just(REQUESTS_FIRST), FEW)
def test_no_plan_costs_less(places, limit, gap, overhead, refused):
    space = Space("space", 16, limit, gap, overhead)
    holes = Holes()
    for start, count in refused:
        holes.refuse(Block(space, start, count, ()))
    blocks = plan([(space, span) for _, span in spans_at(places)], holes)
    intervals = [(start, start + count) for start, count in places]
    cost, _ = cheapest(intervals, space, [(start, start + count) for start, count in refused])
    assert sum(block.count + overhead for block in blocks) == cost
    assert sorted(span.item.tag_id for block in blocks for span in block.spans) == list(range(len(places)))


@given(FEW, st.sets(st.integers(0, 56), max_size=8), st.integers(3, 20))
def test_what_a_device_refuses_is_learned_until_no_request_is_refused(places, unreadable, widest):
    """The device also refuses requests that are too wide for it, which is less than it was said to take."""
    space = Space("space", 16, 20, 20)

    def answers(block: Block) -> bool:
        covered = range(block.start, block.start + block.count)
        return block.count <= max(widest, 6) and not unreadable & set(covered)

    holes, refused = Holes(), 0
    waiting = plan([(space, span) for _, span in spans_at(places)], holes)
    for _ in range(40):
        answered, splits, left = [], [], list(waiting)
        while left:
            block = left.pop()
            halves = block.split()
            if answers(block):
                answered.append(block)
            elif halves is None:
                refused += len(block.spans)
                holes.refuse(block)
            else:
                splits.append(halves)
                left.extend(halves)
        for one, other in splits:
            if one in answered and other in answered:
                holes.learn(one, other)
        waiting = replan(answered, holes)
        if not splits:
            break
    assert all(map(answers, waiting))
    readable = [place for place in places if not unreadable & set(range(place[0], sum(place)))]
    assert sum(len(block.spans) for block in waiting) == len(readable)
    assert refused == len(places) - len(readable)


@given(PLACES)
def test_splitting_ends_at_single_places_and_loses_nothing(places):
    waiting, ended = plan(spans_at(places)), []
    while waiting:
        block = waiting.pop()
        halves = block.split()
        if halves is None:
            ended.append(block)
            continue
        assert sum(len(half.spans) for half in halves) == len(block.spans)
        assert all(half.count <= block.count for half in halves)
        waiting.extend(halves)
    assert sorted(span.item.tag_id for block in ended for span in block.spans) == list(range(len(places)))
    assert all(len({(span.start, span.end) for span in block.spans}) == 1 for block in ended)


def test_the_fewest_requests():
    thousand = [modbus_item(number, f"HR{number * 5}", T.INT16) for number in range(1000)]
    blocks = plan(modbus_spans(thousand, LIMITS))
    assert len(blocks) == math.ceil(5000 / 125)
    assert plan_text(blocks) == f"1000 tags in {len(blocks)} requests, 21 % of bytes used"
    far = [modbus_item(0, "HR0", T.INT16), modbus_item(1, "HR60000", T.INT16)]
    assert [(block.start, block.count) for block in plan(modbus_spans(far, LIMITS))] == [(0, 1), (60000, 1)]


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 900), st.sampled_from(["B", "W", "D"])), max_size=80
    ),
    st.sampled_from([240, 480, 960]),
)
def test_s7_requests_fit_the_pdu_and_lose_nothing(places, pdu):
    types = {"B": T.UINT8, "W": T.INT16, "D": T.FLOAT32}
    items = [
        siemens_item(number, f"DB{db}.DB{letter}{byte}", types[letter])
        for number, (db, byte, letter) in enumerate(places)
    ]
    blocks = plan_reads(items, pdu, 128, "latin-1")
    requests = pack(blocks, pdu)
    assert sorted(
        span.item.tag_id for request in requests for block in request for span in block.spans
    ) == list(range(len(items)))
    for request in requests:
        assert len(request) <= 20
        assert 12 + 12 * len(request) <= pdu
        assert 14 + sum(4 + block.byte_count + block.byte_count % 2 for block in request) <= pdu
    fewest = math.ceil(sum(block.used_bytes for block in blocks) / (pdu - 18))
    assert len(requests) <= max(1, 2 * fewest, math.ceil(len(blocks) / 10))


def test_a_plan_reads_gaps_where_that_saves_requests():
    items = [siemens_item(number, f"DB1.DBW{30 * number}", T.INT16) for number in range(300)]
    blocks = plan_reads(items, 960, 128, "latin-1")
    assert len(pack(blocks, 960)) == 10
    assert len(pack(plan(siemens_spans(items, 960, 4, "latin-1")), 960)) == 15


def test_units_and_tables_do_not_mix():
    items = [
        modbus_item(0, "HR0", T.INT16),
        modbus_item(1, "IR1", T.INT16),
        modbus_item(2, "unit=2;HR1", T.INT16),
        modbus_item(3, "C0", T.BOOL),
        modbus_item(4, "DI0", T.BOOL),
    ]
    assert len(plan(modbus_spans(items, LIMITS))) == 5


ORDERS = {"ABCD": "01234567", "CDAB": "67452301", "BADC": "10325476", "DCBA": "76543210"}


def test_golden_bytes_of_all_word_orders():
    """Each digit says which byte of the big-endian value stands there on the wire."""
    value = 0x0011223344556677
    big = value.to_bytes(8, "big")
    for order, digits in ORDERS.items():
        wire = bytes(big[int(digit)] for digit in digits)
        item = modbus_item(0, f"HR10:{order}", T.UINT64)
        (block,) = plan(modbus_spans([item], LIMITS))
        assert block.decode(wire, 1).value_at(0) == value
        assert registers_of(item, item.address, value, LIMITS) == wire
    assert registers_of(
        modbus_item(0, "HR0:CDAB", T.FLOAT32), modbus.parse("HR0:CDAB", T.FLOAT32), 1.0, LIMITS
    ) == (b"\x00\x00\x3f\x80")


def test_golden_bytes_of_bits_bytes_and_texts():
    data = bytes.fromhex("8001 ff7f 4142 4300 fffe")
    items = [
        modbus_item(0, "HR0.0", T.BOOL),
        modbus_item(1, "HR0.15", T.BOOL),
        modbus_item(2, "HR0.14", T.BOOL),
        modbus_item(3, "HR1", T.INT8),
        modbus_item(4, "HR1:BADC", T.INT8),
        modbus_item(5, "HR2/4", T.STRING),
        modbus_item(6, "HR2/2:BADC", T.STRING),
        modbus_item(7, "HR4/2", T.STRING),
        modbus_item(8, "HR1", T.UINT16),
    ]
    (block,) = plan(modbus_spans(items, LIMITS))
    batch = block.decode(data, 5)
    got = {int(tag_id): batch.value_at(row) for row, tag_id in enumerate(batch.tag_ids)}
    assert got == {0: 1, 1: 1, 2: 0, 3: 127, 4: -1, 5: "ABC", 6: "BA", 7: None, 8: 0xFF7F}
    row = batch.tag_ids.tolist().index(7)
    assert int(batch.statuses[row]) == StatusCode.BadDecodingError
    assert batch.source_ns.tolist() == [5] * len(items)


def test_golden_bits_of_coils():
    items = [modbus_item(number, f"C{number + 3}", T.BOOL) for number in range(12)]
    (block,) = plan(modbus_spans(items, LIMITS))
    assert (block.start, block.count, block.byte_count) == (3, 12, 2)
    batch = block.decode(bytes([0b00000101, 0b00001000]), 1)
    assert batch.values.tolist() == [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_golden_bytes_of_s7():
    data = (
        b"\x08\xff"
        + struct.pack(">hIf", -2, 2**32 - 1, 1.5)
        + struct.pack(">qd", -(2**53) - 1, 0.1)
        + b"\x06\x02Hi"
        + b"??"
        + b"\x00\x04\x00\x02"
        + "é漢".encode("utf-16-be")
        + bytes.fromhex("26112322 0102 1235")
        + struct.pack(">HBBBBBBI", 2026, 11, 23, 2, 22, 1, 2, 123_456_789)
        + b"\x04\x09text"
    )
    items = [
        siemens_item(0, "DB1.DBX0.3", T.BOOL),
        siemens_item(1, "DB1.DBB1", T.INT8),
        siemens_item(2, "DB1.DBW2", T.INT16),
        siemens_item(3, "DB1.DBD4", T.UINT32),
        siemens_item(4, "DB1.DBD8", T.FLOAT32),
        siemens_item(5, "DB1.DBL12", T.INT64),
        siemens_item(6, "DB1.DBL20", T.FLOAT64),
        siemens_item(7, "DB1.STRING28.4", T.STRING),
        siemens_item(8, "DB1.WSTRING34.2", T.STRING),
        siemens_item(9, "DB1.DT42", T.DATETIME),
        siemens_item(10, "DB1.DTL50", T.DATETIME),
        siemens_item(11, "DB1.STRING62.4", T.STRING),
        siemens_item(12, "DB1.DT0", T.DATETIME),
    ]
    (block,) = plan(siemens_spans(items, 240, 16, "latin-1"))
    batch = block.decode(data, 1)
    got = {int(tag_id): batch.value_at(row) for row, tag_id in enumerate(batch.tag_ids)}
    at_ns = 1_795_471_262
    assert got == {
        0: 1,
        1: -1,
        2: -2,
        3: 2**32 - 1,
        4: 1.5,
        5: -(2**53) - 1,
        6: 0.1,
        7: "Hi",
        8: "é漢",
        9: at_ns * 10**9 + 123_000_000,
        10: at_ns * 10**9 + 123_456_789,
        11: None,
        12: None,
    }


NUMBERS = {
    T.INT8: st.integers(-(2**7), 2**7 - 1),
    T.UINT16: st.integers(0, 2**16 - 1),
    T.INT32: st.integers(-(2**31), 2**31 - 1),
    T.INT64: st.integers(-(2**63), 2**63 - 1),
    T.UINT64: st.integers(0, 2**64 - 1),
    T.FLOAT32: st.floats(width=32),
    T.FLOAT64: st.floats(),
}


@given(st.data())
def test_what_is_encoded_decodes(data):
    data_type = data.draw(st.sampled_from([one for one in NUMBERS if one is not T.INT8]))
    order = data.draw(st.sampled_from(list(ORDERS)))
    value = data.draw(NUMBERS[data_type])
    item = modbus_item(9, f"HR7:{order}", data_type)
    (block,) = plan(modbus_spans([item], LIMITS))
    batch = block.decode(registers_of(item, item.address, value, LIMITS), 1)
    np.testing.assert_equal(batch.value_at(0), value)


def test_marking_names_every_tag():
    (block,) = plan(modbus_spans([modbus_item(3, "HR0", T.INT16), modbus_item(5, "HR1", T.INT16)], LIMITS))
    assert isinstance(block, Block)
    batch = block.marking(StatusCode.BadTimeout, 9)
    assert batch.tag_ids.tolist() == [3, 5]
    assert batch.statuses.tolist() == [StatusCode.BadTimeout] * 2
    assert np.isnan(batch.values).all()
