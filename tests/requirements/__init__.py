"""Which test proves which requirement on workbooks; `python -m tests.requirements` prints it."""
