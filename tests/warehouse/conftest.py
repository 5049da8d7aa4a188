"""Catalogues of one return, as the tests of forms make them."""

from tests.rollover.conftest import load

__all__ = ["load"]
