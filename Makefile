# Everything a newcomer needs: `make brief` and `make test` set up all by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SITE_READY := $(VENV)/.ready-site
BRIEF_ARGS ?= --as-of "2025-01-08 13:00"

.PHONY: brief test test-foreign style test-slow test-truth test-long truth test-browser test-wheel coverage mutate lint types docs gallery site bench wheel clean

brief: $(READY)
	@$(BIN)/reportgen run small-caps $(BRIEF_ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal

# Whole batches, killed processes, mornings that fail: three minutes more.
test-slow: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "slow and not truth and not browser"

# Slow recomputation on real market data, where they lie beside the checkout.
test-truth: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "truth and not long"

# The same of every release and session, and two hundred kills; CI takes a sample of them.
test-long: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m long --timeout 7200

# Every claim of the briefs of every session since 2000, before an independent judge: about an hour on two cores.
truth: $(READY)
	$(BIN)/python tests/oracle/truth.py

# Needs Chromium, Node's npm and poppler; see .ci/run for how CI gets them.
test-browser: $(READY)
	$(BIN)/python -m pytest tests/browser -m browser

test-wheel: $(READY)
	$(BIN)/python -m pytest tests/test_wheel.py -n 2 --dist loadgroup -m wheel

# The suites of papermill and nbclient with our engine as default, against the stock one; it downloads their sources.
test-foreign: $(READY)
	$(BIN)/python tools/foreign.py

# Branch coverage of the rooms that decide what is true, each by its own tests alone.
coverage: $(READY)
	$(BIN)/python tools/coverage.py

# Sixty bounds moved and twenty lines broken, one at a time: the nearest tests must see 95 in a hundred. A quarter of an hour.
mutate: $(READY)
	$(BIN)/python tools/mutate.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

# How our code reads against that of four well-kept packages; it downloads their wheels.
style: $(READY)
	$(BIN)/python tools/style.py

# Rebuild what docs and README quote; a test fails when they drift.
docs: $(READY)
	$(BIN)/python tools/make_docs.py

# The twelve briefs of the gallery and the pictures of their pages; needs Chromium.
gallery: $(READY)
	$(BIN)/python tools/make_gallery.py

# The documentation as a site with search, in out/site. A broken link fails it, but not with --quiet: mkdocs counts what it prints.
site: $(SITE_READY) gallery
	$(BIN)/mkdocs build --strict --config-file tools/mkdocs.yml

$(SITE_READY): $(READY)
	@$(BIN)/pip --quiet --disable-pip-version-check install --constraint constraints.txt --editable ".[docs]"
	@touch $(SITE_READY)

# What the program needs, with the hash of each file: desks install by it. Run it after a change of constraints.txt.
requirements.txt: pyproject.toml constraints.txt $(READY)
	$(BIN)/pip --quiet --disable-pip-version-check install --constraint constraints.txt pip-tools
	$(BIN)/pip-compile pyproject.toml --extra s3 --extra dkim --extra seal --constraint constraints.txt --output-file $@ \
	  --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links

bench: $(READY)
	$(BIN)/python benchmarks/run.py

wheel: $(READY)
	$(BIN)/python -m build

$(READY): pyproject.toml constraints.txt tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh $(VENV)
	@touch $(READY)

clean:
	rm -rf $(VENV) out dist build
