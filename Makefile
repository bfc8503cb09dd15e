# PESO: every command a newcomer, a reviewer or a CI machine needs.
# All of them set themselves up in .venv from the machine's own Python and package index.

PYTHON ?= python3
BIN := .venv/bin
PUBLICATION ?= public
STACK ?= examples/hpc-ai/stack.yaml
WORKERS ?= auto
RECIPES ?=

.PHONY: help demo test check kills fuzz agree bench clean

help:
	@echo "make demo    deliver $(STACK) to $(PUBLICATION)/, verify it, say where the page is"
	@echo "make test    run all tests"
	@echo "make check   ruff, mypy --strict, import-linter"
	@echo "make kills   kill deliveries before every single write (half an hour)"
	@echo "make fuzz    try new random inputs, everywhere hypothesis is used"
	@echo "make agree   compare with a real Spack (PESO_SPACK) over all recipes of RECIPES"
	@echo "make bench   paired timings (minutes; needs about 12 GB of disk)"

.venv/peso: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "PESO needs Python 3.11 or newer; $(PYTHON) is older. Say: make PYTHON=python3.12 …"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --editable .
	@touch $@

.venv/dev: .venv/peso
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --editable '.[dev]'
	@touch $@

demo: .venv/peso
	$(BIN)/peso deliver $(STACK) --to $(PUBLICATION)
	$(BIN)/peso verify $(PUBLICATION) --root $(PUBLICATION).root.json --unsafe-development-keys
	@echo "The page: $(CURDIR)/$(PUBLICATION)/index.html"

test: .venv/dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/dev
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/ruff format --check src tests benchmarks examples
	$(BIN)/mypy
	$(BIN)/lint-imports

kills: .venv/dev
	PESO_KILL_SAMPLE=1 $(BIN)/python -m pytest tests/stories/test_killed.py

fuzz: .venv/dev
	PESO_FUZZ=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal \
	  $$(grep -rl "from hypothesis import" tests --include='test_*.py')
agree: .venv/dev
	$(BIN)/python benchmarks/agree_recipes.py $(RECIPES) --report docs/accuracy/recipes.md
	$(BIN)/python benchmarks/agree_impact.py $(RECIPES)
	$(BIN)/python benchmarks/agree_lint.py --repo $(RECIPES) $(STACKS) --against-spack 12000 --seed 7

bench: .venv/dev
	$(BIN)/python benchmarks/commands.py
	$(BIN)/python benchmarks/install.py
	$(BIN)/python benchmarks/verify.py
	test -z "$(RECIPES)" || $(BIN)/python benchmarks/catalog.py $(RECIPES)
	test -z "$(RECIPES)" || $(BIN)/python benchmarks/impact.py $(RECIPES)
	test -z "$(RECIPES)" -o -z "$(STACKS)" -o -z "$(ONE)" || \
	  $(BIN)/python benchmarks/lint.py --repo $(RECIPES) --many $(STACKS) --one $(ONE)

clean:
	rm -rf .venv .peso .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
