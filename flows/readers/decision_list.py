"""The decision file read back: lines by column, found by their heads wherever they stand."""

from __future__ import annotations

from collections.abc import Mapping

from flows.normalisers.entries import is_blank, show_raw
from flows.normalisers.text import fold_label
from flows.readers.limits import ReadingLimits
from flows.readers.package import scan_package
from flows.readers.workbook import open_sheets


def read_decision_list(data: bytes, heads: Mapping[str, str], limits: ReadingLimits) -> list[dict[str, str]]:
    """Lines below the row that has all heads (label → name): texts by name, and their row under `row`.

    Raises RefusalError for a file that cannot be read, and KeyError naming the heads of which no row has all.
    """
    wanted = {fold_label(label): name for label, name in heads.items()}
    for sheet in open_sheets(data, scan_package(data, limits)):
        places: dict[str, int] = {}
        lines: list[dict[str, str]] = []
        for number, row in enumerate(sheet.rows, start=1):
            if not places:
                found = {wanted[fold_label(v)]: i for i, v in enumerate(row) if fold_label(v) in wanted}
                places = found if len(found) == len(wanted) else {}
                continue
            texts = {name: "" if is_blank(row[i]) else show_raw(row[i]).strip() for name, i in places.items()}
            lines.append({**texts, "row": str(number)})
        if places:
            return lines
    raise KeyError("、".join(heads))
