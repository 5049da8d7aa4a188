"""Reading definition files: strict YAML without anchors, repeated keys or surprises with NO and 01."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from schemas.definitions.common import Model
from schemas.errors import DefinitionError

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
AnyModel = TypeVar("AnyModel", bound=Model)
ANCHOR = re.compile(r"^\s*(?:-\s+|[\w.\"'-]+:\s+)[&*][A-Za-z]\w*\s*$", re.MULTILINE)


def load_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises DefinitionError with file and line."""
    text = path.read_text(encoding="utf-8-sig")
    if found := ANCHOR.search(text):
        line = text.count("\n", 0, found.start()) + 2
        raise DefinitionError(f"line {line}: anchors and aliases are not used here", file=path)
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506  a SafeLoader
    except yaml.YAMLError as error:
        raise DefinitionError(f"not readable as YAML: {_describe_yaml_error(error)}", file=path) from None


def load_model(path: Path, model: type[AnyModel]) -> AnyModel:
    """The file as a definition of that model. Raises DefinitionError with file and key."""
    return build_model(load_yaml(path), model, file=path)


def build_model(content: Any, model: type[AnyModel], *, file: Path, key: str = "") -> AnyModel:
    """Content as a definition of that model. Raises DefinitionError with file and key."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function-"))
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        place = ".".join(part for part in (key, where) if part)
        raise DefinitionError(f"{_describe_fault(first)}{more}", file=file, key=place) from None


def load_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: (value or "").strip() for name, value in row.items()} for row in csv.DictReader(file)]


class _StrictLoader(Loader):  # type: ignore[misc]
    """Only true, false, null, plain numbers: a code such as NO or 01 stays the text it is."""


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", "-+0123456789"),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _construct_mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} is there twice", key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def _describe_yaml_error(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else problem


def _describe_fault(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such key"
    if fault["type"] == "missing":
        return "this key is missing"
    given = repr(fault.get("input"))
    return f"{fault['msg']} (found {given if len(given) < 80 else given[:77] + '…'})"
