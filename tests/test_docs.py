"""The documentation is true: what it shows is typed, what it names is there.

Each command is read as the program would read it, with all of its settings made; the
thorough tests run them, but for trainings, whose like the READMEs' tests run. Programs
are run. Each page has its like in Spanish, which shows the same.
"""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from tools.command_reference import commands, described, options_of, reference, spelled
from tools.notebook_page import OUTPUTS, cells_of, notebooks, page_of
from tools.summaries import in_spanish, summaries

import monody
from monody.cli.commands import cli
from monody.cli.main import main
from monody.cli.options import settings_from
from monody.experiments.experiment import Experiment
from monody.music.midi_file import write_midi
from monody.settings.base import Settings
from monody.translation import speaking
from tests.builders.documented import (
    QUICKER,
    ROOT,
    blocks,
    inline,
    lines,
    make_everything_small,
)
from tests.builders.midi_files import tune, write_tunes

DOCS = ROOT / "docs"
SPANISH = DOCS / "es"
NAMES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if SPANISH not in path.parents
)
PAGES = [*(DOCS / name for name in NAMES), *sorted(SPANISH.rglob("*.md"))]
BLANKS = r"[|]|…|\b(FILE|DIR|HOST|N|I|EXPERIMENT)\b"  # a reader fills them in
INDEXES = ("index.md", "howto/index.md", "notebooks.md")  # they lead to others
CLUSTER = {"distributed.md"}  # its program wants two machines
# They would train, or open a page for good.
READ_ONLY = ("train", "evaluate", "studio")
SYSTEM = (r"source \.venv/bin/activate", r"python3 -m venv \.venv", r"make install.*",
          r"pip install --upgrade 'jax\[cuda12\]'", r'python -c ".*"',
          r"python (train|sample)\.py .*", r"python examples/\w+\.py( .*)?",
          "jupyter lab notebooks", "JAX_PLATFORMS=cpu .*")  # fmt: skip


def _typed(page: Path) -> list[str]:
    """Return the commands of monody's on a page, without what a reader fills in."""
    found = [re.sub(r"^JAX_PLATFORMS=cpu ", "", line) for line in lines(page)]
    found += inline(page)
    found = [one for one in found if not re.search(BLANKS, one)]
    return list(dict.fromkeys(one for one in found if one.startswith("monody ")))


def test_each_page_has_its_like_in_spanish() -> None:
    there = [path.relative_to(SPANISH).as_posix() for path in SPANISH.rglob("*.md")]
    assert sorted(there) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same(name: str) -> None:
    for language in ("bash", "python", "powershell"):
        assert blocks(DOCS / name, language) == blocks(SPANISH / name, language)
    assert sorted(inline(DOCS / name)) == sorted(inline(SPANISH / name))


def _shape(page: Path) -> list[str]:
    """Return what each block of a page is: what one language lacks is missing there."""
    text = re.sub(r"```.*?```", "```", page.read_text("utf-8"), flags=re.DOTALL)
    shape = []
    for block in re.split(r"\n\s*\n", text.strip()):
        if heading := re.match(r"#+ ", block):
            shape.append(heading[0])
        elif block.startswith("|"):
            shape.append(f"table of {len(block.splitlines())} lines")
        elif block.startswith("- "):
            shape += ["item"] * len(re.findall(r"^- ", block, re.MULTILINE))
        else:
            shape.append("shown" if block.startswith(("```", "    ")) else "paragraph")
    return shape


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_as_much(name: str) -> None:
    """A page that is changed in one language alone is soon untrue in the other."""
    if name == "benchmarks.md":  # its tables are English, which the Spanish page says
        return
    english, spanish = _shape(DOCS / name), _shape(SPANISH / name)
    if name == "glossary.md":  # one word in Spanish is two in English: meter, bar
        english, spanish = ([re.sub(r" \d+ ", " ", one) for one in shape]
                            for shape in (english, spanish))  # fmt: skip
    assert english == spanish


def test_both_readmes_say_as_much() -> None:
    assert _shape(ROOT / "README.md") == _shape(ROOT / "README.es.md")


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as Markdown makes them."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    for link in (one for one in links if "://" not in one):
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_file(), link
        assert not anchor or anchor in _anchors(there), link
        if there.suffix == ".md":  # in the language that is read
            assert (SPANISH in there.parents) == (SPANISH in page.parents), link


