# Two commands do everything from a bare machine: `make serve` and `make test`.
# What they need: Python 3.11 or newer with its venv module, a C++ compiler, cmake and make.

PYTHON ?= python3
BIN := .venv/bin
SERVE_ARGS ?=
PYTEST_ARGS ?=

.PHONY: help serve test install lint clean

help:
	@echo "make serve   install what is missing, then start Agora (SERVE_ARGS='--port 9000' is passed on)"
	@echo "make test    install what the tests need, then lint, type check and run all of them"
	@echo "make lint    only ruff, mypy and the import contracts"
	@echo "make clean   remove the virtual environment and caches; data/ and models/ are never touched"

install:
	@$(PYTHON) deploy/build/install.py

serve: install
	@exec $(BIN)/agora serve $(SERVE_ARGS)

test:
	@$(PYTHON) deploy/build/install.py --extra test
	@$(PYTHON) deploy/build/browser.py
	@$(MAKE) --no-print-directory checks
	@echo "== tests" && exec $(BIN)/python -m pytest $(PYTEST_ARGS)

lint:
	@$(PYTHON) deploy/build/install.py --extra test
	@$(MAKE) --no-print-directory checks

.PHONY: checks
checks:
	@echo "== ruff check" && $(BIN)/ruff check .
	@echo "== ruff format" && $(BIN)/ruff format --check .
	@echo "== mypy" && $(BIN)/mypy
	@echo "== import contracts" && $(BIN)/lint-imports

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build agora.egg-info
	@find agora tests deploy -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed the virtual environment and caches. The compiled llama.cpp wheel stays in its cache folder."
