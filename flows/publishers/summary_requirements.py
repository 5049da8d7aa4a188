"""Sheet of the requirements of an evaluation: each with its figure, its verdict, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

from flows.indicators.evaluations import EvaluationResult
from flows.indicators.requirements import RequirementResult
from flows.publishers.parameters import read_parameters
from flows.publishers.sheets import SheetContent
from flows.publishers.summary_data import SummaryData
from flows.publishers.tables import HEAD_ROW, Head, format_figure, number_style, open_sheet, put_value
from schemas.definitions.workbooks import RequirementSheet, SheetDefinition

MOST_NAMED = 5
"""Schools named on the line of a requirement; the gap list names all."""

VERDICTS: dict[bool | None, str] = {True: "met", False: "unmet", None: "unjudged"}


def build_requirements(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """表Ⅳ–Ⅵ (definitions.md §2.7): the requirements of the parts named, of all parts where none is."""
    parameters = read_parameters(definition, RequirementSheet)
    result, parts = data.evaluations[parameters.evaluation], parameters.parts
    chosen = [r for r in result.requirements if not parts or r.requirement.part.zh in parts]
    heads = _list_heads(data)
    content = open_sheet(definition, heads, _spell_caption(data, result, chosen))
    names = _name_schools(data)
    for offset, judged in enumerate(chosen):
        _put_requirement(data, content, HEAD_ROW + 1 + offset, judged, names)
    return content


def _list_heads(data: SummaryData) -> list[Head]:
    message = data.catalogue.message
    return [
        Head(message("evaluation.id"), 7, "text_center"), Head(message("evaluation.part"), 14, "text_center"),
        Head(message("evaluation.content"), 46), Head(message("evaluation.asked"), 20, "text_center"),
        Head(message("evaluation.value"), 12), Head(message("evaluation.unit"), 9, "text_center"),
        Head(message("summary.status"), 10), Head(message("evaluation.figures"), 34),
        Head(message("evaluation.schools_short"), 34), Head(message("evaluation.evidence"), 24),
    ]  # fmt: skip


def _spell_caption(data: SummaryData, result: EvaluationResult, chosen: Sequence[RequirementResult]) -> str:
    counts: dict[str, str] = {
        "total": str(len(chosen)), "met": str(sum(r.met is True for r in chosen)),
        "unmet": str(sum(r.met is False for r in chosen)), "unjudged": str(sum(r.met is None for r in chosen)),
    }  # fmt: skip
    parts = [f"{result.evaluation.name.zh}　{result.evaluation.document}"]
    parts.append(data.catalogue.message("evaluation.met_count", **counts))
    labels = [switch.label.zh for switch in result.evaluation.switches if switch.id in result.switches]
    if labels:
        parts.append(data.catalogue.message("evaluation.switches", names="；".join(labels)))
    parts += [result.evaluation.note] if result.evaluation.note else []
    return "　".join(parts)


def _put_requirement(
    data: SummaryData, content: SheetContent, row: int, judged: RequirementResult, names: dict[str, str]
) -> None:
    requirement = judged.requirement
    content.put(row, 0, requirement.id, "text_center")
    content.put(row, 1, requirement.part.zh, "text_center")
    content.put(row, 2, requirement.name.zh, "text")
    content.put(row, 3, requirement.threshold, "text_center")
    put_value(content, row, 4, _find_shown(judged), number_style(_count_decimals(judged)))
    content.put(row, 5, _find_unit(data, judged), "text_center")
    verdict = VERDICTS[judged.met]
    if judged.nearly:
        content.put(row, 6, data.catalogue.message("evaluation.nearly"), "query")
    else:
        content.put(row, 6, data.catalogue.message(f"status.{verdict}"), verdict)
    content.put(row, 7, _spell_figures(judged), "text")
    content.put(row, 8, _spell_short(data, judged, names), "text")
    content.put(row, 9, judged.evidence, "text")


def _counts_schools(judged: RequirementResult) -> bool:
    """True where the figure beside the verdict is how many schools fall short."""
    return judged.requirement.judged == "schools" and judged.requirement.value is None


def _find_shown(judged: RequirementResult) -> float:
    return float(len(judged.short)) if _counts_schools(judged) else judged.value


def _count_decimals(judged: RequirementResult) -> int:
    return 0 if _counts_schools(judged) else judged.requirement.decimals


def _find_unit(data: SummaryData, judged: RequirementResult) -> str:
    if _counts_schools(judged):
        return data.catalogue.message("evaluation.schools")
    return judged.requirement.unit


def _spell_figures(judged: RequirementResult) -> str:
    return "；".join(
        f"{figure.name.zh} {format_figure(value, figure.decimals, figure.unit)}"
        for figure, value in zip(judged.requirement.figures, judged.figures, strict=True)
    )


def _spell_short(data: SummaryData, judged: RequirementResult, names: dict[str, str]) -> str:
    """The first of the schools that fall short, and how many there are; how many could not be judged."""
    message = data.catalogue.message
    named = "、".join(names.get(school, school) for school in judged.short[:MOST_NAMED])
    parts = [named] if named else []
    if len(judged.short) > MOST_NAMED:
        parts = [message("evaluation.more_schools", names=named, count=len(judged.short))]
    parts += [message("evaluation.schools_unknown", count=len(judged.unknown))] if judged.unknown else []
    return "；".join(parts)


def _name_schools(data: SummaryData) -> dict[str, str]:
    register = data.desk.open_period(data.period).register
    return dict(zip(register.codes, register.names, strict=True))
