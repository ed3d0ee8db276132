"""Files are written whole or not at all, and a failure leaves nothing behind."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from recur.errors import InputError
from recur.files import locks
from recur.files.atomic import (
    _new_part,
    remove,
    replacing,
    together,
    writable_folder,
    write_bytes,
    write_text,
)
from recur.files.modelfile import read_file, write_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_is_written_in_utf8_with_plain_newlines(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "text.txt"
    write_text(path, "Größe\nλ\n")
    assert path.read_bytes() == "Größe\nλ\n".encode()
    assert names(path.parent) == ["text.txt"]


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("old")
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
        assert len(names(tmp_path)) == 2
    assert path.read_text() == "new"
    assert names(tmp_path) == ["text.txt"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_the_old_file_and_no_other(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    path = tmp_path / "text.txt"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half of the n")
            raise failure

    with pytest.raises(failure):
        fail()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["text.txt"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has a umask")
def test_a_file_has_the_permissions_of_an_ordinary_one(tmp_path: Path) -> None:
    ordinary, path = tmp_path / "ordinary", tmp_path / "text.txt"
    ordinary.touch()
    write_text(path, "text")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


SAVING = """
import sys
from pathlib import Path
import numpy as np
from recur.files.modelfile import write_file
sys.stdin.readline()  # both begin at once
for i in range(150):
    write_file(Path(sys.argv[1]), "model", {"by": sys.argv[2]}, {"x": np.full(5000, float(i))})
