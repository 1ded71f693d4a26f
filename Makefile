# The menu: `make` alone prints it. Addresses are environment variables (scripts/env.sh).

SHELL := /bin/bash
.DEFAULT_GOAL := help
python := .venv/bin/python

.PHONY: help
help: ## print this list
	@grep -hE '^[a-zA-Z0-9_-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

# ---- The job -------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: setup release ## the whole job on sample workbooks, or on yours: make demo WORKBOOKS=DIR
	scripts/demo $(if $(WORKBOOKS),"$(WORKBOOKS)")

.PHONY: pipeline
pipeline: setup release ## one run: pull, process, load, marts
	scripts/run-pipeline

.PHONY: pull process load marts
pull process load marts: setup release ## one step of a run
	scripts/run-pipeline --steps $@

.PHONY: replay
replay: setup release ## rebuild the local warehouse from the lake's raw zone
	scripts/replay

.PHONY: verify-cloud
verify-cloud: setup release ## check the job on your own Drive folder, storage and Snowflake accounts
	@scripts/verify-cloud $(OPTIONS)

.PHONY: docs
docs: setup release ## the star schema's documentation as one HTML file, in work/docs
	scripts/docs

.PHONY: dashboard
dashboard: setup release ## the dashboard on http://127.0.0.1:8501, over what the last run published
	scripts/dashboard

.PHONY: check-powerbi
check-powerbi: setup ## the Power BI project against dbt, offline
	scripts/check-powerbi

# ---- Dagster and containers -----------------------------------------------------------------------------------------

.PHONY: dagster
dagster: setup release ## Dagster on http://127.0.0.1:3000, without containers (PORT=...)
	@scripts/setup-python dagster
	scripts/dagster

.PHONY: up down
up: ## Dagster and its database in containers (Docker Compose)
	scripts/up
down: ## stop the containers; the volumes stay
	scripts/up --down

.PHONY: check-compose
check-compose: setup ## check the Dockerfile and compose.yaml, without an engine
	@scripts/setup-python checks
	scripts/check-compose

.PHONY: check-stack
check-stack: setup ## build the images, start every service, carry workbooks to the marts in them (Docker; STAND_INS=1: podman)
	scripts/check-stack $(if $(STAND_INS),--stand-ins)

# ---- Build and tests -----------------------------------------------------------------------------------------------

environments := $(addprefix environment-,pipeline snowflake checks dagster)

.PHONY: system $(environments)
system:
	@scripts/setup-system
$(environments): environment-%: system
	@scripts/setup-python $*

.PHONY: setup
setup: system environment-pipeline ## system packages and Python environment, only what is missing

.PHONY: build
build: system ## debug build
	swift build

.PHONY: release
release: system ## the programs, in .build/release
	@scripts/build-release

# On a fresh machine the environments take as long as the build does: pip waits for the network while the compiler works.
.PHONY: test-setup
test-setup:
	@$(MAKE) --no-print-directory --jobs 3 release $(environments)

.PHONY: test
test: test-setup ## everything that decides whether a change may land
	scripts/run-tests

.PHONY: unit
unit: setup ## Swift tests of every library and stage
	swift test --disable-xctest

.PHONY: golden
golden: setup release ## golden command-line cases
	scripts/golden

.PHONY: interop
interop: setup release ## peers and the end-to-end runs
	@scripts/setup-python snowflake
	$(python) -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder Tests/Interop

.PHONY: test-long
test-long: test-setup ## test, then what takes hours: fuzzing, other readers, all examples, sanitizers
	scripts/run-tests
	scripts/run-tests-long

.PHONY: sanitize
sanitize: setup ## unit tests and the corpus under the address and thread sanitizers
	scripts/sanitize

.PHONY: test-browser
test-browser: setup release ## walk through the dashboard and the HTML report with a browser
	@scripts/setup-system --browser
	$(python) -m pytest -q --long Tests/Interop/test_browser_walks.py

.PHONY: bench
bench: setup release ## speed and memory beside the peers (about 20 minutes)
	@scripts/setup-python bench
	scripts/bench-xlsx
	scripts/bench-clean
	scripts/bench-parquet
	scripts/bench-pipe
	scripts/bench-load
	scripts/bench-drive
	scripts/bench-marts

.PHONY: fuzz
fuzz: setup ## fuzz the parsers of outside bytes: make fuzz RUNS=1000000
	scripts/fuzz --runs $(or $(RUNS),10000)

.PHONY: lint
lint: setup release ## format, imports, links, shell scripts
	scripts/lint

.PHONY: format
format: ## put the Swift sources in order
	swift format --in-place -r Sources Tests Package.swift

.PHONY: man
man: release ## manual pages and shell completions, in .build/manual
	scripts/render-man .build/manual

prefix ?= /usr/local
.PHONY: install
install: man ## install programs, manual pages and completions under prefix (/usr/local)
	for program in $$(scripts/build-release --list); do install -Dm755 .build/release/$$program $(DESTDIR)$(prefix)/bin/$$program; done
	install -Dm644 -t $(DESTDIR)$(prefix)/share/man/man1 .build/manual/man/*
	install -Dm644 -t $(DESTDIR)$(prefix)/share/bash-completion/completions .build/manual/bash/*
	install -Dm644 -t $(DESTDIR)$(prefix)/share/zsh/site-functions .build/manual/zsh/*
	install -Dm644 -t $(DESTDIR)$(prefix)/share/fish/vendor_completions.d .build/manual/fish/*

.PHONY: clean
clean: ## remove what building made (not work/)
	rm -rf .build .build-*
