# make check: lint, types and the fast tests; make test: everything, real models included.
PYTHON ?= python

.PHONY: check lint types fast test golden eval-quick fix

check: lint types fast

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

fast:
	$(PYTHON) -m pytest -m "not models and not data"

# Tests that need the evaluation data run where MTQA_DATA names its folder.
test:
	$(PYTHON) -m pytest $(if $(MTQA_DATA),,-m "not data")

golden:
	MTQA_UPDATE_GOLDEN=1 $(PYTHON) -m pytest tests/reporting tests/golden -m "not models and not data"

eval-quick:
	$(PYTHON) -m eval run seeds challenge --no-save

fix:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
