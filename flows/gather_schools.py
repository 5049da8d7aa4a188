"""How every school stands in a collection: what it owes, what became of what it sent, how long it has been silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flows.district.rounds import Asked, Round, SchoolRow, rate_schools
from flows.gather import Gathering, Place, list_places
from flows.publishers.digest_data import Filer
from flows.warehouse.rounds import list_waived, load_rounds
from schemas.wording import Wording


def gather_schools(gathering: Gathering) -> tuple[list[SchoolRow], dict[str, Filer]]:
    """Schools and offices that owe anything, in order of code, and who they are by code."""
    places = list(list_places(gathering))
    rounds = load_rounds(gathering.connection, [(place.definition.id, place.period) for place in places])
    return rate_places(gathering, places, rounds), find_filers(gathering, {place.period for place in places})


def rate_places(gathering: Gathering, places: Sequence[Place], rounds: Iterable[Round]) -> list[SchoolRow]:
    """Schools and offices of which these returns are asked."""
    asked = [Asked(p.definition.id, p.period, school, p.due) for p in places for school in p.expected]
    waivers = [(each.check, each.school, each.period) for each in gathering.workspace.settings.waivers]
    waived = list_waived(gathering.connection, waivers)
    return rate_schools(asked, rounds, gathering.workspace.find_today(), waived)


def find_filers(gathering: Gathering, periods: Iterable[str]) -> dict[str, Filer]:
    """The bureau, its sections, and every school of the registers of these periods, by code."""
    settings = gathering.workspace.settings
    say = Wording(gathering.catalogue.messages, settings.language).say
    offices = {settings.own_code: say("digest.bureau", district=settings.district_name)}
    offices |= {section.code: section.name for section in settings.sections}
    area = say("digest.offices")
    filers = {code: Filer(code, name, area, "") for code, name in offices.items()}
    for period in sorted(periods):
        register = gathering.desk.find_register(period)
        for code, name, where in zip(register.codes, register.names, register.areas, strict=True):
            filers[code] = Filer(code, name, where, register.contacts.get(code, ""))
    return filers
