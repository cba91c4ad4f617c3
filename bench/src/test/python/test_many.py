"""What measures a folder of very many entries."""

import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "main" / "python"))

from driftless_bench import calls, many, processes, trees  # noqa: E402
from driftless_bench.many import Rows  # noqa: E402

LOOK = """
import os, sys, time
time.sleep(1)
os.stat(sys.argv[1] + "/file")
at = os.open(sys.argv[1], os.O_RDONLY)
os.stat("file", dir_fd=at)
os.fstat(at)
os.stat(sys.argv[1] + "-other")
time.sleep(60)
"""


class Calls(unittest.TestCase):
    def test_counts_calls_by_a_path_or_by_what_is_open_below_a_directory(self):
        trace = b"""\
12 5.5 openat(AT_FDCWD</w>, "/src/d/f", O_RDONLY) = 7</src/d/f>
12 5.6 statx(7</src/d/f>, "", AT_EMPTY_PATH, STATX_ALL, {...}) = 0
13 5.7 openat2(5</src>, "d/f", {flags=O_RDONLY}, 24 <unfinished ...>
12 5.8 read(9</var/log>, "x", 1) = 1
13 5.8 <... openat2 resumed>) = 8</src/d/f>
13 5.8 stat("/src-other/f", {...}) = 0
12 5.8 stat("/other/src/f", {...}) = 0
12 5.9 close(7</src/d/f>) = 0
12 7.0 close(7</src/d/f>) = 0
"""
        self.assertEqual(calls.below(Path("/src"), trace, 5.5, 7.0), {"openat": 1, "statx": 1, "openat2": 1, "close": 1})

    @unittest.skipUnless(shutil.which("strace"), "strace is missing")
    def test_sees_what_a_running_process_asks_for(self):
        with tempfile.TemporaryDirectory() as home:
            root = Path(home) / "root"
            root.mkdir()
            (root / "file").touch()
            (Path(home) / "root-other").touch()
            looking = processes.Program([sys.executable, "-c", LOOK, str(root)], Path(home) / "log")
            try:
                tracer = calls.Tracer(looking.pid, Path(home))
                time.sleep(2)
                found = calls.below(root, tracer.stop(), 0, time.time())
            finally:
                looking.end()

        self.assertEqual(sum(found.values()), 4, found)


class RowsWritten(unittest.TestCase):
    def test_tells_what_was_written_between_two_looks(self):
        before = Rows.of("table entry 1000\ntable run 1\nrun 2.5 1000\n")
        after = Rows.of("table dirty 3\ntable entry 1000\ntable run 4\nrun 2.5 1000\nrun 0.5 1001\n")

        self.assertEqual(after.since(before), {"dirty": 3, "run": 3})
        self.assertEqual(after.runs[len(before.runs) :], [(0.5, 1001)])


class Trees(unittest.TestCase):
    def test_are_the_same_and_of_the_size_that_is_asked_for(self):
        with tempfile.TemporaryDirectory() as home:
            roots = [Path(home) / "one", Path(home) / "other"]
            many.make_trees(roots, 103, 10)

            self.assertEqual(len([path for path in roots[0].rglob("*") if path.is_file()]), 103)
            self.assertEqual(trees.compare(*roots, False).count, 0)


if __name__ == "__main__":
    unittest.main()
