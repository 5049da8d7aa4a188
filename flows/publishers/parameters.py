"""Parameters of a kind of sheet, as the loading of definitions has judged them."""

from __future__ import annotations

from typing import TypeVar

from schemas.definitions.common import Model
from schemas.definitions.workbooks import SheetDefinition

Parameters = TypeVar("Parameters", bound=Model)


def read_parameters(definition: SheetDefinition, model: type[Parameters]) -> Parameters:
    """The parameters of a sheet, of the model that its kind has in SHEET_KINDS."""
    return model.model_validate(definition.parameters)
