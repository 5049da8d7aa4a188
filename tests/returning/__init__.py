"""The school gets its own workbook back, marked, and sends it again repaired."""
