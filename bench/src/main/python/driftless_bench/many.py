"""A folder of very many entries that `driftless run` keeps: what it costs to find nothing, what one edit costs, and what it costs
that nearly all of them go at once."""

from __future__ import annotations

import os
import subprocess
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from . import calls, trees
from .farstore import newest_application
from .latency import await_bytes, await_until, kept
from .measure import Usage
from .processes import Failure, MemoryPeak, Program, cpu_seconds
from .tools import Driftless, Lane, Said, Status

DIRECTORIES = 4_000
MAX_CALLS = 50

# Nearly everything is below this directory.
MOST = "most"

# A server's connections tell what they wrote within ten seconds after they fell silent.
SILENT_SECONDS = 12.0
BETWEEN_SCANS = f"{2 * SILENT_SECONDS:.0f}s"
CALM_SECONDS = 5.0

# Of what is done every second and every five seconds it holds as many wherever it begins.
WINDOW_SECONDS = 10.0
ROWS_SECONDS = 60.0
SCANS_ONLY = ("--full-scan", BETWEEN_SCANS, "--target-scan", "365d", "--scrub", "0")
GO_UNASKED = ("--removal-ratio", "100%")
NOTHING_BY_THE_CLOCK = ("--full-scan", "365d", "--target-scan", "365d", "--scrub", "0")

# Those of a scan itself, and what is written by the clock whatever happens.
NOT_OF_ENTRIES = ("run", "lease")


