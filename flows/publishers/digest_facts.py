"""What stands in front of a digest: the run, what went wrong since the last one, how far the collection is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from flows.publishers.digest_content import Fact
from flows.publishers.digest_data import ChaseRow, DigestData
from flows.publishers.digest_words import Words, compute_share
from flows.publishers.tables import format_figure

OWED = frozenset({"missing", "waiting"})
REFUSED = frozenset({"rejected", "unreadable"})
STATES = ("accepted", "accepted_with_queries", "rejected", "superseded", "unreadable", "withdrawn")
ENDS = ("duplicate", "waiting", "ignored")
"""What else can become of a file than that it is judged."""


def build_facts(data: DigestData, words: Words) -> list[Fact]:
    """The lines in the order of a morning's questions: did it run, what went wrong, what is there, what is not."""
    return [
        *_tell_troubles(data, words),
        *_tell_run(data, words),
        _tell_collection(data, words),
        _tell_arrivals(data, words),
        _tell_chase(data, words),
    ]


def count_chased(rows: list[ChaseRow]) -> dict[str, int]:
    """How many of the rows are overdue, soon due, sent back, with queries, and of how many filers."""
    kinds = Counter(tell_kind(row) for row in rows)
    names = ("overdue", "soon", "rejected", "queried")
    return {"filers": len({row.filer.code for row in rows})} | {name: kinds[name] for name in names}


def tell_kind(row: ChaseRow) -> str:
    """Why a return is chased: overdue, soon due, sent back (rejected), or with queries (queried)."""
    if row.state in REFUSED:
        return "rejected"
    if row.state in OWED:
        return "overdue" if (row.days_late or 0) > 0 else "soon"
    return "queried"


def _tell_troubles(data: DigestData, words: Words) -> Iterator[Fact]:
    before = data.before
    for at, problem in before.failures:
        yield Fact(
            words.say("digest.fact_failed"), words.say("digest.failed", at=spell_time(at), problem=problem), "error"
        )
    if before.idle_days:
        yield Fact(words.say("digest.fact_idle"), words.say("digest.idle", days=before.idle_days), "query")
    for letter in before.unsent:
        text = words.say("digest.unsent", to=letter.to, problem=words.name_problem(letter))
        yield Fact(words.say("digest.fact_unsent"), text, "query")


def _tell_run(data: DigestData, words: Words) -> Iterator[Fact]:
    label = words.say("digest.fact_run")
    if data.run is None:
        yield Fact(label, words.say("digest.run_none"), "info")
    else:
        key = "digest.run_good" if data.run.holds else "digest.run_bad"
        key = key if data.run.ledger["seen"] else "digest.run_nothing"
        account = {"seen": data.run.ledger["seen"], "parts": _spell_account(data.run.ledger, words)}
        at, problems = spell_time(data.run.started_at), "; ".join(data.run.problems)
        text = words.say(key, at=at, **account, problems=problems)
        yield Fact(label, text, "met" if data.run.holds else "error")
        yield from _tell_results(data, words)
    day = data.before.day
    text = words.say("digest.before_day", day=day) if day else words.say("digest.before_none")
    yield Fact(words.say("digest.fact_before"), text)


def _spell_account(ledger: Mapping[str, int], words: Words) -> str:
    """What has become of every file ever seen."""
    names = {state: words.name_state(state) for state in STATES} | {end: words.say(f"digest.{end}") for end in ENDS}
    return " + ".join(f"{name} {ledger[key]}" for key, name in names.items() if ledger.get(key)) or "0"


def _tell_results(data: DigestData, words: Words) -> Iterator[Fact]:
    assert data.run is not None
    published = [
        words.say("digest.published_new" if is_new else "digest.published_same", period=period, vintage=vintage)
        for period, vintage, is_new in data.run.published
    ]
    if published:
        yield Fact(words.say("digest.fact_published"), words.say("chase.separator").join(published))
    if data.run.receipts:
        yield Fact(words.say("digest.fact_receipts"), words.say("digest.receipts", count=data.run.receipts))


def _tell_collection(data: DigestData, words: Words) -> Fact:
    names = ("expected", "received", "accepted", "with_queries", "rejected")
    counts = {name: sum(getattr(row, name) for row in data.returns) for name in names}
    rate = format_figure(compute_share(counts["received"], counts["expected"]), 1)
    missing = counts["expected"] - counts["received"]
    key = "digest.standing" if data.returns else "digest.standing_none"
    return Fact(words.say("digest.fact_standing"), words.say(key, **counts, rate=rate, missing=missing))


def _tell_arrivals(data: DigestData, words: Words) -> Fact:
    files = sum(row.received for row in data.came)
    is_any = files or data.duplicates
    text = words.say("digest.came" if is_any else "digest.came_none", files=files, duplicates=data.duplicates)
    return Fact(words.say("digest.fact_came"), text)


def _tell_chase(data: DigestData, words: Words) -> Fact:
    counts = count_chased(list(data.chase))
    text = words.say("digest.chase", **counts, returns=len(data.chase), later=data.not_yet_due)
    return Fact(words.say("digest.fact_chase"), text)


def spell_time(at: str) -> str:
    """A time as people write it: no seconds, no zone."""
    return at[:16].replace("T", " ")
