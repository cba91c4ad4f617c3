"""What is measured: each scenario makes its data, lets every tool work on it, and gives back a table."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Sequence

from . import trees
from .measure import Usage, typical
from .processes import Failure, Program
from .tools import Driftless, Lane, Tool, compared
from .trees import GIB, KIB, MIB

CHANGED_SHARE = 0.01
REAL_TREES = {True: ["/usr/lib/python3", "/usr/include"], False: ["/usr/share", "/usr/lib"]}


@dataclass(frozen=True)
class Bench:
    """What all scenarios work with."""

    driftless: Path
    java: str
    work: Path
    repeat: int
    is_quick: bool
    timeout: float
    real: Optional[Path]
    is_checked: bool
    say: Callable[[str], None]

    def pick(self, full: int, quick: int) -> int:
        return quick if self.is_quick else full


@dataclass
class Row:
    """One tool in one scenario: what it used each time, or why it could not be measured."""

    name: str
    usages: list[Usage] = field(default_factory=list)
    failure: Optional[str] = None

    def typical(self) -> Usage:
        return typical(self.usages)


@dataclass
class Table:
    """The outcome of one scenario."""

    name: str
    title: str
    data: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self, name: str) -> Row:
        for row in self.rows:
            if row.name == name:
                return row
        self.rows.append(Row(name))
        return self.rows[-1]

    @property
    def has_failed(self) -> bool:
        return not self.rows or any(row.failure for row in self.rows)


@dataclass(frozen=True)
class Scenario:
    """A scenario that can be asked for by its name.

    space gives about how many bytes of disk it takes.
    """

    name: str
    title: str
    work: Callable[[Bench, Path, Table], None]
    space: Callable[[Bench], int]

    def run(self, bench: Bench) -> Table:
        """Works in a directory of its own, which is deleted when no clock runs any more."""
        table = Table(self.name, self.title + (", quick: smaller than that" if bench.is_quick else ""), "")
        directory = bench.work / self.name
        directory.mkdir()
        try:
            self.work(bench, directory, table)
        except (Failure, OSError) as failure:  # Such as a full disk: the other scenarios' figures are worth keeping.
            table.row("driftless").failure = str(failure)
            bench.say(f"  FAILED, {failure}")
        finally:
            shutil.rmtree(directory)
            os.sync()
        return table


def attempt(bench: Bench, table: Table, tool: Tool, lane: Lane) -> None:
    """One run under the clock and, beside it, the proof that it did its work."""
    row = table.row(tool.name if lane.target_count == 1 else f"{tool.name}, {lane.target_count} targets")
    if row.failure:
        return
    try:
        usage = tool.sync(lane, bench.timeout)
        if bench.is_checked:
            check(tool, lane)
    except Failure as failure:
        row.failure = str(failure)
        bench.say(f"  {row.name}: FAILED, {failure}")
        return
    row.usages.append(usage)
    bench.say(f"  {row.name}: {usage.seconds:.3f} s")


def check(tool: Tool, lane: Lane) -> None:
    for target in lane.targets:
        found = trees.compare(lane.source, target, tool.leaves_extras)
        if found.count:
            raise Failure(f"{target.name} is not equal to the source: {found}")


def rotated(tools: Sequence[Tool], by: int) -> list[Tool]:
    """Nobody is always first."""
    begin = by % len(tools)
    return [*tools[begin:], *tools[:begin]]


def first_syncs(bench: Bench, directory: Path, table: Table, tools: Sequence[Tool], targets: Sequence[int] = (1,)) -> None:
    """From nothing to a copy, in fresh directories each time."""
    source = directory / "source"
    table.data = table.data or f"{trees.size_of(source)}."
    for number in range(bench.repeat):
        for tool in rotated(tools, number):
            for count in targets:
                home = directory / f"{tools.index(tool)}-{number}-{count}"
                attempt(bench, table, tool, Lane(home, source, count).prepare())


def changes(bench: Bench, directory: Path, table: Table, tools: Sequence[Tool], change: Callable[[int], None]) -> None:
    """From a copy of what was to a copy of what is, each time after another change."""
    source = directory / "source"
    table.data = table.data or f"{trees.size_of(source)}."
    lanes = {tool.name: Lane(directory / str(number), source).prepare() for number, tool in enumerate(tools)}
    for tool in tools:
        try:
            tool.sync(lanes[tool.name], bench.timeout)
        except Failure as failure:
            table.row(tool.name).failure = f"first sync: {failure}"
            bench.say(f"  {tool.name}: FAILED, first sync: {failure}")
    for number in range(bench.repeat):
        change(number)
        for tool in rotated(tools, number):
            attempt(bench, table, tool, lanes[tool.name])


def all_tools(bench: Bench, delete: bool = False) -> list[Tool]:
    return [Driftless(bench.driftless), *compared(delete)]


def small(bench: Bench, directory: Path, table: Table) -> None:
    trees.make_small_files(directory / "source", bench.pick(20_000, 1_000), KIB, 32 * KIB)
    first_syncs(bench, directory, table, all_tools(bench))


def large(bench: Bench, directory: Path, table: Table) -> None:
    trees.make_large_files(directory / "source", 4, bench.pick(512, 16) * MIB)
    first_syncs(bench, directory, table, all_tools(bench))


def real(bench: Bench, directory: Path, table: Table) -> None:
    origin = copy_real_tree(bench, directory)
    table.data = f"A copy of `{origin}`: {trees.size_of(directory / 'source')}."
    first_syncs(bench, directory, table, all_tools(bench))


def copy_real_tree(bench: Bench, directory: Path) -> Path:
    """To `source` in the directory; gives what was copied."""
    origin = real_tree(bench)
    copied = Program(["cp", "-a", str(origin), str(directory / "source")], directory / "cp.log")
    if copied.finish(bench.timeout).status != 0:
        raise Failure(f"{origin} could not be copied: {copied.tail()}")
    return origin


def real_tree(bench: Bench) -> Path:
    candidates = [bench.real] if bench.real else [Path(path) for path in REAL_TREES[bench.is_quick]]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise Failure("no real tree was found; name one by --real DIR")


def changes1(bench: Bench, directory: Path, table: Table) -> None:
    source = directory / "source"
    trees.make_small_files(source, bench.pick(20_000, 1_000), KIB, 32 * KIB)

    def change(number: int) -> None:
        trees.change_files(source, CHANGED_SHARE, random.Random(trees.SEED + number))

    table.data = f"{trees.size_of(source)}; 1 % of the files get new bytes, half of them a new length."
    changes(bench, directory, table, all_tools(bench), change)


def patch(bench: Bench, directory: Path, table: Table) -> None:
    size = bench.pick(512, 32)

    def change(number: int) -> None:
        trees.overwrite(directory / "source" / "large0.bin", MIB, random.Random(trees.SEED + number))

    _one_large_file(bench, directory, table, size, "1 MiB somewhere inside is overwritten in place", change)


def insert(bench: Bench, directory: Path, table: Table) -> None:
    size = bench.pick(512, 32)

    def change(number: int) -> None:
        trees.insert_at_head(directory / "source" / "large0.bin", 1, random.Random(trees.SEED + number))

    _one_large_file(bench, directory, table, size, "written anew with one byte more at its head", change)


def _one_large_file(
    bench: Bench, directory: Path, table: Table, size: int, what: str, change: Callable[[int], None]
) -> None:
    trees.make_large_files(directory / "source", 1, size * MIB)
    table.data = f"One file of {size} MiB; {what}."
    changes(bench, directory, table, all_tools(bench), change)


def rename(bench: Bench, directory: Path, table: Table) -> None:
    from . import renamed  # It builds on what is here.

    source = directory / "source"
    count = bench.pick(1024, 64)
    for number in range(0, count, 32):
        trees.make_large_files(source / "moved0" / f"part{number // 32:02}", 32, MIB, trees.SEED + number)
    (source / "stays").mkdir()

    def change(number: int) -> None:
        os.rename(source / f"moved{number}", source / f"moved{number + 1}")

    table.data = f"A directory of {count} files of 1 MiB gets another name."
    table.notes.append("`cp -a` leaves the old directory where it is; rsync needs `--delete` to remove it.")
    changes(bench, directory, table, all_tools(bench, delete=True), change)
    renamed.work(bench, directory, table, bench.repeat, count)


def fanout(bench: Bench, directory: Path, table: Table) -> None:
    source = directory / "source"
    trees.make_small_files(source / "small", bench.pick(5_000, 300), KIB, 32 * KIB)
    trees.make_large_files(source / "large", 1, bench.pick(64, 8) * MIB)
    table.notes.append("With 8 targets rsync and cp run 8 times at once.")
    first_syncs(bench, directory, table, all_tools(bench), targets=(1, 8))


def all_scenarios() -> list[Scenario]:
    from . import drift, editing, farstore, killed, latency, many, storm  # They build on what is here.

    small_bytes = 20_000 * 17 * KIB
    return [
        Scenario("small", "First sync of 20,000 small files", small, lambda b: 6 * b.repeat * small_bytes),
        Scenario("large", "First sync of 4 × 512 MiB", large, lambda b: (5 * b.repeat + 1) * 2 * GIB),
        Scenario("real", "First sync of a real tree", real, lambda b: (5 * b.repeat + 2) * GIB),
        Scenario("changes1", "1 % changes", changes1, lambda b: 8 * small_bytes),
        Scenario("patch", "1 MiB changed in 512 MiB", patch, lambda b: 9 * GIB // 2),
        Scenario("insert", "1 byte inserted at the head of 512 MiB", insert, lambda b: 9 * GIB // 2),
        Scenario("rename", "A renamed directory of 1 GiB", rename, lambda b: (9 + b.repeat) * GIB),
        Scenario("latency", "From a write to the target", latency.work, lambda b: 4 * GIB),
        Scenario("fanout", "1 → 8 targets", fanout, lambda b: 6 * b.repeat * 8 * 150 * MIB),
        Scenario("killed", "kill -9 in the middle of the work", killed.work, lambda b: (12 * b.repeat + 1) * GIB // 2),
        Scenario("edits", "2,000 random edits", editing.work, lambda b: 6 * GIB),
        Scenario("drift", "Harm at a target", drift.work, lambda b: GIB),
        Scenario("storm", "1,000 and 10,000 changes a second", storm.work, lambda b: 4 * GIB),
        Scenario("many", "1,000,000 entries", many.work, lambda b: 12 * GIB),
        Scenario("s3rtt", "S3 at 100 ms round trip", farstore.work, lambda b: 4 * 600 * MIB),
    ]
