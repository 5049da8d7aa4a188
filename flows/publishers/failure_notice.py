"""The notice of a run that failed: what failed, what to do, and what stands nevertheless."""

from __future__ import annotations

from collections.abc import Iterator

from flows.publishers.digest_content import DigestContent, Fact
from flows.publishers.digest_data import FailureData
from flows.publishers.digest_facts import spell_time
from flows.publishers.digest_words import find_frames
from schemas.wording import Wording


def build_failure_notice(data: FailureData, wording: Wording) -> DigestContent:
    """The notice. It needs no definitions: they may be what is broken."""
    say = wording.say
    return DigestContent(
        say("failure.title", district=data.district), data.day, say("failure.overview"), [*_list_facts(data, wording)],
        (), say("failure.footer"), find_frames(wording),
    )  # fmt: skip


def _list_facts(data: FailureData, wording: Wording) -> Iterator[Fact]:
    say = wording.say
    yield Fact(say("failure.fact_when"), spell_time(data.at))
    yield Fact(say("failure.fact_what"), data.problem, "error")
    yield Fact(say("failure.fact_do"), say("failure.do_maintainer" if data.is_internal else "failure.do_operator"))
    for line in _list_standing(data, wording):
        yield Fact(say("failure.fact_standing"), line, "met")
    if data.waiting:
        yield Fact(say("failure.fact_waiting"), say("failure.waiting", count=data.waiting))
    if data.trace:
        yield Fact(say("failure.fact_trace"), "\n".join(data.trace))


def _list_standing(data: FailureData, wording: Wording) -> Iterator[str]:
    say = wording.say
    yield say("failure.last_run", at=spell_time(data.last_run)) if data.last_run else say("failure.last_run_none")
    if data.last_digest:
        yield say("failure.last_digest", day=data.last_digest)
    for period, vintage in data.published:
        yield say("failure.published", period=period, vintage=vintage)
