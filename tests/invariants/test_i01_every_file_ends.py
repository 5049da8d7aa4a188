"""I-1: whatever bytes arrive, they end in exactly one verdict, and never in an exception."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.check import CheckedFile
from flows.publishers.fill import CellValue, fill_workbook
from schemas.layout import column_letter
from tests.invariants.desk import Desk
from tests.invariants.profiles import few, many
from tests.readers.binary_workbook import write_binary_workbook
from tests.readers.parts import list_parts, write_zip
from tests.readers.sheets import Canteen
from tests.readers.test_formats import collect_cells

pytestmark = pytest.mark.requirement("I-1")

VERDICTS = {"accepted", "accepted_with_queries", "rejected", "unreadable"}
UNTYPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Letters that XML cannot hold, so that no program can have written them."""

HEADS = (
    b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7", b"<?xml version='1.0'?>",
    b"<html>", b"{\\rtf", b"\xef\xbb\xbf", b"\xff\xfe", b"\x09\x08\x10\x00",
)  # fmt: skip
"""How files of all kinds begin."""

HOSTILE: Sequence[CellValue] = (
    "", " ", "*", "-", "null", "None", "nan", "#REF!", "=1/0", "=cmd|' /C calc'!A0", "'", '"', "\\", "<![CDATA[",
    "&amp;", "\u202e123", "😀", "ｱ" * 50, "1" * 400, "1e999", "0x1F", "%s%n", "{0}", "../../etc/passwd", "\t", "\r\n",
    0, -0.0, 1e308, -1e308, 1e-300, 2**53 + 1, True,
)  # fmt: skip
LONGEST = "字" * 40_000


def judge(desk: Desk, contents: Sequence[bytes], extension: str = ".xlsx") -> list[CheckedFile]:
    """Every file has one answer, of the verdicts that there are; no check broke down over it."""
    names = [f"{number:03}{extension}" for number in range(len(contents))]
    checked = desk.check(dict(zip(names, contents, strict=True)))
    assert list(checked) == names
    for file in checked.values():
        assert file.verdict.value in VERDICTS
        assert "FL35" not in {finding.code for finding in file.findings}
    return list(checked.values())


def choose_bytes() -> st.SearchStrategy[bytes]:
    """Bytes of no kind, or of a kind by their beginning only."""
    return st.builds(lambda head, rest: head + rest, st.sampled_from(HEADS), st.binary(max_size=600))


def damage(content: bytes) -> st.SearchStrategy[bytes]:
    """The file cut, with bytes changed, or with a stretch of it somewhere else."""
    place = st.integers(0, len(content) - 1)
    cut = place.map(lambda end: content[:end])
    flipped = st.lists(st.tuples(place, st.integers(1, 255)), min_size=1, max_size=12).map(lambda c: _flip(content, c))
    moved = st.tuples(place, place, st.integers(1, 300)).map(lambda m: _move(content, *m))
    return st.one_of(cut, flipped, moved)


def damage_part(content: bytes) -> st.SearchStrategy[bytes]:
    """The zip sound, one of its parts damaged, gone, or in place of another."""
    parts = list_parts(content)
    number = st.integers(0, len(parts) - 1)
    damaged = number.flatmap(lambda n: damage(parts[n][1]).map(lambda part: _replace(parts, n, part)))
    swapped = st.tuples(number, number).map(lambda pair: _replace(parts, pair[0], parts[pair[1]][1]))
    gone = number.map(lambda n: write_zip(part for at, part in enumerate(parts) if at != n))
    return st.one_of(damaged, swapped, gone)


def _flip(content: bytes, changes: Sequence[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for place, mask in changes:
        changed[place] ^= mask
    return bytes(changed)


def _move(content: bytes, start: int, target: int, length: int) -> bytes:
    stretch = content[start : start + length]
    rest = content[:start] + content[start + length :]
    return rest[:target] + stretch + rest[target:]


def _replace(parts: Sequence[tuple[str, bytes]], number: int, content: bytes) -> bytes:
    return write_zip((name, content if at == number else part) for at, (name, part) in enumerate(parts))


def choose_hostile(canteen: Canteen) -> st.SearchStrategy[bytes]:
    """The return with anything at all typed into a dozen cells, on the form and beside it."""
    tabs = [canteen.catalogue.cover.tab, *(sheet.tab for sheet in canteen.layout.sheets)]
    address = st.builds(lambda column, row: f"{column_letter(column)}{row}", st.integers(1, 7), st.integers(1, 24))
    number = st.floats(allow_nan=False, allow_infinity=False)
    value = st.sampled_from((*HOSTILE, LONGEST)) | st.text(max_size=8) | number
    typed = st.lists(st.tuples(st.sampled_from(tabs), address, value), min_size=1, max_size=12)
    return typed.map(lambda cells: _type_all(canteen, cells))


def _type_all(canteen: Canteen, cells: Sequence[tuple[str, str, CellValue]]) -> bytes:
    typed: dict[str, dict[str, CellValue]] = {}
    for tab, address, value in cells:
        if not (isinstance(value, str) and UNTYPABLE.search(value)):
            typed.setdefault(tab, {})[address] = value
    return fill_workbook(canteen.workbook, typed)


def run(examples: settings, desk: Desk, choice: st.SearchStrategy[bytes], size: int, extension: str = ".xlsx") -> None:
    """Judge files in batches, so that one child reads several."""

    @examples
    @given(st.lists(choice, min_size=size, max_size=size))
    def check(contents: list[bytes]) -> None:
        judge(desk, contents, extension)

    check()


Choose = Callable[[Canteen], st.SearchStrategy[bytes]]
WAYS: dict[str, Choose] = {
    "bytes": lambda _: choose_bytes(),
    "damaged": lambda canteen: damage(canteen.workbook),
    "damaged_part": lambda canteen: damage_part(canteen.workbook),
    "hostile_cells": choose_hostile,
}
each_way = pytest.mark.parametrize("way", WAYS)


@each_way
def test_every_file_has_one_verdict(way: str, canteen: Canteen, desk: Desk) -> None:
    run(few(3), desk, WAYS[way](canteen), 10)


@pytest.mark.long
@each_way
def test_every_file_of_many_has_one_verdict(way: str, canteen: Canteen, desk: Desk) -> None:
    run(many(60), desk, WAYS[way](canteen), 20)


def test_damaged_file_of_the_binary_format_has_one_verdict(canteen: Canteen, desk: Desk) -> None:
    run(few(2), desk, damage(write_binary_workbook(collect_cells(canteen.workbook))), 10, ".xlsb")


@pytest.mark.requirement("C-06")
def test_rules_bear_what_reading_refuses(canteen: Canteen, desk: Desk) -> None:
    """Whatever stands in every cell at once, each rule runs or is not assessed; none breaks down."""
    places = [
        (sheet.tab, f"{column_letter(cell.column)}{row}")
        for sheet in canteen.layout.sheets
        for cell in sheet.cells
        for row in ((5, 6, 7) if sheet.is_list else (cell.row,))
    ]
    judge(desk, [_type_all(canteen, [(*place, value) for place in places]) for value in HOSTILE[::2]])
