"""JSON Schemas of the definition files, so that editors complete and check them while they are written.

Run `python -m schemas.json_schemas` after a change to a model; the schemas stand in schemas/json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from schemas.catalogue import CheckFile, Common
from schemas.definitions.codelists import CodeList
from schemas.definitions.common import Label
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.indicators import Domain, TargetSet
from schemas.definitions.returns import Return
from schemas.definitions.workbooks import Theme, WorkbookDefinition

FOLDER = Path(__file__).parent / "json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: Mapping[str, tuple[str, TypeAdapter[Any]]] = {
    "return": ("returns/*.yaml", TypeAdapter(Return)),
    "checks": ("checks/*.yaml", TypeAdapter(CheckFile)),
    "codelists": ("codelists/*.csv", TypeAdapter(CodeList)),
    "indicators": ("indicators/*.yaml", TypeAdapter(Domain)),
    "targets": ("targets/*.yaml", TypeAdapter(TargetSet)),
    "evaluation": ("evaluations/*.yaml", TypeAdapter(Evaluation)),
    "workbook": ("workbooks/*.yaml", TypeAdapter(WorkbookDefinition)),
    "theme": ("theme.yaml", TypeAdapter(Theme)),
    "common": ("common.yaml", TypeAdapter(Common)),
    "messages": ("messages/*.yaml", TypeAdapter(dict[str, dict[str, Label]])),
}
"""Kind of definition → the files that hold such definitions, and the model that reads them."""


def build_json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of definition."""
    files, adapter = KINDS[kind]
    described = {"$schema": DIALECT, "$comment": f"schemas/{files}; written by python -m schemas.json_schemas"}
    return described | adapter.json_schema(mode="validation")


def spell_json_schema(kind: str) -> str:
    """The JSON Schema as it stands in its file."""
    return json.dumps(build_json_schema(kind), ensure_ascii=False, indent=2) + "\n"


def write_json_schemas(folder: Path = FOLDER) -> list[Path]:
    """Write the schema of every kind and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in KINDS:
        path = folder / f"{kind}.schema.json"
        path.write_text(spell_json_schema(kind), encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


if __name__ == "__main__":
    write_json_schemas()
