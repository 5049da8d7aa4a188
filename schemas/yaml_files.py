"""Reading definition files: strict YAML without anchors, repeated keys or surprises with NO and 01."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from schemas.definitions.common import Model
from schemas.errors import DefinitionError, Problem, located, problem

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
AnyModel = TypeVar("AnyModel", bound=Model)
POSSIBLE_ANCHOR = re.compile(r"[&*]\w")


def load_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises DefinitionError with file and line."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        with located(file=path):
            if POSSIBLE_ANCHOR.search(text):
                _refuse_anchors(text)
            return yaml.load(text, Loader=_StrictLoader)  # noqa: S506  a SafeLoader
    except yaml.YAMLError as error:
        raise DefinitionError(_describe_yaml_error(error), file=path) from None


def _refuse_anchors(text: str) -> None:
    for event in yaml.parse(text, Loader=Loader):
        if getattr(event, "anchor", None):
            line = event.start_mark.line + 1 if event.start_mark else "?"
            raise DefinitionError(problem("anchor", line=line))


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
        place = ".".join(part for part in (key, where) if part)
        fault, others = describe_fault(first), error.error_count() - 1
        said = problem("and_more", first=fault, count=others) if others else fault
        raise DefinitionError(said, file=file, key=place) from None


def spell_yaml(content: Mapping[str, Any]) -> str:
    """Plain content as YAML that `load_yaml` reads back as it was: a key a line, what is short behind it."""
    return "".join(
        yaml.dump(
            {key: value}, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=110,
            default_flow_style=None if isinstance(value, dict | list) else False,
        )
        for key, value in content.items()
    )  # fmt: skip


def load_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: (value or "").strip() for name, value in row.items()} for row in csv.DictReader(file)]


class _StrictLoader(Loader):  # type: ignore[misc]
    """Only true, false, null, plain numbers: a code such as NO or 01 stays the text it is."""


class _PlainDumper(yaml.SafeDumper):
    """Nothing is said by reference to something else."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", "-+0123456789"),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _construct_mapping(loader: Any, node: Any) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise DefinitionError(problem("key_twice", name=key, line=key_node.start_mark.line + 1))
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def _describe_yaml_error(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    detail = getattr(error, "problem", None) or str(error)
    if mark is None:
        return problem("not_yaml", detail=detail)
    return problem("not_yaml_at", line=mark.line + 1, column=mark.column + 1, detail=detail)


OWN_FAULTS = frozenset(
    {
        "there_twice", "one_rule", "rule_for_kind", "printed_needs_sheet", "one_bound", "no_requirement", "no_evidence",
        "no_judge", "no_period",
    }
)  # fmt: skip
"""Faults that the models of definitions find themselves, by the key of their message."""

FAULTS = {
    "extra_forbidden": "unknown_key", "missing": "missing_key", "literal_error": "not_one_of",
    "union_tag_invalid": "not_one_of", "union_tag_not_found": "missing_kind", "string_type": "not_text",
    "string_pattern_mismatch": "wrong_pattern", "string_too_long": "too_long", "string_too_short": "too_short",
    "too_short": "too_short", "int_type": "not_whole", "int_parsing": "not_whole", "int_from_float": "not_whole",
    "float_type": "not_number", "float_parsing": "not_number", "bool_type": "not_yes_no", "bool_parsing": "not_yes_no",
    "dict_type": "not_keys", "model_type": "not_keys", "model_attributes_type": "not_keys", "tuple_type": "not_list",
    "list_type": "not_list", "greater_than": "too_small", "greater_than_equal": "too_small",
    "less_than": "too_large", "less_than_equal": "too_large",
}  # fmt: skip
"""Fault as pydantic calls it → the key of its message."""

LIMITS = ("ge", "gt", "le", "lt", "max_length", "min_length")
"""What pydantic calls the limit that a value breaks."""

SHOWN = 80
"""Most characters of a wrong value that a message shows."""


def describe_fault(fault: Any) -> Problem:
    """What pydantic found wrong, as a problem that can be said."""
    given = repr(fault.get("input"))
    shown = given if len(given) < SHOWN else given[: SHOWN - 3] + "…"
    values = {"given": shown, "rule": fault["msg"]} | fault.get("ctx", {})
    if fault["type"] in OWN_FAULTS:
        return Problem(fault["type"], values)
    values |= {
        "expected": str(values.get("expected") or values.get("expected_tags", "")),
        "limit": next((values[name] for name in LIMITS if name in values), ""),
    }
    return Problem(FAULTS.get(fault["type"], "wrong_value"), values)
