# A fresh machine needs git, make and Python 3.11 or newer. Every target does its own set-up, inside this folder.

BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input

.PHONY: help demo test check bench drill venv
.DELETE_ON_ERROR:

help:
	@echo "make demo    a demonstration on http://127.0.0.1:8000 (PORT=... changes it, FRESH=1 starts over)"
	@echo "make test    every check and test, on every database and browser that is installed"
	@echo "make check   only what needs no database: ruff, mypy and the rules of the house"
	@echo "make drill   the tests with their full counts: load, cancellations, kills, random competitions"
	@echo "make bench   how fast, each time beside something known"
	@echo "make venv    only the set-up for these"

demo: .venv/.installed
	@$(BIN)/awards demo $(if $(PORT),--port $(PORT)) $(if $(filter 1 true yes,$(FRESH)),--fresh)

test: .venv/.installed-test
	@$(BIN)/python -m tests.everything

check: .venv/.installed-test
	@$(BIN)/python -m tests.everything check

drill: .venv/.installed-test
	@AWARDS_DRILL=1 $(BIN)/python -m tests.everything

bench: .venv/.installed-test
	@$(BIN)/python -m benchmarks

venv: .venv/.installed-test

.venv/.installed: pyproject.toml | $(BIN)/pip
	@echo "[set-up] installing the service and its libraries: half a minute, more on a slow line"
	@$(PIP) --editable .
	@touch $@

.venv/.installed-test: pyproject.toml | $(BIN)/pip
	@echo "[set-up] installing the service, its libraries and what its tests need: a minute, more on a slow line"
	@$(PIP) --editable '.[test]'
	@touch .venv/.installed $@

# pip is what a virtual environment gets last: where it is, the environment is whole.
$(BIN)/pip:
	@new=; whole=; \
	for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		new=$$python; \
		if $$python -c 'import venv, ensurepip' 2>/dev/null; then whole=$$python; break; fi; \
	done; \
	if [ -z "$$new" ]; then \
		echo "Python 3.11 or newer is needed; $(or $(PYTHON),python3) here is: $$($(or $(PYTHON),python3) --version 2>&1)." >&2; \
		echo "Install it, or name it: make PYTHON=/path/to/python3.12 ..." >&2; \
		exit 1; \
	fi; \
	if [ -z "$$whole" ]; then \
		echo "This Python cannot make virtual environments. Install one package, then run make again:" >&2; \
		echo "    apt-get install python3-venv" >&2; \
		exit 1; \
	fi; \
	echo "[set-up] making a virtual environment in .venv with $$($$whole --version)"; \
	$$whole -m venv .venv
