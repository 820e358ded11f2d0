# The two commands are `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
PACKAGES := src tests loadtests benchmarks examples
export UV_SYSTEM_CERTS := 1
export OPENBLAS_NUM_THREADS := 1
# A server, its worker and what that starts each import the product: half of it is compiling, unless
# it was compiled before.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

.PHONY: run
run: .venv/runtime assets ## From nothing to a running exam: prints addresses and sign-ins
	$(BIN)/examengine demo

# Three processes for two cores: browsers and servers leave them idle now and then. In memory,
# where there is room, for every test has a database of its own, synced with each commit.
# Niced, so that workers and verifiers, which step back behind a server, are not starved by the
# tests beside theirs.
PYTEST := nice -n 15 $(BIN)/pytest -n 3 --dist worksteal --nothing-skipped
# Tracing every line costs a third to a half of the processor time again: CI asks for it, by COVERAGE=yes.
COVERAGE ?=
TRACED := $(if $(COVERAGE),--cov=examengine --cov-report=)
IN_MEMORY := $(wildcard /dev/shm)
test test-references: export TMPDIR := $(or $(IN_MEMORY),/tmp)
TESTS_NEED := .venv/development assets tests/conformance/verifiers/node_modules browser

.PHONY: test
test: $(TESTS_NEED) ## Run the tests, on both databases, in a real browser (COVERAGE=yes counts lines)
	@echo 'Tests that need ../shared, the references of other programs, are left to `make test-references`.'
	EXAMENGINE_SHARED= $(PYTEST) $(TRACED) -m "not references"
ifneq ($(COVERAGE),)
	@echo "Lines of examengine that ran in the processes of the tests: $$($(BIN)/coverage report --format=total) %"
endif

.PHONY: test-references
test-references: $(TESTS_NEED) ## Run the tests that compare with others, where ../shared lies
	@if [ -d ../shared ]; then $(PYTEST) -m references; \
	else echo "There is no folder ../shared beside this one, so there is nothing to compare with."; fi

.PHONY: check
check: .venv/development ## Format, lint, types, import contracts
	$(BIN)/ruff format --check $(wildcard $(PACKAGES))
	$(BIN)/ruff check $(wildcard $(PACKAGES))
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: picture
picture: .venv/development ## Draw docs/house.svg and docs/house.md from the imports of the code
	$(BIN)/python scripts/draw-house

.PHONY: format
format: .venv/development ## Format the code and mend what can be mended
	$(BIN)/ruff format $(wildcard $(PACKAGES))
	$(BIN)/ruff check --fix $(wildcard $(PACKAGES))

.PHONY: bench
bench: .venv/development assets ## Time what grows, then the estimation beside girth (BENCH=--quick for a tenth)
	$(BIN)/python -m benchmarks.assembly
	$(BIN)/python -m benchmarks.item_table
	$(BIN)/python -m benchmarks.issuing
	$(BIN)/python -m benchmarks.long_logs
	$(BIN)/python -m benchmarks.deciding
	$(BIN)/python -m benchmarks.requests
	$(BIN)/python -m benchmarks.bank_page
	$(BIN)/python -m benchmarks.estimation $(BENCH)

.PHONY: assets
assets: src/examengine/web/static/vendor/.done ## Fetch the front-end parts and the credential contexts

.PHONY: browser
browser: ## Install Chromium for the browser tests, when it is missing
	@command -v chromium >/dev/null || scripts/install-chromium

.PHONY: lock
lock: .venv/uv ## Write the lock files anew, without addresses
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock
	npm install --package-lock-only
	npm install --package-lock-only --prefix tests/conformance/verifiers

.PHONY: wheel
wheel: .venv/development assets ## Build the wheel, front-end parts included
	$(BIN)/uv build --wheel

.PHONY: clean
clean: ## Remove what was built and fetched (not the exam's data in var/)
	rm -rf .venv node_modules tests/conformance/verifiers/node_modules dist build \
		src/examengine/web/static/vendor src/examengine/credentials/contexts

.venv/uv:
	python3 -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check uv || true
	@touch $@

.venv/runtime: requirements.lock pyproject.toml | .venv/uv
	scripts/install-python requirements.lock
	@touch $@

.venv/development: requirements-dev.lock pyproject.toml | .venv/uv
	scripts/install-python requirements-dev.lock
	@touch $@ .venv/runtime

src/examengine/web/static/vendor/.done: package-lock.json scripts/collect-assets
	npm ci --silent
	scripts/collect-assets
	@touch $@

tests/conformance/verifiers/node_modules: tests/conformance/verifiers/package-lock.json
	npm ci --silent --prefix tests/conformance/verifiers
	@touch $@
