"""The first sheet of a marked workbook: 整改清单, one line a fault, with links to the cells and room for explanations.

The same fault on many lines is one line with their number; the lines themselves are folded away below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from flows.publishers.marking.parts import MAIN
from flows.publishers.marking.remark import Remark, Sheetful, count_faults
from flows.publishers.tables import LINE_HEIGHT, count_lines
from schemas.layout import column_letter

COLUMNS = (
    "number", "severity", "sheet", "cell", "label", "problem", "remedy", "found", "expected", "difference", "check",
    "reply", "reason", "explanation",
)  # fmt: skip
"""What the list says of a fault, in the order of its columns; the last two are for the school to fill."""

WIDTHS = (5, 6, 16, 8, 18, 38, 28, 10, 10, 8, 7, 16, 12, 28)
CELL, REASON = COLUMNS.index("cell"), COLUMNS.index("reason")
HEAD_STYLE, WRAP_STYLE, LINK_STYLE, TITLE_STYLE = range(4)

FOLDED_FROM = 20
"""A fault that a sheet has more often is folded."""

MOST_LISTED = 5000
LONGEST_CHOICE = 255
"""Characters that a list of choices may have in a workbook."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list: its texts, where it links to, and whether it is folded away below the one before."""

    values: tuple[str, ...]
    link: str = ""
    is_folded: bool = False


def build_list(remarks: Sequence[Remark], words: Sheetful, styles: Sequence[int]) -> bytes:
    """The worksheet part. `styles` are the numbers of the four formats in the workbook's styles."""
    lines = list(_list_lines(remarks, words))
    head = 3 + len(words.lines) + (len(remarks) > MOST_LISTED)
    root = etree.fromstring(f'<worksheet xmlns="{MAIN}"/>')
    _set_up(root, head)
    data = etree.SubElement(root, f"{{{MAIN}}}sheetData")
    _put_row(data, 1, [words.title], [styles[TITLE_STYLE]])
    above = [*words.lines]
    if len(remarks) > MOST_LISTED:
        above.append(words.more.format(count=count_faults(remarks[MOST_LISTED:])))
    for offset, text in enumerate(above):
        _put_row(data, 2 + offset, [text], [0])
    _put_row(data, head, list(words.heads), [styles[HEAD_STYLE]] * len(words.heads))
    for number, line in enumerate(lines, start=head + 1):
        used = [styles[WRAP_STYLE]] * len(line.values)
        used[CELL] = styles[LINK_STYLE if line.link else WRAP_STYLE]
        _put_row(data, number, line.values, used, is_folded=line.is_folded, height=_find_height(line.values))
    last = head + len(lines)
    etree.SubElement(root, f"{{{MAIN}}}autoFilter", ref=f"A{head}:{column_letter(len(COLUMNS))}{max(last, head)}")
    _put_choices(root, words.reasons, head + 1, last)
    _put_links(root, [(f"{column_letter(CELL + 1)}{head + 1 + i}", line.link) for i, line in enumerate(lines)])
    etree.SubElement(root, f"{{{MAIN}}}pageMargins", left="0.4", right="0.4", top="0.6", bottom="0.6", header="0.3",
                     footer="0.3")  # fmt: skip
    etree.SubElement(root, f"{{{MAIN}}}pageSetup", paperSize="9", orientation="landscape", fitToHeight="0")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _list_lines(remarks: Sequence[Remark], words: Sheetful) -> Iterator[_Line]:
    groups: dict[tuple[str, str, str], list[tuple[int, Remark]]] = {}
    for number, remark in enumerate(remarks[:MOST_LISTED], start=1):
        groups.setdefault((remark.severity, remark.code, remark.sheet), []).append((number, remark))
    folded = {key for key, members in groups.items() if len(members) > FOLDED_FROM}
    for number, remark in enumerate(remarks[:MOST_LISTED], start=1):
        key = (remark.severity, remark.code, remark.sheet)
        if key not in folded:
            yield _build_line(number, remark, words)
        elif groups[key][0][0] == number:
            yield _build_summary([member for _, member in groups[key]], words)
            yield from (_build_line(n, member, words, is_folded=True) for n, member in groups[key])


