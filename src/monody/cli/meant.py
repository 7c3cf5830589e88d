"""What is meant by an option or a command that does not exist.

Hands remember other programs: ``--tempo`` is ``--bpm`` here, ``generate`` is
``sample``. One line says so.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from monody.translation import marked

# What hands type, and the options and arguments that it may mean: the first that the
# command has.
OPTIONS = {
    "length len measures num_bars n_bars": ("bars", "file_length"),
    "steps num_steps sixteenths": ("file_length",),
    "tempo speed qpm": ("bpm",),
    "instrument program midi_program patch": ("midi_instrument",),
    "n num number count amount how_many files n_files melodies num_melodies samples "
    "num_samples": ("num_files",),
    "o out output out_dir output_dir outdir out_file dest destination save save_dir": (
        "out", "save_dir", "html", "plot", "experiment_dir"),
    "folder dir directory path": ("save_dir", "out", "data_dir", "files", "output"),
    "primer prime prompt prime_with": ("prime_file",),
    "i in input file midi midi_file": ("prime_file", "data_dir", "files", "output"),
    "data dataset midi_dir tunes corpus": ("data_dir",),
    "experiment exp model run checkpoint weights network experiment_dir": (
        "experiment_dir", "experiment", "base", "folder"),
    "pretrained finetune fine_tune from_scratch scratch": ("base",),
    "e epoch epochs n_epochs": ("num_epochs",),
    "lr rate": ("learning_rate",),
    "units hidden hidden_size size": ("rnn_size",),
    "layers n_layers depth": ("num_layers",),
    "batch": ("batch_size",),
    "window seq_length sequence_length context": ("window_size",),
    "clip clipnorm": ("grad_clip",),
    "early_stop early_stopping": ("patience",),
    "minutes time_limit max_time": ("max_minutes",),
    "j jobs workers num_workers threads processes": ("n_jobs",),
    "note comment name title": ("message",),
    "scale tonality tonic mode": ("key", "to_key"),
    "meter time time_signature time_sig timesig signature": ("meter", "meters"),
    "meters": ("meter",),
    "range pitches ambitus register": ("range", "pitch_range"),
    "pitch_range": ("range",),
    "rhythm note_values values": ("durations",),
    "notes_per_bar": ("density",),
    "ending last": ("end",),
    "temp creativity": ("temperature",),
    "random_seed random": ("seed",),
    "best candidates": ("best_of",),
    "soundfont sound_font sf2 bank": ("sound_bank",),
    "form structure sections phrases": ("form",),
    "format formats form": ("to",),
    "genre type kind": ("style",),
    "html": ("page",),
    "dedup dedupe": ("deduplicate",),
}  # fmt: skip
COMMANDS = {
    "sample": "generate compose write create make new melody",
    "train": "learn fit finetune fine_tune teach resume",
    "inspect": "check info describe look read analyse analyze",
    "evaluate": "eval test score judge scorecard",
    "vary": "rewrite change variation variations edit",
    "again": "repeat redo remake reproduce",
    "render": "play listen hear convert export show draw",
    "runs": "list ls experiments history",
    "corpus": "tunes books download demo",
    "names": "instrument instruments key keys meter meters range ranges notes "
    "form forms style styles",
    "completion": "complete completions tab",
    "--version": "version",
}
MUSIC = (".mid", ".midi", ".abc", ".xml", ".musicxml", ".mxl", ".mscz", ".mscx", ".krn")


def instead_of_option(option: str, args: Sequence[str], context: click.Context) -> str:
    """Say what is meant by an option that a command does not have.

    Args:
        option: As click names it: ``--tempo``, or ``-b`` where ``-bars`` was typed.
        args: All that was typed after the command.
        context: The command's.

    Returns:
        Such as ``": did you mean --bpm?"``; empty if nothing is near.
    """
    own = _parameters(context.command)
    wanted = option.lstrip("-")
    if one_dash := next(_one_dash(args, own), ""):
        return marked(f": did you mean --{one_dash}?")
    if same := _same(wanted, own):
        return f": {_said(own[same], same, context)}"
    if others := _having(wanted, context):
        return f": {others}"
    names = [name for name, one in own.items() if isinstance(one, click.Option)]
    if near := difflib.get_close_matches(wanted, names, n=1):
        return marked(f": did you mean {_dashed(near[0])}?")
    typed = " ".join(OPTIONS).split()
    near = difflib.get_close_matches(wanted, typed, n=1, cutoff=0.75)  # --ouput
    same = _same(near[0], own) if near else None
    return f": {_said(own[same], same, context)}" if same else ""


def instead_of_value(args: Sequence[str], context: click.Context) -> str:
    """Say what is meant where a value is wrong because an option has one dash."""
    one_dash = next(_one_dash(args, _parameters(context.command)), "")
    return marked(f" Did you mean --{one_dash}?") if one_dash else ""


def instead_of_argument(
    extra: Sequence[str], args: Sequence[str], context: click.Context
) -> str:
    """Say what is meant by arguments that a command does not take.

    Args:
        extra: Them.
        args: All that was typed after the command.
        context: The command's.
    """
    own = _parameters(context.command)
    first, path = extra[0], Path(extra[0])
    place = list(args).index(first) if first in args else 0
    option = args[place - 2] if place >= 2 else ""
    words = shlex.quote(" ".join([*args[max(0, place - 1) : place], *extra]))
    if _takes_value(own.get(option.lstrip("-").replace("-", "_").lower())):
        named = f"{option} {words}"
        return marked(f": did you mean {named}?")
    if any(isinstance(one, click.Argument) for one in own.values()):
        one_only = path.exists() or path.suffix.lower() in MUSIC
        return (
            marked(": one at a time")
            if one_only
            else marked(f": did you mean {words}?")
        )
    if first.isdecimal():
        name = "num_files"
    elif path.suffix == ".keras" or first == "base" or _is_experiment(path):
        name = "experiment_dir"
    else:
        name = "data_dir" if path.is_dir() else "prime_file"
    return (
        marked(f": did you mean --{name} {shlex.quote(first)}?") if name in own else ""
    )


def instead_of_command(name: str, commands: Sequence[str]) -> str:
    """Say what is meant by a command that does not exist.

    Args:
        name: As it was typed: ``sampel``, or a file or folder without a command.
        commands: Those there are.

    Example:
        >>> from monody.cli.meant import instead_of_command
        >>> instead_of_command("sampel", ["sample", "train"])
        ': did you mean monody sample?'
        >>> instead_of_command("generate", ["sample", "train"])
        ': did you mean monody sample?'
    """
    path, quoted = Path(name), shlex.quote(name)
    if path.suffix == ".keras" or _is_experiment(path):
        return marked(
            f": to write melodies with it, monody sample --experiment_dir {quoted}"
        )
    if path.is_dir():
        return marked(
            f": of a folder, monody train {quoted} learns and monody inspect {quoted} "
            "says what is in it"
        )
    if path.is_file() or path.suffix.lower() in MUSIC:
        return marked(
            f": of a file, monody inspect {quoted} says what is in it, monody render "
            f"{quoted} makes it heard, monody vary {quoted} writes something like it"
        )
    wanted = name.lower().replace("-", "_")
    meant = [
        command for command, others in COMMANDS.items() if wanted in others.split()
    ]
    near = meant or difflib.get_close_matches(wanted, commands, n=2)
    said = " or ".join(f"monody {command}" for command in near)
    return marked(f": did you mean {said}?") if said else ""


def _same(typed: str, own: Mapping[str, click.Parameter]) -> str | None:
    """Return the parameter of a command that hands know by another name."""
    meant = [name for others, names in OPTIONS.items() if typed in others.split()
             for name in names if name in own]  # fmt: skip
    return meant[0] if meant else None


def _parameters(command: click.Command) -> dict[str, click.Parameter]:
    """Return a command's parameters by name: options by each of theirs, undashed."""
    named: dict[str, click.Parameter] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            named.setdefault(str(parameter.name), parameter)
            continue
        for name in (*parameter.opts, *parameter.secondary_opts):
            named[name.lstrip("-")] = parameter
    return named


