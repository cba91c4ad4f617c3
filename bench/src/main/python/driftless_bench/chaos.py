"""The command line of bench/chaos."""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Sequence

from .__main__ import HOME, say, warm_up
from .damage import Damage
from .edits import at_once, make_edits
from .editor import Editor
from .fleet import SERVICES, Fleet, Node, Part
from .processes import Failure, adopt_orphans, reap_orphans
from .trees import KIB, OUR_OWN, make_small_files

MODES = ("mirror", "mirror", "overlay")
FILES = 1_500
EDITS_A_SECOND = 10.0
FAULT_PAUSE = (1.0, 8.0)
AWAY = (0.0, 8.0)
OUTAGE = (2.0, 30.0)
JUDGE_PAUSE = 2.0
RIGHT_IN_OVERLAY = (".d..t...... ", "cannot delete non-empty directory: ", "could not make way for new ", "rsync error: some files")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/chaos",
        description="Runs the services (two indexers, two transfer services), three agents, Kafka, PostgreSQL and S3 as processes"
        " of their own; edits the source, kills, stops and cuts off what runs, and damages the targets, all at random;"
        " then lets everything run in peace, and has rsync judge by checksums. Root, for networks of the agents' own.",
    )
    parser.add_argument("--seed", type=int, required=True, help="which edits, faults and damage; their moments vary")
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument(
        "--unwatched", type=int, metavar="EDITS", help="nothing is broken, but nobody watches the source: full scans alone bring so many edits over"
    )
    parser.add_argument("--patience", type=float, default=180, metavar="SECONDS", help="until all is equal in peace (180)")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where everything is made ($TMPDIR)")
    parser.add_argument("--keep", action="store_true", help="leave everything there for a look; else only where it failed")
    return parser.parse_args(arguments)


@dataclass
class Story:
    """What happened, told as it happens."""

    began: float = field(default_factory=time.monotonic)
    faults: Counter = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    def tell(self, kind: str, what: str) -> None:
        self.faults[kind] += 1
        self._say(f"{kind}: {what}")

    def trouble(self, what: str) -> None:
        self.troubles.append(what)
        self._say(f"TROUBLE: {what}")

    def _say(self, what: str) -> None:
        say(f"{time.monotonic() - self.began:7.1f} {what}")


