# make install  what `monody` needs, in .venv
# make demo     learn from public-domain tunes and write 10 melodies
# make test     lint, the rule of the rooms, types and tests
# make thorough the same with many more examples, as CI runs them
# make test-everywhere  the program from its wheel on each Python that this machine has,
#               with the oldest and the newest libraries: 20 minutes, 2 GB in uv's cache
# make base     train the base model again: under an hour on two cores; resumes after a stop;
#               from melodies that you fetch into FREE: it says how
# make docs     the documentation as a site, in build/site: open index.html there
# make media    what README and site show again: melodies, pictures, sounds; a quarter of an
#               hour, with a Chromium; then look at them
# make catalogue   the texts that are new or gone, in the catalogues of other languages
# make clean   remove the environment
# All of them need Python 3.11 or later, and the first time a network.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
TUNES := data/public-domain
FREE := data/free_melodies
SPHINX := --quiet --fail-on-warning --keep-going --conf-dir docs

.PHONY: install demo test thorough test-everywhere base docs media catalogue clean

install: $(VENV)/.installed

demo: $(VENV)/.installed
	$(RUN)/monody corpus oneills1850 airdsAirs ryansMammoth --out $(TUNES)
	$(RUN)/monody train $(TUNES) --message "make demo" --max_minutes 2
	$(RUN)/monody sample

test: $(VENV)/.dev
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/codespell *.md docs examples notebooks src
	$(RUN)/lint-imports --no-cache
	$(RUN)/mypy
	$(RUN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

thorough: export MONODY_THOROUGH := 1
thorough: test

test-everywhere: $(VENV)/.dev
	nice -n 10 $(RUN)/nox

base: $(VENV)/.base
	$(RUN)/python -m monody.cli.base data/base $(FREE)

# Spanish is the same site once more: each page has the same name in docs/es.
docs: $(VENV)/.docs
	$(RUN)/sphinx-build $(SPHINX) -d build/doctrees/en docs build/site
	$(RUN)/sphinx-build $(SPHINX) -d build/doctrees/es -t es docs/es build/site/es
	@echo "open build/site/index.html"

# The melody that the README plays is on the site, too, so the README comes first.
media: $(VENV)/.media
	$(RUN)/python -m tools.readme_media
	$(RUN)/python -m tools.docs_media
	$(RUN)/python -m tools.notebook_media

catalogue: $(VENV)/.dev
	$(RUN)/python -m tools.catalogue

clean:
	rm -rf $(VENV)

# Compiled here, so that the first command starts as fast as the next.
$(VENV)/.installed: $(VENV)/.made pyproject.toml
	$(RUN)/python -m pip install --quiet --editable .
	$(RUN)/python -m compileall -q src
	touch $@

$(VENV)/.docs: $(VENV)/.made pyproject.toml
	$(RUN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

# It packs sounds as MP3, for the site alone.
$(VENV)/.media: $(VENV)/.dev
	$(RUN)/python -m pip install --quiet soundfile
	touch $@

$(VENV)/.base: $(VENV)/.made pyproject.toml
	$(RUN)/python -m pip install --quiet --editable '.[base]'
	touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	$(RUN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "monody needs Python 3.11 or later; name one: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@
