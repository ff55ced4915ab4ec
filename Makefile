# One way to do each thing; every target makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run test check bench bench-quality soak browser clean

# One call of pip each: what the tests need contains what Aisle runs with.
$(VENV)/.run: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e '.[demo]'
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e '.[demo,dev]'
	touch $(VENV)/.run $@

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) -e '.[demo,dev,bench]'
	touch $@

run: $(VENV)/.run
	@echo "Aisle is starting on http://localhost:8501 (Ctrl+C stops it)"
	@$(BIN)/aisle run

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright

test: $(VENV)/.dev browser
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

# A browser for the page tests: what is there, else Playwright's own, else Debian's.
browser: $(VENV)/.dev
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	  || test -n "$$AISLE_CHROMIUM" \
	  || $(BIN)/playwright install chromium >/dev/null 2>&1 \
	  || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
	  || echo "No browser could be installed; the browser tests will fail and say so."

bench: $(VENV)/.bench browser
	$(BIN)/python -m benchmarks

# Quality against rivals; real data sets are used where they lie beside the project. An hour.
bench-quality: $(VENV)/.bench
	$(BIN)/python -m benchmarks.quality

soak: $(VENV)/.dev
	$(BIN)/python -m benchmarks.soak

clean:
	rm -rf $(VENV) dist .pytest_cache .ruff_cache