class Chaos:
    """One fault after the other, each undone after a while. One thread; what comes later is kept with its time."""

    def __init__(self, fleet: Fleet, damages: Sequence[Damage], seed: int, story: Story) -> None:
        self._fleet = fleet
        self._damages = damages
        self._dice = random.Random(seed)
        self._story = story
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._down: set[str] = set()
        self._kinds: list[tuple[int, Callable[[], None]]] = [
            (30, self._kill_service),
            (15, self._kill_agent),
            (4, self._kill_postmaster),
            (9, self._kill_server),
            (10, self._pause),
            (10, self._cut),
            (3, self._forget),
            (40, self._damage),
            (5, self._damage_store),
        ]

    def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        due = time.monotonic()
        while time.monotonic() < end:
            now = time.monotonic()
            for one in [one for one in self._later if one[0] <= now]:
                self._later.remove(one)
                one[1]()
            self._look_for_dead()
            if now >= due:
                weights = [weight for weight, _ in self._kinds]
                self._dice.choices(self._kinds, weights)[0][1]()
                due = now + self._dice.uniform(*FAULT_PAUSE)
            time.sleep(0.1)
        self._fleet.heal()

    def _look_for_dead(self) -> None:
        for part in self._fleet.parts:
            if part.name not in self._down and not part.is_running():
                self._story.trouble(f"{part.name} ended by itself, status {part.exit_status()}: {part.tail()}")
                part.start()

    def _after(self, span: tuple[float, float], then: Callable[[], None]) -> float:
        seconds = self._dice.uniform(*span)
        self._later.append((time.monotonic() + seconds, then))
        return seconds

    def _any(self, parts: Sequence[Part]) -> Optional[Part]:
        up = [part for part in parts if part.name not in self._down and not part.is_paused]
        return self._dice.choice(up) if up else None

    def _kill(self, part: Optional[Part], meanwhile: Callable[[], None] = lambda: None) -> None:
        if not part:
            return
        self._down.add(part.name)
        part.kill()
        meanwhile()

        def again() -> None:
            part.start()
            self._down.discard(part.name)

        self._story.tell("kill -9", f"{part.name} for {self._after(AWAY, again):.1f} s")

    def _kill_service(self) -> None:
        self._kill(self._any(self._fleet.services))

    def _kill_agent(self) -> None:
        self._kill(self._any(self._fleet.agents))

    def _kill_server(self) -> None:
        self._kill(self._any(self._fleet.servers))

    def _kill_postmaster(self) -> None:
        """Its keeper starts it again."""
        if self._fleet.postgres.name in self._down:
            return
        pid = self._fleet.postmaster()
        if pid:
            os.kill(pid, signal.SIGKILL)
            self._story.tell("kill -9", "PostgreSQL itself")

    def _pause(self) -> None:
        part = self._any([*self._fleet.services, *self._fleet.agents, *self._fleet.servers])
        if not part:
            return
        part.pause()
        self._down.add(part.name)

        def on() -> None:
            part.resume()
            self._down.discard(part.name)

        self._story.tell("stop", f"{part.name} for {self._after(OUTAGE, on):.1f} s")

    def _cut(self) -> None:
        node = self._dice.choice(self._fleet.nodes)
        node.cut()
        self._story.tell("cut", f"{node.agent.name} for {self._after(OUTAGE, node.mend):.1f} s")

    def _forget(self) -> None:
        node = self._dice.choice(self._fleet.nodes)
        if self._any([node.agent]):
            self._story.tell("forget", f"the state of {node.agent.name}")
            self._kill(node.agent, node.forget)

    def _damage_store(self) -> None:
        """An object is lost, or its bytes are others."""
        objects = self._fleet.objects()
        if not objects:
            return
        one = self._dice.choice(objects)
        try:
            if self._dice.random() < 0.5:
                one.unlink()
                how = "lost"
            else:
                data = bytearray(one.read_bytes())
                for _ in range(16):
                    data[self._dice.randrange(len(data))] ^= 0xFF
                one.write_bytes(data)
                how = "damaged"
        except (FileNotFoundError, ValueError):
            return  # Collected meanwhile, or empty.
        self._story.tell("store", f"{how} {one.parent.parent.name}/{one.name}")

    def _damage(self) -> None:
        number = self._dice.randrange(len(self._damages))
        for _ in range(self._dice.randint(1, 10)):
            done = self._damages[number].do()
            if done:
                self._story.tell("damage", f"node {number + 1}: {done}")