def work(bench, directory: Path, table) -> None:
    from .scenarios import check

    files = bench.pick(1_000_000, 20_000)
    lane = Lane(directory / "driftless", directory / "source").prepare()
    make_trees([lane.source, *lane.targets], files, bench.pick(DIRECTORIES, DIRECTORIES // 50))
    table.data = (
        f"{files:,} empty files in {bench.pick(DIRECTORIES, DIRECTORIES // 50):,} directories; the target was made with it, and"
        " adopted by a first sync."
    )
    tool = Driftless(bench.driftless)
    began = time.monotonic()
    tool.sync(lane, bench.timeout)
    table.notes.append(f"The first sync, which adopted the target, took {time.monotonic() - began:.0f} s with start and end.")
    with kept(bench, tool, lane, SCANS_ONLY) as (program, said):
        scans(bench, table, lane, Standing(program, said))
    with kept(bench, tool, lane, NOTHING_BY_THE_CLOCK) as (program, said):
        edits(bench, table, lane, Standing(program, said))
    with kept(bench, tool, lane, (*NOTHING_BY_THE_CLOCK, *GO_UNASKED)) as (program, said):
        removal(bench, table, lane, Standing(program, said), directory)
    if bench.is_checked:
        check(tool, lane)


def make_trees(roots: list[Path], files: int, directories: int) -> None:
    """The same in each: nobody could tell them apart but by their inodes."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for root in roots:
            (root / MOST).mkdir(parents=True)
            (root / "a-little").mkdir()
            shares = [range(number, files, directories) for number in range(directories)]
            list(pool.map(partial(make_directory, root), range(directories), shares, chunksize=16))
            for made in (root / MOST, root / "a-little", root):
                os.utime(made, (trees.LONG_AGO, trees.LONG_AGO))


def make_directory(root: Path, number: int, files: range) -> None:
    directory = root / MOST / f"d{number:05}"
    directory.mkdir()
    for file in files:
        path = f"{directory}/f{file:07}"
        os.mknod(path, 0o644)
        os.utime(path, (trees.LONG_AGO, trees.LONG_AGO))
    os.utime(directory, (trees.LONG_AGO, trees.LONG_AGO))


@dataclass(frozen=True)
class Standing:
    """A running system, and what it says."""

    program: Program
    said: Said

    def status(self) -> Status:
        status = Status.ask(self.said, self.program)
        if status is None:
            raise Failure("it does not answer any more")
        return status

    def await_calm(self, timeout: float) -> None:
        """Until all is committed and applied, and nothing was looked at for a while."""
        looked, since = -1, time.monotonic()

        def is_calm() -> bool:
            nonlocal looked, since
            status = self.status()
            if not status.is_converged or status.looked != looked:
                looked, since = status.looked, time.monotonic()
            return time.monotonic() - since > CALM_SECONDS

        await_until(is_calm, timeout, "it did not come to rest")


@dataclass(frozen=True)
class Rows:
    """What the database says: rows written to each table since ever, and seconds and entries of each full scan."""

    written: dict[str, int]
    runs: list[tuple[float, int]]

    @staticmethod
    def of(text: str) -> "Rows":
        written, runs = {}, []
        for kind, first, second in (line.split() for line in text.splitlines()):
            if kind == "table":
                written[first] = int(second)
            else:
                runs.append((float(first), int(second)))
        return Rows(written, runs)

    @staticmethod
    def ask(bench, lane: Lane) -> "Rows":
        application = newest_application(bench.driftless)
        code = Path(__file__).parents[2] / "java" / "io" / "driftless" / "bench" / "Rows.java"
        words = [bench.java, "-cp", f"{application}/lib/*", str(code), str(lane.home / "state")]
        asked = subprocess.run(words, capture_output=True, text=True, timeout=ROWS_SECONDS, check=False)
        if asked.returncode != 0:
            raise Failure(f"the database did not tell: {asked.stderr[-300:]}")
        return Rows.of(asked.stdout)

    def since(self, before: "Rows") -> dict[str, int]:
        """Of the tables to which anything was written."""
        grown = {name: count - before.written.get(name, 0) for name, count in self.written.items()}
        return {name: count for name, count in grown.items() if count}


def scans(bench, table, lane: Lane, standing: Standing) -> None:
    """Full scans that find nothing, as they come by the clock."""
    row = table.row("driftless run, a full scan of the source")
    standing.await_calm(bench.timeout)
    time.sleep(SILENT_SECONDS)
    before, runs = Rows.ask(bench, lane), standing.status().runs
    for number in range(bench.repeat):
        cpu, memory = cpu_seconds([standing.program.pid]), MemoryPeak([standing.program.pid])
        try:
            wanted = runs + 1 + number
            await_until(lambda: standing.status().runs >= wanted, bench.timeout, "no scan ended")
        finally:
            peak = memory.stop()
        row.usages.append(Usage(0.0, cpu_seconds=cpu_seconds([standing.program.pid]) - cpu, peak_memory_bytes=peak))
    time.sleep(SILENT_SECONDS)
    after = Rows.ask(bench, lane)
    written = after.since(before)
    others = {name: count for name, count in written.items() if name in NOT_OF_ENTRIES}
    count = sum(written.values()) - sum(others.values())
    for usage, (seconds, looked) in zip(row.usages, after.runs[len(before.runs) :]):
        usage.seconds = seconds
        usage.extra = {"looked": looked, "per_second": looked / seconds, "rows": count}
    said = ", ".join(f"{count:,} to `{name}`" for name, count in sorted(others.items()))
    table.notes.append(f"Rows that {bench.repeat} scans wrote and that are not of entries: {said or 'none'}.")
    if count:
        row.failure = f"rows were written: {written}"
    bench.say(f"  {row.name}: {median(usage.seconds for usage in row.usages):.2f} s, {written}")


def edits(bench, table, lane: Lane, standing: Standing) -> None:
    """One file gets bytes, several times one after the other; and as often while every call is looked at."""
    row = table.row("driftless run, one file gets bytes")
    directories = sorted((lane.source / MOST).iterdir())
    standing.await_calm(bench.timeout)
    edit(lane, directories[0], 0)  # The first one of a process is slow, and is not counted.
    table.notes.append(
        f"Calls at the source: those of {WINDOW_SECONDS:.0f} s that begin with another edit, less those of as long before, in which"
        " nothing happens but looks at the root by the clock."
    )
    for number in range(bench.repeat):
        directory = directories[(number + 1) * len(directories) // (bench.repeat + 1)]
        standing.await_calm(bench.timeout)
        cpu, memory = cpu_seconds([standing.program.pid]), MemoryPeak([standing.program.pid])
        try:
            seconds = edit(lane, directory, 0)
            standing.await_calm(bench.timeout)
        finally:
            peak = memory.stop()
        usage = Usage(seconds, cpu_seconds=cpu_seconds([standing.program.pid]) - cpu, peak_memory_bytes=peak)
        row.usages.append(usage)
        before, after = traced_edit(lane, directory, standing)
        by_clock = sum(before.values())
        after.subtract(before)
        of_edit = sum(after.values())
        usage.extra = {"max_calls": of_edit, "by_clock": by_clock}
        made = ", ".join(f"{count} {name}" for name, count in sorted(after.items()) if count)
        usage.notes.append(f"Those of an edit: {made}; by the clock: {by_clock / WINDOW_SECONDS:.1f} a second.")
        bench.say(f"  {row.name}: {seconds:.3f} s, {made}; {by_clock} by the clock")
        if not 0 < of_edit <= MAX_CALLS:
            row.failure = f"1 to {MAX_CALLS} calls at the source are expected: {made}"


def traced_edit(lane: Lane, directory: Path, standing: Standing) -> tuple[Counter, Counter]:
    """The calls at the source while nothing happens, and those of as long from an edit on."""
    tracer = calls.Tracer(standing.program.pid, lane.home)
    try:
        idle = time.time()
        time.sleep(WINDOW_SECONDS)
        began = time.time()
        edit(lane, directory, 1)
        time.sleep(max(0.0, began + WINDOW_SECONDS - time.time()))
    finally:
        trace = tracer.stop()
    window = partial(calls.below, lane.source, trace)
    return window(idle, idle + WINDOW_SECONDS), window(began, began + WINDOW_SECONDS)


def removal(bench, table, lane: Lane, standing: Standing, directory: Path) -> None:
    """The directory that has nearly all entries is moved out of the source, once."""
    row = table.row("driftless run, nearly everything is moved away, once")
    standing.await_calm(bench.timeout)
    cpu, memory = cpu_seconds([standing.program.pid]), MemoryPeak([standing.program.pid])
    try:
        began = time.monotonic()
        (lane.source / MOST).rename(directory / "away")
        await_until(lambda: not (lane.targets[0] / MOST).exists(), bench.timeout, "the target still has it")
        seconds = time.monotonic() - began
        standing.await_calm(bench.timeout)
    finally:
        peak = memory.stop()
    cpu = cpu_seconds([standing.program.pid]) - cpu
    row.usages.append(Usage(seconds, cpu_seconds=cpu, peak_memory_bytes=peak))
    bench.say(f"  {row.name}: {seconds:.2f} s")


def edit(lane: Lane, directory: Path, number: int) -> float:
    """Seconds from the beginning of the write until the target has the bytes."""
    file = sorted(directory.iterdir())[number]
    wanted = f"edit {number}\n".encode()
    began = time.monotonic()
    file.write_bytes(wanted)
    await_bytes(lane.targets[0] / file.relative_to(lane.source), wanted)
    return time.monotonic() - began
