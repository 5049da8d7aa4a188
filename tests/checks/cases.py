"""The corpus: for every check a return that passes it, returns that fail it, and one in which it cannot be assessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from schemas.definitions.common import Model
from schemas.yaml_files import build_model, load_yaml

FOLDER = Path(__file__).parent / "cases"

Typed = str | int | float | None

ALWAYS_ASSESSED = {
    "signal": "said of what was read: it is there or it is not",
    "blank": "asks just whether a cell is blank",
    "filled": "asks of filled cells only; a blank one is the business of CE01",
}
"""Why a check can never be left unassessed."""


def _accept_one(given: Any) -> Any:
    return [given] if isinstance(given, dict) else given


class Change(Model):
    """What is typed over a filing of the sample: cells by reference, lines of lists by their number from 1."""

    typed: dict[str, Typed] = Field(default_factory=dict, alias="set")
    blank: tuple[str, ...] = ()
    zero: tuple[str, ...] = Field((), description="sheets whose every figure is 0")
    lines: dict[str, dict[int, dict[str, Typed]]] = Field(default_factory=dict)
    add: dict[str, tuple[dict[str, Typed], ...]] = Field(default_factory=dict)
    drop: dict[str, tuple[int, ...] | Literal["all"]] = Field(default_factory=dict)


class OtherFiling(Change):
    """A filing beside the one at hand: left away, changed, or carried to a period for which the sample has none."""

    return_id: str = Field(alias="return")
    period: str
    school: str | None = None
    absent: bool = False
    copy_of: str | None = Field(None, description="the period whose filing is taken")


class Example(Change):
    """A filing to be judged, and what it is held against. Only what differs from the sample is said."""

    cover: dict[str, Typed] = Field(default_factory=dict)
    copy_of: str | None = Field(None, description="the period whose filing is sent for this one")
    period: str | None = None
    version: str | None = None
    received_on: date | None = None
    file_name: str | None = None
    extension: str = ".xlsx"
    is_empty: bool = Field(default=False, description="sent as it was received")
    without_sheets: tuple[str, ...] = ()
    spoilt: str | None = Field(None, description="how the workbook is spoilt: a name of spoilt_files.py")
    others: tuple[OtherFiling, ...] = ()
    register_line: dict[str, Typed] = Field(default_factory=dict, alias="register")
    settings: dict[str, Any] = Field(default_factory=dict)
    has_register: bool = True

    def after(self, first: Example) -> Example:
        """This example with everything that the first one changes changed as well."""
        earlier, own = first.model_dump(exclude_unset=True), self.model_dump(exclude_unset=True)
        merged = {**earlier, **own}
        for name in ("typed", "cover", "register_line", "settings"):
            merged[name] = {**earlier.get(name, {}), **own.get(name, {})}
        for name in ("blank", "zero", "others", "without_sheets"):
            merged[name] = (*earlier.get(name, ()), *own.get(name, ()))
        for name in ("lines", "add", "drop"):
            if earlier.get(name) and own.get(name):
                raise ValueError(f"{name} is said twice")
        return Example.model_validate({name: merged[name] for name in Example.model_fields if name in merged})


class Failure(Example):
    """An example that must fail, and where the school is sent."""

    sheet: str
    cell: str
    also: tuple[str, ...] = Field((), description="other cells of the sheet that the same fault makes wrong")
    found: str | None = None
    expected: str | None = None
    message: str | None = Field(None, description="the whole message, where it is worth reading")


class Case(Model):
    """What must come of one check."""

    severity: Literal["error", "query", "info"]
    return_id: str = Field(alias="return")
    school: str
    period: str
    as_file: bool = Field(default=False, description="judged as a workbook, not from its values")
    among_all: bool = Field(default=False, description="judged among the filings of all schools")
    untold: int = Field(0, description="what cannot be told of the filing in order, such as a new school's year before")
    given: Example = Field(default_factory=Example)
    fails: Annotated[tuple[Failure, ...], BeforeValidator(_accept_one), Field(min_length=1)]
    unassessed: Example | None = None
    always_assessed: str | None = Field(None, description="a key of ALWAYS_ASSESSED")

    @model_validator(mode="after")
    def _ask_for_all(self) -> Case:
        if (self.unassessed is None) == (self.always_assessed is None):
            raise ValueError("give unassessed, or a reason why the check is always assessed")
        return self


@cache
def load_cases() -> Mapping[str, Case]:
    """Check code → its case. Raises DefinitionError with file and key."""
    cases: dict[str, Case] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for code, content in load_yaml(path).items():
            if code in cases:
                raise ValueError(f"{path.name}: {code} has its case in another file")
            cases[code] = build_model(content, Case, file=path, key=code)
    return cases
