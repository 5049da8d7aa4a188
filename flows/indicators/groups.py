"""Groups of schools that figures are shown for: the district, areas, register attributes, single schools."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flows.register import RegisterView
from flows.sources import UnitSource
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator
from schemas.expressions.columns import Mask, Values

UNKNOWN = "未知"
WORD = re.compile(r"[A-Za-z_]\w*")
WHOLE = ""

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """What schools are grouped by: an attribute's name, `school`, or nothing for the whole district.

    `lines` names the field when it is lines of a list that are grouped, not schools.
    """

    by: str = WHOLE
    area: str = WHOLE
    lines: str = ""

    @property
    def is_whole(self) -> bool:
        """True if the district's own returns belong to the (only) group."""
        return not self.by and not self.area


@dataclass(frozen=True, slots=True)
class Groups:
    """Labels of the groups, and each unit's group; -1: in none."""

    grouping: Grouping
    labels: tuple[str, ...]
    codes: Codes

    @property
    def length(self) -> int:
        return len(self.labels)

    def count(self, chosen: Mask) -> Codes:
        """How many of the chosen units are in each group."""
        return np.bincount(self.codes[chosen & (self.codes >= 0)], minlength=self.length)


def build_groups(
    catalogue: Catalogue,
    source: UnitSource,
    register: RegisterView,
    grouping: Grouping,
    labels: Sequence[str] | None = None,
) -> Groups:
    """The groups of the units. With labels given (those of another period), in their order and no others."""
    keys = _find_keys(catalogue, source, register, grouping)
    inside = np.ones(source.length, dtype=bool)
    if grouping.area:
        areas = dict(zip(register.codes, register.areas, strict=True))
        inside = np.array([areas.get(school) == grouping.area for school in source.schools], dtype=bool)
    if labels is None:
        present = {key for key, wanted in zip(keys, inside, strict=True) if wanted}
        labels = (
            (WHOLE,) if not grouping.by or grouping.lines else sorted(present, key=lambda key: (key == UNKNOWN, key))
        )
    positions = {label: position for position, label in enumerate(labels)}
    if not grouping.by or grouping.lines:
        codes = np.where(inside, 0, -1)
    else:
        codes = np.array([positions.get(key, -1) if wanted else -1 for key, wanted in zip(keys, inside, strict=True)])
    return Groups(grouping, tuple(labels), codes.astype(np.int64))


def adopt_units(groups: Groups, schools: Sequence[str], carries_on: Mapping[str, Sequence[str]]) -> Groups:
    """Groups of an earlier period in which a school that is no more counts to the one that carries on for it."""
    heirs = {school: heir for heir, others in carries_on.items() for school in others}
    positions = {label: position for position, label in enumerate(groups.labels)}
    pairs = zip(schools, groups.codes.tolist(), strict=True)
    codes = [code if code >= 0 else positions.get(heirs.get(school, ""), -1) for school, code in pairs]
    return replace(groups, codes=np.array(codes, dtype=np.int64))


def label_group(catalogue: Catalogue, by: str, code: str, indicator: Indicator | None = None) -> str:
    """What a group is called in print."""
    return list_group_labels(catalogue, by, indicator).get(code, code)


def list_group_labels(catalogue: Catalogue, by: str, indicator: Indicator | None = None) -> Mapping[str, str]:
    """Group → what it is called in print, for a breakdown whose groups are codes.

    Lists may have fields of the same name with other codes: those that the indicator rests on come first.
    """
    codelist = find_breakdown_codelist(catalogue, by, _list_sheets_named(catalogue, indicator))
    return catalogue.codelists[codelist].labels if codelist else {}


def find_breakdown_codelist(catalogue: Catalogue, by: str, first: Sequence[str] = ()) -> str | None:
    """The code list of the field or attribute that a breakdown is named after; in the register, then in `first`."""
    register = catalogue.register
    sheets = [register.roles.sheet] if register and register.roles else []
    for sheet_id in dict.fromkeys([*sheets, *first, *catalogue.sheet_owners]):
        sheet = catalogue.latest_layout(catalogue.sheet_owners[sheet_id]).find_sheet(sheet_id)
        for cell in sheet.cells if sheet and sheet.is_list else ():
            if cell.ref == f"{sheet_id}.{by}" and cell.codelist:
                return cell.codelist
    return None


def _list_sheets_named(catalogue: Catalogue, indicator: Indicator | None) -> list[str]:
    texts = (indicator.numerator, indicator.denominator or "") if indicator else ()
    return [word for text in texts for word in WORD.findall(text) if word in catalogue.sheet_owners]


def _find_keys(catalogue: Catalogue, source: UnitSource, register: RegisterView, grouping: Grouping) -> Sequence[str]:
    by = grouping.by
    if by == "school":
        return list(source.schools)
    if not by or grouping.lines:
        return [WHOLE] * source.length
    if by == catalogue.area_breakdown:
        areas = dict(zip(register.codes, register.areas, strict=True))
        return [areas.get(school) or UNKNOWN for school in source.schools]
    column = source.find_attribute(by, 0)
    if column is None:
        column = _find_joined(catalogue, source, by)
    merged = _merge_codes(catalogue, by)
    return [merged.get(str(value), str(value)) if isinstance(value, str) else UNKNOWN for value in column]


def _merge_codes(catalogue: Catalogue, by: str) -> Mapping[str, str]:
    """Codes that print under a coarser group, where their list has such groups."""
    codelist = find_breakdown_codelist(catalogue, by)
    entries = catalogue.codelists[codelist].codes if codelist else ()
    return {entry.code: entry.group for entry in entries if entry.group}


def _find_joined(catalogue: Catalogue, source: UnitSource, by: str) -> Values:
    """A field that a list of the bureau gives for each school."""
    for sheet_id, owner in catalogue.sheet_owners.items():
        sheet = catalogue.latest_layout(owner).find_sheet(sheet_id)
        if sheet and sheet.school_key and any(cell.ref == f"{sheet_id}.{by}" for cell in sheet.cells):
            texts = np.full(source.length, None, dtype=object)
            lines = source.find_lines(sheet_id, 0)
            if lines is not None and lines.length:
                texts[lines.unit[::-1]] = lines.columns[by][::-1]
            return texts
    return np.full(source.length, None, dtype=object)
