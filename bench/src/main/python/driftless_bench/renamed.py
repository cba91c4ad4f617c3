"""A directory that gets another name while `driftless run` keeps its tree: from then until the target has it, seen from outside."""

from __future__ import annotations

import os
import time
from pathlib import Path

from .latency import await_until, kept
from .measure import Usage
from .processes import Failure, MemoryPeak, cpu_seconds
from .tools import Driftless, Lane

LOOK_SECONDS = 0.02


def work(bench, directory: Path, table, first: int, count: int) -> None:
    """Renames `moved<first>` in the source, and the next one, as often as is measured."""
    from .scenarios import check

    tool = Driftless(bench.driftless)
    row = table.row("driftless run, until the target has it")
    table.notes.append(
        f"The last row: a target that `driftless run` keeps is looked at every {1000 * LOOK_SECONDS:.0f} ms, from before the"
        " rename until all files stand under the new name and the old one is gone. Then every byte is compared."
    )
    lane = Lane(directory / "kept", directory / "source").prepare()
    try:
        with kept(bench, tool, lane) as (program, _):
            for number in range(first, first + bench.repeat):
                cpu, memory = cpu_seconds([program.pid]), MemoryPeak([program.pid])
                try:
                    seconds = one(bench, lane, number, count)
                finally:
                    peak = memory.stop()
                usage = Usage(seconds, cpu_seconds=cpu_seconds([program.pid]) - cpu, peak_memory_bytes=peak)
                row.usages.append(usage)
                bench.say(f"  {row.name}: {seconds:.3f} s")
        check(tool, lane)
    except Failure as failure:
        row.failure = str(failure)
        bench.say(f"  {row.name}: FAILED, {failure}")


def one(bench, lane: Lane, number: int, count: int) -> float:
    old, new = (f"moved{at}" for at in (number, number + 1))
    there = lane.targets[0]
    began = time.monotonic()
    os.rename(lane.source / old, lane.source / new)
    await_until(
        lambda: not (there / old).exists() and files_below(there / new) == count,
        bench.timeout,
        f"{new} was not at the target",
        LOOK_SECONDS,
    )
    return time.monotonic() - began


def files_below(directory: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(directory))
