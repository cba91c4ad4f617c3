"""The tools that are compared, each brought to the same interface: make these targets equal to this source, once."""

from __future__ import annotations

import json
import os
import re
import socket
import time
import urllib.request
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Sequence

from .measure import Run, Usage, check_exits, run
from .processes import Failure, Program, cpu_seconds

LOOPBACK = "127.0.0.1"
PORT_TRIES = 3
START_SECONDS = 120.0


@dataclass(frozen=True)
class Lane:
    """Where one tool works: a directory of its own with the targets below `targets` and whatever else it needs."""

    home: Path
    source: Path
    target_count: int = 1

    @property
    def targets(self) -> list[Path]:
        return [self.home / "targets" / f"t{number}" for number in range(1, self.target_count + 1)]

    def prepare(self) -> "Lane":
        (self.home / "targets").mkdir(parents=True)
        return self


class Tool(ABC):
    """One way to make targets equal to a source."""

    name = ""
    leaves_extras = False

    @abstractmethod
    def sync(self, lane: Lane, timeout: float) -> Usage:
        """Brings the targets up to date once, under the clock."""


class Copy(Tool):
    """cp: knows nothing of what is there already and removes nothing."""

    name = "cp -a"
    leaves_extras = True

    def sync(self, lane: Lane, timeout: float) -> Usage:
        for target in lane.targets:
            target.mkdir(exist_ok=True)
        done = run([lambda target=target: self._start(lane, target) for target in lane.targets], timeout)
        check_exits(done)
        return Usage(
            seconds=done.seconds,
            cpu_seconds=done.cpu_seconds,
            peak_memory_bytes=done.peak_memory_bytes,
            source_bytes=done.bytes_read,
        )

    @staticmethod
    def _start(lane: Lane, target: Path) -> Program:
        return Program(["cp", "-a", f"{lane.source}/.", f"{target}/"], lane.home / "cp.log")


class Rsync(Tool):
    """rsync to a daemon of its own on the loopback address: what it would be between two machines, without the network."""

    def __init__(self, *options: str) -> None:
        self.options = ["-a", *options]
        self.name = " ".join(["rsync", *self.options])
        self.leaves_extras = "--delete" not in options

    def sync(self, lane: Lane, timeout: float) -> Usage:
        began = time.monotonic()
        daemon = RsyncDaemon(lane.home)
        startup = time.monotonic() - began
        starts = [lambda target=target: self.start(lane, target, daemon) for target in lane.targets]
        done = run(starts, timeout, beside=[daemon.program])
        check_exits(done)
        return Usage(
            seconds=done.seconds,
            startup_seconds=startup,
            cpu_seconds=done.cpu_seconds,
            peak_memory_bytes=done.peak_memory_bytes,
            source_bytes=done.bytes_read,
            fetched_bytes=sum(self._sent(lane, target) for target in lane.targets),
        )

    def start(self, lane: Lane, target: Path, daemon: "RsyncDaemon") -> Program:
        log = self._log(lane, target)
        log.unlink(missing_ok=True)
        return Program(["rsync", *self.options, "--stats", f"{lane.source}/", f"{daemon.url}/{target.name}/"], log)

    @staticmethod
    def _log(lane: Lane, target: Path) -> Path:
        return lane.home / f"rsync-{target.name}.log"

    def _sent(self, lane: Lane, target: Path) -> int:
        """Everything that went to the target's side."""
        said = re.search(r"^Total bytes sent: ([\d,.]+)", self._log(lane, target).read_text(), re.MULTILINE)
        return int(re.sub(r"\D", "", said.group(1))) if said else 0


