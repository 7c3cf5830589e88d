from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import monody
from monody.cli.base import recipe
from monody.cli.main import main
from monody.corpus.public_domain import BOOKS, COLLECTIONS, collection_of
from monody.errors import MonodyError
from monody.experiments import base
from monody.experiments.base import base_experiment, open_experiment, pack_base
from monody.experiments.base_tunes import known_collections, tunes_of_collection
from monody.experiments.experiment import Experiment
from monody.experiments.novelty_index import known_melodies
from monody.generation.provenance import read_provenance
from monody.generation.vary import again
from monody.locks import locked
from monody.settings.sampling import SampleSettings
from monody.settings.training import TrainSettings
from monody.training.resume import resume
from tests.builders.damages import damages
from tests.builders.json_files import read_json

SHORT: dict[str, Any] = {"num_files": 2, "bars": 2, "seed": 5}


@pytest.fixture
def packed(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A tiny base model in place of ours, a cache of its own, and no experiment."""
    folder = tmp_path / "packed"
    pack_base(trained, folder)
    monkeypatch.setattr(base, "PACKED", folder)
    monkeypatch.setenv("MONODY_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("packed")
def test_what_is_packed_is_the_experiment(trained: Experiment) -> None:
    laid_out = base_experiment()
    assert laid_out.model_path.read_bytes() == trained.model_path.read_bytes()
    assert read_json(laid_out.scores_path) == read_json(trained.scores_path)
    for side in ("train", "validation", "test"):
        ours, theirs = laid_out.side(side), trained.side(side)
        assert (ours.fingerprint(), ours.sources) == (
            theirs.fingerprint(),
            theirs.sources,
        )


def test_packing_twice_gives_the_same_bytes_and_tells_no_paths(
    trained: Experiment, packed: Path, tmp_path: Path
) -> None:
    pack_base(trained, tmp_path / "again")
    assert _contents(tmp_path / "again") == _contents(packed)
    record = read_json(base_experiment().settings_path)
    assert "data_dir" not in record
    assert record["settings"] == read_json(trained.settings_path)["settings"]


@pytest.mark.usefixtures("packed")
def test_it_is_laid_out_once_and_again_when_the_cache_was_cleared() -> None:
    first = base_experiment().model_path
    before = first.stat().st_mtime_ns
    assert base_experiment().model_path.stat().st_mtime_ns == before
    shutil.rmtree(first.parent)
    assert base_experiment().load().fingerprint


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("name", ["model.keras", "training/notes.npy", "settings.json"])
def test_a_damaged_one_is_laid_out_again(name: str) -> None:
    folder = base_experiment().folder
    whole = (folder / name).read_bytes()
    for seed in range(3):
        for damage, harm in damages(folder / name, seed):
            harm(folder / name)
            again = base_experiment()
            assert (again.folder / name).read_bytes() == whole, damage
    assert len(base_experiment().side("train")) == 16


def test_a_package_that_is_not_whole_says_so(packed: Path) -> None:
    archive = packed / base.ARCHIVE
    whole = archive.read_bytes()
    for damaged in (b"", whole[:-30], whole[:40] + b"\xff" * 40 + whole[80:]):
        archive.write_bytes(damaged)
        base._sha256.cache_clear()
        with pytest.raises(MonodyError, match="not whole .*: install monody again"):
            base_experiment()


@pytest.mark.usefixtures("packed")
def test_what_is_counted_later_does_not_make_it_damaged() -> None:
    experiment = base_experiment()
    experiment.usual_novelty_path.write_text("{}")
    known = known_melodies(experiment)
    assert known is not None
    before = experiment.model_path.stat().st_ino
    assert base_experiment().model_path.stat().st_ino == before
    assert known.usual.melodies == 4


@pytest.mark.usefixtures("packed")
def test_a_folder_of_anothers_in_its_place_is_left_alone() -> None:
    folder = base_experiment().folder
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "model.keras").write_text("theirs")
    with pytest.raises(MonodyError, match=r"not monody's is in the way; .*MONODY_CA"):
        base_experiment()
    assert [path.name for path in folder.iterdir()] == ["model.keras"]


def test_another_base_model_does_not_take_the_place_of_the_first(
    trained_steps: Experiment, packed: Path
) -> None:
    first = base_experiment().folder
    pack_base(trained_steps, packed)
    assert base_experiment().folder != first
    assert base_experiment().load().vocabulary.encoding == "steps"


@pytest.mark.usefixtures("packed")
def test_where_it_cannot_be_laid_out_a_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MONODY_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(MonodyError, match=r"cannot lay out the base model .*MONODY_C"):
        base_experiment()


@pytest.mark.usefixtures("packed")
def test_the_base_is_opened_by_its_name_or_where_there_is_nothing_else(
    trained: Experiment, tmp_path: Path
) -> None:
    assert open_experiment().folder == base_experiment().folder
    assert open_experiment("base").folder == base_experiment().folder
    shutil.copytree(trained.folder, tmp_path / "experiments/01")
    assert open_experiment().folder == Path("experiments/01")
    assert open_experiment("base").folder == base_experiment().folder
    shutil.copytree(trained.folder, tmp_path / "base")
    assert open_experiment("base").folder == Path("base")
    with pytest.raises(MonodyError, match="no trained model in 'bases'"):
        open_experiment("bases")


@pytest.mark.usefixtures("packed")
def test_what_it_writes_goes_where_the_user_is_and_names_no_folder(
    tmp_path: Path,
) -> None:
    paths = monody.generate(open_experiment(), SampleSettings(**SHORT)).save()
    assert [path.as_posix() for path in paths] == ["generated/1.mid", "generated/2.mid"]
    assert read_provenance(paths[0]).model_path == "base"
    shutil.rmtree(tmp_path / "cache")  # or another machine
    [output] = again(paths[1]).outputs
    (tmp_path / "again.mid").write_bytes(output.to_bytes())
    assert (tmp_path / "again.mid").read_bytes() == paths[1].read_bytes()


def test_another_base_model_does_not_make_the_melody_again(
    trained_steps: Experiment, packed: Path
) -> None:
    [path, _] = monody.generate(open_experiment(), SampleSettings(**SHORT)).save()
    pack_base(trained_steps, packed)
    with pytest.raises(MonodyError, match="'base' is not the model that"):
        again(path)


@pytest.mark.usefixtures("packed")
def test_a_network_fine_tuned_from_it_may_copy_its_tunes_too(
    tunes: Path, tmp_path: Path
) -> None:
    known_to_base = base_experiment().side("train")[0]
    folder = tmp_path / "others"
    shutil.copytree(tunes, folder)
    for path in folder.iterdir():
        if path.name == known_to_base.source:
            path.unlink()
    tuned = monody.train(
        monody.read_corpus(folder),
        TrainSettings(base="base", num_epochs=1, learning_rate=1e-4),
        experiment_dir=tmp_path / "tuned",
    )
    assert known_to_base.source not in tuned.side("train").sources
    known = known_melodies(tuned)
    assert known is not None
    found = known.look_up(known_to_base)
    assert (found.label, found.source) == ("copy", known_to_base.source)
    alone = Path(tuned.base_path).read_bytes()
    assert alone == base_experiment().model_path.read_bytes()


# --- the one that is shipped


def test_the_base_model_is_small_and_plain_keras_opens_it() -> None:
    import keras  # as a user's own program does, once monody has chosen the backend

    # The weights are in it twice: for Keras, and for decoding without it.
    assert sum(len(content) for content in _contents(base.PACKED).values()) < 16e6
    network = keras.saving.load_model(base.PACKED / "model.keras", compile=False)
    assert {"pitch", "duration"} == set(network.output)


def test_the_base_model_has_the_settings_of_the_recipe() -> None:
    from monody.cli.make_base import MODEL, READING, TRAINING

    record = base_experiment().load().record
    assert record.model == MODEL
    assert record.training == TRAINING
    assert record.reading.of_reading() == READING.of_reading()


def test_a_base_is_packed_by_whoever_is_alone_and_not_stopped(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monody.cli import make_base

    experiment, packed = Experiment(tmp_path / "experiment"), tmp_path / "packed"
    shutil.copytree(trained.folder, experiment.folder)
    record = trained.record()
    longer = replace(record.training, num_epochs=99)
    experiment.write_record(replace(record, training=longer))
    monkeypatch.setattr(make_base, "RECIPE", make_base.Recipe(into=packed))
    # Ctrl-C leaves the best weights so far.
    monkeypatch.setattr("monody.training.resume.resume", lambda *_, **__: experiment)
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path)], recipe)
    assert stopped.value.code == 130
    assert not packed.exists()

    experiment.write_record(record)
    with locked(tmp_path), pytest.raises(SystemExit) as refused:
        main([str(tmp_path)], recipe)
    assert refused.value.code == 2
    assert not packed.exists()

    main([str(tmp_path)], recipe)
    assert sorted(path.name for path in packed.iterdir()) == [
        "experiment.zip",
        "model.keras",
    ]


def test_a_base_that_was_stopped_at_its_very_end_is_packed_to_the_same_bytes(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monody.cli import make_base

    pack_base(trained, tmp_path / "undisturbed")
    experiment = Experiment(tmp_path / "experiment")
    shutil.copytree(trained.folder, experiment.folder)
    experiment.scores_path.unlink()
    experiment.usual_novelty_path.unlink()

    def stopped(_: Experiment) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("monody.training.held_out_scores.known_melodies", stopped)
        with pytest.raises(KeyboardInterrupt):
            resume(experiment.folder)
    assert not experiment.scores_path.exists()  # by which one knows that it is done
    packed = tmp_path / "packed"
    monkeypatch.setattr(make_base, "RECIPE", make_base.Recipe(into=packed))
    main([str(tmp_path)], recipe)
    assert _contents(packed) == _contents(tmp_path / "undisturbed")


@pytest.mark.thorough  # it reads 4,248 tunes
def test_the_dances_of_the_base_model_are_those_of_the_books(tmp_path: Path) -> None:
    from monody.cli.make_base import base_corpus

    written = base_corpus(tmp_path, names=BOOKS)
    by_source = {melody.source: melody for melody in written.melodies}
    known = [tune for name in BOOKS for tune in tunes_of_collection(name)]
    # Which of several copies is kept may hang on tunes of other collections.
    assert len(known) == pytest.approx(len(written.used), rel=0.01)
    for tune in known:
        assert by_source[tune.source] == tune


@pytest.mark.thorough  # it reads thousands of tunes
def test_the_base_model_is_the_one_of_the_recipe(tmp_path: Path) -> None:
    from monody.cli.make_base import FREE, TRAINING, base_corpus

    known, free = known_collections(), Path(__file__).parents[2] / FREE
    missing = [
        n for n in known if COLLECTIONS[n].is_fetched and not (free / n).is_dir()
    ]
    if missing:
        pytest.skip(f"the base learnt from {', '.join(missing)}: not in {free}")
    experiment = base_experiment()
    corpus = base_corpus(tmp_path / "tunes", free, known)
    sizes = Counter(collection_of(melody.source) for melody in corpus.melodies)
    assert sizes == {name: COLLECTIONS[name].tunes for name in known}
    assert experiment.load().record.data_fingerprint == corpus.melodies.fingerprint()
    split = monody.split_corpus(corpus, TRAINING.seed)
    for side in ("train", "validation", "test"):
        taken = corpus.melodies.take(getattr(split, side))
        assert np.array_equal(experiment.side(side).notes, taken.notes)
    assert read_json(experiment.scores_path)["test"]["melodies"] == len(split.test)
