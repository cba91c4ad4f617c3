"""Tests of what the scenario `edits` makes of the edits."""

import os
import subprocess
import sys
import tempfile
import time
import types
import unittest
from pathlib import Path
from unittest import mock

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "main" / "python")]

from driftless_bench import editing, report, trees  # noqa: E402
from driftless_bench.editing import Outcome, Standing, differences  # noqa: E402
from driftless_bench.editor import Counts  # noqa: E402
from driftless_bench.scenarios import Table  # noqa: E402
from driftless_bench.tools import Lane, Status  # noqa: E402
from test_edits import make_tree  # noqa: E402


def status(seqs=(1, 1, 1), runs=1, looked=100, is_settled=True, are_targets_converged=True):
    return Status(is_settled, are_targets_converged, seqs, runs, looked)


class Promise(unittest.TestCase):
    """2,000 edits and 300 entries of directories: 10,300 looks are allowed."""

    COUNTS = Counts(edits=2_000, entries_created=100, entries_moved=200)

    def outcome(self, equal_seconds=3.0, found=(), **after):
        return Outcome(self.COUNTS, status(), status(**{"looked": 10_400, **after}), equal_seconds, list(found))

    def test_is_kept_up_to_its_bounds(self):
        self.assertEqual(self.outcome(equal_seconds=10.0).failures(), [])
        self.assertEqual(self.outcome().figures()["allowed"], 10_300)
        self.assertEqual(self.outcome().figures()["looked"], 10_300)

    def test_is_broken_by_each_of_its_conditions(self):
        for outcome, why in (
            (self.outcome(looked=10_401), "10,301 entries looked at where 10,300 are allowed"),
            (self.outcome(runs=2), "full scans went from 1 to 2"),
            (self.outcome(found=["t1: a"]), "not equal 10 s after the last edit: converged since 3.00 s, 1 differences"),
            (self.outcome(equal_seconds=10.1), "not equal 10 s after the last edit: converged since 10.10 s"),
            (self.outcome(equal_seconds=None), "not equal 10 s after the last edit: not converged"),
        ):
            with self.subTest(why):
                self.assertEqual(len(outcome.failures()), 1)
                self.assertIn(why, outcome.failures()[0])

    def test_a_target_stands_since_it_reached_the_last_commit(self):
        standing = Standing()
        for at, seen, since in (
            (1, None, None),
            (2, status(are_targets_converged=False), None),
            (3, status(), 3),
            (4, None, 3),
            (5, status(looked=101), 3),
            (6, status(seqs=(2, 2, 2)), 6),
            (7, status(seqs=(2, 2, 2), is_settled=False), None),
            (8, status(seqs=(2, 2, 2)), 8),
        ):
            standing.see(at, seen)
            self.assertEqual(standing.since, since, at)

    def test_takes_what_the_status_says(self):
        targets = [{"state": "converged", "seq": 7}, {"state": "applying", "seq": 6}]
        folder = {"seq": 7, "runs": 1, "looked": 40, "settled": True, "targets": targets}

        self.assertEqual(Status.of({"folders": [folder]}), Status(True, False, (7, 7, 6), 1, 40))
        self.assertFalse(Status.of({"folders": []}).is_converged)


class Proof(unittest.TestCase):
    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        source = Path(self._home.name) / "source"
        trees.make_small_files(source, 5, 1, 100)
        self.lane = Lane(Path(self._home.name) / "lane", source, 2).prepare()
        for target in self.lane.targets:
            self.assertEqual(os.spawnlp(os.P_WAIT, "cp", "cp", "-a", str(source), str(target)), 0)
            times = target.stat()
            (target / trees.OUR_OWN).mkdir()
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))

    def tearDown(self):
        self._home.cleanup()

    def test_finds_nothing_where_both_targets_are_equal(self):
        self.assertEqual(differences(self.lane, 60), [])

    def test_finds_other_bytes_behind_the_same_size_and_time(self):
        file = next(self.lane.targets[1].rglob("f000003.bin"))
        times, data = file.stat(), file.read_bytes()
        file.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

        found = differences(self.lane, 60)

        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], r"^t2: >fc\S+ d00/e0000/f000003.bin$")

    def test_finds_what_is_too_much(self):
        (self.lane.targets[0] / "d00" / "more").write_text("more")

        self.assertIn("t1: *deleting   d00/more", differences(self.lane, 60))


class Rounds(unittest.TestCase):
    """Rounds with something in the program's place that copies with rsync, as soon as it is asked or never."""

    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        source = make_tree(Path(self._home.name) / "source")
        (source / "pipe").unlink()  # What is no file, directory or symlink is not carried over.
        self.lane = Lane(Path(self._home.name) / "lane", source, 2).prepare()
        self.table = Table("edits", "Edits", "")
        self.seq = 0
        quick = {"COUNT": 50, "EQUAL_WITHIN_SECONDS": 1.0, "LATE_SECONDS": 20.0, "CALM_SECONDS": 0.1, "POLL_SECONDS": 0.02}
        for name, value in quick.items():
            patch = mock.patch.object(editing, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def tearDown(self):
        self._home.cleanup()

    def copies(self, looks=0):
        """Copies and commits where something differs; looks at so many entries each time.

        Checksums decide: rsync takes files of one size and of the same second for equal, and edits are quicker than that.
        """
        if any(differences(self.lane, 60)):
            self.seq += 1
            for target in self.lane.targets:
                subprocess.run(["rsync", "-ac", "--delete", f"{self.lane.source}/", f"{target}/"], check=True)
        return status(seqs=(self.seq,) * 3, looked=looks * self.seq)

    def round(self, ask):
        bench = types.SimpleNamespace(timeout=60, say=lambda text: None)
        program = types.SimpleNamespace(pid=os.getpid())
        is_equal = editing.Round(bench, self.table, self.lane, program, ask).run(12)
        return is_equal, self.table.rows[0]

    def test_a_round_that_keeps_the_promise_has_figures(self):
        is_equal, row = self.round(lambda: self.copies(looks=100))

        self.assertTrue(is_equal)
        self.assertEqual((row.name, row.failure), ("driftless, seed 12", None))
        self.assertEqual((row.usages[0].extra["edits"], row.usages[0].extra["looked"]), (50, 100))
        self.assertLess(row.usages[0].seconds, 1.0)
        self.assertIn("| 50 |", report.table_markdown(self.table))

    def test_a_round_that_is_late_says_how_late(self):
        calm, began = self.copies(), []

        def ask():
            if next(iter(differences(self.lane, 60)), None) and not began:
                began.append(time.monotonic())
            if began and time.monotonic() < began[0] + 2.0:
                return status(seqs=calm.seqs, are_targets_converged=False)
            return self.copies()

        is_equal, row = self.round(ask)

        self.assertTrue(is_equal)
        self.assertRegex(row.failure, "not equal .* not converged, .*; equal only [1-9].\\d+ s after the last edit")

    def test_a_round_that_claims_to_be_equal_is_not_believed(self):
        calm = self.copies()

        with mock.patch.object(editing, "LATE_SECONDS", 1.0):
            is_equal, row = self.round(lambda: calm)

        self.assertFalse(is_equal)
        self.assertRegex(row.failure, "converged since 0.* differences, such as t1: .*; still not equal")
        self.assertGreater(row.usages[0].extra["differences"], 0)
        self.assertTrue(self.table.has_failed)


if __name__ == "__main__":
    unittest.main()
