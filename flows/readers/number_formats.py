"""Number formats of a workbook: which cell styles show their number as percent."""

from __future__ import annotations

import re

from lxml import etree

PERCENT_FORMATS = frozenset({9, 10})
"""Numbers of the built-in formats 0% and 0.00%."""

LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def shows_percent(code: str) -> bool:
    """True if the format multiplies by a hundred: a % in its first section that is not quoted."""
    return "%" in LITERAL.sub("", code).partition(";")[0]


def find_percent_styles(root: etree._Element) -> frozenset[int]:
    """Numbers of the cell styles of a styles part that show percent."""
    formats = set(PERCENT_FORMATS)
    for element in root.iter("{*}numFmt"):
        number = element.get("numFmtId", "")
        if number.isdigit() and shows_percent(element.get("formatCode", "")):
            formats.add(int(number))
    styles = root.find("{*}cellXfs")
    if styles is None:
        return frozenset()
    numbers = (style.get("numFmtId", "0") for style in styles.iterchildren("{*}xf"))
    return frozenset(position for position, number in enumerate(numbers) if number.isdigit() and int(number) in formats)
