"""Every indicator and target of the seed catalogue is loaded as it is written there, or differs for a stated reason."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator, Target
from schemas.expressions.parse import parse_expression
from tests.definitions import spelling

NO_STAGE = frozenset({"", "all", "district"})
"""What the catalogue writes where an indicator is of no stage."""

SAME_SCHOOLS = "the condition asks for the types of school of the denominator, so that no share is over 100 %"

DIFFERENT_FORMULAS: Mapping[str, str] = {
    "music_art_ok": SAME_SCHOOLS,
    "std_instrument": SAME_SCHOOLS,
    "banbantong": "multimedia classes of kindergartens are left out, as the denominator counts classes of schools only",
    "cv_b_above_req": "the dispersion of 2012 is over the schools of 2012: it rests on indicators of its own",
    "res_school_ok": "school parts that the unit rule leaves out (321, small 218) count in neither number",
    "coverage_pupils": "the engine has no subject words: what the product counts of a school is called its size",
}
"""Indicator whose formula is not the catalogue's to the letter → why."""


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def spell(formula: str | None) -> str:
    """A formula in one spelling, so that blanks and brackets that mean nothing do not count."""
    return spelling.spell(parse_expression(formula.replace("{stage}", "stage"))) if formula else ""


def describe(indicator: Indicator) -> dict[str, object]:
    """What an indicator has in common with a row of the catalogue."""
    return {
        "name_zh": indicator.name.zh, "name_en": indicator.name.en, "kind": indicator.kind, "via": indicator.via,
        "unit": indicator.unit, "decimals": indicator.decimals, "factor": indicator.factor,
        "stages": indicator.stages, "breakdowns": indicator.breakdowns, "direction": indicator.direction,
        "coverage": indicator.minimum_coverage,
    }  # fmt: skip


def describe_row(row: Mapping[str, str]) -> dict[str, object]:
    return {
        "name_zh": row["name_zh"], "name_en": row["name_en"], "kind": row["kind"], "via": row["via"] or "computed",
        "unit": row["unit"], "decimals": int(row["decimals"]), "factor": float(row["factor"] or 1),
        "stages": tuple(stage for stage in split(row["stage"]) if stage not in NO_STAGE),
        "breakdowns": split(row["breakdowns"]), "direction": row["direction"] or "none",
        "coverage": float(row["min_coverage_pct"] or 0),
    }  # fmt: skip


def test_every_indicator_is_loaded(catalogue_folder: Path, loaded: Catalogue) -> None:
    written = {row["id"] for row in read_rows(catalogue_folder / "indicators.csv")}
    assert written - set(loaded.indicators) == set()


def test_every_indicator_has_name_unit_decimals_stages_and_breakdowns_of_the_catalogue(
    catalogue_folder: Path, loaded: Catalogue
) -> None:
    different = {}
    for row in read_rows(catalogue_folder / "indicators.csv"):
        ours, theirs = describe(loaded.indicators[row["id"]]), describe_row(row)
        if ours != theirs:
            different[row["id"]] = {key: (ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]}
    assert different == {}


def test_every_formula_is_that_of_the_catalogue_or_differs_for_a_reason(
    catalogue_folder: Path, loaded: Catalogue
) -> None:
    different = {
        row["id"]
        for row in read_rows(catalogue_folder / "indicators.csv")
        for ours, theirs in (
            (loaded.indicators[row["id"]].numerator, row["numerator"]),
            (loaded.indicators[row["id"]].denominator, row["denominator"]),
        )
        if spell(ours) != spell(theirs)
    }
    assert different == set(DIFFERENT_FORMULAS)


def test_every_target_stands_in_its_set(catalogue_folder: Path, loaded: Catalogue) -> None:
    ours = Counter(spell_target(name, target) for name, held in loaded.target_sets.items() for target in held.targets)
    theirs = Counter(spell_target_row(row) for row in read_rows(catalogue_folder / "targets.csv"))
    assert list((theirs - ours).elements()) == []


def spell_target(name: str, target: Target) -> tuple[str, ...]:
    high = "" if target.value_max is None else repr(float(target.value_max))
    return (
        name, target.indicator, target.stage, target.scope, target.period, target.op, repr(float(target.value)), high,
        target.unit, target.text, target.kind, target.seed,
    )  # fmt: skip


def spell_target_row(row: Mapping[str, str]) -> tuple[str, ...]:
    high = repr(float(row["value_max"])) if row["value_max"] else ""
    return (
        row["target_set"], row["indicator_id"], row["stage"], row["scope"], row["period"], row["op"],
        repr(float(row["value"])), high, row["unit"], row["text_zh"], row["kind"], row["seed_id"],
    )  # fmt: skip
