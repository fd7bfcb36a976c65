# Only Python (3.11 or newer) and make are needed; the rest is set up on the first run.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test check bench pictures nightly simulate clean

run: $(STAMP)
	@$(BIN)/handbill demo

# Many tests start the program: it is compiled once, also where Python is told to keep no bytecode.
test: $(STAMP)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2

check: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# The long rounds: the same tests, many more seeds.
nightly: $(STAMP)
	@PYTHONDONTWRITEBYTECODE= HANDBILL_SEEDS=300 $(BIN)/python -m pytest -n 2

# One seed of the sync simulation again: make simulate SEED=17
simulate: $(STAMP)
	@HANDBILL_SEEDS=$$(( $(SEED) + 1 )) $(BIN)/python -m pytest tests/simulation -k "[$(SEED)]"

bench: $(STAMP)
	@$(BIN)/python -m bench.tui
	@$(BIN)/python -m bench.render
	@$(BIN)/python -m bench.send
	@$(BIN)/python -m bench.scale
	@$(BIN)/python -m bench.plug
	@$(BIN)/python -m bench.ticks
	@$(BIN)/python -m bench.api
	@$(BIN)/python -m bench.sync

pictures: $(STAMP)
	@$(BIN)/python docs/make_pictures.py

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Handbill needs Python 3.11 or newer; set PYTHON=python3.x")'
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	@rm -rf $(VENV) build *.egg-info
