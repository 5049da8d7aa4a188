"""M-09: a marked workbook is the school's own, part by part, and opens as the original does.

Three workbooks are marked: one with everything XlsxWriter can make, the same in the strict form of the standard, and a
filled template in which a clerk worked with another program.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.worksheet.worksheet import Worksheet

from flows.publishers.marking.mark import mark_workbook
from flows.publishers.marking.remark import Remark
from flows.readers.identify import LIST_SHEET, MARK_SIGN
from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading_map import build_reading_map
from tests.checks.filings import find_filing, load_definitions
from tests.checks.workbooks import fill_template
from tests.returning.rich_workbooks import add_to_template, make_strict, write_rich_workbook
from tests.returning.test_marking import WORDS
from tests.soundness import list_faults, read_relations
from tests.templates.office import needs_office, save_again

pytestmark = [
    pytest.mark.requirement("M-09"),
    pytest.mark.filterwarnings("ignore:.*will be removed:UserWarning"),
]

PUPILS = "小学分类型学生数"
OWN = re.compile(r'LEN\("huizong"\)')
FRONT = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
"""Parts in which a marking writes whatever it marks: types, list of sheets, formats."""

PLACES = {
    "rich": (
        ("学生", "B5"),
        ("学生", "B6"),
        ("学生", "A12"),
        ("名册", "B2"),
        ("控件", "A2"),
        ("讨论", "B2"),
        ("讨论", "B3"),
    ),
    "template": ((PUPILS, "K6"), (PUPILS, "M6"), (PUPILS, "I5"), ("封面", "C11")),
}
"""Marked cells: with a comment and without one, in a table, on a sheet with a button, behind a threaded comment."""


@dataclass(frozen=True)
class Marked:
    """A workbook and its marked copy."""

    original: bytes
    copy: bytes
    places: tuple[tuple[str, str], ...]

    @cached_property
    def before(self) -> dict[str, bytes]:
        return read_parts(self.original)

    @cached_property
    def after(self) -> dict[str, bytes]:
        return read_parts(self.copy)

    @property
    def tabs(self) -> set[str]:
        return {tab for tab, _ in self.places}


def mark(content: bytes, kind: str) -> Marked:
    severities = ("error", "query", "info")
    remarks = [
        Remark(tab, cell, severities[number % 3], f"TB{number:02}", "“女”大于总计", "请核对。")
        for number, (tab, cell) in enumerate(PLACES[kind])
    ]
    remarks.append(Remark("", "", "query", "FL23", "迟报 3 天", "请说明。"))
    return Marked(content, mark_workbook(content, remarks, WORDS), PLACES[kind])


@pytest.fixture(scope="module")
def workbooks() -> Mapping[str, Marked]:
    rich = write_rich_workbook()
    template = add_to_template(fill_template(find_filing("students", "2025-2026", "2132199001")).content, PUPILS)
    return {
        "rich": mark(rich, "rich"),
        "strict": mark(make_strict(rich), "rich"),
        "template": mark(template, "template"),
    }


each = pytest.mark.parametrize("name", ["rich", "strict", "template"])


def read_parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def find_sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Tab → part."""
    entries = etree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    targets = {entry.get("Id"): (entry.get("Target") or "").removeprefix("/xl/") for entry in entries}
    sheets = etree.fromstring(parts["xl/workbook.xml"]).iter("{*}sheet")
    return {
        s.get("name") or "": f"xl/{targets[next(v for n, v in s.attrib.items() if n.endswith('}id'))]}" for s in sheets
    }


