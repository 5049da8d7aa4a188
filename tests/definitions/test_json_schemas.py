"""The JSON Schemas for editors follow the models, and every definition shipped fits them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemas.catalogue import SHIPPED
from schemas.json_schemas import FOLDER, KINDS, build_json_schema, spell_json_schema, write_json_schemas
from schemas.yaml_files import load_rows, load_yaml
from tests.definitions import library

VALIDATORS = {kind: jsonschema.Draft202012Validator(build_json_schema(kind)) for kind in KINDS}
OTHER_FILES = {"codelists/index.csv"}
DATA_FILES = {"sample/report_case.csv"}
"""What a sample is made from: no definition."""


def _list_files() -> Iterator[tuple[str, Path]]:
    for kind, (pattern, _) in KINDS.items():
        for folder in (SHIPPED, SHIPPED / "sample" / "definitions"):
            yield from ((kind, path) for path in sorted(folder.glob(pattern)))


def _read(path: Path) -> Any:
    """The content of a definition file as an editor sees it; the rows of a code list are its codes."""
    if path.suffix == ".yaml":
        return load_yaml(path)
    return {"id": path.stem, "zh": path.stem, "codes": [_read_code(row) for row in load_rows(path)]}


def _read_code(row: dict[str, str]) -> dict[str, Any]:
    return {**row, "synonyms": [part for part in row.get("synonyms", "").split(";") if part]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_up_to_date(kind: str) -> None:
    """If this fails: python -m schemas.json_schemas"""
    assert (FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8") == spell_json_schema(kind)


def test_no_schema_is_left_over_from_a_kind_that_is_gone(tmp_path: Path) -> None:
    written = {path.name for path in write_json_schemas(tmp_path / "json")}
    assert {path.name for path in FOLDER.iterdir()} == written


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_a_json_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(build_json_schema(kind))


def test_every_definition_file_has_a_schema() -> None:
    known = {path for _, path in _list_files()}
    files = {path for suffix in ("*.yaml", "*.csv") for path in SHIPPED.rglob(suffix)}
    assert files - {SHIPPED / name for name in DATA_FILES} == known


@pytest.mark.parametrize(
    ("kind", "path"),
    [(kind, path) for kind, path in _list_files() if str(path.relative_to(SHIPPED).as_posix()) not in OTHER_FILES],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_a_shipped_definition_fits_its_schema(kind: str, path: Path) -> None:
    faults = [f"{fault.json_path}: {fault.message}" for fault in VALIDATORS[kind].iter_errors(_read(path))]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "instead", "place"),
    [
        ("basis:", "bassis:", "$"),
        ("type: yesno", "type: bool", "$.sheets[1]"),
        ("scope: school", "scope: world", "$.scope"),
        ("no: L01", "no: library", "$.no"),
        ("rows: {total: 合计,", "rows: {total: 1,", "$.sheets[0]"),
    ],
)
def test_an_editor_marks_what_the_product_would_refuse(text: str, instead: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(library.RETURN.replace(text, instead), encoding="utf-8")
    assert [fault.json_path for fault in VALIDATORS["return"].iter_errors(load_yaml(path))] == [place]


def test_the_survey_of_libraries_fits_its_schemas(tmp_path: Path) -> None:
    folder = library.lay_down(tmp_path)
    for kind, place in (("return", "returns/L01_library.yaml"), ("indicators", "indicators/library.yaml")):
        VALIDATORS[kind].validate(load_yaml(folder / place))
