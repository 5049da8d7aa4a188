"""The ten invariants of workbook_requirements.md: properties of the product over files made at random."""