def _build_line(number: int, remark: Remark, words: Sheetful, *, is_folded: bool = False) -> _Line:
    values = (
        str(number), words.severities[remark.severity], remark.sheet, remark.cell, remark.label, remark.message,
        remark.remedy, remark.found, remark.expected, remark.difference, remark.code, remark.reply, remark.reason,
        remark.explanation,
    )  # fmt: skip
    return _Line(values, _spell_link(remark), is_folded)


def _build_summary(members: Sequence[Remark], words: Sheetful) -> _Line:
    """One line for a fault that stands on many; an explanation given here is for all of them."""
    first, last = members[0], members[-1]
    repeated = words.repeated.format(count=count_faults(members), first=first.cell, last=last.cell)
    values = (
        "", words.severities[first.severity], first.sheet, "", repeated, first.message, first.remedy, "", "", "",
        first.code, "", "", "",
    )  # fmt: skip
    return _Line(values)


def _spell_link(remark: Remark) -> str:
    return f"'{remark.sheet.replace(chr(39), chr(39) * 2)}'!{remark.cell}" if remark.sheet and remark.cell else ""


def _find_height(values: Sequence[str]) -> float:
    """Points that a line of the list takes with its texts wrapped."""
    return LINE_HEIGHT * max(count_lines(value, width) for value, width in zip(values, WIDTHS, strict=True))


def _set_up(root: etree._Element, head: int) -> None:
    """View, widths and folding; heads stay in sight."""
    sheet = etree.SubElement(root, f"{{{MAIN}}}sheetPr")
    etree.SubElement(sheet, f"{{{MAIN}}}outlinePr", summaryBelow="0")
    etree.SubElement(sheet, f"{{{MAIN}}}pageSetUpPr", fitToPage="1")
    views = etree.SubElement(root, f"{{{MAIN}}}sheetViews")
    view = etree.SubElement(views, f"{{{MAIN}}}sheetView", tabSelected="1", workbookViewId="0", showGridLines="0")
    etree.SubElement(view, f"{{{MAIN}}}pane", ySplit=str(head), topLeftCell=f"A{head + 1}", activePane="bottomLeft",
                     state="frozen")  # fmt: skip
    etree.SubElement(root, f"{{{MAIN}}}sheetFormatPr", defaultRowHeight="15", outlineLevelRow="1")
    columns = etree.SubElement(root, f"{{{MAIN}}}cols")
    for number, width in enumerate(WIDTHS, start=1):
        etree.SubElement(columns, f"{{{MAIN}}}col", min=str(number), max=str(number), width=str(width), customWidth="1")


def _put_row(
    data: etree._Element,
    number: int,
    values: Sequence[str],
    styles: Sequence[int],
    *,
    is_folded: bool = False,
    height: float = 0,
) -> None:
    row = etree.SubElement(data, f"{{{MAIN}}}row", r=str(number))
    if height:
        row.set("ht", str(height))
        row.set("customHeight", "1")
    if is_folded:
        row.set("outlineLevel", "1")
        row.set("hidden", "1")
    for column, (value, style) in enumerate(zip(values, styles, strict=True), start=1):
        cell = etree.SubElement(row, f"{{{MAIN}}}c", r=f"{column_letter(column)}{number}", s=str(style))
        if value:
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
            text.text = value
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _put_choices(root: etree._Element, reasons: Sequence[str], first: int, last: int) -> None:
    """Reasons to choose from, where they fit; any other text may be typed."""
    choice = ",".join(reasons)
    if not reasons or last < first or len(choice) > LONGEST_CHOICE:
        return
    holder = etree.SubElement(root, f"{{{MAIN}}}dataValidations", count="1")
    letter = column_letter(REASON + 1)
    rule = etree.SubElement(
        holder, f"{{{MAIN}}}dataValidation", type="list", allowBlank="1", sqref=f"{letter}{first}:{letter}{last}"
    )
    etree.SubElement(rule, f"{{{MAIN}}}formula1").text = f'"{choice}"'


def _put_links(root: etree._Element, links: Sequence[tuple[str, str]]) -> None:
    linked = [(cell, location) for cell, location in links if location]
    if linked:
        holder = etree.SubElement(root, f"{{{MAIN}}}hyperlinks")
        for cell, location in linked:
            etree.SubElement(holder, f"{{{MAIN}}}hyperlink", ref=cell, location=location, display=location)
