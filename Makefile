# make demo   install what is missing, convert the sample scans, search them
# make test   install what is missing, run every test
# make check  linter, formatter and type checker
# make bench  make every figure of docs/benchmarks.md again (long; QUICK=1 for a short look)
# make samples, make lock   for whoever changes the generator or the dependencies
# make training             install what training the line reader needs (docs/reader.md)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

OCR_PACKAGES := tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd
PYTHON_PACKAGES := $(shell $(PYTHON) -c 'import ensurepip' 2>/dev/null || echo python3-venv)
# The fonts of bench/fonts.py, which draws the generated pages; a test compares the two.
FONT_PACKAGES := fonts-courier-prime fonts-crosextra-caladea fonts-crosextra-carlito \
	fonts-dejavu-core fonts-dkg-handwriting fonts-femkeklaver fonts-freefont-ttf \
	fonts-gnutypewriter fonts-liberation
QUICK ?=

export OMP_THREAD_LIMIT := 1

.PHONY: demo test check bench samples lock training run-packages test-packages
.DEFAULT_GOAL := demo

demo: $(VENV)/.run sample_scans/mpi.csv
	$(BIN)/chartroom patients import sample_scans/mpi.csv
	@# Exit code 4 says that some pages wait for a person, as some samples are meant to.
	$(BIN)/chartroom convert sample_scans || [ $$? -eq 4 ]
	@echo; echo "All pages of a patient: chartroom search --patient draftwick"
	@$(BIN)/chartroom search --patient draftwick --limit 5
	@echo; echo "Pages with a phrase: chartroom search '\"chest pain\"'"
	@$(BIN)/chartroom search '"chest pain"' --limit 5

test: $(VENV)/.dev
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	@.ci/packages ghostscript unpaper  # the peers that pages are compared with need them
	$(BIN)/python -m bench.run_all $(if $(QUICK),--quick)

samples: $(VENV)/.dev
	$(BIN)/python -m bench.samples

sample_scans/mpi.csv:
	$(MAKE) samples

training: $(VENV)/.dev
	@.ci/packages $$($(BIN)/python -m training.fonts)
	$(PIP) install --editable '.[training]'

# The locks hold hashes of every file and no address of an index.
lock: $(VENV)/.dev
	$(PIP) install pip-tools
	$(BIN)/pip-compile $(LOCK_FLAGS) --extra build --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK_FLAGS) --extra build --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

LOCK_FLAGS := --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

$(VENV)/bin/python: | run-packages
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python test-packages
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

run-packages:
	@.ci/packages $(OCR_PACKAGES) $(PYTHON_PACKAGES)

test-packages:
	@.ci/packages $(OCR_PACKAGES) $(FONT_PACKAGES)
