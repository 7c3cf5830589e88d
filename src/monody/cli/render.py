"""The command that makes melodies heard and seen: ``monody render``."""

from __future__ import annotations

from pathlib import Path

import click

from monody.cli.options import HeadedCommand
from monody.cli.page import sound_bank_option
from monody.cli.verbosity import say_written, status


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
    taken. Files of the same name are replaced. Only png needs 'monody[picture]'.
    """
    status(f"rendering {files[0]} ...")

    from monody.corpus.read_melody import read_melody
    from monody.files import make_folder, write_bytes
    from monody.generation.provenance import scale_of
    from monody.render.forms import parse_forms
    from monody.render.forms import render as render_as

    wanted = parse_forms(forms)
    bank = Path(sound_bank) if sound_bank else None
    for path in map(Path, files):
        melody = read_melody(path)
        folder = Path(save_dir) if save_dir else path.parent
        make_folder(folder)
        for form in wanted:
            out = folder / f"{path.stem}.{form}"
            write_bytes(out, render_as(melody, form, path.stem, bank, scale_of(path)))
            say_written([out])
