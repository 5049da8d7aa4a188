"""A district that asks for the survey of reading rooms two years running, on another form the second year."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.cli import run_command
from flows.conductor import PlainConductor
from flows.normalisers.records import stack_readings
from flows.pipeline import NightReport, run_night
from flows.publishers.campaign import TemplateMaker
from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.template import Addressee
from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading import Reading
from flows.readers.reading_map import build_reading_map
from flows.setup import make_workspace
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import SHIPPED, Catalogue, load_catalogue
from schemas.layout import FormLayout
from tests.rollover.two_forms import HEAD, INDICATORS, NEW_FORM, NEW_SHEETS, NEW_WITHOUT_MAP, OLD, YEAR, YEAR_BEFORE
from tests.templates.filling import SIGNED, Lines, fill_return, type_cells, type_cover

BUREAU = Addressee("3201990000", "示例区教育局", "320199", "示例区")

TOWN, EAST, WEST, HILL, VALLEY, BRIDGE, BROOK, MILL = (f"213200000{number}" for number in range(1, 9))
MIDDLE = "3132000009"

NAMES: Mapping[str, str] = {
    TOWN: "城关小学", EAST: "河东小学", WEST: "河西小学", HILL: "山前小学", VALLEY: "山后小学", BRIDGE: "新桥小学",
    BROOK: "新溪小学", MIDDLE: "城关初级中学", MILL: "磨坊小学",
}  # fmt: skip

Answers = Mapping[str, CellValue]
"""Reference or address → what is typed there."""

KEEPERS: Lines = {"keeper": [{"card_no": "007", "hours": 22.5, "since": date(2019, 9, 1)}]}

DUE = {"J00": date(2024, 10, 15), "L01": date(2024, 11, 15)}
"""The register was given longer than usual in the year before; the survey is due when it always is."""

FILED_BEFORE = (TOWN, EAST, WEST, BRIDGE, MIDDLE)
"""Schools that file the survey in the year before."""


def list_register() -> list[dict[str, CellValue]]:
    """The register as filed in the year before, with what was to happen until the next."""
    return [
        _register(TOWN), _register(EAST),
        _register(WEST, valid_to="2025-12-31"),
        _register(HILL),
        _register(VALLEY, valid_to="2025-03-31", successor_code=TOWN, expected_returns="J01"),
        _register(BRIDGE, valid_to="2025-01-31"),
        _register(
            BRIDGE, school_name="新桥实验小学", alias_names="新桥小学", valid_from="2025-02-01", urban_rural="210"
        ),
        _register(BROOK, valid_from="2025-03-01"),
        _register(MIDDLE, school_type="311", stages="junior", system_primary=None, system_junior=3),
        _register(MILL, expected_returns="J01"),
    ]  # fmt: skip


def _register(code: str, **changed: CellValue) -> dict[str, CellValue]:
    return {
        "school_code": code, "school_name": NAMES[code], "school_type": "211", "run_by": "831", "urban_rural": "111",
        "district_code": "320199", "township_name": "城关镇", "status": "1", "valid_from": "2010-09-01",
        "stages": "primary", "system_primary": 6, "is_teaching_point": "否", "is_township_central": "否",
        "is_boarding": "否", "is_dense_center": "否", "is_pre2010": "是", "is_pre2016": "是", "expected_returns": "L01",
    } | changed  # fmt: skip


def answer_old(*, opening: int, cost: float) -> dict[str, CellValue]:
    """The survey on last year's form: the same shelf three times, costs in yuan."""
    shelf = {"opening": opening, "bought": 20, "lost": 5, "damaged": 3}
    answers: dict[str, CellValue] = {
        f"books[{r}].{c}": v for r in ("fiction", "science", "rest") for c, v in shelf.items()
    }
    return answers | {
        "room.seats": 40, "room.area": 80.5, "room.cost": cost * 10_000, "room.digital": "是", "room.stove": "否",
    }  # fmt: skip


