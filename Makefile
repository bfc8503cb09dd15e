# PESO: every command a newcomer, a reviewer or a CI machine needs.
# All of them set themselves up in .venv from the machine's own Python and package index.

PYTHON ?= python3
BIN := .venv/bin
PUBLICATION ?= public
STACK ?= examples/hpc-ai/stack.yaml
WORKERS ?= auto
# A repository of Spack's recipes; folders of spack.yaml files; E4S's own. Without them the
# comparisons and timings that need them say that they were left out.
RECIPES ?=
SHARED := $(wildcard ../shared/data)
STACKS ?= $(addprefix $(SHARED)/,$(if $(SHARED),spack-packages/stacks e4s/environments))
LOCKS ?= $(wildcard ../shared/data/e4s/locks/*.lock.gz)
ENVIRONMENTS ?= $(addprefix $(SHARED)/,$(if $(SHARED),e4s/environments))
LOCKS ?= $(wildcard $(addsuffix /e4s/locks/*.spack.lock.gz,$(SHARED)))
CLONES ?=
PIP_AUDIT ?=
ADVISORIES ?= $(addsuffix /advisories,$(SHARED))
# The curl project's docs/vuln.pm; a folder of records of NVD's form (anchore/nvd-data-overrides).
CURL_LIST ?=
NVD ?=
HDF_AS_OF ?= 2026-03-26
NO_RECIPES := set RECIPES to a checkout's repos/spack_repo/builtin

# The workspace whose portal `make portal` serves; made where there is none.
WORKSPACE ?= my-organization

.PHONY: help demo portal test check audit kills fuzz agree accuracy bench clean

help:
	@echo "make demo    deliver $(STACK) to $(PUBLICATION)/, verify it, say where the page is"
	@echo "make portal  the portal of $(WORKSPACE)/ with that release in it, at http://127.0.0.1:8000"
	@echo "make test    run all tests"
	@echo "make check   ruff, mypy --strict, import-linter"
	@echo "make audit   known vulnerabilities of what is installed in .venv; PyPI must be there to ask"
	@echo "make kills   kill deliveries before every single write (half an hour)"
	@echo "make fuzz    try new random inputs, everywhere hypothesis is used"
	@echo "make agree   compare with a real Spack (PESO_SPACK) over all recipes of RECIPES"
	@echo "make accuracy  judge vulnerability matching by the vendors' own lists (../shared/data; CURL_LIST, NVD)"
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

.venv/web: .venv/peso
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --editable '.[portal]'
	@touch $@

portal: demo .venv/web
	@test -f $(WORKSPACE)/peso.yaml || $(BIN)/peso init $(WORKSPACE)
	$(BIN)/peso portal ingest $(PUBLICATION) --root $(PUBLICATION).root.json \
	  --unsafe-development-keys --in $(WORKSPACE)
	$(BIN)/peso portal serve --in $(WORKSPACE)

test: .venv/dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/dev
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/ruff format --check src tests benchmarks examples
	PESO_PORTAL=.venv/portal $(BIN)/mypy
	$(BIN)/lint-imports

# What is installed, against known vulnerabilities. `make test` does the same where it can; here it fails
# where the advisory source of PyPI cannot be asked, and says so.
audit: .venv/dev
	PESO_AUDIT=must $(BIN)/python -m pytest tests/test_dependencies.py

kills: .venv/dev
	PESO_KILL_SAMPLE=1 $(BIN)/python -m pytest tests/stories/test_killed.py

fuzz: .venv/dev
	PESO_FUZZ=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal \
	  $$(grep -rl "from hypothesis import" tests --include='test_*.py')

agree: .venv/dev
	@test -n "$(RECIPES)" -a -n "$$PESO_SPACK" || { echo "$(NO_RECIPES), and PESO_SPACK to a Spack"; exit 2; }
	$(BIN)/python benchmarks/agree_recipes.py $(RECIPES) --report docs/accuracy/recipes.md
	$(BIN)/python benchmarks/accuracy_first_error.py --report docs/accuracy/first-error.md
	$(BIN)/python benchmarks/agree_spec.py $(RECIPES)
	$(BIN)/python benchmarks/agree_impact.py $(RECIPES)
	$(BIN)/python benchmarks/agree_lint.py --repo $(RECIPES) $(STACKS) --against-spack 12000 --seed 7
	@test -n "$(SHARED)" || echo "NOT COMPARED: advisories; there is no ../shared/data"
	test -z "$(SHARED)" || $(BIN)/python benchmarks/accuracy_evaluation.py $(SHARED)/advisories \
	  --report docs/accuracy/evaluation.md
	@test -n "$(PIP_AUDIT)" || echo "NOT COMPARED: pip-audit; set PIP_AUDIT to the program"
	test -z "$(SHARED)" -o -z "$(PIP_AUDIT)" || $(BIN)/python benchmarks/agree_pip_audit.py \
	  $(SHARED)/advisories/pypa-osv.zip $(PIP_AUDIT) --report docs/accuracy/pip-audit.md
	@test -n "$(CLONES)" || echo "NOT COMPARED: tags; set CLONES to NAME=FOLDER of clones"
	test -z "$(SHARED)" -o -z "$(CLONES)" || $(BIN)/python benchmarks/accuracy_tags.py \
	  $(SHARED)/advisories/oss-fuzz-osv.zip $(CLONES) --report docs/accuracy/tags.md
	@test -n "$(LOCKS)" || echo "NOT COMPARED: sources; set LOCKS to locks of Spack"
	test -z "$(LOCKS)" || $(BIN)/python benchmarks/agree_sources.py $(RECIPES) $(LOCKS)
	@test -n "$(SHARED)" || echo "NOT COMPARED: identities; the advisories beside the checkout are missing"
	test -z "$(SHARED)" || $(BIN)/python benchmarks/agree_identity.py $(RECIPES) \
	  --advisories $(SHARED)/advisories $(addprefix --lock ,$(LOCKS)) --report docs/accuracy/identity.md
	@test -n "$(STACKS)" || echo "NOT COMPARED: environments; set STACKS to folders of spack.yaml files"
	test -z "$(STACKS)" || $(BIN)/python benchmarks/agree_environments.py $(STACKS)

accuracy: .venv/dev
	@test -n "$(ADVISORIES)" || echo "NOT MEASURED: evaluation; there is no ../shared/data"
	test -z "$(ADVISORIES)" || $(BIN)/python benchmarks/accuracy_evaluation.py $(ADVISORIES) \
	  --report docs/accuracy/evaluation.md
	$(BIN)/python benchmarks/accuracy.py $(ADVISORIES) $(addprefix --recipes ,$(RECIPES)) \
	  $(addprefix --curl ,$(CURL_LIST)) $(addprefix --also nvd-overrides=,$(NVD)) \
	  --as-of hdf5=$(HDF_AS_OF) $(if $(ADVISORIES),--report docs/accuracy/matching.md)

bench: export PYTHONDONTWRITEBYTECODE =  # users' Pythons keep their bytecode
bench: .venv/dev
	$(BIN)/python benchmarks/portal_week.py
	$(BIN)/python benchmarks/portal.py
	$(BIN)/python benchmarks/portal.py --database sqlite --results 200000
	$(BIN)/python benchmarks/needs.py
	$(BIN)/python benchmarks/needs_pages.py
	$(BIN)/python benchmarks/commands.py
	$(BIN)/python benchmarks/install.py
	$(BIN)/python benchmarks/verify.py
	$(BIN)/python benchmarks/growth.py
	$(BIN)/python benchmarks/specs.py
	$(BIN)/python benchmarks/native.py
	$(BIN)/python benchmarks/binaries.py
	$(BIN)/python benchmarks/first_error.py
	@test -n "$(SHARED)" || echo "NOT TIMED: scan; there is no ../shared/data"
	test -z "$(SHARED)" -o -z "$(LOCKS)" || $(BIN)/python benchmarks/scan.py $(SHARED)/advisories $(LOCKS)
	test -z "$(SHARED)" -o -z "$(LOCKS)" || \
	  $(BIN)/python benchmarks/foreign.py $(SHARED)/advisories $(firstword $(LOCKS))
	@test -n "$(SHARED)" -a -n "$(LOCKS)" || echo "NOT TIMED: watch; there is no ../shared/data"
	test -z "$(SHARED)" -o -z "$(LOCKS)" || $(BIN)/python benchmarks/watch.py $(SHARED)/advisories $(firstword $(LOCKS))
	$(BIN)/python benchmarks/advisories.py $(ADVISORIES) $(addprefix --lock ,$(LOCKS))
	@test -n "$(RECIPES)" || echo "NOT TIMED: catalog, impact, lint and locks; $(NO_RECIPES)"
	test -z "$(RECIPES)" || $(BIN)/python benchmarks/impact.py $(RECIPES)
	test -z "$(RECIPES)" -o -z "$(ENVIRONMENTS)" || \
	  $(BIN)/python benchmarks/lint.py --repo $(RECIPES) --many $(ENVIRONMENTS)
	@test -n "$(LOCKS)" || echo "NOT TIMED: locks; set LOCKS to locks of Spack"
	test -z "$(LOCKS)" || $(BIN)/python benchmarks/identity.py $(LOCKS)
	test -z "$(RECIPES)" -o -z "$(LOCKS)" || \
	  $(BIN)/python benchmarks/native_lock.py $(RECIPES) $(LOCKS)
	@test -z "$(RECIPES)" -o -n "$$PESO_SPACK" || echo "NOT TIMED: catalog; PESO_SPACK names no Spack"
	test -z "$(RECIPES)" -o -z "$$PESO_SPACK" || $(BIN)/python benchmarks/catalog.py $(RECIPES)

clean:
	rm -rf .venv .peso .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