class RsyncDaemon:
    """A daemon that writes below the targets' directory, on a port of its own. Whoever has it must end its program."""

    def __init__(self, home: Path) -> None:
        for tries in range(1, PORT_TRIES + 1):
            self.port = free_port()
            self.program = self._start(home)
            if self._is_listening():
                self.url = f"rsync://{LOOPBACK}:{self.port}/targets"
                return
            self.program.end()
        raise Failure(f"the rsync daemon did not start: {self.program.tail()}")

    def _start(self, home: Path) -> Program:
        config = home / "rsyncd.conf"
        as_root = "uid = root\ngid = root\n" if os.geteuid() == 0 else ""
        config.write_text(
            f"address = {LOOPBACK}\nport = {self.port}\nlog file = {home}/rsyncd.log\n{as_root}"
            "use chroot = no\nmunge symlinks = no\nnumeric ids = yes\nreverse lookup = no\n"
            f"[targets]\npath = {home}/targets\nread only = no\n"
        )
        return Program(["rsync", "--daemon", "--no-detach", f"--config={config}"], home / "rsync-daemon.log")

    def _is_listening(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while self.program.is_running() and time.monotonic() < deadline:
            try:
                with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                    return connection.recv(7) == b"@RSYNCD"
            except OSError:
                time.sleep(0.002)
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


@dataclass
class Said:
    """What the command line says with --json, and when."""

    ready_at: Optional[float] = None
    ready_cpu_seconds: float = 0.0
    outcome_at: Optional[float] = None
    outcome: dict = field(default_factory=dict)
    url: Optional[str] = None
    failures: list[str] = field(default_factory=list)


class Driftless(Tool):
    """The command line of this checkout, as a user has it."""

    name = "driftless"

    def __init__(self, program: Path, name: str = "driftless", store: Optional["S3Store"] = None) -> None:
        self.program = program
        self._store = store
        self.name = name

    def sync(self, lane: Lane, timeout: float) -> Usage:
        said = Said()
        done = run([lambda: self.start("sync", lane, said)], timeout)
        if said.failures:
            raise Failure("; ".join(said.failures))
        check_exits(done)
        if said.ready_at is None or said.outcome_at is None:
            raise Failure("it said neither when it was ready nor how it ended")
        return self.usage(done, said)

    def start(self, command: str, lane: Lane, said: Said, options: Sequence[str] = ()) -> Program:
        targets = [word for target in lane.targets for word in ("--target", str(target))]
        store = ["--store", self._store.location] if self._store else []
        words = [str(self.program), command, "--json", "--source", str(lane.source), *targets, *store]
        words += ["--state", str(lane.home / "state"), *options]
        environment = self._store.environment if self._store else {}
        hear = Listener(said)
        hear.program = Program(words, lane.home / "driftless.log", environment, hear)
        return hear.program

    @staticmethod
    def usage(done: Run, said: Said) -> Usage:
        program, exit = done.programs[0], done.exits[0]
        usage = Usage(
            seconds=exit.at - said.ready_at,
            startup_seconds=said.ready_at - program.began,
            cpu_seconds=done.cpu_seconds - said.ready_cpu_seconds,
            startup_cpu_seconds=said.ready_cpu_seconds,
            peak_memory_bytes=done.peak_memory_bytes,
            source_bytes=said.outcome["bytesReadAtSource"],
            stored_bytes=said.outcome["bytesStored"],
            fetched_bytes=sum(target["bytesFetched"] for target in said.outcome["targets"]),
            outcome_seconds=said.outcome_at - said.ready_at,
        )
        if done.left_behind:
            usage.notes.append(f"{done.left_behind} processes were left behind and had to be killed.")
        return usage


@dataclass(frozen=True)
class Status:
    """What a running system says of itself.

    seqs are the newest commit of each folder and that at which each of its targets stands. runs and looked count since the start:
    full scans of the source, and its entries that were looked at.
    """

    is_settled: bool
    are_targets_converged: bool
    seqs: tuple[int, ...]
    runs: int
    looked: int

    @property
    def is_converged(self) -> bool:
        """All that is known of the source is committed, and every target is at that."""
        return self.is_settled and self.are_targets_converged

    @staticmethod
    def of(answer: dict) -> "Status":
        folders = answer["folders"]
        targets = [target for folder in folders for target in folder["targets"]]
        return Status(
            is_settled=all(folder["settled"] for folder in folders),
            are_targets_converged=bool(targets) and all(target["state"] == "converged" for target in targets),
            seqs=tuple(one["seq"] for one in [*folders, *targets]),
            runs=sum(folder["runs"] for folder in folders),
            looked=sum(folder["looked"] for folder in folders),
        )

    @staticmethod
    def ask(said: Said, program: Program) -> Optional["Status"]:
        """None where it does not answer yet."""
        if said.failures or not program.is_running():
            raise Failure("; ".join(said.failures) or f"`driftless run` ended: {program.tail()}")
        if not said.url:
            return None
        try:
            with urllib.request.urlopen(f"{said.url}/api/status", timeout=10) as answer:
                return Status.of(json.load(answer))
        except OSError:
            return None


class Listener:
    """Takes the lines of --json as they come."""

    def __init__(self, said: Said) -> None:
        self._said = said
        self.program: Optional[Program] = None

    def __call__(self, at: float, line: bytes) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return  # The script's own words, such as those of a build.
        kind, said = event.get("type"), self._said
        if kind == "ready":
            said.ready_at = at
            said.ready_cpu_seconds = cpu_seconds([self.program.pid]) if self.program else 0.0
        elif kind == "listening":
            said.url = event.get("url")
        elif kind == "outcome":
            said.outcome_at, said.outcome = at, event
        elif kind == "failure":
            said.failures.append(f"{event.get('code')} {event.get('message')}")


@dataclass(frozen=True)
class S3Store:
    """A bucket and how to reach it."""

    location: str
    environment: dict[str, str]


def compared(delete: bool = False) -> Sequence[Tool]:
    """What Driftless is measured against. Where something goes at the source, rsync needs to be told to follow."""
    extra = ["--delete"] if delete else []
    return [Rsync(*extra), Rsync("--fsync", *extra), Copy()]
