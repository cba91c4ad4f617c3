"""From a write at the source to the right bytes at the target, seen from outside: while `driftless run` keeps a tree, and with
rsync started after each write."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Callable, Iterator, Optional, Sequence

from . import trees
from .measure import Usage
from .processes import Failure, MemoryPeak, Program, cpu_seconds, reap_orphans
from .tools import Driftless, Lane, Rsync, RsyncDaemon, Said, Status
from .trees import KIB

POLL_SECONDS = 0.001
LOOK_SECONDS = 0.2
PROBE_SECONDS = 120.0
PROBE_BYTES = 4 * KIB
RSYNC_PROBES = 5
WARM_UP_PROBES = 10
FILES_IN_DIRECTORY = 99


def work(bench, directory: Path, table) -> None:
    from .scenarios import check

    source = directory / "source"
    entries = bench.pick(100_000, 5_000)
    make_tree(source, entries)
    probes, backlog = bench.pick(100, 20), bench.pick(1_000, 100)
    table.data = (
        f"{trees.size_of(source)}. {probes} files of 4 KiB are written in {probes} directories, one after the other,"
        f" and the target is looked at every millisecond; then the same right behind {backlog:,} other new files."
    )
    table.notes.append(
        f"rsync is started after each of {RSYNC_PROBES} writes and has to look at everything;"
        " the time is that until the bytes are there. Of p50 and p95 the median of all rounds is shown, of max the highest."
    )
    tool = Driftless(bench.driftless)
    lane = Lane(directory / "driftless", source).prepare()
    try:
        _driftless(bench, table, tool, lane, probes, backlog)
        if bench.is_checked:
            check(tool, lane)
    except Failure as failure:
        table.row(tool.name).failure = str(failure)
        bench.say(f"  {tool.name}: FAILED, {failure}")
    for number, rsync in enumerate((Rsync(), Rsync("--fsync"))):
        try:
            _rsync(bench, table, rsync, Lane(directory / f"rsync{number}", source).prepare())
        except Failure as failure:
            table.row(rsync.name).failure = str(failure)


def make_tree(source: Path, entries: int) -> None:
    """Directories of 99 small files: with the directories that many entries."""
    dice = random.Random(trees.SEED)
    for number in range(entries // (FILES_IN_DIRECTORY + 1)):
        directory = source / f"d{number:04}"
        directory.mkdir(parents=True)
        for file in range(FILES_IN_DIRECTORY):
            trees.write_random(directory / f"f{file:02}", dice.randint(1, KIB), dice)
    trees.make_old(source)


def _driftless(bench, table, tool: Driftless, lane: Lane, probes: int, backlog: int) -> None:
    behind = f"{tool.name}, behind {backlog:,} files"
    cleared: list[float] = []

    def after_backlog(number: int) -> list[float]:
        began = time.monotonic()
        last = write_backlog(lane, f"backlog{number}", backlog)
        waits = [probe(lane, f"late{number}", n) for n in range(probes)]
        await_backlog(*last)
        cleared.append(time.monotonic() - began)
        return waits

    with kept(bench, tool, lane) as (program, _):
        first = [probe(lane, "first", n) for n in range(WARM_UP_PROBES)]
        table.notes.append(
            f"{WARM_UP_PROBES} files went before, not counted: the first after the first sync took {first[0]:.2f} s, the"
            f" last {first[-1]:.2f} s."
        )
        os.sync()
        for number in range(bench.repeat):
            one_by_one = lambda: [probe(lane, f"probe{number}", n) for n in range(probes)]
            _measure(bench, table.row(tool.name), program, one_by_one)
        for number in range(bench.repeat):
            _measure(bench, table.row(behind), program, lambda: after_backlog(number))
    table.notes.append(f"All {backlog:,} files and the {probes} behind them were there after {median(cleared):.2f} s.")


@contextmanager
def kept(bench, tool: Driftless, lane: Lane, options: Sequence[str] = ()) -> Iterator[tuple[Program, Said]]:
    """`driftless run`, from when every target holds everything, and what it says."""
    said = Said()
    program = tool.start("run", lane, said, options)
    try:
        await_until(lambda: is_converged(said, program), bench.timeout, "the targets did not converge")
        yield program, said
    finally:
        program.end(signal.SIGINT)
        reap_orphans()


def _measure(bench, row, program: Program, work: Callable[[], list[float]]) -> None:
    before = cpu_seconds([program.pid])
    memory = MemoryPeak([program.pid])
    began = time.monotonic()
    try:
        waits = work()
    finally:
        peak = memory.stop()
    usage = Usage(
        seconds=time.monotonic() - began,
        cpu_seconds=cpu_seconds([program.pid]) - before,
        peak_memory_bytes=peak,
        extra=percentiles(waits),
        waits_millis=[round(1000 * wait, 3) for wait in waits],
    )
    row.usages.append(usage)
    bench.say(f"  {row.name}: p50 {usage.extra['p50_millis']:.0f} ms, p95 {usage.extra['p95_millis']:.0f} ms")


def _rsync(bench, table, tool: Rsync, lane: Lane) -> None:
    row = table.row(f"{tool.name} after each write")
    tool.sync(lane, bench.timeout)
    os.sync()
    daemon = RsyncDaemon(lane.home)
    programs: list[Program] = []

    def start() -> None:
        programs.append(tool.start(lane, lane.targets[0], daemon))

    def one(number: int) -> float:
        wait = probe(lane, f"{lane.home.name}-{number}", number, start)
        programs[-1].finish(bench.timeout)
        return wait

    try:
        _measure(bench, row, daemon.program, lambda: [one(number) for number in range(RSYNC_PROBES)])
        row.usages[-1].cpu_seconds = None  # Those of the daemon's side alone would say little.
        row.usages[-1].peak_memory_bytes = None
    finally:
        daemon.program.end()


def is_converged(said: Said, program: Program) -> bool:
    status = Status.ask(said, program)
    return status is not None and status.are_targets_converged


def probe(lane: Lane, name: str, number: int, after_write: Optional[Callable[[], None]] = None) -> float:
    """Seconds from the beginning of a write until the target has the same bytes."""
    directories = directories_of(lane.source)
    file = directories[number * max(1, len(directories) // 100) % len(directories)] / f"{name}-{number}.bin"
    there = lane.targets[0] / file.relative_to(lane.source)
    wanted = random.Random(f"{name} {number}").randbytes(PROBE_BYTES)
    began = time.monotonic()
    with open(file, "wb") as out:
        out.write(wanted)
    if after_write:
        after_write()
    await_bytes(there, wanted)
    return time.monotonic() - began


@lru_cache(maxsize=None)
def directories_of(source: Path) -> list[Path]:
    """No directory is made or removed while a tree is measured."""
    return trees.directories_below(source)


def write_backlog(lane: Lane, name: str, count: int) -> tuple[list[Path], bytes]:
    """As quick as it goes; the files at the target that are to come, and what is in each."""
    directories = directories_of(lane.source)
    wanted = random.Random(name).randbytes(PROBE_BYTES)
    files = [directories[number % len(directories)] / f"{name}-{number}.bin" for number in range(count)]
    for file in files:
        with open(file, "wb") as out:
            out.write(wanted)
    return [lane.targets[0] / file.relative_to(lane.source) for file in files], wanted


def await_backlog(files: list[Path], wanted: bytes) -> None:
    for file in files:
        await_bytes(file, wanted)


def await_bytes(file: Path, wanted: bytes) -> None:
    deadline = time.monotonic() + PROBE_SECONDS
    while not _holds(file, wanted):
        if time.monotonic() > deadline:
            raise Failure(f"{file.name} was not at the target within {PROBE_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def _holds(file: Path, wanted: bytes) -> bool:
    try:
        with open(file, "rb", buffering=0) as there:
            return there.read(len(wanted) + 1) == wanted
    except FileNotFoundError:
        return False


def await_until(is_so: Callable[[], bool], timeout: float, otherwise: str, look: float = LOOK_SECONDS) -> None:
    deadline = time.monotonic() + timeout
    while not is_so():
        if time.monotonic() > deadline:
            raise Failure(f"{otherwise} within {timeout:.0f} s")
        time.sleep(look)


def percentiles(waits: list[float]) -> dict[str, float]:
    """The nearest rank: a value that was seen."""
    ordered = sorted(1000 * wait for wait in waits)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]

    return {"probes": len(ordered), "p50_millis": at(0.5), "p95_millis": at(0.95), "max_millis": ordered[-1]}
