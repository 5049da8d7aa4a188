"""Colours on faulty cells, as conditional formats: the cells' own formats stay, the colours can be taken off again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from flows.publishers.marking.parts import Package
from flows.publishers.marking.worksheet import insert_in_order

FILLS: Mapping[str, str] = {"error": "FFFFC7CE", "query": "FFFFEB9C", "info": "FFDDEBF7"}
SIGN = "huizong"
"""Stands in the formula of our conditional formats."""


def add_colours(package: Package, styles: str) -> dict[str, int]:
    """Add one differential format a severity to the styles. Returns severity → its number."""
    root = package.open(styles)
    space = etree.QName(root).namespace
    formats = root.find(f"{{{space}}}dxfs")
    if formats is None:
        formats = etree.Element(f"{{{space}}}dxfs")
        _insert_formats(root, formats, f"{{{space}}}")
    numbers: dict[str, int] = {}
    for severity, colour in FILLS.items():
        numbers[severity] = len(formats)
        fill = etree.SubElement(etree.SubElement(formats, f"{{{space}}}dxf"), f"{{{space}}}fill")
        pattern = etree.SubElement(fill, f"{{{space}}}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{{{space}}}fgColor", rgb=colour)
        etree.SubElement(pattern, f"{{{space}}}bgColor", rgb=colour)
    formats.set("count", str(len(formats)))
    return numbers


def colour_cells(sheet: etree._Element, cells: Mapping[str, Iterable[str]], numbers: Mapping[str, int]) -> None:
    """Colour cells by severity: one conditional format a severity, before all that are there."""
    space = etree.QName(sheet).namespace
    rules = sheet.findall(f".//{{{space}}}cfRule")
    for rule in rules:
        rule.set("priority", str(int(rule.get("priority") or 1) + len(FILLS)))
    for priority, severity in enumerate(FILLS, start=1):
        addresses = sorted(set(cells.get(severity, ())))
        if addresses:
            block = etree.Element(f"{{{space}}}conditionalFormatting", sqref=" ".join(addresses))
            rule = etree.SubElement(
                block, f"{{{space}}}cfRule", type="expression", dxfId=str(numbers[severity]), priority=str(priority)
            )
            etree.SubElement(rule, f"{{{space}}}formula").text = f'LEN("{SIGN}")>0'
            insert_in_order(sheet, block)


def holds_colours(sheet: etree._Element) -> bool:
    """True if an earlier marking left colours."""
    return any(SIGN in (formula.text or "") for formula in sheet.iterfind(".//{*}cfRule/{*}formula"))


def remove_colours(sheet: etree._Element) -> None:
    """Take off the colours of an earlier marking."""
    space = etree.QName(sheet).namespace
    for block in sheet.findall(f"{{{space}}}conditionalFormatting"):
        for rule in block.findall(f"{{{space}}}cfRule"):
            formula = rule.find(f"{{{space}}}formula")
            if formula is not None and SIGN in (formula.text or ""):
                block.remove(rule)
        if not len(block):
            sheet.remove(block)


def _insert_formats(root: etree._Element, formats: etree._Element, prefix: str) -> None:
    followers = [root.find(f"{prefix}{name}") for name in ("tableStyles", "colors", "extLst")]
    follower = next((element for element in followers if element is not None), None)
    if follower is None:
        root.append(formats)
    else:
        follower.addprevious(formats)
