"""The command that makes melodies heard and seen: ``monody render``."""

from __future__ import annotations

from pathlib import Path

import click

from monody.cli import checks
from monody.cli.options import HeadedCommand
from monody.cli.page import say_bank, sound_bank_option
from monody.cli.verbosity import say_written, status
from monody.translation import gettext as _


@click.command(cls=HeadedCommand)
@click.argument("files", nargs=-1, required=True, metavar="FILE.mid...")
@click.option(
    "--to",
    "forms",
    metavar="LIST",
    default="wav,svg",
    help="What to write: wav, png, svg (piano rolls), musicxml, abc. [default wav,svg]",
)
@click.option(
    "--save_dir", metavar="DIR", help="Folder to write to. [default: beside each file]"
)
@sound_bank_option
def render(
    files: tuple[str, ...], forms: str, save_dir: str | None, sound_bank: str | None
) -> None:
    r"""Make MIDI files heard, seen and read.

    \b
    monody render my.mid                          my.wav and my.svg beside it
    monody render generated/*.mid --to wav,musicxml
    monody render my.mid --to wav --sound_bank my.sf2

    Any MIDI file will do; of one with many tracks the melody with the most notes is
    taken. No file is written over: what is there already with other contents stays, and
    the new one gets a number, my-2.wav; very long names are cut. Only png needs
    'monody[picture]'.
    """
    from monody.render.forms import parse_forms, require_form

    wanted = parse_forms(forms)
    checks.require_files(files, "a MIDI file")
    for form in wanted:
        require_form(form)
    paths = [Path(file) for file in files]
    for folder in {Path(save_dir)} if save_dir else {path.parent for path in paths}:
        checks.require_writable(folder, "--save_dir")
    bank = checks.require_sound_bank(sound_bank) if "wav" in wanted else None

    status(_("rendering {files} ...").format(files=files[0]))

    from monody.corpus.read_melody import read_melody
    from monody.file_names import portable_stem
    from monody.files import make_folder, write_beside
    from monody.generation.provenance import scale_of
    from monody.render.forms import render as render_as

    # All are read first: one without a melody leaves nothing half done.
    melodies = [(path, read_melody(path)) for path in paths]
    for path, melody in melodies:
        folder = Path(save_dir) if save_dir else path.parent
        make_folder(folder)
        for form in wanted:
            data = render_as(melody, form, path.stem, bank, scale_of(path))
            name = f"{portable_stem(path.stem)}.{form}"
            say_written([write_beside(folder / name, data)])
    say_bank(bank, sound_bank)
