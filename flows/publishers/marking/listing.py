"""The first sheet of a marked workbook: 整改清单, one line a fault, with links to the cells."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from flows.publishers.marking.parts import MAIN
from flows.publishers.marking.remark import Remark, Sheetful
from flows.publishers.tables import count_lines
from schemas.layout import column_letter

WIDTHS = (6, 8, 9, 24, 10, 60, 48, 40)
"""Number, severity, code, sheet, cell, what is wrong, what to do, and room for an explanation."""

LINE_HEIGHT, PADDING = 15, 3

HEAD_STYLE, WRAP_STYLE, LINK_STYLE, TITLE_STYLE = range(4)


def build_list(remarks: Sequence[Remark], words: Sheetful, styles: Sequence[int]) -> bytes:
    """The worksheet part. `styles` are the numbers of the four formats in the workbook's styles."""
    root = etree.fromstring(f'<worksheet xmlns="{MAIN}"/>')
    fit = etree.SubElement(root, f"{{{MAIN}}}sheetPr")
    etree.SubElement(fit, f"{{{MAIN}}}pageSetUpPr", fitToPage="1")
    views = etree.SubElement(root, f"{{{MAIN}}}sheetViews")
    view = etree.SubElement(views, f"{{{MAIN}}}sheetView", tabSelected="1", workbookViewId="0", showGridLines="0")
    head = 3 + len(words.lines)
    etree.SubElement(
        view, f"{{{MAIN}}}pane", ySplit=str(head), topLeftCell=f"A{head + 1}", activePane="bottomLeft", state="frozen"
    )
    columns = etree.SubElement(root, f"{{{MAIN}}}cols")
    for number, width in enumerate(WIDTHS, start=1):
        etree.SubElement(columns, f"{{{MAIN}}}col", min=str(number), max=str(number), width=str(width), customWidth="1")
    data = etree.SubElement(root, f"{{{MAIN}}}sheetData")
    _put_row(data, 1, [words.title], [styles[TITLE_STYLE]])
    for offset, line in enumerate(words.lines):
        _put_row(data, 2 + offset, [line], [0])
    _put_row(data, head, list(words.heads), [styles[HEAD_STYLE]] * len(words.heads))
    links: list[tuple[str, str]] = []
    for number, remark in enumerate(remarks, start=1):
        row = head + number
        values = [
            str(number), words.severities[remark.severity], remark.code, remark.sheet, remark.cell, remark.message,
            remark.remedy, "",
        ]  # fmt: skip
        used = [styles[WRAP_STYLE]] * len(values)
        if remark.sheet and remark.cell:
            used[4] = styles[LINK_STYLE]
            links.append((f"E{row}", f"'{remark.sheet.replace(chr(39), chr(39) * 2)}'!{remark.cell}"))
        _put_row(data, row, values, used)
    last = f"{column_letter(len(WIDTHS))}{head + len(remarks)}"
    etree.SubElement(root, f"{{{MAIN}}}autoFilter", ref=f"A{head}:{last}")
    _put_links(root, links)
    etree.SubElement(root, f"{{{MAIN}}}pageMargins", left="0.5", right="0.5", top="0.6", bottom="0.6", header="0.3",
                     footer="0.3")  # fmt: skip
    etree.SubElement(root, f"{{{MAIN}}}pageSetup", paperSize="9", orientation="landscape", fitToHeight="0")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _put_row(data: etree._Element, number: int, values: Sequence[str], styles: Sequence[int]) -> None:
    height = str(PADDING + LINE_HEIGHT * _count_lines(values))
    row = etree.SubElement(data, f"{{{MAIN}}}row", r=str(number), ht=height, customHeight="1")
    for column, (value, style) in enumerate(zip(values, styles, strict=True), start=1):
        cell = etree.SubElement(row, f"{{{MAIN}}}c", r=f"{column_letter(column)}{number}", s=str(style))
        if value:
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
            text.text = value
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _count_lines(values: Sequence[str]) -> int:
    """Lines of print that a row needs in columns of the list's widths. Its title and lines above run on across them."""
    if len(values) < len(WIDTHS):
        return 1
    return max(count_lines(value, width) for value, width in zip(values, WIDTHS, strict=True))


def _put_links(root: etree._Element, links: Sequence[tuple[str, str]]) -> None:
    if links:
        holder = etree.SubElement(root, f"{{{MAIN}}}hyperlinks")
        for cell, location in links:
            etree.SubElement(holder, f"{{{MAIN}}}hyperlink", ref=cell, location=location, display=location)
