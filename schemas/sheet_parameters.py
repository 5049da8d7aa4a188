"""Whether sheets of workbooks name only what is there: kinds, indicators, breakdowns, evaluations, fields, codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from schemas.definitions.common import Model
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.indicators import Indicator
from schemas.definitions.workbooks import (
    SHEET_KINDS,
    EvaluationSheet,
    GroupSheet,
    HeadlineSheet,
    PlanLedger,
    Report,
    ReportFigure,
    RequirementSheet,
    SchoolSheet,
    UnitSheet,
    WorkbookDefinition,
)
from schemas.errors import DefinitionError, located, problem
from schemas.expressions.parse import parse_expression
from schemas.layout import SheetLayout
from schemas.placeholders import refuse_other_names
from schemas.references import list_attributes, refuse_unknown_attributes, refuse_unknown_parts
from schemas.yaml_files import build_model

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue

FILE_NAME_OFFERS = ("district", "period")
MOST_LETTERS = 31
"""A name of a sheet may not be longer; what is beyond is cut off."""


def refuse_stray_sheets(catalogue: Catalogue) -> None:
    """Raise DefinitionError at the first sheet of a workbook that asks for something that is not there."""
    for workbook in catalogue.workbooks.values():
        with located(file=catalogue.places["workbook", workbook.id], key=workbook.id):
            refuse_other_names(workbook.file_name, FILE_NAME_OFFERS, key="file_name")
            _refuse_same_names(workbook)
        for number, parameters in enumerate(_read_sheets(workbook, catalogue)):
            file = catalogue.places["workbook", workbook.id]
            with located(file=file, key=f"sheets.{number}.parameters"):
                _judge(parameters, catalogue)


def refuse_stray_sheet_formulas(catalogue: Catalogue) -> None:
    """Raise DefinitionError at the first formula of a sheet that cannot be read, or names what no return has."""
    attributes = list_attributes(catalogue)
    for workbook in catalogue.workbooks.values():
        for number, sheet in enumerate(workbook.sheets):
            if SHEET_KINDS[sheet.kind] is SchoolSheet:
                file, key = catalogue.places["workbook", workbook.id], f"sheets.{number}.parameters"
                with located(file=file, key=key):
                    parameters = SchoolSheet.model_validate(sheet.parameters)
                    for text in (parameters.schools, *(column.value for column in parameters.columns)):
                        if text:
                            expression = parse_expression(text)
                            refuse_unknown_attributes(expression, attributes)
                            refuse_unknown_parts(expression, catalogue)


def _read_sheets(workbook: WorkbookDefinition, catalogue: Catalogue) -> Iterator[Model]:
    """The parameters of every sheet as its kind takes them."""
    file = catalogue.places["workbook", workbook.id]
    for number, sheet in enumerate(workbook.sheets):
        model = SHEET_KINDS.get(sheet.kind)
        if model is None:
            fault = problem("no_sheet_kind", kind=sheet.kind, known=tuple(SHEET_KINDS))
            raise DefinitionError(fault, file=file, key=f"sheets.{number}.kind")
        yield build_model(sheet.parameters, model, file=file, key=f"sheets.{number}.parameters")


def _refuse_same_names(workbook: WorkbookDefinition) -> None:
    names: set[str] = set()
    for number, sheet in enumerate(workbook.sheets):
        name = sheet.name.zh[:MOST_LETTERS].casefold()
        if name in names:
            raise DefinitionError(problem("there_twice", name=sheet.name.zh), key=f"sheets.{number}.name")
        names.add(name)


def _judge(parameters: Model, catalogue: Catalogue) -> None:
    match parameters:
        case HeadlineSheet():
            for group in parameters.groups:
                _find_indicators(group.indicators, catalogue)
        case GroupSheet():
            _judge_groups(parameters, catalogue)
        case SchoolSheet():
            _refuse_unknown_fields(parameters.attributes, catalogue)
        case EvaluationSheet():
            _judge_evaluation(parameters, catalogue)
        case PlanLedger():
            _judge_ledger(parameters, catalogue)
        case Report():
            _judge_report(parameters, catalogue)


def _find_indicators(names: Iterable[str], catalogue: Catalogue) -> list[Indicator]:
    for name in names:
        if name not in catalogue.indicators:
            raise DefinitionError(problem("no_indicator", name=name))
    return [catalogue.indicators[name] for name in names]


def _judge_groups(sheet: GroupSheet, catalogue: Catalogue) -> None:
    indicators = _find_indicators(sheet.indicators, catalogue)
    known = {
        "stage",
        catalogue.area_breakdown,
        *catalogue.groupings,
        *(by for indicator in indicators for by in indicator.breakdowns),
    }
    if sheet.by not in known:
        raise DefinitionError(problem("no_breakdown", name=sheet.by, known=tuple(sorted(known))))
    if sheet.chart is not None and sheet.chart not in sheet.indicators:
        raise DefinitionError(problem("chart_elsewhere", name=sheet.chart))


def _judge_evaluation(sheet: EvaluationSheet, catalogue: Catalogue) -> None:
    evaluation = _find_evaluation(sheet.evaluation, catalogue)
    if isinstance(sheet, UnitSheet):
        _refuse_unknown_fields(sheet.attributes, catalogue)
    if isinstance(sheet, RequirementSheet):
        parts = tuple(dict.fromkeys(requirement.part.zh for requirement in evaluation.requirements))
        for part in sheet.parts:
            if part not in parts:
                raise DefinitionError(problem("no_part", name=part, known=parts))


def _find_evaluation(name: str, catalogue: Catalogue) -> Evaluation:
    if name not in catalogue.evaluations:
        raise DefinitionError(problem("no_evaluation", name=name, known=tuple(catalogue.evaluations)))
    return catalogue.evaluations[name]


def _refuse_unknown_fields(names: Iterable[str], catalogue: Catalogue) -> None:
    """Raise DefinitionError for a field that neither the register has nor a list with a line a school."""
    known: set[str] = set(list_attributes(catalogue))
    for owner in catalogue.returns:
        for sheet in catalogue.latest_layout(owner).sheets:
            if sheet.school_key:
                known |= set(_list_fields(sheet))
    for name in names:
        if name not in known:
            raise DefinitionError(problem("no_school_field", name=name))


def _judge_ledger(ledger: PlanLedger, catalogue: Catalogue) -> None:
    owner = catalogue.sheet_owners.get(ledger.list)
    sheet = catalogue.latest_layout(owner).find_sheet(ledger.list) if owner else None
    if sheet is None or not sheet.is_list:
        raise DefinitionError(problem("no_list", sheet=ledger.list))
    fields = _list_fields(sheet)
    for key, name in ledger.model_dump(exclude={"list", "dropped"}).items():
        if name not in fields:
            raise DefinitionError(problem("no_field_of_list", place=key, sheet=ledger.list, field=name))
    status = next(cell for cell in sheet.cells if cell.ref == f"{ledger.list}.{ledger.status}")
    codelist = catalogue.codelists.get(status.codelist or "")
    for code in ledger.dropped:
        if codelist is None or code not in codelist.labels:
            raise DefinitionError(problem("no_code", code=code, codelist=status.codelist or "—"))


def _list_fields(sheet: SheetLayout) -> list[str]:
    return [cell.ref.partition(".")[2] for cell in sheet.cells]


def _judge_report(report: Report, catalogue: Catalogue) -> None:
    if report.ledger:
        _judge_ledger(report.ledger, catalogue)
    for section in report.sections:
        for figure in section.figures:
            with located(key=figure.id):
                _judge_figure(figure, report, catalogue)


def _judge_figure(figure: ReportFigure, report: Report, catalogue: Catalogue) -> None:
    indicator = _find_indicators([figure.indicator], catalogue)[0]
    for stage in figure.stages:
        if stage not in indicator.stages:
            raise DefinitionError(problem("no_stage", name=stage, indicator=indicator.id))
    if figure.by and figure.by not in indicator.breakdowns:
        raise DefinitionError(problem("no_breakdown", name=figure.by, known=indicator.breakdowns))
    if figure.item and report.ledger is None:
        raise DefinitionError(problem("item_without_ledger"))
