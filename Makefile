# Two commands do everything: `make demo` and `make test`. Both make .venv and install what they
# need, pinned by constraints.txt; a second run starts at once.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -q

.PHONY: demo test lint docs format release clean

demo: .venv/.core
	$(BIN)/recur demo

test: .venv/.dev
	$(BIN)/python -m compileall -q src # once, and not in each process that a test starts
	$(BIN)/pytest -n 2 --dist loadgroup

lint: .venv/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/.docs
	$(BIN)/python -m docs.make

format: .venv/.dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

release: .venv/.dev
	$(BIN)/python -m tools.release check
	$(MAKE) lint test
	$(BIN)/python -m tools.release build

clean:
	rm -rf .venv dist site .site recur-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "recur needs Python 3.11 or later; none was found." >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.core: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

.venv/.dev: .venv/.core
	$(PIP) -e '.[torch,dev,sweep]'
	@touch $@

.venv/.docs: .venv/.core
	$(PIP) -e '.[docs]'
	@touch $@
