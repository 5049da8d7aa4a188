"""docs/definitions.md and docs/definition_keys.md: the recipes work, and no key or kind is left out."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from flows.publishers.summary import BUILDERS, CONTENTS
from schemas import definition_keys
from schemas.catalogue import RETURNS_ONLY, Catalogue, CheckFile, Common, load_catalogue
from schemas.check_kinds import CELL_KINDS, DISTRICT_KINDS, OTHER_KINDS
from schemas.definitions import checks, codelists, common, evaluations, indicators, returns, workbooks
from schemas.definitions.common import LabelModel, Model
from schemas.errors import DefinitionError
from schemas.json_schemas import KINDS as SCHEMA_KINDS
from tests.docs.library_district import make_district
from tests.docs.pages import list_blocks, list_code, list_files, read_page

PAGE = read_page("definitions.md")
KEYS = read_page("definition_keys.md")
MODULES = (checks, codelists, common, evaluations, indicators, returns, workbooks)
WORDS_OF_THE_PAGE = frozenset({"label", "LabelModel", "Model"})


def list_models(module: ModuleType) -> list[type[Model]]:
    """The models that a module defines."""
    found = inspect.getmembers(module, inspect.isclass)
    return [model for _, model in found if issubclass(model, Model) and model.__module__ == module.__name__]


def test_every_block_of_yaml_or_csv_names_its_file() -> None:
    assert [block.content for block in list_blocks(PAGE) if not block.name] == []


def test_there_is_an_example_of_every_kind_of_definition() -> None:
    folders = {place.partition("/")[0] for place in list_files(PAGE)}

    assert folders == {
        "returns", "codelists", "checks", "indicators", "targets", "evaluations", "workbooks", "pyproject.toml",
    }  # fmt: skip


def test_the_examples_load_in_a_workspace_beside_the_shipped_definitions(library_catalogue: Catalogue) -> None:
    assert library_catalogue.returns["library_survey"].no == "L01"
    assert {"LB01", "LB02", "LB03", "LB04", "LB05", "LB06"} <= set(library_catalogue.checks)
    assert "books_per_seat" in library_catalogue.indicators
    assert "library_rules" in library_catalogue.target_sets
    assert "library_standard" in library_catalogue.evaluations
    assert "library" in library_catalogue.workbooks


def test_a_limit_in_the_settings_takes_the_place_of_the_one_defined(tmp_path: Path) -> None:
    workspace = make_district(tmp_path / "district")

    defined = load_catalogue(workspace.definition_folders, parts=RETURNS_ONLY)
    tuned = workspace.load_catalogue(RETURNS_ONLY)

    assert defined.checks["LB04"].check.limits == {"share": 0.02}
    assert tuned.checks["LB04"].check.limits == {"share": 0.05}


def test_a_limit_that_the_definition_does_not_have_is_refused(tmp_path: Path) -> None:
    workspace = make_district(tmp_path / "district")

    with pytest.raises(DefinitionError):
        load_catalogue(workspace.definition_folders, parts=RETURNS_ONLY, limits={"LB04": {"shares": 0.05}})


def test_the_page_of_keys_is_up_to_date() -> None:
    assert definition_keys.build_page() == KEYS, "run make catalogue"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_model_of_definitions_is_on_the_page_of_keys(module: ModuleType) -> None:
    models = {model.__name__ for model in list_models(module)}

    assert {name for name in models - WORDS_OF_THE_PAGE if f"### {name}\n" not in KEYS} == set()


@pytest.mark.parametrize(
    "model",
    [model for module in MODULES for model in list_models(module)] + [CheckFile, Common],
    ids=lambda m: m.__name__,
)
def test_every_key_of_a_model_is_on_the_page_of_keys(model: type[Model]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}

    assert model in (Model, LabelModel) or {key for key in keys if f"| `{key}` |" not in KEYS} == set()


def test_every_kind_of_file_with_a_schema_is_on_the_page_of_keys() -> None:
    described = {place.strip() for files in definition_keys.KINDS for place in files.split(",")}
    files = {files for files, _ in SCHEMA_KINDS.values()} - {"messages/*.yaml"}

    assert {place for place in files if place.replace("codelists/*", "codelists/ID") not in described} == set()


def test_every_kind_of_check_is_named() -> None:
    assert {*CELL_KINDS, *OTHER_KINDS, *DISTRICT_KINDS} - set(list_code(PAGE)) == set()


def test_every_kind_of_workbook_sheet_is_named() -> None:
    assert ({CONTENTS} | set(BUILDERS)) - set(list_code(PAGE)) == set()


def test_the_example_of_every_file_is_written_as_the_house_writes_yaml() -> None:
    for place, content in list_files(PAGE).items():
        if place.endswith(".yaml"):
            assert isinstance(yaml.safe_load(content), dict), place
            assert max(map(len, content.splitlines())) <= 120, place
