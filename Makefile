# Every word that works on this project; `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# pip of the system, working on our environment: python3-venv and ensurepip may be missing.
PIP := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check
# The files name every package there is, so nothing is left to resolve: a release of today changes nothing.
INSTALL := $(PIP) install --quiet --no-deps --require-hashes --requirement
INSTALL_SELF := $(PIP) install --quiet --no-build-isolation --no-deps --editable .
# The libraries that the benchmarks compare us with, and us beside them; nothing else imports them.
BENCH := $(VENV)/bench
# What makes bytes for `make fuzz`, and the collector beside it.
FUZZ := $(VENV)/fuzz

DOCS := $(wildcard docs README.md ARCHITECTURE.md PRIVACY.md CONTRIBUTING.md)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check lint types layers tests docs bench soak fuzz examples format requirements browser clients build clean

help: ## list these words
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.dev-stamp ## make .venv with every extra and the tools

run: $(VENV)/.run-stamp ## start the demo: device, collector and pages (ARGS=--once to see it end)
	@exec $(BIN)/aboveboard demo $(ARGS)

test: browser clients ## everything that check runs, with a browser and clients of others installed for it
	@REQUIRE_BROWSER=1 REQUIRE_CLIENTS=1 $(MAKE) --no-print-directory check

check: lint types layers tests docs ## lint, types, layers, tests and docs

lint: setup ## style, formatting and spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell

types: setup ## mypy, strict
	$(BIN)/mypy

layers: setup ## who may import whom
	$(BIN)/lint-imports

tests: setup ## the tests, with the coverage floor (ARGS=... picks some, without the floor)
	$(BIN)/python -m pytest $(or $(ARGS),--numprocesses auto --dist loadfile --cov --cov-report=term)

# Apart from the tests: pytest-randomly would shuffle the examples inside a page.
docs: setup ## every page's examples, run as tests
	$(BIN)/python -m pytest -p no:randomly $(DOCS)

bench: setup $(BENCH)/.stamp ## the numbers of the README, measured here (ARGS=... picks some)
	$(BIN)/python -m benchmarks $(ARGS)

soak: setup ## minutes of load against a collector that is killed, halted and starved (ARGS=--minutes=10)
	$(BIN)/python -m tests.soak.run $(ARGS)

fuzz: $(FUZZ)/.stamp ## throw bytes at everything that the collector decodes (ARGS=seconds)
	$(FUZZ)/bin/python tools/fuzz $(or $(ARGS),60)

examples: setup ## test properties with examples that nobody tried before (ARGS=tests)
	$(BIN)/pytest --no-cov -n 2 --hypothesis-profile=random $(or $(ARGS),tests/unit tests/contract tests/flow)

format: setup ## let the tools mend what they can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

browser: ## install Chromium for the browser tests, if there is none
	@tools/browser

clients: setup ## install the clients of others that the tests run as they are
	@tools/clients

build: setup ## the wheel and the source package, in dist/
	$(BIN)/python -m build --no-isolation

requirements: $(VENV)/.uv-stamp ## pin and hash what pyproject.toml asks for (ARGS=--upgrade for newer)
	tools/requirements $(BIN)/uv $(ARGS)

clean: ## remove what these words have made
	rm -rf $(VENV) dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the words stand on; a stamp is renewed when what it was made from changes ---------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'aboveboard needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 \
	  || { echo 'aboveboard needs pip to install its tools: apt-get install python3-pip' >&2; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.run-stamp: requirements/all.txt pyproject.toml | $(BIN)/python
	$(INSTALL) requirements/all.txt
	$(INSTALL_SELF)
	@touch $@

$(VENV)/.dev-stamp: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(INSTALL) requirements/dev.txt
	$(INSTALL_SELF)
	@touch $@ $(VENV)/.run-stamp

# The same words for another environment: both variables hold $(BIN), which is replaced.
$(BENCH)/.stamp: requirements/bench.txt pyproject.toml | $(BIN)/python
	test -x $(BENCH)/bin/python || $(PYTHON) -m venv --without-pip $(BENCH)
	$(subst $(BIN),$(BENCH)/bin,$(INSTALL)) requirements/bench.txt
	$(subst $(BIN),$(BENCH)/bin,$(INSTALL_SELF))
	@touch $@

$(FUZZ)/.stamp: requirements/fuzz.txt pyproject.toml | $(BIN)/python
	test -x $(FUZZ)/bin/python || $(PYTHON) -m venv --without-pip $(FUZZ)
	$(subst $(BIN),$(FUZZ)/bin,$(INSTALL)) requirements/fuzz.txt
	$(subst $(BIN),$(FUZZ)/bin,$(INSTALL_SELF))
	@touch $@

$(VENV)/.uv-stamp: requirements/uv.txt | $(BIN)/python
	$(INSTALL) requirements/uv.txt
	@touch $@