def test_every_page_is_in_the_navigation() -> None:
    for start in (DOCS, SPANISH):
        listed = {"index.md"}
        for index in (start / name for name in INDEXES):
            for tree in re.findall(r"```{toctree}\n(.*?)```", index.read_text("utf-8"),
                                   re.DOTALL):  # fmt: skip
                within = index.parent.relative_to(start)
                named = [line for line in tree.splitlines() if line[:1] not in ":"]
                listed |= {(within / f"{name}.md").as_posix() for name in named if name}
        assert listed == set(NAMES)


@pytest.mark.parametrize(("start", "up"), [(DOCS, "../"), (SPANISH, "../../")])
def test_the_site_shows_every_notebook_and_every_program(start: Path, up: str) -> None:
    pages = "".join(path.read_text("utf-8") for path in start.glob("*.md"))
    shown = re.findall(r"```{notebook} (\w+)\n```", pages)
    assert sorted(shown) == [path.stem for path in notebooks()]
    for program in (ROOT / "examples").glob("*.py"):
        assert f"```{{literalinclude}} {up}examples/{program.name}\n" in pages


def test_what_came_out_of_a_notebook_is_beside_its_cell() -> None:
    cells = [cell for path in notebooks() for cell in cells_of(path.stem)]
    assert {path.stem for path in OUTPUTS.iterdir()} <= {cell["id"] for cell in cells}
    pages = "".join(page_of(path.stem, "media") for path in notebooks())
    assert pages.count("```python") == [cell["cell_type"] for cell in cells].count(
        "code"
    )
    assert "colab" not in pages  # a picture that lies on another host


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_command_and_option_is_in_the_reference(language: str) -> None:
    with speaking(language):
        for name in commands():
            assert options_of(name) <= spelled(described(name)), name
        headings = re.findall(r"^## (.*)$", reference(), re.MULTILINE)
    shown = {name for name, one in cli.commands.items() if not one.hidden}
    assert set(headings) == {"monody"} | {f"monody {name}" for name in shown}


@pytest.mark.parametrize("page", [DOCS / "api.md", SPANISH / "api.md"], ids=str)
def test_every_public_name_is_in_the_interface(page: Path) -> None:
    named = re.findall(r"^\.\. auto\w+:: (\w+)$", page.read_text("utf-8"), re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) ^ set(monody.__all__) == set()


def test_the_interface_says_in_spanish_what_each_name_is() -> None:
    """Whoever writes a new one adds it to ``docs/es/summaries.json``."""
    said, known = {*summaries()}, in_spanish()
    assert said - {*known} == set()
    assert {*known} - said == set()  # what is said no more
    assert all(english != spanish for english, spanish in known.items())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_no_option_is_named_that_there_is_not(page: Path) -> None:
    known = set.union(*(options_of(name) for name in commands()))
    known |= {"--help", "--upgrade", "--version"}
    known |= {name.replace("_", "-") for name in known}
    known |= {"--xla_gpu_deterministic_ops"}
    text = page.read_text("utf-8")
    if page.name == "migration.md":  # what stands in its last column is ours
        text = "\n".join(row.rsplit("|", 2)[-2] for row in text.splitlines()
                         if row.startswith("|") and row.count("|") == 3)  # fmt: skip
    if page.name == "benchmarks.md":
        return
    said = {one for code in re.findall(r"`([^`\n]+)`", text) for one in spelled(code)}
    assert {one for one in said if one.startswith("--")} - known == set()


def _settings_of(command: click.Command) -> set[type[Settings]]:
    """Return the settings that a command's options are made from."""
    headings = {getattr(one, "heading", "") for one in command.params}
    all_of = (monody.SampleSettings, monody.TrainSettings, monody.ModelSettings,
              monody.ReadSettings)  # fmt: skip
    return {one for one in all_of if one.heading in headings}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_understood(name: str) -> None:
    for line in _typed(DOCS / name):
        words = shlex.split(line)[1:]
        if words[0].startswith("-"):  # --version
            continue
        with cli.make_context("monody", [], resilient_parsing=True) as outer:
            outer.resilient_parsing = False
            known, command, rest = cli.resolve_command(outer, words)
            assert command is not None, line
            if "--help" in rest:
                continue
            with command.make_context(known, rest, parent=outer) as context:
                for settings in _settings_of(command):
                    settings_from(settings, context.params)


