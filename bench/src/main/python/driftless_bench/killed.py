"""kill -9 of `driftless sync` in the middle of its work: what is stored and fetched again by the next one, and how long it takes."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Sequence

from . import processes, trees
from .latency import await_until
from .measure import Usage
from .processes import Failure
from .tools import Driftless, Lane, Said
from .trees import KIB, MIB

SMALL_FILES = 200
LOOK_SECONDS = 0.005


def work(bench, directory: Path, table) -> None:
    size = bench.pick(512, 64) * MIB
    tool = Driftless(bench.driftless)
    table.data = f"One file of {size // MIB} MiB and {SMALL_FILES} of 3 KiB."
    table.notes.append(
        "Each row is a second `driftless sync`, after kill -9 of the first one: when half of the large file was stored, when half of"
        " it was at the target, some tenths of a second into the work on all small files with new bytes, and as long into the scan of"
        " a source where nothing is new. Then every byte is compared."
    )
    for number in range(bench.repeat):
        later = 0.1 + 0.4 * number / bench.repeat
        cases: Sequence[tuple[str, Callable[[Lane], None], Callable[[Lane, Said], bool]]] = [
            ("while it stores", lambda lane: None, lambda lane, said: _stored(lane) >= size // 2),
            ("while it places", lambda lane: None, lambda lane, said: _placed(lane) >= size // 2),
            ("in the first commits of a change", lambda lane: _change(bench, tool, lane, number), _is_ready_for(later)),
            ("in a scan", lambda lane: _first(bench, tool, lane), _is_ready_for(later)),
        ]
        for at, (name, prepare, is_time) in enumerate(cases):
            row = table.row(name)
            if row.failure:
                continue
            try:
                row.usages.append(_one(bench, tool, name, directory / f"{number}-{at}", size, prepare, is_time))
            except Failure as failure:
                row.failure = str(failure)
                bench.say(f"  {name}: FAILED, {failure}")
                continue
            bench.say(f"  {name}: {row.usages[-1].seconds:.3f} s, {row.usages[-1].notes}")


def _one(bench, tool: Driftless, name: str, home: Path, size: int, prepare, is_time) -> Usage:
    from .scenarios import check

    trees.make_large_files(home / "source", 1, size)
    trees.make_small_files(home / "source" / "small", SMALL_FILES, 3 * KIB, 3 * KIB)
    lane = Lane(home / "kept", home / "source").prepare()
    prepare(lane)
    said = Said()
    program = tool.start("sync", lane, said)
    try:
        await_until(
            lambda: is_time(lane, said) or not program.is_running(), bench.timeout, "the time to kill did not come", LOOK_SECONDS
        )
        if not program.is_running():
            raise Failure("it had ended before it could be killed")
        stored, placed = _stored(lane), _placed(lane)
    finally:
        program.end(signal.SIGKILL)
    with _orphans_reaped():
        usage = tool.sync(lane, bench.timeout)
    check(tool, lane)
    usage.notes.append(f"{name}: killed with {stored / MIB:.0f} MiB stored and {placed / MIB:.0f} MiB at the target.")
    return usage


def _first(bench, tool: Driftless, lane: Lane) -> None:
    tool.sync(lane, bench.timeout)


def _change(bench, tool: Driftless, lane: Lane, number: int) -> None:
    _first(bench, tool, lane)
    trees.change_files(lane.source / "small", 1.0, random.Random(trees.SEED + number))


def _is_ready_for(seconds: float) -> Callable[[Lane, Said], bool]:
    return lambda lane, said: said.ready_at is not None and time.monotonic() >= said.ready_at + seconds


def _stored(lane: Lane) -> int:
    return _on_disk(file for packs in (lane.home / "state").rglob("packs") for file in packs.rglob("*"))


def _placed(lane: Lane) -> int:
    return _on_disk(lane.targets[0].rglob("*"))


def _on_disk(files) -> int:
    total = 0
    try:
        for file in files:
            try:
                total += file.lstat().st_blocks * 512
            except OSError:
                pass  # It was placed or dropped meanwhile.
    except OSError:
        pass  # So was its directory.
    return total


@contextmanager
def _orphans_reaped() -> Iterator[None]:
    """What the killed one left behind is ours now: ended by the next one it must not stay a zombie, which looks alive."""
    stopped = threading.Event()

    def reap() -> None:
        while not stopped.wait(0.05):
            processes.reap_ended_orphans()

    thread = threading.Thread(target=reap, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
