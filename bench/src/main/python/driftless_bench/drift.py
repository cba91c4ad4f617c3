"""What is done to a target, all of it at once, and how long each piece of it lasts while `driftless run` keeps the target."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
import urllib.request
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable, Optional, Sequence

from . import calls, trees
from .latency import await_until, kept
from .measure import Usage
from .processes import Failure
from .tools import Driftless, Lane, Said

INTERVAL_SECONDS = 10.0

# The scan that finds it begins within an interval; what it finds is then made as it should be.
ALLOWED_SECONDS = INTERVAL_SECONDS + 5.0
POLL_SECONDS = 0.02
FILE_BYTES = 4_096
MODES = ("mirror", "overlay")
READS = ("read", "pread64", "readv", "preadv", "mmap", "sendfile", "copy_file_range")
OPTIONS = (f"--target-scan={INTERVAL_SECONDS:.0f}s", "--full-scan=365d", "--scrub=0")


@dataclass(frozen=True)
class Harm:
    """One way to harm a file that has a directory of its own.

    counted is the word for it in the status of a target, and how many more the extras of a mirror are. left is what an overlay
    leaves where it is, and deviates what it says of that, if it does.
    """

    do: Callable[[Path], None]
    counted: Optional[str] = None
    extras: int = 0
    left: Optional[str] = None
    deviates: Optional[str] = None


def _overwrite(file: Path) -> None:
    before = file.stat()
    file.write_bytes(os.urandom(before.st_size))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _append(file: Path) -> None:
    with file.open("ab") as out:
        out.write(b"more")


def _replace_by_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "theirs").write_text("theirs")


def _replace_by_symlink(file: Path) -> None:
    file.unlink()
    file.symlink_to("elsewhere")


def _extra_directory(file: Path) -> None:
    (file.parent / "extra").mkdir()
    (file.parent / "extra" / "theirs").write_text("theirs")


HARMS = {
    "deleted": Harm(Path.unlink, "missing"),
    "overwritten, size and time as before": Harm(_overwrite, "content"),
    "truncated": Harm(lambda file: os.truncate(file, 7), "partial"),
    "appended to": Harm(_append, "content"),
    "chmod": Harm(lambda file: file.chmod(0o600), "metadata"),
    "touched": Harm(os.utime, "metadata"),
    "replaced by a directory": Harm(_replace_by_directory, "type", 1, "file", "DL-2009"),
    "replaced by a symlink": Harm(_replace_by_symlink, "type"),
    "renamed": Harm(lambda file: file.rename(file.parent / "other"), "missing", 1, "other"),
    "extra file": Harm(lambda file: (file.parent / "extra").write_text("theirs"), None, 1, "extra"),
    "extra directory": Harm(_extra_directory, None, 2, "extra"),
}
OUR_OWN_DELETED = f"{trees.OUR_OWN} deleted"


def work(bench, directory: Path, table) -> None:
    source = directory / "source"
    dice = random.Random(trees.SEED)
    for number in range(len(HARMS) + bench.pick(1_000, 50)):
        file = source / f"d{number:04}" / "file"
        file.parent.mkdir(parents=True)
        trees.write_random(file, FILE_BYTES, dice)
    trees.make_old(source)
    table.data = (
        f"{trees.size_of(source)}. A target is scanned every {INTERVAL_SECONDS:.0f} s, and nothing else is due. All is done at once; the time is"
        " that until the path is as it should be, of all rounds the longest."
    )
    table.notes.append("–: what an overlay leaves in its place, as the table in DRIFT.md says.")
    tool = Driftless(bench.driftless)
    for mode in MODES:
        lane = Lane(directory / mode, source).prepare()
        with kept(bench, tool, lane, (*OPTIONS, "--mode", mode)) as (program, said):
            target = Target(lane, mode, said)
            for _ in range(bench.repeat):
                for name, seconds in harm(bench, target).items():
                    row = table.row(name)
                    usage = Usage(0.0, extra={} if seconds is None else {f"max_{mode}": seconds})
                    row.usages.append(usage)
                    if seconds is not None and seconds > ALLOWED_SECONDS:
                        row.failure = f"{mode}: {seconds:.1f} s, more than {ALLOWED_SECONDS:.0f} s"
            reads = read_at_source(bench, program.pid, target)
            table.notes.append(f"{mode}: in one more round, under strace, the source was read {reads} times.")
            if reads:
                table.row(f"{mode}, reads at the source").failure = f"{reads} reads"
        bench.say(f"  {mode}: done")


class Target:
    """A target and what is said of it."""

    def __init__(self, lane: Lane, mode: str, said: Said) -> None:
        self.lane, self.mode, self._said = lane, mode, said
        self.source, self.root = lane.source, lane.targets[0]

    def status(self) -> dict:
        return self._folder()["targets"][0]

    def _folder(self) -> dict:
        with urllib.request.urlopen(f"{self._said.url}/api/status", timeout=10) as answer:
            return json.load(answer)["folders"][0]

    def drift(self) -> dict[str, int]:
        return self.status()["checks"]["drift"]

    def is_calm(self) -> bool:
        folder = self._folder()
        return folder["settled"] and folder["targets"][0]["converged"]


def harm(bench, target: Target) -> dict[str, Optional[float]]:
    """Does everything, and gives the seconds until each was as it should be; none for what an overlay leaves."""
    await_until(target.is_calm, bench.timeout, "the target did not come to rest")
    before, directories = target.drift(), sorted(target.root.glob("d*"))
    began = time.monotonic()
    healed: dict[str, Callable[[], bool]] = {}
    for (name, one), directory in zip(HARMS.items(), directories):
        one.do(directory / "file")
        if target.mode == "mirror" or not one.left:
            healed[name] = partial(is_equal, target, directory, target.mode == "mirror")
        elif one.left != "file" and one.counted:
            healed[name] = partial(is_equal, target, directory, False)
    shutil.rmtree(target.root / trees.OUR_OWN)
    healed[OUR_OWN_DELETED] = (target.root / trees.OUR_OWN / "marker.json").exists
    seconds = {name: None for name in (*HARMS, OUR_OWN_DELETED)}
    deadline = began + bench.timeout
    while healed:
        if time.monotonic() > deadline:
            raise Failure(f"{target.mode}: not as it should be: {', '.join(healed)}")
        for name in [name for name, is_so in healed.items() if is_so()]:
            seconds[name] = time.monotonic() - began
            del healed[name]
        time.sleep(POLL_SECONDS)
    check_left(bench, target, directories)
    check_counts(bench, target, before)
    return seconds


def is_equal(target: Target, directory: Path, is_whole: bool) -> bool:
    """The file is as at the source; and, where that is asked for, so is what is beside it, and its directory."""
    origin = target.source / directory.name
    return is_alike(origin / "file", directory / "file") and (
        not is_whole or (os.listdir(directory) == ["file"] and directory.stat().st_mtime_ns == origin.stat().st_mtime_ns)
    )


def is_alike(one: Path, other: Path) -> bool:
    try:
        here, there = one.lstat(), other.lstat()
        is_same = (here.st_mode, here.st_size, here.st_mtime_ns) == (there.st_mode, there.st_size, there.st_mtime_ns)
        return is_same and one.read_bytes() == other.read_bytes()
    except OSError:
        return False  # It is on its way.


def check_left(bench, target: Target, directories: Sequence[Path]) -> None:
    """What an overlay leaves is there, and is said where it is in the way; then it is taken away."""
    if target.mode != "overlay":
        return
    hindered = {one.deviates for one in HARMS.values() if one.deviates}
    await_until(lambda: set(target.status()["deviations"]) == hindered, bench.timeout, f"not said: {hindered}")
    for one, directory in zip(HARMS.values(), directories):
        left = directory / one.left if one.left else None
        if left and not left.exists():
            raise Failure(f"overlay: {left} is gone")
        if left and left.is_dir():
            shutil.rmtree(left)
        elif left:
            left.unlink()
    await_until(target.is_calm, bench.timeout, "the overlay did not come to rest")
    for directory in directories[: len(HARMS)]:
        if not is_equal(target, directory, False):
            raise Failure(f"overlay: {directory} is not as it should be")


def check_counts(bench, target: Target, before: dict[str, int]) -> None:
    """Each is counted by its class; the times of directories in which something came or went are more in a mirror."""
    wanted: dict[str, int] = {}
    for one in HARMS.values():
        if one.counted:
            wanted[one.counted] = wanted.get(one.counted, 0) + 1
        if one.extras and target.mode == "mirror":
            wanted["extra"] = wanted.get("extra", 0) + one.extras
    found = {}

    def is_counted() -> bool:
        found.update({word: count - before.get(word, 0) for word, count in target.drift().items()})
        return all(found.get(word, 0) == count or word == "metadata" for word, count in wanted.items())

    try:
        await_until(is_counted, bench.timeout, f"not counted: {wanted}")
    except Failure as failure:
        raise Failure(f"{failure}, but {found}") from None
    if not set(found) <= {*wanted, "metadata"}:
        raise Failure(f"{target.mode}: counted besides {wanted}: {found}")


def read_at_source(bench, pid: int, target: Target) -> int:
    tracer = calls.Tracer(pid, target.lane.home)
    try:
        began = time.time()
        harm(bench, target)
    finally:
        trace = tracer.stop()
    made = calls.below(target.source, trace, began, time.time())
    return sum(made[name] for name in READS)
