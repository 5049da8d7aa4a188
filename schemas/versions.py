"""Versions of forms: numbers with points between them, in the order of the numbers."""

from __future__ import annotations


def order_version(version: str) -> tuple[int, ...]:
    """1.2.9 comes before 1.2.10."""
    return tuple(int(part) for part in version.split("."))
