"""The command ``monody corpus``: tunes to train on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from monody.cli.checks import require_writable
from monody.cli.options import HeadedCommand
from monody.cli.reading import DATA_DIR
from monody.cli.verbosity import say, say_whole, status
from monody.translation import gettext as _
from monody.translation import grouped


@click.command(cls=HeadedCommand)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--out",
    metavar="DIR",
    help=f"Folder for the MIDI files. [default {DATA_DIR}]",
)
def corpus(names: Sequence[str], out: str | None) -> None:
    r"""Make a folder of public-domain tunes, to train on.

    \b
    monody corpus                              what there is
    monody corpus oneills1850 --out data/midi  the tunes of a collection
    monody corpus all --out data/midi          those of all collections

    The tunes come with monody: the base model has learnt from them. Copies of a tune,
    in another key or a little changed, are left out.
    """
    if not names and out is None:
        for line in _listed():
            say(line)
        return

    require_writable(Path(out or DATA_DIR), "--out")

    from monody.experiments.base_tunes import collection_named, known_collections

    everything = not names or "all" in {name.lower() for name in names}
    chosen = known_collections() if everything else map(collection_named, names)
    for name in [*dict.fromkeys(chosen)]:  # each is checked before one is written
        _write(name, Path(out or DATA_DIR))


def _listed() -> Iterator[str]:
    """Yield what there is, and how to get it."""
    from monody.corpus.public_domain import COLLECTIONS
    from monody.experiments.base_tunes import known_collections

    known = known_collections()
    width = max(map(len, known), default=0)
    for name, count in known.items():
        title, years, style, *_others = COLLECTIONS[name]
        tunes = _("{count} tunes").format(count=f"{grouped(count):>5}")
        yield f"{name:{width}}  {tunes}  {style:5}  {title}, {years}"
    total = sum(known.values())
    copies = sum(COLLECTIONS[name].tunes for name in known) - total
    yield f"{'all':{width}}  " + _(
        "{count} tunes, without {copies} copies among them"
    ).format(count=f"{grouped(total):>5}", copies=grouped(copies))
    yield _("to write them as MIDI files: monody corpus all --out {folder}").format(
        folder=DATA_DIR
    )


def _write(name: str, folder: Path) -> None:
    """Write a collection, and say what was written."""
    status(_("opening {name} ...").format(name=name))

    from monody.cli.progress import one_task
    from monody.corpus.wording import counted
    from monody.experiments.base_tunes import write_collection

    with one_task(_("writing {name}").format(name=name)) as progress:
        report = write_collection(name, folder, progress)
    say_whole(
        _("{name}: {count} tunes in {folder}").format(
            name=report.name, count=grouped(report.written), folder=folder
        )
    )
    if report.left_out:
        say(
            _("  {left_out} others are left out: copies of these").format(
                left_out=report.left_out
            )
        )
    if report.kept:
        kept = counted(report.kept, "file")
        say_whole(
            _(
                "  {kept} of the same name with other contents left alone: name "
                "another folder with --out, or move away what is there"
            ).format(kept=kept)
        )
