"""The definition of an evaluation 评估: a rule over indicators, one YAML file a profile."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.definitions.common import FormulaText, Identifier, Label, Model


class Unit(Model):
    """What is judged: the parts of schools that serve one stage."""

    stage: Identifier
    label: Label
    schools: FormulaText = Field(description="which schools have such a part within the scope of the profile")
    size: FormulaText = Field(description="the part's weight in means and dispersion")


class Criterion(Model):
    """One indicator that every unit is measured by, per stage."""

    id: Identifier
    name: Label
    indicators: dict[str, Identifier] = Field(description="stage → indicator")
    thresholds: dict[str, float] = Field(
        default_factory=dict, description="stage → value to reach; none: only dispersion"
    )
    dispersion: dict[str, Identifier] = Field(default_factory=dict, description="stage → indicator of dispersion")


class UnitRule(Model):
    """A unit passes when so many criteria are reached and the rest reach the floor share of their threshold."""

    reach: int = Field(ge=0)
    floor: float = Field(ge=0, le=1)


class DispersionRule(Model):
    """Ceilings by stage, for each criterion or for the plain mean of all."""

    limits: dict[str, float]
    rule: Literal["each", "mean"] = "each"


class Requirement(Model):
    """An item beside the criteria: met by a formula over the district or its schools, or by evidence filed."""

    id: str
    part: Label
    name: Label
    judged: Literal["district", "schools", "evidence"]
    met: FormulaText | None = None
    schools: FormulaText | None = Field(None, description="judged by schools: which schools it concerns")
    value: FormulaText | None = Field(None, description="the figure shown beside the verdict")
    threshold: str = ""
    unit: str = ""
    decimals: int = Field(1, ge=0, le=6)
    count: int | None = Field(None, description="most schools that may fall short")
    basis: str = ""


class Switch(Model):
    """A relaxation or exemption: off unless the profile or the workspace switches it on."""

    id: Identifier
    label: Label
    condition: FormulaText | None = None
    indicators: dict[Identifier, Identifier] = Field(
        default_factory=dict, description="indicator → the one used instead"
    )
    limits: dict[Identifier, float] = Field(default_factory=dict, description="limit → value for schools that meet it")
    requirements: tuple[str, ...] = Field((), description="requirements judged with the limits of the switch")
    excludes: bool = Field(default=False, description="schools that meet the condition are left out")
    basis: str = ""


class Evidence(Model):
    """Where the bureau files its own judgement of requirements that no figure decides."""

    sheet: Identifier
    item: Identifier
    met: Identifier
    note: Identifier


class Evaluation(Model):
    """An evaluation profile."""

    id: Identifier
    alias: str = Field("", description="short name by which indicators ask for its results")
    name: Label
    issued_by: str = ""
    document: str = ""
    since: str = ""
    units: tuple[Unit, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    unit_rule: UnitRule | None = None
    dispersion: DispersionRule | None = None
    requirements: tuple[Requirement, ...] = ()
    evidence: Evidence | None = None
    switches: tuple[Switch, ...] = ()
    limits: dict[Identifier, float | str] = Field(default_factory=dict)
    small_base: int = Field(5, description="fewer units than this behind a dispersion: flagged")
