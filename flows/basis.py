"""What each year's figures and publications rest on, so that a night works only on years that changed."""

from __future__ import annotations

from flows.warehouse.collection import list_years
from flows.warehouse.done import find_basis, is_done
from flows.warehouse.tables import Connection
from flows.workspace import Workspace
from schemas.catalogue import Catalogue


def list_bases(workspace: Workspace, connection: Connection, catalogue: Catalogue) -> dict[str, str]:
    """Year with something in force → one word for all that its figures rest on, oldest first.

    Files that do not say what they are count to the latest year.
    """
    years = list_years(connection)
    rest = f"{catalogue.whole_fingerprint}{workspace.settings.basis}"
    register = catalogue.register.id if catalogue.register else ""
    return {
        year: find_basis(
            connection, year, f"{rest}{year == years[-1]}", register=register, with_strays=year == years[-1]
        )
        for year in years
    }


def list_stale(connection: Connection, stage: str, bases: dict[str, str]) -> list[str]:
    """Years that a stage has not worked on from what they now rest on."""
    return [year for year, basis in bases.items() if not is_done(connection, stage, year, basis)]