"""


def test_two_processes_that_save_to_one_path_never_leave_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "m.recur"
    write_file(path, "model", {"by": "neither"}, {})
    command = [sys.executable, "-c", SAVING, str(path)]
    savers = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    for saver in savers:
        assert saver.stdin is not None
        saver.stdin.write("\n")
        saver.stdin.flush()
    writers = set()
    while any(saver.poll() is None for saver in savers):
        writers.add(read_file(path).header["by"])  # whole at every moment
    assert [saver.communicate()[1] for saver in savers] == ["", ""]
    assert [saver.returncode for saver in savers] == [0, 0]
    assert {*writers, read_file(path).header["by"]} & {"a", "b"}
    assert names(tmp_path) == ["m.recur"]


TOKEN = "0123456789abcdef"


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_link_in_the_place_of_a_part_is_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "m.recur"
    victim.write_text("mine")
    for name in (".m.recur.part", f".m.recur.{TOKEN}.part"):
        (tmp_path / name).symlink_to(victim)
    tokens = iter([TOKEN, "f" * 16])
    part, file = _new_part(path, lambda _: next(tokens))
    file.close()
    assert part.name == f".m.recur.{'f' * 16}.part"
    assert not part.is_symlink()
    write_bytes(path, b"new")
    assert path.read_text() == "new"
    assert victim.read_text() == "mine"
    assert not path.is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_link_that_is_saved_to_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "m.recur"
    victim.write_text("mine")
    path.symlink_to(victim)
    write_bytes(path, b"new")
    assert (victim.read_text(), path.read_text()) == ("mine", "new")


@pytest.mark.skipif(os.name != "posix", reason="Windows knows abandoned files by their age alone")
def test_what_a_killed_process_left_behind_vanishes_with_the_next_save(tmp_path: Path) -> None:
    path = tmp_path / "m.recur"
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from recur.files.atomic import replacing\n"
        "with replacing(Path(sys.argv[1])) as file:\n"
        "    file.write(b'half'), file.flush(), os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, path], check=False)
    assert len(names(tmp_path)) == 1
    other = tmp_path / f".other.recur.{TOKEN}.part"
    other.touch()  # of another path, whose saves will see to it
    write_bytes(path, b"whole")
    assert names(tmp_path) == [other.name, "m.recur"]


@pytest.mark.parametrize("seconds", [0, 1_000_000])
def test_what_a_writer_at_work_holds_is_left_alone(tmp_path: Path, seconds: int) -> None:
    path = tmp_path / "m.recur"
    with replacing(path) as slow:
        slow.write(b"slow")
        (part,) = tmp_path.iterdir()
        if seconds and os.name != "posix":
            pytest.skip("Windows knows abandoned files by their age alone")
        os.utime(part, (time.time() - seconds,) * 2)  # however long it has been at work
        write_bytes(path, b"fast")
        assert path.read_bytes() == b"fast"
    assert path.read_bytes() == b"slow"
    assert names(tmp_path) == ["m.recur"]


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_link_left_behind_is_removed_when_it_is_old_and_what_it_names_stays(
    tmp_path: Path,
) -> None:
    victim, link = tmp_path / "victim", tmp_path / f".m.recur.{TOKEN}.part"
    victim.write_text("mine")
    link.symlink_to(victim)
    write_bytes(tmp_path / "m.recur", b"new")
    assert link.is_symlink()
    os.utime(link, (0, 0), follow_symlinks=False)
    write_bytes(tmp_path / "m.recur", b"newer")
    assert names(tmp_path) == ["m.recur", "victim"]
    assert victim.read_text() == "mine"


def test_a_long_name_leaves_room_for_that_of_its_part(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250)
    write_bytes(path, b"text")
    write_bytes(tmp_path / ("ü" * 120), b"text")
    assert path.read_bytes() == b"text"
    assert len(names(tmp_path)) == 2


def blocked(folder: Path, how: str) -> Path:
    """Return a path that cannot be written, even by the superuser."""
    if how == "a file is in the way":
        (folder / "file").touch()
        return folder / "file" / "deeper" / "text.txt"
    if how == "the name is too long":
        return folder / ("n" * 300)
    (folder / "text.txt").mkdir()
    return folder / "text.txt"


@pytest.mark.parametrize(
    "how", ["a file is in the way", "the name is too long", "the path is a folder"]
)
def test_a_path_that_cannot_be_written_is_named_in_one_sentence(tmp_path: Path, how: str) -> None:
    path = blocked(tmp_path, how)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError) as caught:
        write_text(path, "text")
    assert str(caught.value).startswith(f"cannot write `{path}"[:100])
    assert str(caught.value).endswith("; choose another place.")
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_writable_folder_is_left_as_it_was_found(tmp_path: Path) -> None:
    new = tmp_path / "a" / "b" / "c"
    assert writable_folder(new) == new
    assert names(tmp_path) == []
    full = tmp_path / "full"
    full.mkdir()
    (full / "kept").touch()
    assert writable_folder(full) == full
    assert writable_folder(full / "deeper") == full / "deeper"
    assert [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*"))] == [
        "full",
        "full/kept",
    ]


def test_an_empty_folder_that_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    writable_folder(tmp_path / "empty")
    assert (tmp_path / "empty").is_dir()


def test_a_folder_that_cannot_be_made_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "x", tmp_path / "new" / ("n" * 300)):
        with pytest.raises(InputError, match=r"^cannot write `.*`: .*; choose another place\.$"):
            writable_folder(path)
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX limits the size of files")
@pytest.mark.parametrize("room", [4096, 16])  # of the second, what is held back finds no room
def test_a_full_disk_is_one_sentence_and_leaves_the_old_model(tmp_path: Path, room: int) -> None:
    path = tmp_path / "model.recur"
    path.write_text("old")
    code = (
        "import resource, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from recur.errors import InputError\n"
        "from recur.files.modelfile import write_file\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        f"try: write_file(Path(sys.argv[1]), 'model', {{}}, {{'a': np.zeros({room})}})\n"
        "except InputError as error: print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, path], check=True, capture_output=True, text=True
    )
    assert ended.stdout.startswith(f"cannot write `{path}`: file too large")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["model.recur"]


def test_files_that_are_written_together_take_their_places_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "c").write_text("old")
    with together():
        write_text(tmp_path / "a", "new")
        with together():
            remove(tmp_path / "b")
            write_text(tmp_path / "b", "new")
        remove(tmp_path / "c")
        assert (tmp_path / "a").read_text() == (tmp_path / "c").read_text() == "old"
        assert not (tmp_path / "b").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text() == "new"


def test_files_are_written_together_beside_the_main_thread_too(tmp_path: Path) -> None:
    def write() -> None:
        with together():
            write_text(tmp_path / "a", "new")

    with ThreadPoolExecutor(1) as pool:  # which no signal reaches, and which may set no handler
        pool.submit(write).result()
    assert names(tmp_path) == ["a"]


def test_what_is_not_there_is_removed_without_a_word(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "text")
    remove(tmp_path / "a")
    remove(tmp_path / "a")
    with together():
        remove(tmp_path / "a")
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be renamed on Windows")
def test_a_part_is_held_until_it_has_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def replace_late(part: Path, path: Path) -> Path:
        with monkeypatch.context() as once:
            once.setattr(Path, "replace", replace)
            write_text(path, "other")  # which removes what nobody holds
        return replace(part, path)

    monkeypatch.setattr(Path, "replace", replace_late)
    write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"


def without_locks(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks away, as a file system has none, or a system."""
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    if how == "file system":
        monkeypatch.setattr(fcntl, "flock", refuse)
    else:
        monkeypatch.setattr(locks, "fcntl", None)
        monkeypatch.setattr(locks, "THERE", False)


