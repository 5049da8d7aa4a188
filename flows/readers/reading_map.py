"""What a reader needs to know of all returns: small, plain and sent to the reader's child once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.normalisers.text import fold_label
from schemas.layout import FormLayout, SheetLayout
from schemas.versions import order_version

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue

VERSION = re.compile(r"\d+(\.\d+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeAnswers:
    """What may be written for the codes of a list, and the form of codes outside it."""

    answers: Mapping[str, str]
    pattern: str


@dataclass(frozen=True, slots=True)
class ReadingMap:
    """Layouts by return and form, and the code lists."""

    layouts: Mapping[str, Mapping[str, FormLayout]]
    numbers: Mapping[str, str]
    cover: SheetLayout
    notes: SheetLayout
    codelists: Mapping[str, CodeAnswers]

    def find_return(self, text: str) -> str | None:
        """Return id for a number or id as written on a cover."""
        return self.numbers.get(fold_label(text))

    def find_version(self, return_id: str, text: str) -> str | None:
        """The form that a version as written on a cover is: the same numbers, however they are quoted or spaced."""
        plain = fold_label(text).strip("'\"’‘“”").removeprefix("v")
        if not VERSION.fullmatch(plain):
            return None
        known = {order_version(version): version for version in self.layouts.get(return_id, {})}
        return known.get(order_version(plain))


def build_reading_map(catalogue: Catalogue) -> ReadingMap:
    """The map of all returns on all their forms."""
    numbers = {fold_label(definition.no): definition_id for definition_id, definition in catalogue.returns.items()}
    numbers |= {fold_label(definition_id): definition_id for definition_id in catalogue.returns}
    return ReadingMap(
        layouts={
            return_id: {form.version: catalogue.build_layout(return_id, form.version) for form in definition.forms}
            for return_id, definition in catalogue.returns.items()
        },
        numbers=numbers,
        cover=catalogue.cover,
        notes=catalogue.notes,
        codelists={codelist_id: CodeAnswers(c.by_answer, c.pattern) for codelist_id, c in catalogue.codelists.items()},
    )
