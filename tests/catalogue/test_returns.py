"""Every return, sheet, field and check that the field knowledge lists is loaded under its id and label."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from schemas.catalogue import Catalogue
from schemas.definitions.returns import ItemsSheet, ListSheet, MatrixSheet
from tests.catalogue.markdown import WrittenField, read_checks, read_fields

FILES = ("returns.md", "returns_bureau.md")
FEWEST_FIELDS, FEWEST_CHECKS = 900, 230
"""What the texts held when this was written: fewer would mean that they were not understood."""


def list_written(folder: Path) -> list[WrittenField]:
    return [field for name in FILES for field in read_fields(folder / name)]


def list_labels(loaded: Catalogue, field: WrittenField) -> Mapping[str, str] | None:
    """Id → label of the fields, rows or columns of a sheet; None if the sheet is not there."""
    definition = loaded.returns.get(field.return_id)
    sheet = definition.find_sheet(field.sheet) if definition else None
    if sheet is None:
        return None
    if isinstance(sheet, MatrixSheet):
        lines = sheet.rows if field.what == "rows" else sheet.columns
        return {name: line.label.zh for name, line in lines.items()}
    assert isinstance(sheet, ItemsSheet | ListSheet)
    return {name: line.label.zh for name, line in sheet.fields.items()}


def test_the_texts_are_understood(domain_folder: Path) -> None:
    assert len(list_written(domain_folder)) >= FEWEST_FIELDS
    assert len(read_checks(domain_folder / "checks.md")) >= FEWEST_CHECKS


def test_every_return_is_loaded_under_its_number(domain_folder: Path, loaded: Catalogue) -> None:
    written = {(field.no, field.return_id) for field in list_written(domain_folder)}
    assert written - {(definition.no, definition.id) for definition in loaded.returns.values()} == set()


def test_every_sheet_is_loaded(domain_folder: Path, loaded: Catalogue) -> None:
    written = {(field.return_id, field.sheet) for field in list_written(domain_folder)}
    assert written - {(owner, sheet) for sheet, owner in loaded.sheet_owners.items()} == set()


def test_every_field_row_and_column_is_loaded_with_its_label(domain_folder: Path, loaded: Catalogue) -> None:
    different = []
    for field in list_written(domain_folder):
        label = (list_labels(loaded, field) or {}).get(field.id)
        if label is None or plain(label) != plain(field.label):
            different.append(f"{field.no} {field.sheet} {field.what} {field.id}: {label!r} is not {field.label!r}")
    assert different == []


def test_every_check_is_loaded_with_its_severity(domain_folder: Path, loaded: Catalogue) -> None:
    different = []
    for written in read_checks(domain_folder / "checks.md"):
        entry = loaded.checks.get(written.code)
        if entry is None or entry.check.severity != written.severity:
            different.append(f"{written.code} {written.severity}: {entry.check.severity if entry else 'not loaded'}")
    assert different == []


def plain(label: str) -> str:
    """A label without what only tells how deep it stands."""
    return label.strip().lstrip("　 ")