@pytest.mark.parametrize("how", ["file system", "system"])
def test_without_locks_files_are_whole_and_only_old_parts_are_left_behind(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(how, monkeypatch)
    young, old = (tmp_path / f".a.{digit * 16}.part" for digit in "01")
    young.touch()
    old.touch()
    for path, hours in ((young, 23.9), (old, 24.1)):
        os.utime(path, (time.time() - 3600 * hours,) * 2)
    with replacing(tmp_path / "a") as file:
        file.write(b"new")
        assert len(names(tmp_path)) == 2
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path) == [young.name, "a"]


def test_one_alone_has_a_locked_file(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    first = locks.locked(tmp_path / "a")
    assert first is not None
    assert locks.locked(tmp_path / "a") is None
    first.close()
    again = locks.locked(tmp_path / "a")
    assert again is not None
    again.close()


@pytest.mark.parametrize("how", ["file system", "system"])
def test_where_there_are_no_locks_nobody_holds_one(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(how, monkeypatch)
    files = [locks.locked(tmp_path / "a") for _ in range(2)]
    for file in files:
        assert file is not None
        file.close()


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError, OSError])
def test_what_ends_a_block_early_leaves_what_was_there(
    error: type[BaseException], tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("old")

    def write() -> None:
        with together():
            write_text(tmp_path / "a", "new")
            write_text(tmp_path / "b", "new")
            remove(tmp_path / "a")
            raise error

    with pytest.raises(error):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"
    write_text(tmp_path / "c", "alone")  # the block is over
    assert (tmp_path / "c").exists()


def test_a_folder_in_the_way_of_one_file_keeps_all_from_their_places(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()

    def write() -> None:
        with together():
            write_text(tmp_path / "a", "new")
            write_text(tmp_path / "b", "new")

    with pytest.raises(InputError, match="is a directory; choose another place"):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_too_many_open_files_are_no_reason_to_choose_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match=r"too many open files; raise that limit \(`ulimit -n`\)"):
        write_text(tmp_path / "a", "new")


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a Windows process without asking it")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_files_take_their_places_waits_until_all_have(
    sent: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, heard = Path.replace, list[list[str]]()

    def replace_and_signal(part: Path, path: Path) -> Path:
        moved = replace(part, path)
        signal.raise_signal(sent)
        return moved

    monkeypatch.setattr(Path, "replace", replace_and_signal)
    before = signal.signal(sent, lambda *_: heard.append(names(tmp_path)))
    try:
        with together():
            write_text(tmp_path / "a", "new")
            write_text(tmp_path / "b", "new")
    finally:
        signal.signal(sent, before)
    assert heard == [["a", "b"]]
