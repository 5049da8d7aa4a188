"""All facts of the sample district in one place: what filings are written from and indicators can be computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from schemas.sample.facts.enrolment import build_rolls
from schemas.sample.facts.finance import Accounts, Budget, build_accounts, build_budgets
from schemas.sample.facts.kindergartens import Kindergartens, build_kindergartens
from schemas.sample.facts.population import Population, build_populations
from schemas.sample.facts.premises import Premises, build_premises
from schemas.sample.facts.profiles import Profiles, build_profiles
from schemas.sample.facts.pupils import Roll, Rolls
from schemas.sample.facts.rosters import build_other_staff, build_rosters
from schemas.sample.facts.schools import School, build_schools
from schemas.sample.facts.teachers import OtherPosts, Roster, Rosters


@dataclass(frozen=True, slots=True)
class Facts:
    """The district in figures. Years are those in which a school year begins; keys are school, stage and year."""

    schools: tuple[School, ...]
    rolls: Rolls
    rosters: Rosters
    posts: OtherPosts
    premises: Premises
    profiles: Profiles
    kindergartens: Kindergartens
    populations: Mapping[int, Population]
    accounts: Mapping[tuple[str, str, int], Accounts]
    budgets: Mapping[int, Budget]

    def list_open(self, year: int) -> list[School]:
        return [school for school in self.schools if school.is_open(year)]

    def find_roll(self, school: str, stage: str, year: int) -> Roll:
        """The roll; an empty one where the stage was not there in the year."""
        return self.rolls.get((school, stage, year)) or Roll(school, stage, year, ())

    def list_rolls(self, school: School, year: int) -> Iterator[Roll]:
        """The rolls of a school, stage by stage."""
        for stage in school.stages:
            roll = self.rolls.get((school.code, stage, year))
            if roll is not None:
                yield roll

    def list_rosters(self, school: School, year: int) -> Iterator[Roster]:
        """The teachers of a school, stage by stage."""
        for stage in school.stages:
            roster = self.rosters.get((school.code, stage, year))
            if roster is not None:
                yield roster

    def count_pupils(self, school: School, year: int, *stages: str) -> int:
        """Pupils of a school on 1 September, of the stages named or of all."""
        return sum(roll.size for roll in self.list_rolls(school, year) if not stages or roll.stage in stages)

    def count_classes(self, school: School, year: int, *stages: str) -> int:
        return sum(count_classes(roll) for roll in self.list_rolls(school, year) if not stages or roll.stage in stages)

    def count_teachers(self, school: School, year: int) -> int:
        """Full-time teachers of all stages; those of kindergartens have facts of their own."""
        return sum(roster.size for roster in self.list_rosters(school, year))


def count_classes(roll: Roll) -> int:
    """Classes of a roll: of a multigrade class only the grade under which it is counted."""
    return sum(not c.multigrade or c.grade % 2 == 1 for c in roll.classes)


@cache
def build_facts() -> Facts:
    """The facts, always the same."""
    schools = build_schools()
    rolls = build_rolls(schools)
    rosters = build_rosters(schools, rolls)
    accounts = build_accounts(schools, rolls)
    return Facts(
        schools, rolls, rosters, build_other_staff(schools, rosters),
        build_premises(schools, rolls), build_profiles(schools, rolls),
        build_kindergartens(schools, rolls), build_populations(rolls),
        accounts, build_budgets(accounts.values()),
    )  # fmt: skip
