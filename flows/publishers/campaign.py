"""Templates for many schools: one workbook built for each shape of form, then stamped with each school's identity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.template import META_SHEET, Addressee, build_template, find_open_cells, name_reference_sheets
from flows.publishers.write import write_workbook
from schemas.catalogue import Catalogue
from schemas.layout import UNIT_ROW, FormLayout

PLACEHOLDER = "…"


@dataclass
class TemplateMaker:
    """Makes templates; keeps one unstamped workbook for each shape met."""

    catalogue: Catalogue
    _shapes: dict[tuple[object, ...], bytes] = field(default_factory=dict, repr=False)

    def make(self, layout: FormLayout, period: str, addressee: Addressee) -> bytes:
        """The template of a return for a school and period."""
        open_cells = frozenset(find_open_cells(self.catalogue, layout, addressee))
        shown = tuple(tab for _, tab in name_reference_sheets(self.catalogue, layout, addressee, open_cells))
        identified = (bool(addressee.code), bool(addressee.name), bool(addressee.district_code))
        key = (layout.return_id, layout.version, period, open_cells, shown, addressee.earlier_period, identified)
        if key not in self._shapes:
            self._shapes[key] = self._build_shape(layout, period, addressee)
        return fill_workbook(self._shapes[key], self._list_stamps(layout, period, addressee, open_cells))

    def _build_shape(self, layout: FormLayout, period: str, addressee: Addressee) -> bytes:
        """What schools share: identity stands as a placeholder, and nobody's earlier figures are in it."""
        blank = replace(
            addressee,
            code=PLACEHOLDER if addressee.code else "",
            name=PLACEHOLDER if addressee.name else "",
            earlier=dict.fromkeys(addressee.earlier, ""),
        )
        content = build_template(self.catalogue, layout, period, blank)
        assert self.catalogue.theme is not None
        return write_workbook(content, self.catalogue.theme)

    def _list_stamps(
        self, layout: FormLayout, period: str, addressee: Addressee, open_cells: frozenset[str]
    ) -> dict[str, Mapping[str, CellValue]]:
        cover = self.catalogue.cover
        line = self.catalogue.message(
            "template.cover_line", district=addressee.district_name, period=period, school=addressee.name
        )
        identity = {
            "school_code": addressee.code,
            "school_name": addressee.name,
            "district_code": addressee.district_code,
        }
        cells: dict[str, CellValue] = {
            cell.address: identity[cell.ref.partition(".")[2]]
            for cell in cover.cells
            if identity.get(cell.ref.partition(".")[2])
        }
        stamps: dict[str, Mapping[str, CellValue]] = {
            cover.tab: cells | {f"A{UNIT_ROW}": line.strip()}, META_SHEET: {"B5": addressee.code},
        }  # fmt: skip
        return stamps | self._list_references(layout, addressee, open_cells)

    def _list_references(
        self, layout: FormLayout, addressee: Addressee, open_cells: frozenset[str]
    ) -> dict[str, Mapping[str, CellValue]]:
        tabs = name_reference_sheets(self.catalogue, layout, addressee, open_cells)
        return {
            tab: {
                cell.address: addressee.earlier.get(cell.ref) for cell in sheet.cells if cell.ref in addressee.earlier
            }
            for sheet, tab in tabs
        }


def name_template_file(layout: FormLayout, period: str, addressee: Addressee, revision: int = 1) -> str:
    """`J03_2133000001_示例学校_2025-2026_v1.xlsx`: the name helps people; the cover decides."""
    name = re.sub(r"[\\/:*?\"<>|\s]", "", addressee.name)[:30]
    parts = (
        [layout.no, addressee.code, name, period, f"v{revision}"]
        if addressee.code
        else [layout.no, layout.title, period]
    )
    return "_".join(part for part in parts if part) + ".xlsx"