def answer_new(*, opening: int, cost: float) -> dict[str, CellValue]:
    """The same on this year's form: no comics, costs in units of ten thousand."""
    shelf = {"opening": opening, "bought": 20, "lost": 5, "lent": 7}
    answers: dict[str, CellValue] = {
        f"books[{r}].{c}": v for r in ("fiction", "science", "other") for c, v in shelf.items()
    }
    answers |= {f"books[comics].{column}": 0 for column in shelf}
    return answers | {"room.seats": 40, "room.area": 80.5, "room.cost": cost, "digital.digital_room": "是"}


@dataclass
class District:
    """The workspace, and the definitions that its templates are made from at the time."""

    root: Path
    reports: list[NightReport] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    @property
    def catalogue(self) -> Catalogue:
        return self.workspace.load_catalogue()

    @property
    def definition(self) -> Path:
        return self.root / "schemas" / "returns" / "L01_reading_rooms.yaml"

    @property
    def settings(self) -> Path:
        return self.root / "pyproject.toml"

    def find_survey(self, period: str) -> FormLayout:
        return self.catalogue.find_layout("reading_rooms", period)

    def fill_survey(
        self, school: str, period: str, answers: Answers, changes: Mapping[str, Answers] | None = None
    ) -> bytes:
        """A workbook made from the template of the form in force, filled and signed; `changes` are typed over it."""
        catalogue = self.catalogue
        layout = catalogue.find_layout("reading_rooms", period)
        address = Addressee(school, NAMES[school], "320199", "示例区")
        filled = fill_return(TemplateMaker(catalogue), layout, period, address, answers, KEEPERS)
        return fill_workbook(filled, changes) if changes else filled

    def fill_old_form(self, school: str, period: str, answers: Answers, **cover: CellValue) -> bytes:
        """A workbook on the form of the year before, as that was handed out."""
        catalogue = load_catalogue_of(OLD, self.workspace)
        layout = catalogue.latest_layout("reading_rooms")
        address = Addressee(school, NAMES[school], "320199", "示例区")
        filled = fill_return(TemplateMaker(catalogue), layout, period, address, answers, KEEPERS)
        return fill_workbook(filled, {catalogue.cover.tab: type_cover(catalogue, cover)}) if cover else filled

    def copy_to(self, root: Path) -> District:
        shutil.copytree(self.root, root)
        return District(root)

    def read(self, content: bytes) -> Reading:
        return read_return(content, ".xlsx", build_reading_map(self.catalogue), ReadingLimits())

    def read_records(self, content: bytes) -> dict[str, object]:
        """Reference → what a workbook gives for it; fields of a list give all their lines."""
        reading = self.read(content)
        layout = self.catalogue.build_layout("reading_rooms", reading.identity.version)
        block = stack_readings(layout, [1], [reading])
        records: dict[str, object] = {ref: float(block.numbers[0, place]) for ref, place in block.index.items()}
        records |= {ref: column[0] for ref, column in block.texts.items()}
        for sheet, lines in block.lists.items():
            records |= {f"{sheet}.{name}": column.tolist() for name, column in lines.columns.items()}
        return {ref: value for ref, value in records.items() if value == value and value is not None}  # noqa: PLR0124  NaN

    def fill_in(self, template: Path, period: str, answers: Answers) -> bytes:
        """A template that was handed out, filled and signed."""
        catalogue = self.catalogue
        layout = catalogue.find_layout("reading_rooms", period)
        typed = {catalogue.cover.tab: type_cover(catalogue, SIGNED)} | type_cells(layout, answers, KEEPERS)
        return fill_workbook(template.read_bytes(), typed)

    def fill_register(self, period: str, lines: Sequence[Mapping[str, CellValue]]) -> bytes:
        catalogue = self.catalogue
        layout = catalogue.find_layout("register", period)
        return fill_return(TemplateMaker(catalogue), layout, period, BUREAU, {}, {"reg": lines})

    def drop(self, name: str, content: bytes) -> None:
        (self.root / "inbox" / name).write_bytes(content)

    def run_night(self) -> NightReport:
        self.reports.append(run_night(self.workspace, PlainConductor(), self.catalogue))
        return self.reports[-1]

    def move_to(self, day: date) -> None:
        """The day that runs reckon with."""
        text = self.settings.read_text(encoding="utf-8")
        lines = [f"as_of = {day}" if line.startswith("as_of = ") else line for line in text.split("\n")]
        self.settings.write_text("\n".join(lines), encoding="utf-8")


