"""The words of the language that take arguments."""

from __future__ import annotations

from schemas.expressions.evaluate import AGGREGATES
from schemas.expressions.line_functions import LINE_FUNCTIONS
from schemas.expressions.peers import PEER_FUNCTIONS
from schemas.expressions.texts import TEXT_FUNCTIONS

PLAIN_FUNCTIONS = AGGREGATES | {"abs", "round", "ceil", "floor", "coalesce", "filled", "all_true"} | set(TEXT_FUNCTIONS)
"""Functions of values alone."""

CHECK_FUNCTIONS = PLAIN_FUNCTIONS | {"prev", "growth", "before"} | set(LINE_FUNCTIONS) | set(PEER_FUNCTIONS)
"""What a check may ask."""

FUNCTIONS = CHECK_FUNCTIONS | {"ind", "count_schools", "split", "cv", "count_failed", "passes"}
"""What an indicator or an evaluation may ask as well."""