def _one_dash(args: Sequence[str], own: Mapping[str, click.Parameter]) -> Iterator[str]:
    """Yield the long options that were typed with one dash: ``-bars``."""
    for arg in args:
        name = arg.partition("=")[0].lower().replace("-", "_")
        plain = name.removeprefix("_")
        one = name.startswith("_") and not plain.startswith("_")
        if one and len(plain) > 1 and isinstance(own.get(plain), click.Option):
            yield plain


def _said(parameter: click.Parameter, name: str, context: click.Context) -> str:
    """Say how an option or an argument is written."""
    if isinstance(parameter, click.Argument):
        value = parameter.make_metavar(context)
        return marked(f"write it without an option, {context.command_path} {value}")
    return marked(f"did you mean {_dashed(name)}?")


def _dashed(name: str) -> str:
    """Return an option's name as it is typed."""
    return f"--{name}" if len(name) > 1 else f"-{name}"


def _having(option: str, context: click.Context) -> str:
    """Say which other commands have an option; empty if none has."""
    root = context.find_root().command
    commands = {"monody": root}
    if isinstance(root, click.Group):
        commands |= {f"monody {name}": one for name, one in root.commands.items()}
    having = [
        name
        for name, command in commands.items()
        if isinstance(_parameters(command).get(option), click.Option)
    ]
    if context.command is not root:
        return (
            marked(f"it is an option of {' and of '.join(having[:2])}")
            if having
            else ""
        )
    # The option was typed before the command: monody -n 3 sample
    having.sort(key=lambda name: name != "monody sample")
    return (
        marked(f"write it after its command, {having[0]} {_dashed(option)}")
        if having
        else ""
    )


def _takes_value(parameter: click.Parameter | None) -> bool:
    """Tell whether a parameter is an option with a value."""
    return isinstance(parameter, click.Option) and not parameter.is_flag


def _is_experiment(path: Path) -> bool:
    """Tell whether a folder holds a trained model."""
    return (path / "model.keras").is_file()
