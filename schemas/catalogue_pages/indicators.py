"""The page of one domain of indicators."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.catalogue import Catalogue
from schemas.catalogue_pages.markdown import anchor, code, escape, facts, heading, link, spell_limits, table
from schemas.definitions.indicators import Domain, Indicator, Target, TargetSet


def build_domain_page(catalogue: Catalogue, domain: Domain) -> str:
    """An overview in a table, then each indicator with its formula and everything that is said of it."""
    say = catalogue.message
    heads = [say(f"pages.{head}") for head in ("id", "name", "unit", "direction", "coverage", "publish")]
    # A workspace may have limits of its own: the catalogue's indicators have them, the file's have not.
    indicators = [catalogue.indicators[indicator.id] for indicator in domain.indicators]
    rows = (
        (
            f"[{code(i.id)}](#{i.id})", escape(i.name.zh), escape(i.unit), say(f"direction.{i.direction}"),
            f"{i.minimum_coverage:g}%" if i.minimum_coverage else "", say(f"publish.{i.publish}"),
        )
        for i in indicators
    )  # fmt: skip
    text = heading(1, escape(domain.name.zh)) + link(say("pages.back"), "../README.md") + "\n\n"
    text += table(heads, rows)
    return text + "".join(_describe(catalogue, indicator) for indicator in indicators)


def name_targets(catalogue: Catalogue, indicator: str) -> Iterator[tuple[TargetSet, Target]]:
    """Targets of an indicator, with the set each belongs to."""
    for target_set in catalogue.target_sets.values():
        for target in target_set.targets:
            if target.indicator == indicator:
                yield target_set, target


def _describe(catalogue: Catalogue, indicator: Indicator) -> str:
    say = catalogue.message
    formula = {
        "english": escape(indicator.name.en),
        "definition": escape(indicator.definition.zh) if indicator.definition else "",
        "numerator": code(indicator.numerator),
        "denominator": code(indicator.denominator or ""),
        "factor": f"{indicator.factor:g}" if indicator.factor != 1 else "",
        "variants": _spell_variants(indicator),
        "limits": spell_limits(indicator.limits),
    }
    values = {say(f"pages.{name}"): value for name, value in (formula | _list_properties(catalogue, indicator)).items()}
    return heading(3, f"{anchor(indicator.id)}{escape(indicator.name.zh)} {code(indicator.id)}") + facts(values)


def _list_properties(catalogue: Catalogue, indicator: Indicator) -> dict[str, str]:
    say = catalogue.message
    sets = dict.fromkeys(target_set.name.zh for target_set, _ in name_targets(catalogue, indicator.id))
    known = {definition.no for definition in catalogue.returns.values()}
    return {
        "unit": escape(indicator.unit),
        "decimals": str(indicator.decimals),
        "stages": "、".join(escape(catalogue.label_stage(stage)) for stage in indicator.stages),
        "breakdowns": "、".join(code(by) for by in indicator.breakdowns),
        "direction": say(f"direction.{indicator.direction}"),
        "coverage": f"{indicator.minimum_coverage:g}%" if indicator.minimum_coverage else "",
        "via": say(f"via.{indicator.via}"),
        "basis": escape(indicator.basis),
        "sources": "、".join(
            link(source, f"../returns/{source}.md") if source in known else escape(source)
            for source in indicator.sources
        ),
        "targets_of": "；".join(link(name, "../targets.md") for name in sets),
        "publish": say(f"publish.{indicator.publish}"),
        "note": escape(indicator.note),
    }


def _spell_variants(indicator: Indicator) -> str:
    return "；".join(
        f"{code(by)} {escape(variant.label.zh)} {code(variant.numerator)}"
        + (f" / {code(variant.denominator)}" if variant.denominator else "")
        for by, groups in indicator.variants.items()
        for variant in groups.values()
    )
