"""The order in which the elements of a worksheet must stand."""

from __future__ import annotations

from lxml import etree

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF",
    "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip


def insert_in_order(sheet: etree._Element, element: etree._Element) -> None:
    """Put an element before the first that must stand behind it."""
    place = ORDER.index(etree.QName(element).localname)
    for other in sheet:
        if not isinstance(other.tag, str):
            continue
        name = etree.QName(other).localname
        if name not in ORDER or ORDER.index(name) >= place:
            other.addprevious(element)
            return
    sheet.append(element)
