# Two commands set everything up on a machine with Python 3.11 or newer: `make demo` and `make test`.
# On Windows the README has the PowerShell lines that do the same.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/installed
DEMO ?= $(shell mktemp -d -t huizong-demo-XXXXXX)

.PHONY: demo test test-long check catalogue bench lock clean

demo: $(INSTALLED)  ## run the main job on the sample district, in a scratch folder
	$(BIN)/huizong demo "$(DEMO)"

test: $(INSTALLED)  ## every test but the long ones
	$(BIN)/python -m pytest -m "not long"

test-long: $(INSTALLED)  ## the long tests too
	$(BIN)/python -m pytest

check: $(INSTALLED)  ## what the house asks of its code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

catalogue: $(INSTALLED)  ## write docs/catalogue and docs/definition_keys.md anew, after a change of definitions
	$(BIN)/python -m schemas.catalogue_pages docs/catalogue
	$(BIN)/python -m schemas.definition_keys docs/definition_keys.md

bench: $(INSTALLED)  ## measure
	$(BIN)/python -m benchmarks

$(INSTALLED): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which: make PYTHON=..." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --quiet
	@touch $@

lock:  ## after a change of dependencies in pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-strip-extras --quiet -o requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info build
