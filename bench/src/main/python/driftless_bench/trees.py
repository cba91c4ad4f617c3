"""Trees to measure with, the same ones for the same seed, and the proof that a target equals its source."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30

SEED = 20_000
FILES_IN_DIRECTORY = 100
LONG_AGO = 1_600_000_000
OUR_OWN = ".driftless"
CHUNK = 4 * MIB
MAX_EXAMPLES = 3

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_LIBC = ctypes.CDLL(None, use_errno=True)


def write_random(file: Path, size: int, dice: random.Random) -> None:
    """Bytes that no compression makes smaller, so that all tools move the same."""
    with open(file, "wb") as out:
        for begin in range(0, size, CHUNK):
            out.write(dice.randbytes(min(CHUNK, size - begin)))


def make_old(root: Path) -> None:
    """Gives everything a time long past, each file another one: nobody has to fear a change in this instant."""
    for number, path in enumerate(sorted(root.rglob("*"), reverse=True)):
        os.utime(path, (LONG_AGO, LONG_AGO + number), follow_symlinks=False)
    os.utime(root, (LONG_AGO, LONG_AGO))


def make_small_files(root: Path, count: int, low: int, high: int, seed: int = SEED) -> None:
    dice = random.Random(seed)
    for number in range(count):
        directory = root / f"d{number // (10 * FILES_IN_DIRECTORY):02}" / f"e{number // FILES_IN_DIRECTORY:04}"
        if number % FILES_IN_DIRECTORY == 0:
            directory.mkdir(parents=True)
        write_random(directory / f"f{number:06}.bin", dice.randint(low, high), dice)
    make_old(root)


def make_large_files(root: Path, count: int, size: int, seed: int = SEED) -> None:
    dice = random.Random(seed + 1)
    root.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        write_random(root / f"large{number}.bin", size, dice)
    make_old(root)


def directories_below(root: Path) -> list[Path]:
    """Those that hold files, in order."""
    return sorted(Path(path) for path, _, files in os.walk(root) if files)


def change_files(root: Path, share: float, dice: random.Random) -> None:
    """Gives a share of the files new bytes, every other one a new length too."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    for number, file in enumerate(dice.sample(files, max(1, round(len(files) * share)))):
        size = file.stat().st_size
        write_random(file, size if number % 2 else size + dice.randint(1, KIB), dice)


def overwrite(file: Path, length: int, dice: random.Random) -> None:
    """Changes a range somewhere inside a file, in place."""
    with open(file, "r+b") as out:
        out.seek(dice.randrange(0, max(1, file.stat().st_size - length)))
        out.write(dice.randbytes(length))


def insert_at_head(file: Path, length: int, dice: random.Random) -> None:
    """Writes the file anew with more bytes before the others, as an editor does."""
    longer = file.with_name(file.name + ".new")
    with open(file, "rb") as old, open(longer, "wb") as new:
        new.write(dice.randbytes(length))
        shutil.copyfileobj(old, new, CHUNK)
    os.replace(longer, file)


def exchange(one: bytes, other: bytes) -> None:
    """Lets two entries, of whatever types, change places in one step."""
    if _LIBC.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), os.fsdecode(one), None, os.fsdecode(other))


@dataclass
class Size:
    """How much a tree holds."""

    entries: int = 0
    files: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        return f"{self.entries:,} entries, {self.files:,} files, {self.bytes / MIB:,.1f} MiB"


def size_of(root: Path) -> Size:
    size = Size()
    for status in _entries(root).values():
        size.entries += 1
        if stat.S_ISREG(status.st_mode):
            size.files += 1
            size.bytes += status.st_size
    return size


def _entries(root: Path) -> dict[str, os.stat_result]:
    return {path: status for path, status in _walk(root, "") if path.split("/", 1)[0] != OUR_OWN}


def _walk(root: Path, below: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(root / below) as listing:
        entries = list(listing)
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        yield path, entry.stat(follow_symlinks=False)
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, path)


@dataclass
class Differences:
    """What is not equal, with some examples."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, path: str, what: str) -> None:
        self.count += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(f"{path}: {what}")

    def __str__(self) -> str:
        return f"{self.count} paths differ, such as " + "; ".join(self.examples)


def compare(source: Path, target: Path, may_have_extras: bool) -> Differences:
    """Names, types, modes, times, link targets and every byte."""
    found = Differences()
    wanted, there = _entries(source), _entries(target)
    for path in wanted.keys() - there.keys():
        found.add(path, "missing")
    if not may_have_extras:
        for path in there.keys() - wanted.keys():
            found.add(path, "extra")
    for path in sorted(wanted.keys() & there.keys()):
        what = _difference(source / path, wanted[path], target / path, there[path], may_have_extras)
        if what:
            found.add(path, what)
    return found


def _difference(one: Path, a: os.stat_result, other: Path, b: os.stat_result, may_have_extras: bool) -> str:
    if stat.S_IFMT(a.st_mode) != stat.S_IFMT(b.st_mode):
        return "type"
    if stat.S_ISLNK(a.st_mode):
        return "" if os.readlink(one) == os.readlink(other) else "link target"
    if a.st_mode != b.st_mode:
        return "mode"
    is_directory = stat.S_ISDIR(a.st_mode)
    if a.st_mtime_ns != b.st_mtime_ns and not (is_directory and may_have_extras):
        return "modification time"
    return "" if is_directory or _same_bytes(one, a, other, b) else "content"


def _same_bytes(one: Path, a: os.stat_result, other: Path, b: os.stat_result) -> bool:
    if a.st_size != b.st_size:
        return False
    with open(one, "rb", buffering=0) as left, open(other, "rb", buffering=0) as right:
        while True:
            chunk = left.read(CHUNK)
            if chunk != right.read(CHUNK):
                return False
            if not chunk:
                return True
