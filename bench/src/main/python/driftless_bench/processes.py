"""Starts programs and accounts for whole process trees: time, CPU seconds, memory, bytes read. Linux only."""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Mapping, Optional, Sequence

SAMPLE_SECONDS = 0.05
FIRST_SAMPLE_SECONDS = 0.004
SCAN_SECONDS = 0.25
ORPHANS_SECONDS = 10.0
END_SECONDS = 15.0

_TICKS = os.sysconf("SC_CLK_TCK")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)

# What this process started, by its id, until it is reaped: everything else below us was left behind by one of these.
_started: set[int] = set()


class Failure(Exception):
    """What was to be measured did not do its work; says why."""


def adopt_orphans() -> None:
    """Lets what a program leaves behind become our child, so that it is counted and ended."""
    if _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


@dataclass(frozen=True)
class Exit:
    """How a program ended. CPU is its own and that of all descendants that were waited for.

    The largest process is known only where it was larger than we are: a new process counts what it was before it became
    its program.
    """

    status: int
    at: float
    cpu_seconds: float
    largest_process_bytes: Optional[int]
    bytes_read: Optional[int]


class Program:
    """A running program. Ends with this process, or by `end`; never by its name."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Optional[Mapping[str, str]] = None,
        on_line: Optional[Callable[[float, bytes], None]] = None,
    ) -> None:
        self.command = list(command)
        self.log = log
        with open(log, "ab") as errors:
            self.began = time.monotonic()
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if on_line else errors,
                stderr=errors,
                env=dict(os.environ, **(environment or {})),
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.pid = self._process.pid
        _started.add(self.pid)
        self._pidfd = os.pidfd_open(self.pid)
        self._exit: Optional[Exit] = None
        self._reader: Optional[threading.Thread] = None
        if on_line:
            self._reader = threading.Thread(target=self._read, args=(on_line,), daemon=True)
            self._reader.start()

    def _read(self, on_line: Callable[[float, bytes], None]) -> None:
        for line in self._process.stdout:
            on_line(time.monotonic(), line)

    def is_running(self, timeout: float = 0) -> bool:
        """Waits that long at most for the end."""
        if self._exit:
            return False
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(max(0.0, timeout) * 1000)

    def finish(self, timeout: float) -> Exit:
        """Waits for the end, and brings it about where that takes too long."""
        if self.is_running(timeout):
            self.end()
            raise Failure(f"did not finish within {timeout:.0f} s")
        return self._reap()

    def end(self, how: int = signal.SIGTERM) -> Exit:
        """Asks it to stop and waits; by force where it does not. Does nothing where it has ended."""
        if self._exit:
            return self._exit
        if self.is_running():
            signal.pidfd_send_signal(self._pidfd, how)
        if self.is_running(END_SECONDS):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self.is_running(END_SECONDS)
        return self._reap()

    def _reap(self) -> Exit:
        at = time.monotonic()
        bytes_read = _bytes_read(self.pid)
        _, status, usage = os.wait4(self.pid, 0)
        _started.discard(self.pid)
        os.close(self._pidfd)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if self._reader:
            self._reader.join(END_SECONDS)
            self._process.stdout.close()
        cpu_seconds = usage.ru_utime + usage.ru_stime
        ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        largest = usage.ru_maxrss * 1024 if usage.ru_maxrss > ours else None
        self._exit = Exit(self._process.returncode, at, cpu_seconds, largest, bytes_read)
        return self._exit

    def tail(self) -> str:
        """The last lines that it said on standard error."""
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return " / ".join(lines[-3:])[-400:]


def _bytes_read(pid: int) -> Optional[int]:
    """What the process and its reaped children got from read calls, files and sockets alike; kept until it is reaped."""
    try:
        for line in Path(f"/proc/{pid}/io").read_text().splitlines():
            if line.startswith("rchar:"):
                return int(line.split()[1])
    except OSError:
        pass  # Not every kernel and every user may see it: then it is not known.
    return None


def reap_orphans() -> tuple[float, int]:
    """Waits for what ended programs left behind; gives its CPU seconds and how many had to be killed."""
    cpu_seconds, killed = 0.0, 0
    deadline = time.monotonic() + ORPHANS_SECONDS
    while True:
        orphans = _orphans(_parents())
        if not orphans:
            return cpu_seconds, killed
        if time.monotonic() > deadline:
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
                killed += 1
            deadline += ORPHANS_SECONDS
        cpu_seconds += _reap_ended(orphans)
        time.sleep(0.01)


def reap_ended_orphans() -> None:
    """Only those that ended; the others go on."""
    _reap_ended(_orphans(_parents()))


def _reap_ended(orphans: Iterable[int]) -> float:
    """Gives the CPU seconds of those that had ended."""
    cpu_seconds = 0.0
    for pid in orphans:
        try:
            reaped, _, usage = os.wait4(pid, os.WNOHANG)
        except ChildProcessError:
            continue  # Another thread was faster.
        if reaped:
            cpu_seconds += usage.ru_utime + usage.ru_stime
    return cpu_seconds


def await_no_children(pid: int, timeout: float) -> None:
    """Until all children of a process have ended and were waited for."""
    deadline = time.monotonic() + timeout
    while any(parent == pid for parent in _parents().values()):
        if time.monotonic() > deadline:
            raise Failure(f"process {pid} still has children after {timeout:.0f} s")
        time.sleep(0.01)


def _stat(pid: int) -> Optional[list[str]]:
    """The fields of /proc/PID/stat behind the name: state, parent and so on."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].decode().split()
    except OSError:
        return None  # It ended.


