"""One measurement of one tool: programs under the clock, servers beside them, and what they used."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from statistics import median
from typing import Callable, Optional, Sequence

from .processes import Exit, Failure, MemoryPeak, Program, await_no_children, reap_orphans

SETTLE_SECONDS = 60.0
NO_FIGURES = ("extra", "waits_millis", "notes")


@dataclass
class Usage:
    """What one run took. None is what does not apply or could not be seen."""

    seconds: float
    startup_seconds: Optional[float] = None
    cpu_seconds: Optional[float] = None
    startup_cpu_seconds: Optional[float] = None
    peak_memory_bytes: Optional[float] = None
    source_bytes: Optional[float] = None
    stored_bytes: Optional[float] = None
    fetched_bytes: Optional[float] = None
    outcome_seconds: Optional[float] = None
    extra: dict[str, float] = field(default_factory=dict)
    waits_millis: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def typical(usages: Sequence[Usage]) -> Usage:
    """The median of each figure by itself; of the longest waits the longest."""
    middle = {}
    for one in fields(Usage):
        if one.name not in NO_FIGURES:
            known = [getattr(usage, one.name) for usage in usages if getattr(usage, one.name) is not None]
            middle[one.name] = median(known) if known else None
    names = sorted({name for usage in usages for name in usage.extra})
    extra = {name: _middle(name)([usage.extra[name] for usage in usages if name in usage.extra]) for name in names}
    notes = list(dict.fromkeys(note for usage in usages for note in usage.notes))
    return Usage(**middle, extra=extra, notes=notes)


def _middle(name: str) -> Callable[[Sequence[float]], float]:
    return max if name.startswith("max_") else median


@dataclass(frozen=True)
class Run:
    """What came of programs under the clock."""

    programs: list[Program]
    exits: list[Exit]
    seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    left_behind: int

    @property
    def bytes_read(self) -> Optional[int]:
        known = [exit.bytes_read for exit in self.exits]
        return None if None in known else sum(known)


def run(starts: Sequence[Callable[[], Program]], timeout: float, beside: Sequence[Program] = ()) -> Run:
    """Runs programs at once until the last one ends. What is beside them is accounted for too and is ended with them.

    Everything that is dirty in memory goes to the disk first, so that nobody pays for what came before.
    """
    os.sync()
    programs: list[Program] = []
    memory = None
    try:
        programs += [start() for start in starts]
        memory = MemoryPeak([program.pid for program in [*programs, *beside]])
        exits = [program.finish(timeout) for program in programs]
        for server in beside:
            await_no_children(server.pid, SETTLE_SECONDS)
    finally:
        peak = memory.stop() if memory else 0
        servers = [server.end() for server in beside]
        for program in programs:
            program.end()
        orphans_cpu, left_behind = reap_orphans()
    largest = max(exit.largest_process_bytes or 0 for exit in [*exits, *servers])
    return Run(
        programs=programs,
        exits=exits,
        seconds=max(exit.at for exit in exits) - programs[0].began,
        cpu_seconds=sum(exit.cpu_seconds for exit in [*exits, *servers]) + orphans_cpu,
        peak_memory_bytes=max(peak, largest),
        left_behind=left_behind,
    )


def check_exits(run: Run) -> None:
    for program, exit in zip(run.programs, run.exits):
        if exit.status != 0:
            raise Failure(f"exit status {exit.status}: {program.tail() or 'it said nothing'}")
