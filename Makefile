# Every target sets up what it needs; after the first time they start at once and need no network.
# ARGS is handed on to what a target runs: make test ARGS="tests/feel -k lists"

SHELL := /bin/bash
READY := .venv/ready
NODE_READY := node_modules/ready
ASSETS := build/assets/manifest.json
BENCH_READY := .venv/bench-ready
RUN := .venv/bin
ARGS :=
# Two at a time: what measures time stays true, and each has a PostgreSQL of its own.
TESTS := $(RUN)/pytest --numprocesses=2

# Node comes with the locked packages too, so that it is the same everywhere.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help serve assets test test-all check soak bench bench-dmn tck docs screenshots lock clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

serve: $(READY) $(ASSETS) ## server and worker with demo people, on PORT (8000) and DATABASE_URL (a SQLite file under var/)
	@exec $(RUN)/tatalaksana serve --demo

test: $(READY) $(ASSETS) ## every test on SQLite, and the engine's and people's on a PostgreSQL of its own
	$(TESTS) -m "not very_slow" $(ARGS)

test-all: $(READY) $(ASSETS) ## every test on both databases
	TEST_DATABASES=sqlite,postgres $(TESTS) --hypothesis-profile=searching $(ARGS)

check: $(READY) $(ASSETS) ## format, lint, types, floors and the fast tests: before each commit
	$(RUN)/ruff format --check server tests
	$(RUN)/ruff check server tests
	$(RUN)/mypy
	$(RUN)/lint-imports --no-logo
	$(RUN)/tatalaksana check
	$(TESTS) -m "not slow and not very_slow and not postgres" $(ARGS)

soak: $(READY) ## hundreds of kills under a load of every verb, on both databases: make soak ARGS="--kills 50"
	@$(RUN)/python -m tests.soak $(ARGS)

bench: $(READY) ## how fast it is, on both databases side by side: make bench ARGS="--json figures.json"
	@$(RUN)/python -m tests.bench $(ARGS)

tck: $(READY) ## the DMN conformance kit: make tck TCK=<a folder of its shape>
	@: $${TCK:?name the folder: make tck TCK=<folder>}
	@$(RUN)/python -m tests.dmn.tck "$(TCK)" $(ARGS)

docs: $(READY) ## write the parts of docs/ that the code knows better: routes, settings, the picture
	@$(RUN)/python scripts/docs

screenshots: $(READY) $(ASSETS) ## take the pictures of the pages that docs/ shows
	@$(RUN)/python scripts/screenshots

bench-dmn: $(READY) $(BENCH_READY) ## decisions a second beside other engines: make bench-dmn ARGS="--rounds 15"
	@$(RUN)/python -m tests.dmn.bench $(ARGS)

lock: $(READY) ## write the lock files anew from pyproject.toml; UPGRADE=1 takes newer versions too
	scripts/lock $(if $(UPGRADE),--upgrade)

assets: $(ASSETS) ## what browsers get, bundled from server/web and node_modules into build/assets

clean: ## remove what the other targets made, except var/ with its databases
	rm -rf .venv node_modules build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(READY): requirements-dev.txt scripts/setup
	@scripts/setup requirements-dev.txt

$(BENCH_READY): requirements-bench.txt | $(READY)
	@echo "setup: installing the packages of $< into .venv"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(NODE_READY): package-lock.json | $(READY)
	@echo "setup: installing the packages of package-lock.json into node_modules"
	@$(RUN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): package-lock.json scripts/assets $(wildcard server/web/js/* server/web/js/*/* server/web/css/*) | $(NODE_READY)
	@node scripts/assets