def load_catalogue_of(definition: str, workspace: Workspace) -> Catalogue:
    """The catalogue of a workspace in which the survey is defined otherwise."""
    with TemporaryDirectory() as folder:
        shutil.copytree(workspace.definitions, Path(folder, "schemas"))
        Path(folder, "schemas", "returns", "L01_reading_rooms.yaml").write_text(definition, encoding="utf-8")
        return load_catalogue([SHIPPED, Path(folder, "schemas")])


def make_district(root: Path) -> District:
    """The district at the end of the first year's collection, the definition of the second not yet installed."""
    settings = {
        "district_code": "320199", "district_name": "示例区", "as_of": date(2024, 10, 10), "settle_seconds": 0.0,
        "evaluations": ["none"],
        "collections": [{"period": YEAR_BEFORE, "returns": ["J00", "L01"], "due": DUE}],
    }  # fmt: skip
    make_workspace(root, settings)
    district = District(root)
    district.definition.write_text(OLD, encoding="utf-8")
    (root / "schemas" / "indicators" / "reading_rooms.yaml").write_text(INDICATORS, encoding="utf-8")
    district.drop("名录.xlsx", district.fill_register(YEAR_BEFORE, list_register()))
    for number, school in enumerate(FILED_BEFORE):
        answers = answer_old(opening=100 + number, cost=5)
        if school == WEST:
            answers = {ref: value if isinstance(value, str) else 0 for ref, value in answers.items()}
        district.drop(f"{school}.xlsx", district.fill_survey(school, YEAR_BEFORE, answers))
    district.run_night()
    return district


@dataclass(frozen=True)
class TwoYears:
    """The district after its second year, and what the verbs said: exit code and JSON."""

    district: District
    drift: tuple[int, Any]
    refused: tuple[int, Any]
    too_early: tuple[int, Any]
    rollover: tuple[int, Any]
    verdicts: Mapping[str, int]


def run_second_year(district: District) -> dict[str, Any]:
    """The new form is compared and mapped, the year rolled over, and returns come in on both forms."""
    coming = district.root / "coming.yaml"
    coming.write_text(NEW_WITHOUT_MAP, encoding="utf-8")
    old_form = district.fill_survey(TOWN, YEAR, answer_old(opening=100, cost=5))
    proposed = district.root / "map.yaml"
    refused = ask("drift", "L01", "--against", str(coming), "--out", str(proposed), root=district.root)
    coming.write_text(HEAD + proposed.read_text(encoding="utf-8") + NEW_FORM + NEW_SHEETS, encoding="utf-8")
    drift = ask("drift", "L01", "--against", str(coming), root=district.root)
    shutil.copyfile(coming, district.definition)
    too_early = ask("rollover", root=district.root)
    district.run_night()
    rollover = ask("rollover", "--out", str(district.root / "out"), root=district.root)
    district.move_to(date(2025, 10, 10))
    district.drop("名录.xlsx", district.fill_register(YEAR, list_register()))
    district.drop("旧表样.xlsx", old_form)
    template = next((district.root / "out").rglob(f"L01_{EAST}_*.xlsx"))
    district.drop("新表样.xlsx", district.fill_in(template, YEAR, answer_new(opening=100, cost=5)))
    report = district.run_night()
    return {
        "drift": drift, "refused": refused, "too_early": too_early, "rollover": rollover,
        "verdicts": dict(report.verdicts),
    }  # fmt: skip


def ask(*arguments: str, root: Path) -> tuple[int, Any]:
    """Exit code of a verb, and what it prints with --json; None where it could not run."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        code = run_command([*arguments, "--workspace", str(root), "--json"])
    return code, json.loads(printed.getvalue()) if printed.getvalue() else None
