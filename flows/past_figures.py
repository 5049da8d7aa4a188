"""What is known of figures in earlier years, so that trends can be told."""

from __future__ import annotations

import math
from collections.abc import Collection

from flows.indicators.targets import is_covered
from flows.indicators.trends import History
from flows.warehouse.figures import load_earlier_figures
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue


def load_history(connection: Connection, catalogue: Catalogue, period: str, indicators: Collection[str]) -> History:
    """Values of the periods before, of these indicators; those on too few schools to be judged are not known."""
    known: dict[tuple[str, str, str, str], dict[int, float]] = {}
    for figure in load_earlier_figures(connection, period, sorted(indicators)):
        is_known = is_covered(catalogue.indicators[figure.indicator], figure.coverage)
        if is_known and not math.isnan(figure.value):
            key = (figure.indicator, figure.stage, figure.breakdown, figure.group_code)
            known.setdefault(key, {})[int(figure.period[:4])] = figure.value
    return known
