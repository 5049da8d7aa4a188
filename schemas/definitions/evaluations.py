"""The definition of an evaluation 评估: a rule over indicators, one YAML file a profile."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.definitions.common import FormulaText, Identifier, Label, Model


class Unit(Model):
    """What is judged: the parts of schools that serve one stage."""

    stage: Identifier
    label: Label
    schools: FormulaText = Field(description="which schools have such a part within the scope of the profile")
    size: FormulaText = Field(description="the part's weight in means and dispersion")


class Amount(Model):
    """What a shortfall is made good with: so much for every `per` of a unit's size, in whole pieces or not."""

    unit: str
    per: float = Field(1, gt=0)
    whole: bool = False


class Criterion(Model):
    """One indicator that every unit is measured by, per stage."""

    id: Identifier
    name: Label
    indicators: dict[str, Identifier] = Field(description="stage → indicator")
    thresholds: dict[str, float] = Field(
        default_factory=dict, description="stage → value to reach; none: only dispersion"
    )
    dispersion: dict[str, Identifier] = Field(default_factory=dict, description="stage → indicator of dispersion")
    amount: Amount | None = Field(None, description="how a shortfall is counted in gap lists; none: as the indicator")


class UnitRule(Model):
    """A unit passes when so many criteria are reached and the rest reach the floor share of their threshold."""

    reach: int = Field(ge=0)
    floor: float = Field(ge=0, le=1)


class DispersionRule(Model):
    """Ceilings by stage, for each criterion or for the plain mean of all."""

    limits: dict[str, float]
    rule: Literal["each", "mean"] = "each"


class Figure(Model):
    """A figure behind a requirement, shown beside it."""

    name: Label
    value: FormulaText
    unit: str = ""
    decimals: int = Field(0, ge=0, le=6)


class Measure(Model):
    """What a requirement asks of each school: a figure of its own that is at least, or at most, so much."""

    name: Label
    value: FormulaText
    at_least: FormulaText | None = None
    at_most: FormulaText | None = None
    unit: str = ""
    decimals: int = Field(0, ge=0, le=6)

    @model_validator(mode="after")
    def _has_one_bound(self) -> Measure:
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("one_bound", "give exactly one of at_least, at_most")
        return self


class Requirement(Model):
    """An item beside the criteria: met by a formula over the district or its schools, or by evidence filed."""

    id: str
    part: Label
    name: Label
    judged: Literal["district", "schools", "evidence"]
    known: FormulaText | None = Field(None, description="without this, nobody can tell whether it is met")
    met: FormulaText | None = None
    schools: FormulaText | None = Field(None, description="judged by schools: which schools it concerns")
    measures: tuple[Measure, ...] = Field((), description="judged by schools: what each of them must keep to")
    evidence_too: bool = Field(default=False, description="part of it only the bureau can judge: evidence is asked for")
    value: FormulaText | None = Field(None, description="the figure shown beside the verdict")
    figures: tuple[Figure, ...] = Field((), description="the counts behind the figure")
    threshold: str = ""
    unit: str = ""
    decimals: int = Field(1, ge=0, le=6)
    count: int | None = Field(None, description="most schools that may fall short")
    tolerated: float | None = Field(
        None, ge=0, le=1, description="share of the schools that may fall short and it still be met in the main"
    )
    minimum_coverage: float = Field(95, ge=0, le=100, description="below this nobody can tell whether it is met")
    basis: str = ""


class Switch(Model):
    """A relaxation or exemption: off unless the profile or the workspace switches it on.

    Switches are for the evaluation alone; the indicators it rests on keep their definition.
    """

    id: Identifier
    label: Label
    condition: FormulaText | None = Field(None, description="schools it is for; none: all")
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
    note: str = Field("", description="what a reader of the results must know")
    units: tuple[Unit, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    unit_rule: UnitRule | None = None
    dispersion: DispersionRule | None = None
    requirements: tuple[Requirement, ...] = ()
    evidence: Evidence | None = None
    switches: tuple[Switch, ...] = ()
    limits: dict[Identifier, float | str] = Field(default_factory=dict)
    small_base: int = Field(5, description="fewer units than this behind a dispersion: flagged")

    @model_validator(mode="after")
    def _can_be_judged(self) -> Evaluation:
        known = {requirement.id for requirement in self.requirements}
        for switch in self.switches:
            for stranger in set(switch.requirements) - known:
                raise PydanticCustomError("no_requirement", "there is no requirement {name}", {"name": stranger})
        for requirement in self.requirements:
            _refuse_without_judge(requirement, has_evidence=self.evidence is not None)
        return self


def _refuse_without_judge(requirement: Requirement, *, has_evidence: bool) -> None:
    asked = requirement.judged == "evidence" or requirement.evidence_too
    if asked and not has_evidence:
        raise PydanticCustomError("no_evidence", "{id} needs evidence: say where it is filed", {"id": requirement.id})
    by_formula = requirement.met is not None or (requirement.judged == "schools" and requirement.measures)
    if requirement.judged != "evidence" and not by_formula:
        raise PydanticCustomError("no_judge", "{id} has no formula to be judged by", {"id": requirement.id})
