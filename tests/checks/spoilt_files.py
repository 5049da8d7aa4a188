"""Ways in which a workbook in order is spoilt on its way, by the name the corpus calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

SPOILT_FILES: Mapping[str, Callable[[bytes], bytes]] = {}
