"""Parameters of a kind of sheet, read strictly: what is not known there is refused with its place."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from schemas.definitions.workbooks import SheetDefinition
from schemas.errors import DefinitionError

Parameters = TypeVar("Parameters", bound=BaseModel)


def read_parameters(definition: SheetDefinition, model: type[Parameters]) -> Parameters:
    """The parameters of a sheet. Raises DefinitionError naming the key that is wrong."""
    try:
        return model.model_validate(definition.parameters)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise DefinitionError(fault["msg"], key=f"sheets.{definition.kind}.parameters.{place}") from None
