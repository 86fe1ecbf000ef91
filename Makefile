# yamaha-ops: everything a developer or a newcomer types. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help demo demo-web test lint types imports unit format bench bench-faults lock clean

VENV   ?= .venv
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it or say: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# One environment, filled from the lock files: every version and hash is fixed there.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/.dev || $(BIN)/pip install --quiet --require-hashes -r requirements/run.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

$(VENV)/.web: requirements/web.txt pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/.dev || $(BIN)/pip install --quiet --require-hashes -r requirements/web.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run ## Bring an emulated router from its factory state to a verified MAP-E line
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m yamaha_ops.lab.demo

demo-web: $(VENV)/.web ## Show the console in a browser over ten emulated routers, two with trouble
	@$(BIN)/python -m yamaha_ops.lab.demo_web

test: lint types imports unit ## Everything that must pass before a commit

lint: $(VENV)/.dev ## Style and common mistakes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Static types
	@$(BIN)/mypy

imports: $(VENV)/.dev ## The floors of docs/architecture.md
	@$(BIN)/lint-imports --no-cache

# Twice the cores: many tests wait for a router that is late on purpose.
unit: $(VENV)/.dev ## The tests, in parallel
	@$(BIN)/pytest -n $$($(BIN)/python -c 'import os; print(2 * os.cpu_count())')

format: $(VENV)/.dev ## Lay the code out
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev ## Measure everything against its rivals; renew docs/performance.md
	@$(BIN)/python -m benchmarks

bench-faults: $(VENV)/.dev ## Strike every step of an apply with every fault; renew docs/reliability.md
	@$(BIN)/python -m benchmarks.faults --write

lock: ## Renew requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header -p 3.11 \
		--extra lab --group pyproject.toml:build pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header -p 3.11 \
		--extra lab --extra web --group pyproject.toml:build pyproject.toml -o requirements/web.txt
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header -p 3.11 \
		--extra lab --extra keyring --extra dask --extra web --extra postgresql --group dev pyproject.toml -o requirements/dev.txt

clean: ## Remove what the targets above made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
