"""The returns that are shipped, for tests that hold for every one of them."""

from __future__ import annotations

import pytest

from schemas.catalogue import SHIPPED
from schemas.yaml_files import load_yaml

EVERY_RETURN = [str(load_yaml(path)["id"]) for path in sorted((SHIPPED / "returns").glob("*.yaml"))]

for_every_return = pytest.mark.parametrize("return_id", EVERY_RETURN)
