"""Which return, form, period and school a workbook is: by its cover and hidden marks, never by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.normalisers.codes import read_identifier
from flows.normalisers.dates import read_date
from flows.normalisers.text import escape_text, fold_label, strip_text
from flows.readers.reading import Identity
from flows.readers.reading_map import ReadingMap
from flows.readers.workbook import OpenSheet, Rows
from schemas.layout import FormLayout, SheetLayout

META_SHEET = "_meta"
LIST_SHEET = "整改清单"
"""The list of faults that a marked workbook begins with; it is not read as part of the form."""

MARK_AUTHOR = "汇总"
"""Author of the comments of a marked workbook."""

MARK_SIGN = f"【{MARK_AUTHOR}】"
"""How our words in a comment begin: not every program keeps the author."""

LABELS_THAT_MAKE_A_COVER = 5


def identify_workbook(sheets: Sequence[OpenSheet], reading_map: ReadingMap) -> tuple[Identity, OpenSheet | None]:
    """The identity and the cover sheet (None: there is no cover, and hidden marks decide)."""
    cover = find_cover(sheets, reading_map.cover)
    written = read_pairs(cover.rows, reading_map.cover) if cover else {}
    marks = _read_marks(sheets)
    return_id = reading_map.find_return(written.get("return_id", "")) or reading_map.find_return(
        marks.get("return_id", "")
    )
    version = written.get("template_version") or marks.get("template_version", "")
    identity = Identity(
        return_id=return_id or "",
        version=reading_map.find_version(return_id or "", version) or version,
        period=written.get("period", ""),
        school_code=written.get("school_code", ""),
        cover=written,
        blank_period=marks.get("period", ""),
    )
    return identity, cover


def find_layout(identity: Identity, reading_map: ReadingMap) -> FormLayout | None:
    """The layout the workbook was made on; None if its return or form is unknown."""
    return reading_map.layouts.get(identity.return_id, {}).get(identity.version)


def find_cover(sheets: Sequence[OpenSheet], layout: SheetLayout) -> OpenSheet | None:
    """The sheet called 封面, or the first that carries the labels of a cover."""
    wanted = {fold_label(name) for name in (layout.tab, *layout.aliases)}
    named = [sheet for sheet in sheets if fold_label(sheet.name) in wanted]
    others = [sheet for sheet in sheets if sheet not in named and sheet.name != META_SHEET]
    for sheet in (*named, *others[:3]):
        if len(_find_pairs(sheet.rows[:60], layout)) >= LABELS_THAT_MAKE_A_COVER:
            return sheet
    return None


def read_pairs(rows: Rows, layout: SheetLayout) -> dict[str, str]:
    """Field id → text written beside its label."""
    types = {cell.ref.partition(".")[2]: cell.type for cell in layout.cells}
    return {
        field_id: _show(rows[row][column] if column < len(rows[row]) else "", types[field_id])
        for field_id, (row, column) in _find_pairs(rows, layout).items()
    }


def find_cover_cells(rows: Rows, layout: SheetLayout) -> Mapping[str, tuple[int, int]]:
    """Field id → row and column (from 0) of its value on this cover."""
    return _find_pairs(rows, layout)


def _find_pairs(rows: Rows, layout: SheetLayout) -> dict[str, tuple[int, int]]:
    labels = {fold_label(label): head.id for head in layout.rows for label in (head.label, *head.aliases)}
    found: dict[str, tuple[int, int]] = {}
    for row_index, row in enumerate(rows[:60]):
        for column_index, value in enumerate(row[:4]):
            field_id = labels.get(fold_label(value)) if isinstance(value, str) and value else None
            if field_id and field_id not in found:
                found[field_id] = (row_index, column_index + layout.columns[0].position - 1)
                break
    return found


def _show(value: object, field_type: str) -> str:
    if field_type == "date":
        date = read_date(value)
        return date.isoformat() if date else escape_text(strip_text(str(value)))
    text = read_identifier(value)
    return strip_text(text if text is not None else str(value))


def _read_marks(sheets: Sequence[OpenSheet]) -> dict[str, str]:
    meta = next((sheet for sheet in sheets if sheet.name == META_SHEET), None)
    if meta is None:
        return {}
    pairs = (row[:2] for row in meta.rows[:40] if len(row) > 1)
    return {str(key): _show(value, "text") for key, value in pairs if isinstance(key, str) and key}
