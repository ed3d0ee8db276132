"""From a table or a WAV file to recordings: noisy and clean ones, or those to be cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recur.errors import DataError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recur.arrays import Float64s
    from recur.data.panel.panel import Panel
    from recur.data.signals.wavefile import Sound

_KINDS = ("noisy", "clean", "clean_only", "noise")
_WAYS = {
    False: (("noisy", "clean"), ("clean_only", "noise")),
    True: (("clean",), ("noise",)),
}
"""Which options say where the noisy and the clean signal are, in a table and in a WAV file."""

_SHOWN = {
    False: "a table takes `--noisy COL --clean COL`, or `--clean-only COL --noise NOISE`",
    True: "a WAV file takes `--clean CLEAN.wav`, or `--noise NOISE` where it is clean itself",
}


@dataclass(frozen=True, eq=False)
class SignalFile:
    """The recordings of a file, each float64 [time, channels].

    Attributes:
        noisy: those to be cleaned; None where only clean ones are known.
        clean: those that they should become; None where they are unknown.
        channels: what the columns of `noisy`, or else of `clean`, are called; nothing for sound.
        ids: what each recording is called.
        source: the table or the sound that they come from.
    """

    noisy: list[Float64s] | None
    clean: list[Float64s] | None
    channels: tuple[str, ...]
    ids: tuple[str, ...]
    source: Panel | Sound

    @property
    def rate(self) -> int | None:
        """Return the samples a second of a sound."""
        return getattr(self.source, "rate", None)

    @property
    def parts(self) -> list[Float64s]:
        """Return the noisy recordings, or the clean ones where only they are known."""
        return self.noisy or self.clean or []

    @property
    def steps(self) -> int:
        """Return the time steps of all recordings."""
        return sum(map(len, self.parts))


def read_to_learn(file: Path, kinds: dict[str, Any], where: dict[str, Any]) -> SignalFile:
    """Return the noisy and clean recordings of a file, or the clean ones alone.

    Args:
        file: a table or a WAV file.
        kinds: the options `noisy`, `clean`, `clean_only` and `noise`, those that were given.
        where: the options `time`, `id` and `fill`, those that were given.
    """
    from recur.data.signals.wavefile import is_wave

    sound = is_wave(file)
    _check_way(tuple(name for name in _KINDS if name in kinds), sound=sound)
    if sound:
        _refuse_columns(file, where)
        return _sounds(file, kinds.get("clean"))
    if "clean_only" in kinds:
        (clean,) = _names(file, [kinds["clean_only"]])
        return _table(file, [], clean, where)
    noisy, clean = _names(file, [kinds["noisy"], kinds["clean"]])
    return _table(file, noisy, clean, where)


def read_to_clean(
    file: Path,
    channels: Sequence[str],
    rate: int | None,
    source: dict[str, Any],
    clean: str | None = None,
) -> SignalFile:
    """Return the recordings of a file that a model is to clean.

    Args:
        file: a table or a WAV file.
        channels: the columns that the model has learnt to clean; nothing for sound and arrays.
        rate: samples a second of the sound that it has learnt from; None for none.
        source: the options `target`, `time`, `id` and `fill`, those that were given.
        clean: columns, or a WAV file, of what they should become; None where that is unknown.
    """
    from recur.data.signals.wavefile import is_wave

    if is_wave(file):
        _refuse_columns(file, source)
        sounds = _sounds(file, clean, to_clean=True)
        _check_learnt_from(sounds, channels, rate)
        return sounds
    named = _names(file, [*source.get("target", []), *([] if clean is None else [clean])])
    clean_names = [] if clean is None else named.pop()
    noisy_names = [name for names in named for name in names]
    where = {name: value for name, value in source.items() if name != "target"}
    return _table(file, noisy_names or channels, clean_names, where, to_clean=True)


def _check_way(given: tuple[str, ...], *, sound: bool) -> None:
    """Refuse options that do not say once where the noisy and the clean signal are."""
    if given in _WAYS[sound]:
        return
    named = " and ".join(f"`--{name.replace('_', '-')}`" for name in given)
    came = f"{named} came" if given else "neither came"
    raise SettingsError(f"{_SHOWN[sound]}; {came}.")


def _refuse_columns(file: Path, given: dict[str, Any]) -> None:
    if given:
        raise SettingsError(
            f"{file.name} is a WAV file, which has no columns; leave out `--{next(iter(given))}`."
        )


def _check_learnt_from(sounds: SignalFile, channels: Sequence[str], rate: int | None) -> None:
    """Refuse sound for a model that has learnt from a table or from another rate."""
    name = sounds.source.source
    if channels:
        raise DataError(
            f"{name} is a WAV file, and this model has learnt from a table (column "
            f"`{channels[0]}`); give it a table."
        )
    if rate not in (None, sounds.rate):
        raise DataError(
            f"{name} has {sounds.rate:,} samples a second, and this model was trained on {rate:,}; "
            "convert the file to that rate."
        )


def _names(file: Path, texts: Sequence[str]) -> list[list[str]]:
    """Return the columns that each text names, commas between them unless a name has one."""
    if not any("," in text for text in texts):
        return [[text] for text in texts]
    from recur.data.tables.table import read_table

    columns = {name.casefold() for name in read_table(file).names}
    return [[text] if text.casefold() in columns else _parted(file, text) for text in texts]


def _parted(file: Path, text: str) -> list[str]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names:
        raise SettingsError(
            f"`{text}` names no column of {file.name}; give names, such as left,right."
        )
    return names


_NOT_WHOLE = ("missing", "holes", "leading", "trailing")


def _table(
    file: Path,
    noisy: Sequence[str],
    clean: Sequence[str],
    where: dict[str, Any],
    *,
    to_clean: bool = False,
) -> SignalFile:
    """Return the recordings of columns, the clean ones in the order of the noisy ones.

    Args:
        file: a table.
        noisy: columns; none of them stands for the only one of numbers where that is to be cleaned.
        clean: columns; none where what is clean is unknown.
        where: the options `time`, `id` and `fill`, those that were given.
        to_clean: whether the noisy ones are wanted, rather than whatever there is to learn from.
    """
    from recur.tasks import notices

    if noisy and clean:
        _check_names(noisy, clean)
    panel = notices.read(file, target=[*noisy, *clean], **where)
    lost = next((each for each in panel.repairs if each.kind in _NOT_WHOLE), None)
    if lost is not None:
        raise DataError(
            f"{panel.source}: a recording has to be whole, and values of `{_with_gaps(panel)}` are "
            f"missing ({lost.kind}: {lost.count}); correct the data, or fill them with "
            "`fill=previous` (`--fill previous`) or `fill=zero`."
        )
    count = len(panel.targets) - len(clean)
    if to_clean and not count:
        raise SettingsError(
            f"this model does not know which column of {panel.source} is noisy; name it with "
            "`--target COL`."
        )
    recordings = _stacked(panel)
    ids = panel.ids[: len(recordings)]
    if len(ids) > 1 and len(panel.targets) > 1:  # each column's series are named after both
        ids = tuple(name.rpartition(" · ")[0] for name in ids)
    return SignalFile(
        noisy=[part[:, :count] for part in recordings] if count else None,
        clean=[part[:, count:] for part in recordings] if clean else None,
        channels=panel.targets[:count] or panel.targets,
        ids=ids,
        source=panel,
    )


def _with_gaps(panel: Panel) -> str:
    """Return the first column of which values are missing."""
    longest, each = panel.lengths.max(), len(panel) // len(panel.targets)
    gaps = (
        panel.targets[i // each]
        for i in range(len(panel))
        if panel.lengths[i] < longest or panel.filled_in(i).any()
    )
    return next(gaps, panel.targets[0])


def _check_names(noisy: Sequence[str], clean: Sequence[str]) -> None:
    if len(noisy) != len(clean):
        raise SettingsError(
            f"there are {len(noisy)} noisy columns and {len(clean)} clean ones; name for each "
            "noisy one its clean one, in the same order."
        )
    same = {name.casefold() for name in noisy} & {name.casefold() for name in clean}
    if same:
        raise SettingsError(
            f"column `{min(same)}` is named as both noisy and clean; name the signal before and "
            "after cleaning."
        )


def _stacked(panel: Panel) -> list[Float64s]:
    """Return of each recording float64 [time, columns], from the series of one column each."""
    import numpy as np

    columns = len(panel.targets)
    count = len(panel) // columns
    recordings = []
    for i in range(count):
        parts = [panel.series(k * count + i) for k in range(columns)]
        if len({len(part) for part in parts}) > 1:
            raise DataError(
                f"{panel.source}: the columns of `{panel.ids[i]}` begin at different rows; cut off "
                "the first rows, in which values are missing."
            )
        recordings.append(np.stack(parts, axis=1))
    return recordings


def _sounds(file: Path, clean: str | None, *, to_clean: bool = False) -> SignalFile:
    """Return the recording of a WAV file, and that of the clean one that belongs to it."""
    from recur.data.signals.wavefile import read_wave

    sound = read_wave(file)
    ids = (sound.source,)
    if clean is None:
        values = [sound.values]
        return SignalFile(
            values if to_clean else None, None if to_clean else values, (), ids, sound
        )
    clean_sound = read_wave(Path(clean))
    for measure, of_noisy, of_clean in (
        ("samples a second", sound.rate, clean_sound.rate),
        ("channels", sound.values.shape[1], clean_sound.values.shape[1]),
        ("samples", *map(len, (sound.values, clean_sound.values))),
    ):
        if of_noisy != of_clean:
            raise DataError(
                f"{sound.source} has {of_noisy:,} {measure} and {clean_sound.source} {of_clean:,}; "
                "the noisy and the clean recording must have as many."
            )
    return SignalFile([sound.values], [clean_sound.values], (), ids, sound)
