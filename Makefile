# make demo    learn from public-domain tunes and write 10 melodies
# make test    lint, types and tests
# make clean   remove the environment
# All three need Python 3.11 or later, and the first time a network.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
TUNES := data/public-domain

.PHONY: demo test clean

demo: $(VENV)/.demo
	$(RUN)/monody corpus oneills1850 airdsAirs ryansMammoth --out $(TUNES)
	$(RUN)/monody train $(TUNES) --message "make demo" --max_minutes 2
	$(RUN)/monody sample

test: $(VENV)/.dev
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/python -m pytest

clean:
	rm -rf $(VENV)

$(VENV)/.demo: $(VENV)/.made pyproject.toml
	$(RUN)/python -m pip install --quiet --editable '.[demo]'
	touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	$(RUN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "monody needs Python 3.11 or later; name one: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@
