# Everything that one does with Truong, by name. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
.DEFAULT_GOAL := help
.PHONY: help setup peers run demo test test-fast lint types mypy pyright layers docs bench e2e soak i18n ci clean

help:  ## list these targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

setup: $(STAMP)  ## make the environment

$(STAMP): setup.cfg pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

PEERS := tests/peers/oidc/node_modules/.package-lock.json tests/peers/xml/node_modules/.package-lock.json

peers: $(PEERS)  ## programs of others that tests talk to (needs node and npm)

tests/peers/%/node_modules/.package-lock.json: tests/peers/%/package.json tests/peers/%/package-lock.json
	npm --prefix tests/peers/$* ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

demo: setup  ## a demo school with a year of data, on loopback
	$(BIN)/truong demo

run: setup  ## web server on 127.0.0.1:8080 (and `truong worker` beside it)
	$(BIN)/truong db upgrade
	$(BIN)/truong web

test: setup peers  ## everything but the long runs and the second checker of types
	$(MAKE) --no-print-directory -j2 lint mypy layers
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not soak"

test-fast: setup peers  ## tests without browser and long runs
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not soak and not browser"

lint: setup  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: mypy pyright  ## both checkers of types

mypy: setup  ## types, strict
	$(BIN)/mypy

pyright: setup  ## a second opinion on types, slower; CI asks it too
	$(BIN)/basedpyright

layers: setup  ## import-linter
	$(BIN)/lint-imports

docs: setup  ## tests of the documentation
	$(BIN)/python -m pytest -q tests/docs

e2e: setup  ## the main job in a real browser
	$(BIN)/python -m pytest -q tests/e2e

soak: setup  ## long runs (`make soak SOAK=short` for a tenth of them)
	SOAK=$(SOAK) $(BIN)/python -m pytest -q -n 2 -m soak

bench: setup  ## ratios measured in one run
	$(BIN)/python -m benchmarks

i18n: setup  ## every message is translated
	$(BIN)/python -m pytest -q tests/architecture/test_translations.py

ci:  ## what the continuous integration runs
	bash .ci/run

clean:  ## remove the environment and the local data
	rm -rf $(VENV) var