class Edits:
    """Edits the source beside everything else, until it is stopped."""

    def __init__(self, source: Path, seed: int) -> None:
        self._editor = Editor(source, seed, max_subtree=FILES // 4)
        self._stopped = threading.Event()
        self.failure: Optional[BaseException] = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                make_edits(self._editor, 50, lambda number: number / EDITS_A_SECOND)
        except BaseException as failure:  # Told by whoever stops this.
            self.failure = failure

    def stop(self) -> int:
        self._stopped.set()
        self._thread.join()
        if self.failure:
            raise self.failure
        return self._editor.counts.edits


def differences(source: Path, node: Node) -> list[str]:
    """What rsync would do, by checksums. What an overlay holds besides is no difference, nor are the times of its directories.

    Nor is a directory there where a file should be: it was released when it went at the source, with what it holds.
    """
    words = ["rsync", "-anic", f"--exclude=/{OUR_OWN}/", f"{source}/", f"{node.target}/"]
    if not node.is_overlay:
        words.insert(2, "--delete")
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    lines = done.stdout.splitlines() + done.stderr.splitlines()
    if not node.is_overlay:
        return lines
    return [line for line in lines if not line.startswith(RIGHT_IN_OVERLAY) and not _is_directory(node.target, line)]


def _is_directory(target: Path, line: str) -> bool:
    """Whether a directory stands where rsync would make a file or a symlink."""
    change, _, name = line.partition(" ")
    if change[1:2] not in ("f", "L"):
        return False
    path = name.partition(" -> ")[0] if change[1] == "L" else name
    raw = re.sub(rb"\\#(\d{3})", lambda octal: bytes([int(octal[1], 8)]), path.encode())
    there = os.path.join(os.fsencode(target), raw)
    return os.path.lexists(there) and stat.S_ISDIR(os.lstat(there).st_mode)


def await_equal(source: Path, fleet: Fleet, patience: float) -> tuple[float, dict[str, list[str]]]:
    """How long it took, and what is not equal at the end of patience."""
    began = time.monotonic()
    while True:
        ended = [part for part in fleet.parts if not part.is_running()]
        if ended:
            raise Failure(f"{ended[0].name} ended by itself, status {ended[0].exit_status()}: {ended[0].tail()}")
        left = {node.agent.name: differences(source, node) for node in fleet.nodes}
        unequal = {name: lines for name, lines in left.items() if lines}
        seconds = time.monotonic() - began
        if not unequal or seconds > patience:
            return seconds, unequal
        time.sleep(JUDGE_PAUSE)


def judge(source: Path, fleet: Fleet, damages: Sequence[Damage], patience: float, story: Story) -> float:
    seconds, unequal = await_equal(source, fleet, patience)
    for name, lines in unequal.items():
        story.trouble(f"{name} is not equal after {seconds:.0f} s: {len(lines)} differences, such as {lines[:5]}")
    for node, damage in zip(fleet.nodes, damages):
        lost = damage.lost()
        if lost:
            story.trouble(f"{node.agent.name} lost {len(lost)} of {len(damage.owed)} that were damaged, such as {list(lost.items())[:3]}")
    return seconds


def run_unwatched(options: argparse.Namespace, work: Path) -> Story:
    story = Story()
    java = warm_up(HOME / "driftless", work / "warm-up")
    source = work / "source"
    make_small_files(source, FILES, 0, 16 * KIB, options.seed)
    fleet = Fleet(HOME, java, work, source, MODES, [name for name in SERVICES if name != "watcher-service"])
    try:
        fleet.start()
        story.tell("first sync", f"{judge(source, fleet, [], options.patience, story):.1f} s")
        make_edits(Editor(source, options.seed, max_subtree=FILES // 4), options.unwatched, at_once)
        story.tell("unwatched", f"{options.unwatched} edits, equal {judge(source, fleet, [], options.patience, story):.1f} s after the last")
    finally:
        fleet.end()
        reap_orphans()
    return story


def run(options: argparse.Namespace, work: Path) -> Story:
    story = Story()
    java = warm_up(HOME / "driftless", work / "warm-up")
    source = work / "source"
    make_small_files(source, FILES, 0, 16 * KIB, options.seed)
    fleet = Fleet(HOME, java, work, source, MODES)
    try:
        fleet.start()
        seconds, unequal = await_equal(source, fleet, options.patience)
        if unequal:
            raise Failure(f"not even at first, after {seconds:.0f} s: {({name: lines[:3] for name, lines in unequal.items()})}")
        story.tell("first sync", f"{seconds:.1f} s")
        damages = [Damage(node.target, options.seed + number, node.is_overlay) for number, node in enumerate(fleet.nodes)]
        edits = Edits(source, options.seed)
        Chaos(fleet, damages, options.seed, story).run(options.minutes * 60)
        story.tell("edits", str(edits.stop()))
        seconds = judge(source, fleet, damages, options.patience, story)
        story.tell("peace", f"{seconds:.1f} s until all was equal; {dict(story.faults)}; owed and kept: {sum(len(one.owed) for one in damages)}")
    finally:
        fleet.end()
        reap_orphans()
    return story


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    adopt_orphans()
    work = Path(tempfile.mkdtemp(prefix="driftless-chaos-", dir=options.work)).resolve()
    has_failed = True
    try:
        story = (run if options.unwatched is None else run_unwatched)(options, work)
        has_failed = bool(story.troubles)
    finally:
        if options.keep or has_failed:
            say(f"what it left is in {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    for trouble in story.troubles:
        print(f"TROUBLE: {trouble}")
    length = f"{options.minutes:g} minutes" if options.unwatched is None else f"{options.unwatched} edits that nobody watched"
    print(f"seed {options.seed}: {'not ' if has_failed else ''}equal and whole after {length}: {dict(story.faults)}")
    return 1 if has_failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        say(f"bench/chaos: {failure}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("bench/chaos: interrupted")
        sys.exit(130)
