"""Random edits at a pace: python3 -m driftless_bench.edits DIR --count 2000 --seed 1"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Callable, Sequence

from .editor import Counts, Edit, Editor

COUNT = 2_000
RATE = 200.0
BURST = 50


def due_seconds(number: int, rate: float = RATE, burst: int = BURST) -> float:
    """When an edit is due, from the first one on: every other `burst` edits come at once, those between evenly."""
    block = number // burst
    return (block * burst if block % 2 else number) / rate


def make_edits(
    editor: Editor, count: int, due: Callable[[int], float] = due_seconds, see: Callable[[Edit], None] = lambda edit: None
) -> Counts:
    """Makes so many edits, none before it is due, and gives what the editor has made altogether. Who is late hurries."""
    began = time.monotonic()
    for number in range(count):
        early = began + due(number) - time.monotonic()
        if early > 0:
            time.sleep(early)
        see(editor.edit())
    return editor.counts


def at_once(number: int) -> float:
    return 0.0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m driftless_bench.edits",
        description="Edits a tree at random, the same way for the same seed and tree, and prints what it did as JSON."
        " Nobody else may change the tree meanwhile.",
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="the tree; it is changed, and much of it deleted")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many edits ({COUNT})")
    parser.add_argument("--seed", type=int, default=0, help="which edits (0)")
    parser.add_argument("--rate", type=float, default=RATE, help=f"edits a second on average, 0 for no pauses ({RATE:.0f})")
    parser.add_argument("--burst", type=int, default=BURST, help=f"so many come at once, then so many evenly ({BURST})")
    parser.add_argument("--max-subtree", type=int, help="most entries of a directory that is moved or removed (no limit)")
    parser.add_argument("--log", action="store_true", help="every edit on standard error, as JSON, when it is done")
    chosen = parser.parse_args(arguments)
    if not chosen.directory.is_dir():
        parser.error(f"{chosen.directory} is no directory")
    if chosen.count < 0 or chosen.rate < 0 or chosen.burst < 1:
        parser.error("--count and --rate must be at least 0, --burst at least 1")
    return chosen


def log(edit: Edit) -> None:
    line = {"at": time.time(), "kind": edit.kind, "path": edit.path.decode("utf-8", "surrogateescape")}
    print(json.dumps(line), file=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    editor = Editor(options.directory, options.seed, options.max_subtree)
    due = (lambda number: due_seconds(number, options.rate, options.burst)) if options.rate else at_once
    began = time.monotonic()
    counts = make_edits(editor, options.count, due, log if options.log else lambda edit: None)
    said = {"seed": options.seed, "seconds": round(time.monotonic() - began, 3), **asdict(counts)}
    print(json.dumps({**said, "entries_of_directories": counts.entries_of_directories}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
