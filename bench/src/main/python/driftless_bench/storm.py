"""Many changes a second, for longer than the system can follow at once: how late it gets, and how soon it has caught up."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from . import trees
from .latency import await_bytes, directories_of, kept, make_tree, percentiles, probe
from .measure import Usage
from .processes import Failure, MemoryPeak, Program, cpu_seconds
from .tools import Driftless, Lane

RATES = (1_000, 10_000)
PIECE_SECONDS = 0.01
MOST_BYTES = 600
PROBE_EVERY_SECONDS = 2.0


def work(bench, directory: Path, table) -> None:
    from .scenarios import check

    source = directory / "source"
    make_tree(source, bench.pick(100_000, 5_000))
    seconds = bench.pick(30, 5)
    table.data = f"{trees.size_of(source)}. For {seconds} s files of it, at random, are written anew, so many a second."
    table.notes.append(
        f"Beside them a new file of 4 KiB is written every {PROBE_EVERY_SECONDS:.0f} s, or when the one before has arrived: p50 and max are"
        " the times until such a file was at the target. Caught up: from the last write until every file that was written is there"
        " with its last bytes. Then every byte is compared."
    )
    tool = Driftless(bench.driftless)
    lane = Lane(directory / "kept", source).prepare()
    try:
        with kept(bench, tool, lane) as (program, _):
            for number in range(bench.repeat):
                for rate in RATES:
                    row = table.row(f"{rate:,} a second")
                    row.usages.append(_one(lane, program, rate, seconds, number))
                    bench.say(f"  {row.name}: caught up after {row.usages[-1].seconds:.1f} s, {row.usages[-1].extra}")
        check(tool, lane)
    except Failure as failure:
        table.row(tool.name).failure = str(failure)
        bench.say(f"  {tool.name}: FAILED, {failure}")


def _one(lane: Lane, program: Program, rate: int, seconds: float, number: int) -> Usage:
    cpu, memory = cpu_seconds([program.pid]), MemoryPeak([program.pid])
    storm = _Storm(lane.source, rate, seconds, random.Random(f"{rate} {number}"))
    waits: list[float] = []
    try:
        storm.start()
        while storm.is_alive():
            began = time.monotonic()
            waits.append(probe(lane, f"amid-{rate}-{number}", len(waits)))
            storm.join(max(0.0, began + PROBE_EVERY_SECONDS - time.monotonic()))
        for file, wanted in storm.written.items():
            await_bytes(lane.targets[0] / file.relative_to(lane.source), wanted)
        caught_up = time.monotonic() - storm.ended
    finally:
        storm.stop()
        peak = memory.stop()
    return Usage(
        seconds=caught_up,
        cpu_seconds=cpu_seconds([program.pid]) - cpu,
        peak_memory_bytes=peak,
        extra={"changes": storm.changes, "made_seconds": storm.ended - storm.began, **percentiles(waits)},
    )


class _Storm(threading.Thread):
    """Writes in pieces of a hundredth of a second; where it cannot keep up it goes on as fast as it can."""

    def __init__(self, source: Path, rate: int, seconds: float, dice: random.Random) -> None:
        super().__init__(daemon=True)
        self._files = [file for place in directories_of(source) for file in sorted(place.glob("f*")) if file.is_file()]
        self._rate, self._seconds, self._dice = rate, seconds, dice
        self._stopped = threading.Event()
        self.written: dict[Path, bytes] = {}
        self.changes = 0
        self.began = self.ended = time.monotonic()

    def run(self) -> None:
        self.began = time.monotonic()
        while self.changes < self._rate * self._seconds and not self._stopped.is_set():
            for _ in range(max(1, int(self._rate * PIECE_SECONDS))):
                file = self._dice.choice(self._files)
                wanted = self._dice.randbytes(self._dice.randint(1, MOST_BYTES))
                with open(file, "wb", buffering=0) as out:
                    out.write(wanted)
                self.written[file] = wanted
                self.changes += 1
            time.sleep(max(0.0, self.began + self.changes / self._rate - time.monotonic()))
        self.ended = time.monotonic()

    def stop(self) -> None:
        self._stopped.set()
        self.join()
