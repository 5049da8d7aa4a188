"""The pages of target sets and of evaluations."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.catalogue import Catalogue
from schemas.catalogue_pages.markdown import code, escape, facts, heading, link, spell_limits, spell_number, table
from schemas.definitions.evaluations import Evaluation, Requirement
from schemas.definitions.indicators import Target, TargetSet

TARGET_HEADS = ("indicators", "id", "stage", "part", "period", "value", "target_kind", "text")
REQUIREMENT_HEADS = ("id", "part", "name", "judged", "met", "threshold", "figures", "note", "basis")
SWITCH_HEADS = ("id", "name", "condition", "limits", "indicators_instead", "requirements", "note", "basis")


def build_targets_page(catalogue: Catalogue) -> str:
    """Every target set with its targets, in the words of the document."""
    say = catalogue.message
    text = heading(1, say("pages.targets")) + link(say("pages.back"), "README.md") + "\n\n"
    places = {indicator.id: domain for domain, entry in catalogue.domains.items() for indicator in entry.indicators}
    for target_set in catalogue.target_sets.values():
        text += heading(2, escape(target_set.name.zh))
        text += _describe_set(catalogue, target_set, places)
    return text


def build_evaluations_page(catalogue: Catalogue) -> str:
    """Every evaluation with its units, criteria, ceilings, requirements and switches."""
    say = catalogue.message
    text = heading(1, say("pages.evaluations")) + link(say("pages.back"), "README.md") + "\n\n"
    for evaluation in catalogue.evaluations.values():
        text += heading(2, f"{escape(evaluation.name.zh)} {code(evaluation.id)}")
        text += _describe_evaluation(catalogue, evaluation)
    return text


def _describe_set(catalogue: Catalogue, target_set: TargetSet, places: Mapping[str, str]) -> str:
    say = catalogue.message
    rows = (
        (
            link(catalogue.indicators[t.indicator].name.zh, f"indicators/{places[t.indicator]}.md#{t.indicator}"),
            code(t.indicator), _label_stages(catalogue, t.stage), escape(t.scope), escape(t.period), _spell_value(t),
            say(f"target_kind.{t.kind}"), escape(t.text),
        )
        for t in target_set.targets
    )  # fmt: skip
    said = facts({say("pages.id"): code(target_set.id), say("pages.note"): say(f"pages.{_name_use(target_set)}")})
    return said + table([say(f"pages.{head}") for head in TARGET_HEADS], rows)


def _name_use(target_set: TargetSet) -> str:
    return "official" if target_set.official else "own"


def _spell_value(target: Target) -> str:
    upper = f"–{spell_number(target.value_max)}" if target.value_max is not None else ""
    return escape(f"{target.op} {spell_number(target.value)}{upper} {target.unit}".strip())


def _label_stages(catalogue: Catalogue, stages: str) -> str:
    return escape("、".join(catalogue.label_stage(stage) for stage in stages.split(";") if stage))


def _describe_evaluation(catalogue: Catalogue, evaluation: Evaluation) -> str:
    say = catalogue.message
    said = {
        "alias": code(evaluation.alias),
        "issued_by": escape(evaluation.issued_by),
        "document": escape(evaluation.document),
        "since": escape(evaluation.since),
        "limits": spell_limits(evaluation.limits),
        "note": escape(evaluation.note),
    }
    parts = {
        "units": _list_units(catalogue, evaluation),
        "criteria": _list_criteria(catalogue, evaluation) + _spell_rules(catalogue, evaluation),
        "requirements": _list_requirements(catalogue, evaluation),
        "switches": _list_switches(catalogue, evaluation),
    }
    titled = (heading(3, say(f"pages.{name}")) + text for name, text in parts.items() if text)
    return facts({say(f"pages.{name}"): value for name, value in said.items()}) + "".join(titled)


def _list_units(catalogue: Catalogue, evaluation: Evaluation) -> str:
    heads = [catalogue.message(f"pages.{head}") for head in ("stage", "unit_schools", "unit_size")]
    return table(heads, ((escape(u.label.zh), code(u.schools), code(u.size)) for u in evaluation.units))


def _list_criteria(catalogue: Catalogue, evaluation: Evaluation) -> str:
    rows = (
        (
            escape(criterion.name.zh), escape(catalogue.label_stage(stage)), code(indicator),
            spell_number(criterion.thresholds[stage]) if stage in criterion.thresholds else "",
            code(criterion.dispersion.get(stage, "")),
        )
        for criterion in evaluation.criteria
        for stage, indicator in criterion.indicators.items()
    )  # fmt: skip
    heads = ("name", "stage", "indicators", "threshold", "dispersion")
    return table([catalogue.message(f"pages.{head}") for head in heads], rows)


def _spell_rules(catalogue: Catalogue, evaluation: Evaluation) -> str:
    say = catalogue.message
    rules = []
    if evaluation.unit_rule:
        floor = f"{100 * evaluation.unit_rule.floor:g}"
        rules.append(f"- {say('pages.unit_rule', reach=evaluation.unit_rule.reach, floor=floor)}")
    if evaluation.dispersion:
        limits = "、".join(f"{catalogue.label_stage(s)} {limit:g}" for s, limit in evaluation.dispersion.limits.items())
        rules.append(f"- {say('pages.ceilings')}（{say(f'pages.rule_{evaluation.dispersion.rule}')}）：{limits}")
    return "\n".join(rules) + "\n\n" if rules else ""


def _list_requirements(catalogue: Catalogue, evaluation: Evaluation) -> str:
    rows = (
        (
            escape(r.id), escape(r.part.zh), escape(r.name.zh), catalogue.message(f"judged.{r.judged}"),
            _spell_rule(catalogue, r), _spell_threshold(r), _spell_figures(r),
            _spell_remarks(catalogue, r), escape(r.basis),
        )
        for r in evaluation.requirements
    )  # fmt: skip
    return table([catalogue.message(f"pages.{head}") for head in REQUIREMENT_HEADS], rows)


def _spell_threshold(requirement: Requirement) -> str:
    """The threshold as printed, with the unit where it does not say it."""
    says_unit = not requirement.unit or requirement.threshold.endswith(requirement.unit)
    return escape(requirement.threshold if says_unit else f"{requirement.threshold} {requirement.unit}".strip())


def _spell_rule(catalogue: Catalogue, requirement: Requirement) -> str:
    """The formula, and what each school must keep to."""
    say = catalogue.message
    pieces = [code(requirement.met or "")]
    if requirement.schools:
        pieces.append(f"{say('pages.unit_schools')} {code(requirement.schools)}")
    for measure in requirement.measures:
        bound = [
            f"{say(f'pages.{name}')} {code(limit)}"
            for name, limit in (("at_least", measure.at_least), ("at_most", measure.at_most))
            if limit is not None
        ]
        pieces.append(f"{escape(measure.name.zh)} {code(measure.value)} {''.join(bound)}{escape(measure.unit)}")
    return "<br>".join(piece for piece in pieces if piece)


def _spell_figures(requirement: Requirement) -> str:
    figures = [f"{escape(figure.name.zh)} {code(figure.value)}" for figure in requirement.figures]
    return "<br>".join([code(requirement.value or ""), *figures] if requirement.value else figures)


def _spell_remarks(catalogue: Catalogue, requirement: Requirement) -> str:
    say = catalogue.message
    remarks = [
        f"{say('pages.known')} {code(requirement.known)}" if requirement.known else "",
        say("pages.most_short", count=requirement.count) if requirement.count is not None else "",
        say("pages.tolerated", share=f"{100 * requirement.tolerated:g}") if requirement.tolerated is not None else "",
        say("pages.evidence_too") if requirement.evidence_too else "",
    ]
    return "；".join(remark for remark in remarks if remark)


def _list_switches(catalogue: Catalogue, evaluation: Evaluation) -> str:
    say = catalogue.message
    rows = (
        (
            code(w.id), escape(w.label.zh), code(w.condition or ""), spell_limits(w.limits),
            "；".join(f"{code(old)} → {code(new)}" for old, new in w.indicators.items()),
            escape("、".join(w.requirements)), say("pages.excludes") if w.excludes else "", escape(w.basis),
        )
        for w in evaluation.switches
    )  # fmt: skip
    return table([say(f"pages.{head}") for head in SWITCH_HEADS], rows)
