"""The chase list 催报名单: who owes which return, how late, whom to call and what to say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from flows.publishers.digest_content import DigestContent, Fact, Section
from flows.publishers.digest_data import ChaseRow, DigestData
from flows.publishers.digest_facts import count_chased, spell_time, tell_kind
from flows.publishers.digest_words import Words, find_frames

TONES = {"overdue": "error", "rejected": "error", "queried": "query", "soon": "info"}


def build_chase_list(data: DigestData, words: Words, *, soon_days: int, area: str = "") -> DigestContent:
    """The chase list of the district or one area. The only document that has contacts."""
    say = words.say
    rows = list_chased(data, area)
    counts = count_chased(rows)
    later = {"returns": len(rows), "later": data.not_yet_due}
    facts = [
        Fact(say("chase.fact_made"), spell_time(data.at)),
        Fact(say("chase.fact_what"), say("chase.what", days=soon_days)),
        Fact(say("digest.fact_chase"), say("digest.chase", **counts, **later)),
    ]
    return DigestContent(
        say("chase.title", district=data.district, period=data.period), data.day, say("chase.overview"), facts,
        [_build_owed(rows, words), _build_reminders(data, rows, words)], say("chase.footer"),
        find_frames(words.wording),
    )  # fmt: skip


def list_chased(data: DigestData, area: str) -> list[ChaseRow]:
    """What is to be chased in an area, or everywhere."""
    return [row for row in data.chase if area in ("", row.filer.area)]


def _build_owed(rows: Sequence[ChaseRow], words: Words) -> Section:
    keys = (
        "kind", "area", "school", "name", "contact", "return", "title", "period", "due", "overdue_days", "errors",
        "queries",
    )  # fmt: skip
    kinds = [tell_kind(row) for row in rows]
    table = [
        (
            words.say(f"chase.kind_{kind}"), row.filer.area, row.filer.code, row.filer.name,
            row.filer.contact or words.say("chase.no_contact"), words.name_return(row.return_id),
            words.name_title(row.return_id), row.period, row.due, math.nan if row.days_late is None else row.days_late,
            row.errors, row.queries,
        )
        for row, kind in zip(rows, kinds, strict=True)
    ]  # fmt: skip
    return words.build_section("chase.owed", keys, table, most=len(table), tones=[TONES[kind] for kind in kinds])


def _build_reminders(data: DigestData, rows: Sequence[ChaseRow], words: Words) -> Section:
    """One text a filer, for all that it owes."""
    by_filer: dict[str, list[ChaseRow]] = {}
    for row in rows:
        by_filer.setdefault(row.filer.code, []).append(row)
    keys = ("area", "school", "name", "contact", "reminder")
    table = []
    for owed in by_filer.values():
        filer = owed[0].filer
        contact = filer.contact or words.say("chase.no_contact")
        table.append((filer.area, filer.code, filer.name, contact, write_reminder(data, owed, words)))
    return words.build_section("chase.reminders", keys, table, most=len(table))


def write_reminder(data: DigestData, owed: Sequence[ChaseRow], words: Words) -> str:
    """What to say to a filer."""
    items = words.say("chase.separator").join(_list_items(data, owed, words))
    return words.say(
        "chase.reminder", name=owed[0].filer.name, day=data.day, period=data.period, count=len(owed), items=items,
        district=data.district,
    )  # fmt: skip


def _list_items(data: DigestData, owed: Sequence[ChaseRow], words: Words) -> Iterator[str]:
    for number, row in enumerate(owed, start=1):
        kind = "unreadable" if row.state == "unreadable" else tell_kind(row)
        matter = words.say(
            f"chase.item_{kind}", due=row.due, days=row.days_late, errors=row.errors, queries=row.queries
        )
        yield words.say(
            "chase.item" if row.period == data.period else "chase.item_of",
            number=number, no=words.name_return(row.return_id), title=words.name_title(row.return_id),
            period=row.period, matter=matter,
        )  # fmt: skip
