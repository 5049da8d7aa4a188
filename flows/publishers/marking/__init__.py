"""The school's own workbook with its faults marked: the package is patched, whatever is not marked stays as it was."""
