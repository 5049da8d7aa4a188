"""`python -m schemas.catalogue_pages FOLDER`: write the pages of the shipped definitions."""

from __future__ import annotations

import sys
from pathlib import Path

from schemas.catalogue import load_catalogue
from schemas.catalogue_pages import build_pages, write_pages

if __name__ == "__main__":
    write_pages(build_pages(load_catalogue()), Path(sys.argv[1]))
