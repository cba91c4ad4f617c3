"""Random edits at the source of a running `driftless run`: both targets are equal soon, by events alone and with few looks."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

from . import trees
from .editor import Counts, Editor
from .edits import BURST, COUNT, RATE, at_once, make_edits
from .latency import await_until, kept
from .measure import Usage
from .processes import Failure, MemoryPeak, Program, cpu_seconds
from .tools import Driftless, Lane, Status

if TYPE_CHECKING:
    from .scenarios import Bench, Table

TARGETS = 2
EDITS_BEFORE = 500
LOOKS_PER_EDIT = 5
EQUAL_WITHIN_SECONDS = 10.0
LATE_SECONDS = 120.0
CALM_SECONDS = 3.0
POLL_SECONDS = 0.1
NO_SCAN_BY_THE_CLOCK = ("--full-scan", "7d")
MAX_EXAMPLES = 3


def work(bench, directory: Path, table) -> None:
    from .scenarios import copy_real_tree

    origin = copy_real_tree(bench, directory)
    lane = Lane(directory / "driftless", directory / "source", TARGETS).prepare()
    make_edits(Editor(lane.source, trees.SEED - 1), EDITS_BEFORE, at_once)
    table.data = (
        f"A copy of `{origin}` after {EDITS_BEFORE} random edits: {trees.size_of(lane.source)}; `driftless run` keeps {TARGETS}"
        f" targets. {COUNT:,} more edits are made, {RATE:.0f} a second, half of them {BURST} at once. Each row is one round."
    )
    tool = Driftless(bench.driftless)
    try:
        with kept(bench, tool, lane, NO_SCAN_BY_THE_CLOCK) as (program, said):
            rounds = Round(bench, table, lane, program, lambda: Status.ask(said, program))
            for number in range(bench.repeat):
                if not rounds.run(trees.SEED + number):
                    break
    except Failure as failure:
        table.row(tool.name).failure = str(failure)
        bench.say(f"  {tool.name}: FAILED, {failure}")


class Standing:
    """Since when every target stands, without a break, at what is the newest commit now.

    A target that stays at a commit stays what it is. So where it is found equal in the end, it has been since then.
    """

    def __init__(self) -> None:
        self.since: Optional[float] = None
        self.last: Optional[Status] = None

    def see(self, at: float, status: Optional[Status]) -> None:
        """Tells what was asked and answered then; no answer says nothing."""
        if status is None:
            return
        if not status.is_converged:
            self.since = None
        elif self.since is None or self.last is None or status.seqs != self.last.seqs:
            self.since = at
        self.last = status


@dataclass(frozen=True)
class Outcome:
    """What came of one round, and whether that is what was promised. Times are seconds after the last edit.

    equal_seconds is None where the targets did not stand at the newest commit when they were compared, and all the while.
    """

    counts: Counts
    before: Status
    after: Status
    equal_seconds: Optional[float]
    differences: list[str]

    @property
    def looked(self) -> int:
        return self.after.looked - self.before.looked

    @property
    def allowed(self) -> int:
        return LOOKS_PER_EDIT * self.counts.edits + self.counts.entries_of_directories

    @property
    def is_equal(self) -> bool:
        return not self.differences and self.equal_seconds is not None and self.equal_seconds <= EQUAL_WITHIN_SECONDS

    def failures(self) -> list[str]:
        found = []
        if not self.is_equal:
            examples = "; ".join(self.differences[:MAX_EXAMPLES])
            standing = "not converged" if self.equal_seconds is None else f"converged since {self.equal_seconds:.2f} s"
            found.append(
                f"not equal {EQUAL_WITHIN_SECONDS:.0f} s after the last edit: {standing},"
                f" {len(self.differences)} differences{', such as ' + examples if examples else ''}"
            )
        if self.after.runs != self.before.runs:
            found.append(f"full scans went from {self.before.runs} to {self.after.runs}")
        if self.looked > self.allowed:
            found.append(
                f"{self.looked:,} entries looked at where {self.allowed:,} are allowed ({self.counts.edits:,} edits,"
                f" {self.counts.entries_of_directories:,} entries of directories)"
            )
        return found

    def __str__(self) -> str:
        """The figures, whether they are as promised or not."""
        return (
            f"{self.counts.edits:,} edits, full scans {self.before.runs} → {self.after.runs}, {self.looked:,} entries looked"
            f" at of {self.allowed:,} allowed, {len(self.differences):,} differences"
        )

    def figures(self) -> dict[str, float]:
        return {
            "edits": self.counts.edits,
            "runs_before": self.before.runs,
            "runs_after": self.after.runs,
            "looked": self.looked,
            "allowed": self.allowed,
            "entries_of_directories": self.counts.entries_of_directories,
            "differences": len(self.differences),
        }


@dataclass(frozen=True)
class Round:
    """Edits, the wait, the proof."""

    bench: Bench
    table: Table
    lane: Lane
    program: Program
    ask: Callable[[], Optional[Status]]

    def run(self, seed: int) -> bool:
        """Puts what it took, or what is not as promised, into a row. False where the targets do not get equal at all."""
        row = self.table.row(f"driftless, seed {seed}")
        before = self._await_calm()
        editor = Editor(self.lane.source, seed)
        cpu_before, memory = cpu_seconds([self.program.pid]), MemoryPeak([self.program.pid])
        try:
            began = time.monotonic()
            counts = make_edits(editor, COUNT)
            last = time.monotonic()
            outcome = self._outcome(before, counts, last)
            cpu = cpu_seconds([self.program.pid]) - cpu_before
        finally:
            peak = memory.stop()
        failures, equal_seconds, is_equal = outcome.failures(), outcome.equal_seconds, True
        if not outcome.is_equal:
            standing, is_equal = self._await_equal()
            equal_seconds = (standing.since if is_equal else time.monotonic()) - last
            outcome = replace(outcome, after=standing.last or before)  # At first it had not looked at everything.
            late = "equal only" if is_equal else "still not equal"
            failures = [*outcome.failures(), f"{late} {equal_seconds:.2f} s after the last edit"]
        figures = {**outcome.figures(), "edit_seconds": last - began}
        row.usages.append(Usage(equal_seconds, cpu_seconds=cpu, peak_memory_bytes=peak, extra=figures))
        self.bench.say(f"  {row.name}: {outcome}, equal after {equal_seconds:.2f} s")
        if failures:
            row.failure = "; ".join(failures)
            self.table.notes.append(f"{row.name}: {outcome}.")
            self.bench.say(f"  {row.name}: FAILED, {row.failure}")
        return is_equal

    def _await_calm(self) -> Status:
        """Until it has converged and looks at nothing any more: what comes then comes of the edits."""
        standing, looked, since = Standing(), -1, time.monotonic()

        def is_calm() -> bool:
            nonlocal looked, since
            now = time.monotonic()
            standing.see(now, self.ask())
            if standing.last and standing.last.looked != looked:
                looked, since = standing.last.looked, now
            return standing.since is not None and now - max(since, standing.since) >= CALM_SECONDS

        await_until(is_calm, self.bench.timeout, "the targets did not converge before the edits")
        return standing.last

    def _outcome(self, before: Status, counts: Counts, last: float) -> Outcome:
        standing = Standing()
        while time.monotonic() < last + EQUAL_WITHIN_SECONDS:
            standing.see(time.monotonic(), self.ask())
            time.sleep(POLL_SECONDS)
        found = differences(self.lane, self.bench.timeout)
        standing.see(time.monotonic(), self.ask())
        return Outcome(
            counts=counts,
            before=before,
            after=standing.last or before,
            equal_seconds=None if standing.since is None else standing.since - last,
            differences=found,
        )

    def _await_equal(self) -> tuple[Standing, bool]:
        """Waits until it is equal after all, but not for ever."""
        standing, deadline = Standing(), time.monotonic() + LATE_SECONDS
        while time.monotonic() < deadline:
            standing.see(time.monotonic(), self.ask())
            since = standing.since
            if since is not None and not differences(self.lane, self.bench.timeout):
                standing.see(time.monotonic(), self.ask())
                if standing.since == since:
                    return standing, True
            time.sleep(POLL_SECONDS)
        return standing, False


def differences(lane: Lane, timeout: float) -> list[str]:
    """What rsync would have to do, with checksums compared, at all targets at once."""
    compared = [_compare(lane, target) for target in lane.targets]
    found = []
    for program in compared:
        if program.finish(timeout).status != 0:
            raise Failure(f"rsync could not compare: {program.tail()}")
        lines = program.log.read_text("ascii", "backslashreplace").splitlines()
        found += [f"{program.log.stem}: {line}" for line in lines]
    return found


def _compare(lane: Lane, target: Path) -> Program:
    log = lane.home / f"{target.name}.differences"
    log.unlink(missing_ok=True)
    words = ["rsync", "-anic", "--delete", "--exclude=/.driftless/", f"{lane.source}/", f"{target}/"]
    return Program(words, log, {"LC_ALL": "C"})
