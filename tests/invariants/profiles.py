"""How many examples a property is tried on: few and always the same by default, many and new in long tests."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.reduced import reduce_examples

PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


def few(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def nights(examples: int) -> settings:
    """For what costs a night an example: nothing is shrunk, the first failure is shown."""
    return settings(few(examples), phases=(Phase.explicit, Phase.generate))


def many(examples: int) -> settings:
    return settings(
        max_examples=reduce_examples(examples), deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck)
    )