def find_relations(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def find_notes(parts: Mapping[str, bytes], part: str) -> Iterator[str]:
    """Where a sheet keeps its comments, and their boxes."""
    legacy = etree.fromstring(parts[part]).find("{*}legacyDrawing")
    box = "" if legacy is None else next(str(v) for n, v in legacy.attrib.items() if str(n).endswith("}id"))
    relations = read_relations(parts, part).items()
    yield from (target for name, (kind, target) in relations if kind == "comments" or name == box)


def spell(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n")


@each
def test_copy_has_nothing_that_asks_for_repair(name: str, workbooks: Mapping[str, Marked]) -> None:
    assert list_faults(workbooks[name].original) == []
    assert list_faults(workbooks[name].copy) == []


@each
def test_every_part_that_is_not_marked_keeps_its_bytes(name: str, workbooks: Mapping[str, Marked]) -> None:
    """Charts, pictures, shapes, tables, threads, persons, properties, texts, themes and sheets without a fault."""
    marked = workbooks[name]
    sheets = find_sheets(marked.before)
    own = {sheets[tab] for tab in marked.tabs}
    shown_first = {part for part in sheets.values() if b"tabSelected" in marked.before[part]}
    touched = FRONT | own | shown_first | {find_relations(part) for part in own}
    notes = {target for part in own for target in find_notes(marked.before, part)}
    changed = {part for part, content in marked.before.items() if marked.after.get(part) != content}

    assert changed - touched - notes == set()
    assert len(marked.before) - len(changed) > 10


@each
def test_sheets_keep_everything_but_colours_and_the_place_of_comments(
    name: str, workbooks: Mapping[str, Marked]
) -> None:
    marked = workbooks[name]
    before, after = find_sheets(marked.before), find_sheets(marked.after)
    assert [tab for tab in after if tab != LIST_SHEET] == list(before)
    for tab, part in before.items():
        sheets = (etree.fromstring(marked.before[part]), etree.fromstring(marked.after[after[tab]]))
        original, copy = ([spell(plain) for plain in list_plain_children(sheet)] for sheet in sheets)
        assert copy == original, tab


def list_plain_children(sheet: etree._Element) -> list[etree._Element]:
    """What a sheet consists of without our colours, their priority, and the drawing for comments."""
    for view in sheet.iter("{*}sheetView"):
        view.attrib.pop("tabSelected", "")
    for block in sheet.findall("{*}conditionalFormatting"):
        if OWN.search("".join(block.itertext())):
            sheet.remove(block)
    for rule in sheet.findall("{*}conditionalFormatting/{*}cfRule"):
        rule.attrib.pop("priority", "")
    return [child for child in sheet if etree.QName(child).localname != "legacyDrawing"]


@each
def test_conditions_of_the_school_keep_their_order_behind_ours(name: str, workbooks: Mapping[str, Marked]) -> None:
    marked = workbooks[name]
    for tab in marked.tabs:
        orders = []
        for parts in (marked.before, marked.after):
            rules = etree.fromstring(parts[find_sheets(parts)[tab]]).iter("{*}cfRule")
            foreign = [rule for rule in rules if not OWN.search("".join(rule.itertext()))]
            ordered = sorted(foreign, key=lambda rule: int(rule.get("priority") or 0))
            orders.append([(rule.get("type"), rule.get("dxfId"), "".join(rule.itertext())) for rule in ordered])
        assert orders[0] == orders[1], tab


@each
def test_formats_are_added_behind_those_that_are_there(name: str, workbooks: Mapping[str, Marked]) -> None:
    marked = workbooks[name]
    before, after = (etree.fromstring(parts["xl/styles.xml"]) for parts in (marked.before, marked.after))
    for holder in before:
        kept = next(other for other in after if other.tag == holder.tag)
        assert [spell(entry) for entry in kept[: len(holder)]] == [spell(entry) for entry in holder], holder.tag


@each
def test_names_and_settings_of_the_workbook_stay(name: str, workbooks: Mapping[str, Marked]) -> None:
    """A name that belongs to a sheet says which by its place, and there is one sheet more in front."""
    marked = workbooks[name]
    found = []
    for parts, step in ((marked.before, 0), (marked.after, 1)):
        root = etree.fromstring(parts["xl/workbook.xml"])
        names = [
            (n.get("name"), None if n.get("localSheetId") is None else int(n.get("localSheetId") or 0) - step, n.text,
             n.get("hidden")) for n in root.iter("{*}definedName")
        ]  # fmt: skip
        states = {sheet.get("name"): sheet.get("state") for sheet in root.iter("{*}sheet")}
        states.pop(LIST_SHEET, None)
        others = [etree.QName(child).localname for child in root if etree.QName(child).localname != "sheets"]
        found.append((names, states, others))
    assert found[0] == found[1]
    assert found[0][0]


@each
def test_comments_of_the_school_stay_and_keep_their_authors(name: str, workbooks: Mapping[str, Marked]) -> None:
    marked = workbooks[name]
    before, after = (list_comments(content) for content in (marked.original, marked.copy))
    assert before
    for place, (text, author) in before.items():
        assert after[place][0].partition(f"\n{MARK_SIGN}")[0] == text
        assert after[place][1] == author
    assert set(after) == set(before) | set(marked.places)


@each
def test_marking_without_a_fault_gives_the_original_with_a_list(name: str, workbooks: Mapping[str, Marked]) -> None:
    """What an earlier marking put in is taken out again: cells, comments and boxes are those of the school."""
    marked = workbooks[name]
    cleaned = mark_workbook(marked.copy, [], WORDS)
    assert list_faults(cleaned) == []
    assert list_comments(cleaned) == list_comments(marked.original)
    assert not OWN.search("".join(part.decode("utf-8", "ignore") for part in read_parts(cleaned).values()))


@pytest.mark.requirement("M-10")
def test_marks_and_list_are_never_read_as_data(workbooks: Mapping[str, Marked]) -> None:
    reading_map = build_reading_map(load_definitions())
    readings = [
        read_return(content, ".xlsx", reading_map, ReadingLimits())
        for content in (workbooks["template"].original, workbooks["template"].copy)
    ]
    assert readings[0].numbers.tobytes() == readings[1].numbers.tobytes()
    assert readings[0].texts == readings[1].texts
    assert readings[0].signals == readings[1].signals


def list_comments(content: bytes) -> dict[tuple[str, str], tuple[str, str]]:
    """Tab and cell → text and author of every comment."""
    parts = read_parts(content)
    found = {}
    for tab, part in find_sheets(parts).items():
        related = [target for kind, target in read_relations(parts, part).values() if kind == "comments"]
        for root in (etree.fromstring(parts[target]) for target in related):
            authors = [author.text or "" for author in root.iter("{*}author")]
            for comment in root.iter("{*}comment"):
                text = "".join(piece.text or "" for piece in comment.iter("{*}t"))
                found[tab, comment.get("ref") or ""] = (text, authors[int(comment.get("authorId") or 0)])
    return found


@dataclass(frozen=True)
class Opened:
    """A workbook as LibreOffice understood it, seen in what it saved; our list and marks are left out."""

    cells: Mapping[str, list[tuple[str, object, str]]]
    rules: Mapping[str, list[str]]
    merged: Mapping[str, list[str]]
    validations: Mapping[str, list[tuple[str, str, str, str]]]
    comments: Mapping[tuple[str, str], str]
    names: list[tuple[str, str]]
    states: Mapping[str, str]
    drawings: Mapping[str, int]


def open_saved(content: bytes) -> Opened:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = [sheet for sheet in book.worksheets if sheet.title != LIST_SHEET]
    foreign = {place: text.partition(MARK_SIGN)[0].rstrip("\n") for place, (text, _) in list_comments(content).items()}
    return Opened(
        cells={s.title: list_cells(s) for s in sheets},
        rules={s.title: list_rules(s) for s in sheets},
        merged={s.title: sorted(map(str, s.merged_cells.ranges)) for s in sheets},
        validations={s.title: sorted((str(v.sqref), str(v.type), str(v.formula1), str(v.errorTitle))
                                     for v in s.data_validations.dataValidation) for s in sheets},
        comments={place: text for place, text in foreign.items() if text},
        names=sorted((n, str(d.attr_text)) for s in (book, *sheets) for n, d in s.defined_names.items()),
        states={s.title: s.sheet_state for s in sheets},
        drawings=count_drawn(content),
    )  # fmt: skip


def list_cells(sheet: Worksheet) -> list[tuple[str, object, str]]:
    return [(cell.coordinate, cell.value, cell.number_format) for row in sheet.iter_rows() for cell in row]


def list_rules(sheet: Worksheet) -> list[str]:
    return sorted(
        f"{area.sqref} {rule.type} {rule.formula}"
        for area, rules in sheet.conditional_formatting._cf_rules.items()
        for rule in rules
        if not OWN.search(" ".join(rule.formula))
    )


def count_drawn(content: bytes) -> dict[str, int]:
    """How many charts, pictures and shapes there are."""
    parts = read_parts(content)
    drawings = [part for name, part in parts.items() if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]
    return {
        "charts": sum(bool(re.fullmatch(r"xl/charts/chart\d+\.xml", name)) for name in parts),
        "pictures": sum(part.count(b"<xdr:pic>") for part in drawings),
        "shapes": sum(len(re.findall(rb"<xdr:sp[ >]", part)) for part in drawings),
    }


@pytest.fixture(scope="module")
def opened(workbooks: Mapping[str, Marked], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Every workbook and its copy, opened and saved by LibreOffice, which is started once."""
    given = {
        f"{name}_{side}": getattr(marked, side) for name, marked in workbooks.items() for side in ("original", "copy")
    }
    return save_again(given, "xlsx", tmp_path_factory.mktemp("office"))


@needs_office
@each
def test_copy_opens_in_libreoffice_as_the_original_does(name: str, opened: Mapping[str, bytes]) -> None:
    original, copy = open_saved(opened[f"{name}_original"]), open_saved(opened[f"{name}_copy"])
    assert copy == original
    assert original.drawings["charts"]
    assert any(original.validations.values())
    assert any(original.rules.values())


@needs_office
@each
def test_list_opens_first_with_its_links(
    name: str, opened: Mapping[str, bytes], workbooks: Mapping[str, Marked]
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(opened[f"{name}_copy"]))
    assert book.sheetnames[0] == LIST_SHEET
    linked = [cell.hyperlink for row in book[LIST_SHEET].iter_rows() for cell in row if cell.hyperlink]
    links = {str(link.location).replace("'", "") for link in linked}
    assert links == {f"{tab}!{cell}" for tab, cell in workbooks[name].places}


@needs_office
@pytest.mark.requirement("M-10")
@each
def test_copy_that_went_through_libreoffice_can_be_marked_again(name: str, opened: Mapping[str, bytes]) -> None:
    """The program keeps no author, cuts texts into pieces and draws boxes anew; our marks are known all the same."""
    cleaned = mark_workbook(opened[f"{name}_copy"], [], WORDS)
    assert list_comments(cleaned) == list_comments(opened[f"{name}_original"])
    assert [fault for fault in list_faults(cleaned) if "comments" in fault] == []


@needs_office
@pytest.mark.long
@pytest.mark.parametrize("extension", ["ods", "pdf"])
def test_copy_is_converted_without_a_word(extension: str, workbooks: Mapping[str, Marked], tmp_path: Path) -> None:
    saved = save_again({name: marked.copy for name, marked in workbooks.items()}, extension, tmp_path)
    assert all(len(content) > 5000 for content in saved.values())
