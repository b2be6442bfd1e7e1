# Every word does its own set-up and passes over what is already done. `make help` lists the words.
SHELL := /bin/bash
PYTHON := .venv/bin/python
SETUP := scripts/setup.sh
PORT ?= 8000
# More words for pytest: make test ARGS="tests/core -x"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test test-services coverage check fix lock bench drills clean

help: ## List these words
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

run: ## Set everything up, then serve the portal with demonstration data; PORT=8001 for another port
	@PORTAL_ADDRESS=http://127.0.0.1:$(PORT) $(SETUP) system packages assets data
	@echo "The portal is on http://127.0.0.1:$(PORT) with demonstration accounts on its sign-in page. Ctrl+C stops it."
	@export PORTAL_DEBUG=1 PORTAL_DEMONSTRATION=1 PORTAL_ADDRESS=http://127.0.0.1:$(PORT); \
	$(PYTHON) manage.py run_jobs --every 20 & \
	exec $(PYTHON) manage.py runserver 127.0.0.1:$(PORT)

test: ## Run the whole suite on SQLite, or on PostgreSQL and Redis with DATABASE_URL and REDIS_URL
	@$(SETUP) browser dev-packages assets
	$(PYTHON) -m pytest -n 3 --dist worksteal $(ARGS)

test-services: ## Run the whole suite on a PostgreSQL and a Redis started for it and removed afterwards
	@scripts/with-services.sh $(MAKE) test

coverage: ## Run the suite without its journeys and hold the promised coverage of lines and branches
	@$(SETUP) system dev-packages assets
	$(PYTHON) -m pytest -n 2 --ignore tests/journeys --cov --cov-report= $(ARGS)
	$(PYTHON) scripts/check_coverage.py

check: ## Check style, architecture, types, templates, settings, migrations and locks; changes nothing
	@$(SETUP) system dev-packages assets
	@scripts/check.sh

fix: ## Repair what can be repaired: lint, format and generated pages
	@$(SETUP) system dev-packages
	$(PYTHON) -m ruff check --fix-only --quiet .
	$(PYTHON) -m ruff format .
	$(PYTHON) scripts/states.py

lock: ## Choose the newest allowed packages and write the lock files
	@$(SETUP) system dev-packages
	@scripts/lock.sh

bench: ## Print the figures the project promises, as ratios within one run
	@$(SETUP) system dev-packages assets
	$(PYTHON) -m tests.bench

drills: ## Crowd, kill and cut off what the portal stands on; fails where anything is lost or a rule does not hold
	@$(SETUP) system dev-packages assets
	$(PYTHON) -m tests.drills

clean: ## Remove everything that set-up made, the demonstration database included
	rm -rf .venv node_modules var .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
