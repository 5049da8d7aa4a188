"""Groups of schools that figures are shown for: the district, areas, register attributes, single schools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from flows.register import RegisterView
from flows.sources import UnitSource
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator
from schemas.expressions.columns import Mask, Values
from schemas.periods import find_bounds, step_back

UNKNOWN = "未知"
WORD = re.compile(r"[A-Za-z_]\w*")

UNGROUPED = "none"
"""The group of schools that belong to none of a grouping."""
WHOLE = ""
SUCCESSION = "succession"
"""The breakdown by what several schools together stand for since the period before."""
JOIN = "+"

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """What schools are grouped by: an attribute's name, `school`, or nothing for the whole district.

    `lines` names the field when it is lines of a list that are grouped, not schools. `within` is a grouping and the
    one of its groups, empty for none, whose schools alone are looked at.
    """

    by: str = WHOLE
    area: str = WHOLE
    lines: str = ""
    within: tuple[str, str] | None = None

    @property
    def is_whole(self) -> bool:
        """True if the district's own returns belong to the (only) group."""
        return not self.by and not self.area and self.within is None


@dataclass(frozen=True, slots=True)
class Groups:
    """Labels of the groups, and each unit's group; -1: in none. `of` is the period they are of, where another."""

    grouping: Grouping
    labels: tuple[str, ...]
    codes: Codes
    of: str = ""

    @property
    def length(self) -> int:
        return len(self.labels)

    def count(self, chosen: Mask) -> Codes:
        """How many of the chosen units are in each group."""
        return np.bincount(self.codes[chosen & (self.codes >= 0)], minlength=self.length)

    def count_all(self) -> Codes:
        """How many units are in each group."""
        return self.count(self.codes >= 0)


def build_groups(
    catalogue: Catalogue,
    source: UnitSource,
    register: RegisterView,
    grouping: Grouping,
    labels: Sequence[str] | None = None,
) -> Groups:
    """The groups of the units. With labels given (those of another period), in their order and no others."""
    keys = _find_keys(catalogue, source, register, grouping)
    inside = _find_inside(source, register, grouping)
    if labels is None:
        present = {key for key, wanted in zip(keys, inside, strict=True) if wanted and key is not None}
        labels = (WHOLE,) if not grouping.by or grouping.lines else sort_groups(present)
    positions = {label: position for position, label in enumerate(labels)}
    if not grouping.by or grouping.lines:
        codes = np.where(inside, 0, -1)
    else:
        chosen = zip(keys, inside, strict=True)
        codes = np.array([positions.get(key or "", -1) if wanted else -1 for key, wanted in chosen], dtype=np.int64)
    return Groups(grouping, tuple(labels), codes.astype(np.int64))


def sort_groups(groups: Iterable[str]) -> list[str]:
    """Groups by name, those that have none last."""
    return sorted(groups, key=lambda group: (is_nameless(group), group))


def is_nameless(group: str) -> bool:
    """True for the group of schools of which nobody knows where they belong, or that belong nowhere."""
    return group in (UNKNOWN, UNGROUPED)


def carry_back(groups: Groups, period: str, schools: Sequence[str], traced: Mapping[str, Sequence[str]]) -> Groups:
    """The groups of a later period, each one school, over the schools of an earlier one.

    `traced` gives the schools whose earlier figures a school's own are, where that is not itself.
    """
    positions = {origin: i for i, label in enumerate(groups.labels) for origin in traced.get(label, (label,))}
    codes = np.array([positions.get(school, -1) for school in schools], dtype=np.int64)
    return replace(groups, codes=codes, of=period)


def split_succession(label: str) -> tuple[str, ...]:
    """The earlier schools that a group of SUCCESSION is called by."""
    return tuple(label.split(JOIN))


def label_group(catalogue: Catalogue, by: str, code: str, indicator: Indicator | None = None) -> str:
    """What a group is called in print."""
    return list_group_labels(catalogue, by, indicator).get(code, code)


def list_group_labels(catalogue: Catalogue, by: str, indicator: Indicator | None = None) -> Mapping[str, str]:
    """Group → what it is called in print, for a breakdown whose groups are codes or of which one has no name.

    Lists may have fields of the same name with other codes: those that the indicator rests on come first.
    """
    codelist = find_breakdown_codelist(catalogue, by, _list_sheets_named(catalogue, indicator))
    labels = catalogue.codelists[codelist].labels if codelist else {}
    return {**labels, UNGROUPED: catalogue.message("summary.ungrouped")} if by in catalogue.groupings else labels


def find_breakdown_codelist(catalogue: Catalogue, by: str, first: Sequence[str] = ()) -> str | None:
    """The code list called like a grouping, or of the field it is named after: in the register, then `first`."""
    if by in catalogue.groupings:
        return by if by in catalogue.codelists else None
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


def _find_inside(source: UnitSource, register: RegisterView, grouping: Grouping) -> Mask:
    """Units of the area, and of the group, that are looked at."""
    inside = np.ones(source.length, dtype=bool)
    if grouping.area:
        areas = dict(zip(register.codes, register.areas, strict=True))
        inside &= np.array([areas.get(school) == grouping.area for school in source.schools], dtype=bool)
    if grouping.within is not None:
        name, group = grouping.within
        members = register.memberships.get(name, {})
        inside &= np.array([group in (members.get(school) or (UNGROUPED,)) for school in source.schools], dtype=bool)
    return inside


def _find_keys(
    catalogue: Catalogue, source: UnitSource, register: RegisterView, grouping: Grouping
) -> Sequence[str | None]:
    """The group of each unit; None for a unit that belongs to none and is not shown."""
    by = grouping.by
    if by == "school":
        return list(source.schools)
    if not by or grouping.lines:
        return [WHOLE] * source.length
    if by == catalogue.area_breakdown:
        areas = dict(zip(register.codes, register.areas, strict=True))
        return [areas.get(school) or UNKNOWN for school in source.schools]
    if by == SUCCESSION:
        return _find_families(source, register)
    column = source.find_attribute(by, 0)
    if by in catalogue.groupings and column is not None:
        return [str(value) if value else UNGROUPED for value in column]
    if column is None:
        column = _find_joined(catalogue, source, by)
    merged = _merge_codes(catalogue, by)
    return [merged.get(str(value), str(value)) if isinstance(value, str) else UNKNOWN for value in column]


def _find_families(source: UnitSource, register: RegisterView) -> list[str | None]:
    """The schools that each unit, together with others, stands for since the period before; None for most."""
    since = find_bounds(step_back(source.period))[0]
    shared = [family for family in register.list_families(since) if len(family.after) > 1 and family.before]
    keys = {school: JOIN.join(family.before) for family in shared for school in family.after}
    return [keys.get(school) for school in source.schools]


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
