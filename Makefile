# Commands for people; `make help` lists them. Everything is set up in .venv, nothing is installed outside this folder and the cache.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLAN ?= quick
STACK ?= primary
PYTEST_ARGS ?=
# Hashes without addresses: the lock says what, the reader's own settings say from where.
LOCK_FLAGS := -q --strip-extras --generate-hashes --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help setup bench test lint lock up clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## make .venv with everything that bakeoff needs to run

bench: $(VENV)/.runtime ## compare all stacks that can run here with the quick plan (PLAN=...) and print the report's path
	@$(BIN)/bakeoff run --plan $(PLAN)

test: $(VENV)/.dev ## run the whole suite (PYTEST_ARGS=...)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lock: $(VENV)/.dev ## pin the dependencies of pyproject.toml anew
	@$(BIN)/pip-compile $(LOCK_FLAGS) -o requirements.lock pyproject.toml
	@$(BIN)/pip-compile $(LOCK_FLAGS) --all-extras -o requirements-dev.lock pyproject.toml

up: $(VENV)/.runtime ## keep one stack running (STACK=...)
	@$(BIN)/bakeoff up $(STACK)

clean: $(VENV)/.runtime ## remove whatever an earlier run may have left behind
	@$(BIN)/bakeoff clean

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bakeoff needs Python 3.11 or newer; set PYTHON=/path/to/python3.x"; exit 3; }
	@$(PYTHON) harness/bootstrap.py $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml $(VENV)/bin/python
	@echo "setting up $(VENV)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "setting up $(VENV) for tests"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