def _parents() -> dict[int, int]:
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat(int(name))
            if fields:
                found[int(name)] = int(fields[1])
    return found


def _orphans(parents: Mapping[int, int]) -> list[int]:
    return [pid for pid, parent in parents.items() if parent == os.getpid() and pid not in _started]


def _tree(roots: Iterable[int]) -> list[int]:
    """The roots, all below them, and what they left behind."""
    parents = _parents()
    below: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        below.setdefault(parent, []).append(pid)
    found, todo = [], [pid for pid in roots if pid in parents] + _orphans(parents)
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += below.get(pid, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """What living trees have used until now, with their children that ended."""
    total = 0
    for pid in _tree(roots):
        fields = _stat(pid)
        if fields:
            total += sum(int(field) for field in fields[11:15])
    return total / _TICKS


def _resident(pids: Iterable[int]) -> int:
    """Bytes of memory, those shared with other processes of the same program counted once."""
    own, programs, shared = 0, {}, 0
    for pid in pids:
        try:
            program = os.readlink(f"/proc/{pid}/exe")
            with open(f"/proc/{pid}/status") as status:
                sizes = dict(line.split(":", 1) for line in status if line.startswith("Rss"))
        except OSError:
            continue  # It ended.
        kib = {name: int(size.split()[0]) for name, size in sizes.items()}
        own += kib.get("RssAnon", 0)
        programs[program] = max(programs.get(program, 0), kib.get("RssFile", 0))
        shared = max(shared, kib.get("RssShmem", 0))
    return (own + sum(programs.values()) + shared) * 1024


class MemoryPeak:
    """Samples the memory of process trees until it is stopped."""

    def __init__(self, roots: Sequence[int]) -> None:
        self._roots = list(roots)
        self._stopped = threading.Event()
        self._peak = 0
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        """Often at first, so that short runs are seen too; a scan for new processes costs more than a look."""
        pids, pause = list(self._roots), FIRST_SAMPLE_SECONDS
        scanned = time.monotonic()
        while not self._stopped.wait(pause):
            self._peak = max(self._peak, _resident(pids))
            pause = min(SAMPLE_SECONDS, pause * 1.1)
            if time.monotonic() - scanned > SCAN_SECONDS:
                pids = _tree(self._roots)
                scanned = time.monotonic()

    def stop(self) -> int:
        self._stopped.set()
        self._thread.join()
        return self._peak
