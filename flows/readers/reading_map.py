"""What a reader needs to know of all returns: small, plain and sent to the reader's child once."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.normalisers.text import fold_label
from schemas.layout import FormLayout, SheetLayout
from schemas.versions import order_version

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue

VERSION = re.compile(r"\d+(\.\d+)*", re.ASCII)


LIST_FIELDS = {
    "check": "check_id", "sheet": "sheet", "cell": "cell", "reason": "reason_code", "explanation": "explanation",
}  # fmt: skip
"""Columns of the list of a marked copy that are read back, by their key under `receipt` in the messages."""


@dataclass(frozen=True, slots=True)
class CodeAnswers:
    """What may be written for the codes of a list, the form of codes outside it, and the codes as people see them."""

    answers: Mapping[str, str]
    pattern: str
    shown: tuple[str, ...] = ()

    def find_label(self, code: str) -> str:
        """What a code means; the code itself where the list does not say."""
        spelled = (entry.partition(" ") for entry in self.shown)
        return next((label for known, _, label in spelled if known == code and label), code)


Forms = Mapping[str, FormLayout]
"""Version → layout."""


class FormShelf(Mapping[str, Forms]):
    """Return → form → layout. Sent to a child it is unpacked return by return: a file is on a form of one of them."""

    def __init__(self, forms: Mapping[str, Forms], packed: Mapping[str, bytes] | None = None) -> None:
        self._forms = dict(forms)
        self._packed = dict(packed or {})

    def __getitem__(self, return_id: str) -> Forms:
        if return_id not in self._forms:
            self._forms[return_id] = pickle.loads(self._packed[return_id])  # noqa: S301  packed by the parent
        return self._forms[return_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed or self._forms)

    def __len__(self) -> int:
        return len(self._packed or self._forms)

    def __reduce__(self) -> tuple[type[FormShelf], tuple[dict[str, object], dict[str, bytes]]]:
        if not self._packed:
            self._packed = {return_id: pickle.dumps(forms) for return_id, forms in self._forms.items()}
        return FormShelf, ({}, self._packed)


@dataclass(frozen=True, slots=True)
class ReadingMap:
    """Layouts by return and form, and the code lists."""

    layouts: FormShelf
    numbers: Mapping[str, str]
    cover: SheetLayout
    notes: SheetLayout
    codelists: Mapping[str, CodeAnswers]
    list_heads: Mapping[str, str]
    """Heads of the list that a marked copy begins with, as they are compared → field of a note."""
    nothing: frozenset[str] = frozenset()
    """Words that alone on a line of a list say that it has no lines, as they are compared."""

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
    """The map of all returns on all their forms, one for a catalogue: to pack it takes longer than to read a file."""
    return catalogue.work_out_once(("reading map",), lambda: _build_map(catalogue))


def _build_map(catalogue: Catalogue) -> ReadingMap:
    numbers = {fold_label(definition.no): definition_id for definition_id, definition in catalogue.returns.items()}
    numbers |= {fold_label(definition_id): definition_id for definition_id in catalogue.returns}
    return ReadingMap(
        layouts=FormShelf(
            {
                return_id: {form.version: catalogue.build_layout(return_id, form.version) for form in definition.forms}
                for return_id, definition in catalogue.returns.items()
            }
        ),
        numbers=numbers,
        cover=catalogue.cover,
        notes=catalogue.notes,
        codelists={
            codelist_id: CodeAnswers(c.by_answer, c.pattern, tuple(code.shown for code in c.codes))
            for codelist_id, c in catalogue.codelists.items()
        },
        list_heads={fold_label(catalogue.message(f"receipt.{head}")): field for head, field in LIST_FIELDS.items()},
        nothing=frozenset(fold_label(word) for word in catalogue.nothing),
    )
