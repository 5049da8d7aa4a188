"""I-6: drop-downs, formats, protection, comments, widths and stored totals can all go, and nothing changes.

What stays of the formats is how numbers show: a date is told from a number by nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading_map import ReadingMap, build_reading_map
from schemas.catalogue import Catalogue
from tests.checks.filings import find_filing, load_definitions
from tests.checks.workbooks import fill_template
from tests.invariants.desk import Desk, list_lines
from tests.invariants.profiles import few, many
from tests.readers.parts import list_parts, set_part
from tests.readers.sheets import Canteen
from tests.returning.rich_workbooks import add_to_template

pytestmark = pytest.mark.requirement("I-6")

Strip = Callable[[bytes], bytes]
PRIMARY, YEAR = "2132199001", "2025-2026"
SHEETS = re.compile(r"xl/worksheets/sheet\d+\.xml")


def drop(*names: str) -> Strip:
    """Every sheet without these elements."""
    pattern = "|".join(names)
    element = re.compile(rf"<({pattern})\b[^>]*?(/>|>.*?</\1>)".encode(), re.DOTALL)
    return lambda workbook: _change_sheets(workbook, lambda content: element.sub(b"", content))


def drop_stored_totals(workbook: bytes) -> bytes:
    """Formulas without their results, as a program that does not calculate writes them."""
    stored = re.compile(rb"(<f\b[^>]*?(?:/>|>[^<]*</f>))<v>[^<]*</v>")
    return _change_sheets(workbook, lambda content: stored.sub(rb"\1", content))


def falsify_stored_totals(workbook: bytes) -> bytes:
    """Formulas with results that are wrong: nobody calculated after the last change."""
    stored = re.compile(rb"(<f\b[^>]*?(?:/>|>[^<]*</f>))<v>[^<]*</v>")
    return _change_sheets(workbook, lambda content: stored.sub(rb"\1<v>987654</v>", content))


def drop_looks(workbook: bytes) -> bytes:
    """Every format plain but for how its numbers show: no font, fill, border, alignment or protection."""
    styles = dict(list_parts(workbook))["xl/styles.xml"]
    head, start, rest = styles.partition(b"<cellXfs")
    formats, end, tail = rest.partition(b"</cellXfs>")
    plain = re.sub(
        rb'<xf numFmtId="(\d+)"[^>]*?(/>|>.*?</xf>)',
        rb'<xf numFmtId="\1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>',
        formats, flags=re.DOTALL,
    )  # fmt: skip
    return set_part(workbook, "xl/styles.xml", head + start + plain + end + tail)


def drop_names(workbook: bytes) -> bytes:
    content = dict(list_parts(workbook))["xl/workbook.xml"]
    bare = re.sub(rb"<definedNames>.*?</definedNames>", b"", content, flags=re.DOTALL)
    return set_part(workbook, "xl/workbook.xml", bare)


def _change_sheets(workbook: bytes, change: Callable[[bytes], bytes]) -> bytes:
    for name, content in list_parts(workbook):
        if SHEETS.fullmatch(name):
            workbook = set_part(workbook, name, change(content))
    return workbook


STRIPS: Mapping[str, Strip] = {
    "validations": drop("dataValidations"),
    "conditions": drop("conditionalFormatting"),
    "protection": drop("sheetProtection"),
    "widths": drop("cols"),
    "views": drop("sheetViews", "sheetFormatPr"),
    "print": drop("printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks"),
    "merges": drop("mergeCells"),
    "links and comments": drop("hyperlinks", "legacyDrawing", "drawing"),
    "looks": drop_looks,
    "names": drop_names,
    "stored totals": drop_stored_totals,
    "truth of stored totals": falsify_stored_totals,
}


@pytest.fixture(scope="module")
def returns(canteen: Canteen, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, Desk, ReadingMap]]:
    """Returns in order: the small one, pupils, and classes with a list; each with the desk it is checked at."""
    settings_text = '[tool.huizong]\ndistrict_code = "320199"\nas_of = "2025-09-19"\nworkers = 1\n'
    shipped: Catalogue = load_definitions()
    desk = Desk(tmp_path_factory.mktemp("shipped"), shipped, settings_text)
    small = Desk(tmp_path_factory.mktemp("small"), canteen.catalogue)
    own = build_reading_map(shipped)
    found = {"canteen": (canteen.workbook, small, canteen.reading_map)}
    for return_id in ("students", "classes", "staff"):
        found[return_id] = (fill_template(find_filing(return_id, YEAR, PRIMARY)).content, desk, own)
    return found


def read_records(content: bytes, reading_map: ReadingMap) -> tuple[object, ...]:
    reading = read_return(content, ".xlsx", reading_map, ReadingLimits())
    lists = {
        name: (lines.rows.tolist(), list(map(repr, lines.numbers.ravel().tolist())), lines.texts)
        for name, lines in reading.lists.items()
    }
    return reading.identity, list(map(repr, reading.numbers.tolist())), reading.texts, lists


def strip_all(content: bytes, names: frozenset[str]) -> bytes:
    for name in (name for name in STRIPS if name in names):
        content = STRIPS[name](content)
    return content


def run(examples: settings, content: bytes, desk: Desk, reading_map: ReadingMap) -> None:
    records, said = read_records(content, reading_map), list_lines(desk.check_one(content))

    @examples
    @given(st.frozensets(st.sampled_from(sorted(STRIPS)), min_size=1))
    def check(names: frozenset[str]) -> None:
        bare = strip_all(content, names)
        assert read_records(bare, reading_map) == records
        assert list_lines(desk.check_one(bare)) == said

    check()


@pytest.mark.parametrize("return_id", ["canteen", "students", "classes"])
def test_bare_return_is_the_same_return(return_id: str, returns: Mapping[str, tuple[bytes, Desk, ReadingMap]]) -> None:
    content, desk, reading_map = returns[return_id]
    assert desk.check_one(content).verdict.value == "accepted"
    bare = strip_all(content, frozenset(STRIPS))
    assert read_records(bare, reading_map) == read_records(content, reading_map)
    assert desk.check_one(bare).verdict.value == "accepted"
    run(few(2), content, desk, reading_map)


@pytest.mark.long
@pytest.mark.parametrize("return_id", ["canteen", "students", "classes", "staff"])
def test_return_stripped_of_anything_is_the_same_return(
    return_id: str, returns: Mapping[str, tuple[bytes, Desk, ReadingMap]]
) -> None:
    run(many(80), *returns[return_id])


@pytest.mark.parametrize("name", sorted(STRIPS))
def test_stripping_takes_something_away(name: str, returns: Mapping[str, tuple[bytes, Desk, ReadingMap]]) -> None:
    content = returns["students"][0]
    if "comments" in name:
        content = add_to_template(content, "小学分类型学生数")
    assert list_parts(STRIPS[name](content)) != list_parts(content)
