"""What a process asks of the file system below a directory, as `strace` sees it."""

from __future__ import annotations

import re
import shutil
import signal
import time
from collections import Counter
from pathlib import Path

from .processes import Failure, Program

ATTACH_SECONDS = 30.0

# Thread, time and name of a call where it begins; where it goes on after others, it was counted.
_CALL = re.compile(rb"^\d+ +(\d+\.\d+) ([a-z0-9_]+)\(")


class Tracer:
    """Follows all threads of a running process until it is stopped."""

    def __init__(self, pid: int, directory: Path) -> None:
        if not shutil.which("strace"):
            raise Failure("not available: strace is missing; install it, for example: apt-get install strace")
        self._out = directory / "strace.out"
        words = ["strace", "-f", "-y", "-ttt", "-s", "4096", "-e", "trace=%file,%desc", "-o", str(self._out), "-p", str(pid)]
        self._program = Program(words, directory / "strace.log")
        self._await_attached()

    def _await_attached(self) -> None:
        """It says so of each thread; when it says no more, it has them all."""
        deadline, said = time.monotonic() + ATTACH_SECONDS, b""
        while time.monotonic() < deadline and self._program.is_running(0.5):
            now = self._program.log.read_bytes()
            if now and now == said:
                return
            said = now
        raise Failure(f"strace did not attach: {self._program.tail()}")

    def stop(self) -> bytes:
        self._program.end(signal.SIGINT)
        return self._out.read_bytes() if self._out.exists() else b""


def below(root: Path, trace: bytes, since: float, until: float) -> Counter:
    """How often each call was made of what is in a directory, or of itself, by a path or by something open: between two times."""
    inside = re.compile(rb'[<"]' + re.escape(str(root).encode()) + rb'(?:/[^>"]*)?[>"]')
    found: Counter = Counter()
    for line in trace.splitlines():
        call = _CALL.match(line)
        if call and since <= float(call.group(1)) < until and inside.search(line):
            found[call.group(2).decode()] += 1
    return found
