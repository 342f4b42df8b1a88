# Works with nothing but python3.11, git and make. What it needs comes from the package registry into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
TRAINERS := $(VENV)/trainers

.PHONY: demo test check bench docs lock format clean

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "synthgen needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -m venv --clear $(VENV) || \
		{ echo "python cannot make virtual environments; on Debian: apt install python3-venv"; exit 2; }
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

# TRL, PyTorch and others, so that their own code says whether it takes the exports: about 5 GB, and for tests alone.
$(TRAINERS)/ready: trainers.txt $(READY)
	$(PYTHON) -m venv --clear --without-pip $(TRAINERS)
	$(BIN)/uv pip install --quiet --python $(TRAINERS)/bin/python --require-hashes --no-deps -r trainers.txt
	@touch $@

demo: $(READY)  ## the main job, end to end, with the packaged model
	$(BIN)/synthgen run templates/classification --out out/bank
	@echo
	@echo "All $$($(BIN)/python -c 'import polars; print(polars.read_parquet("out/bank/kept.parquet").height)') rows to read: $(BIN)/python -c 'import datasets; print(datasets.load_dataset(\"out/bank/hub\")[\"train\"].to_pandas().to_string())'"

test: $(READY) $(TRAINERS)/ready  ## every test, the real model and a real Hub server on loopback included
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(READY) $(TRAINERS)/ready  ## format, lint, types, tests, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python docs/make.py --check
	$(BIN)/python -m pytest -n auto --dist loadfile

bench: $(READY)  ## figures as ratios to a peer or a bare loop in the same run
	$(BIN)/python bench/generate.py
	$(BIN)/python bench/checks.py
	$(BIN)/python bench/labelled.py
	$(BIN)/python bench/real.py
	$(BIN)/python bench/learnt.py
	$(BIN)/python bench/quality.py
	$(BIN)/python bench/filter.py
	$(BIN)/python bench/selection.py
	$(BIN)/python bench/dedup.py
	$(BIN)/python bench/labels.py

docs: $(READY)  ## write the generated pages anew
	$(BIN)/python docs/make.py

lock: $(READY)  ## resolve the newest versions that fit, with hashes and without index addresses
	$(BIN)/uv pip compile --quiet --universal --extra local --group dev --generate-hashes --no-annotate --no-header \
		--upgrade pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --group minilm --no-deps --generate-hashes --no-annotate --no-header \
		--upgrade >> requirements.txt
	$(BIN)/uv pip compile --quiet --universal --group trainers --generate-hashes --no-annotate --no-header --upgrade \
		--no-emit-package triton --output-file trainers.txt
	$(BIN)/uv pip compile --quiet --universal --group readers --no-deps --generate-hashes --no-annotate --no-header \
		--upgrade >> trainers.txt

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) dist
