"""A published workbook from its definition: each sheet by the builder of its kind."""

from __future__ import annotations

from collections.abc import Callable

from flows.publishers.sheets import SheetContent, WorkbookContent
from flows.publishers.summary_collection import (
    build_contents,
    build_cover,
    build_coverage,
    build_definitions,
    build_district,
    build_missing,
    build_rules,
    build_validation,
)
from flows.publishers.summary_data import SummaryData
from flows.publishers.summary_evaluation import build_criteria, build_dispersion, build_units
from flows.publishers.summary_figures import build_by_group, build_headline, build_schools
from flows.publishers.summary_gaps import build_gaps, build_lifts
from flows.publishers.summary_plans import build_plan_progress
from flows.publishers.summary_report import build_report_figures
from flows.publishers.summary_requirements import build_requirements
from flows.publishers.summary_revisions import build_revisions
from flows.publishers.summary_targets import build_targets
from flows.publishers.tables import fit_heights, offer_filter
from schemas.definitions.workbooks import SheetDefinition, WorkbookDefinition

Builder = Callable[[SummaryData, SheetDefinition], SheetContent]

BUILDERS: dict[str, Builder] = {
    "cover": build_cover,
    "headline": build_headline,
    "by_group": build_by_group,
    "schools": build_schools,
    "evaluation_criteria": build_criteria,
    "evaluation_units": build_units,
    "evaluation_dispersion": build_dispersion,
    "evaluation_requirements": build_requirements,
    "evaluation_gaps": build_gaps,
    "evaluation_lifts": build_lifts,
    "targets": build_targets,
    "plan_progress": build_plan_progress,
    "report_figures": build_report_figures,
    "coverage": build_coverage,
    "missing": build_missing,
    "revisions": build_revisions,
    "validation": build_validation,
    "district": build_district,
    "rules": build_rules,
    "definitions": build_definitions,
}

CONTENTS = "contents"


def build_summary(data: SummaryData, definition: WorkbookDefinition) -> WorkbookContent:
    """The workbook's content without the sheets of evaluations that are not run, and of groupings not in use."""
    chosen = tuple(sheet for sheet in definition.sheets if _is_run(data, sheet))
    definition = definition.model_copy(update={"sheets": chosen})
    sheets = [_build_sheet(data, definition, sheet) for sheet in definition.sheets]
    title = f"{data.district} {data.period} {definition.title.zh}"
    return WorkbookContent(title, tuple(sheets), subject=data.period)


def name_workbook_file(data: SummaryData, definition: WorkbookDefinition) -> str:
    """The file's name as the definition words it."""
    return definition.file_name.format(district=data.district, period=data.period)


def _is_run(data: SummaryData, sheet: SheetDefinition) -> bool:
    profile, by = sheet.parameters.get("evaluation"), str(sheet.parameters.get("by", ""))
    if by in data.catalogue.groupings and not data.list_groups(by):
        return False
    return profile is None or profile in data.evaluations


def _build_sheet(data: SummaryData, definition: WorkbookDefinition, sheet: SheetDefinition) -> SheetContent:
    if sheet.kind == CONTENTS:
        listed = [s for s in definition.sheets if s.kind not in (CONTENTS, "cover")]
        titles = [(s.name.zh[:31], s.title.zh if s.title else s.name.zh) for s in listed]
        return build_contents(data, sheet, titles)
    content = BUILDERS[sheet.kind](data, sheet)
    offer_filter(content)
    fit_heights(content)
    return content