@pytest.mark.parametrize("name", NAMES)
def test_what_else_is_typed_is_known(name: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    text = (DOCS / name).read_text("utf-8")
    for extra in re.findall(r"pip install '(?:\.|monody)\[(\w+)\]'", text):
        assert extra in extras
    for target in re.findall(r"`make ([\w-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for line in lines(DOCS / name):
        assert line.startswith(("monody ", "pip install '", "pip install .")) or any(
            re.fullmatch(known, line) for known in SYSTEM
        ), line


@pytest.fixture
def home(trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader works: some files, a trained network and what it wrote."""
    make_everything_small(trained, tmp_path, monkeypatch)
    folder = tmp_path / "home"
    write_tunes(folder / "data/midi", 10, bars=4)
    shutil.copytree(folder / "data/midi", folder / "data/tunes")
    first = folder / "experiments/01"
    shutil.copytree(trained.folder, first)
    shutil.copy(first / "model.keras", first / "epoch-0004.keras")
    monkeypatch.chdir(folder)
    write_midi(tune(0), folder / "my.mid")
    main(["sample", "--bars", "8", "--num_files", "3", "--no_page", "--quiet"])
    for name in ("1", "2", "3"):
        shutil.copy(first / f"generated/{name}.mid", folder)
    shutil.copy(first / "generated/1.mid", folder / "tune.mid")
    shutil.copytree(first, folder / "experiments/03")
    return folder


@pytest.mark.thorough
@pytest.mark.usefixtures("home")
def test_every_command_runs() -> None:
    of_readme = {*lines(ROOT / "README.md"), *inline(ROOT / "README.md")}
    typed = dict.fromkeys(line for name in NAMES for line in _typed(DOCS / name))
    for line in typed:
        words = shlex.split(line)[1:]
        if line in of_readme or words[0] in READ_ONLY or "--sound_bank" in words:
            continue
        short = QUICKER.get(words[0], [])
        if words[0] in ("sample", "vary") and "--no_page" not in words:
            short = [*short, "--no_page"]
        if "--form" in words or "--file_length" in words:
            short = ["--num_files", "2", "--no_page"]
        if words[0] == "vary" and "--num_files" not in words and not _sibling(words):
            short = [*short, "--num_files", "1"]
        main([*words, *short])


@pytest.mark.thorough
def test_every_training_and_scorecard_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the learning itself, which those of the READMEs do."""
    from monody.models.keras_network import build_model

    def learn_nothing(
        trainee: Any, training: Any, callbacks: Sequence[Any], **_: object
    ) -> None:
        trainee.save(training.experiment.model_path)
        for one in callbacks:
            one.on_train_end()

    monkeypatch.setattr("monody.training.train_network.fit", learn_nothing)
    # None of them learns, so all of one size can be one network.
    monkeypatch.setattr("monody.training.one_training.build_model", cache(build_model))
    write_midi(tune(0, 4, (3, 4)), home / "data/midi/waltz.mid")
    shutil.copytree(home / "data/midi", home / "my_tunes")
    of_readme = {*lines(ROOT / "README.md"), *inline(ROOT / "README.md")}
    typed = dict.fromkeys(line for name in NAMES for line in _typed(DOCS / name))
    run = 0
    for line in typed:
        words = shlex.split(line)[1:]
        if line in of_readme or words[0] not in ("train", "evaluate"):
            continue
        if "--distributed" in words:  # it waits for another; tests/training run two
            continue
        short = ["--json"] if words[0] == "evaluate" else _short_training(words)
        main([*words, *short])
        run += 1
    assert run >= 12


def _short_training(words: list[str]) -> list[str]:
    """Return what makes a training of a document short."""
    short = ["--num_epochs", "1", "--no_page"]
    if "--resume" in words:  # the one that has a checkpoint
        return [*short, "--experiment_dir", "experiments/03"]
    if "--base" not in words:
        short += ["--base", "none"]
    tuned = "--base" in words and words[words.index("--base") + 1] != "none"
    return short if tuned else [*short, "--rnn_size", "12"]


def _sibling(words: list[str]) -> bool:
    """Say whether a setting is changed, and nothing is rewritten."""
    return not {"--keep", "--replace", "--to_key", "--to_meter"} & {*words}


@pytest.mark.parametrize("name", ["howto/one-track.md", "listening.md"])
def test_a_program_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tunes(tmp_path / "data/midi", 3, bars=4)
    _run_programs(DOCS / name)


@pytest.mark.thorough
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["howto/python.md", "generation.md"])
def test_a_program_with_a_network_runs(name: str) -> None:
    _run_programs(DOCS / name)


def test_every_program_is_run() -> None:
    with_programs = {name for name in NAMES if blocks(DOCS / name, "python")}
    assert with_programs - CLUSTER == {
        "howto/one-track.md", "listening.md", "howto/python.md", "generation.md"
    }  # fmt: skip


def _run_programs(page: Path) -> None:
    """Run the programs of a page one after the other, as a reader would."""
    names: dict[str, object] = {"__name__": "__main__"}
    for program in blocks(page, "python"):
        exec(compile(program, page.name, "exec"), names)
