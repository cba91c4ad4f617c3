"""Tests of how a rename is seen at a target."""

import sys
import tempfile
import threading
import time
import types
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "main" / "python"))

from driftless_bench import renamed  # noqa: E402
from driftless_bench.processes import Failure  # noqa: E402
from driftless_bench.tools import Lane  # noqa: E402


class Rename(unittest.TestCase):
    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        self.lane = Lane(Path(self._home.name) / "lane", Path(self._home.name) / "source").prepare()
        for root in (self.lane.source, *self.lane.targets):
            (root / "moved3" / "part").mkdir(parents=True)
            (root / "moved3" / "part" / "file").write_text("text")

    def tearDown(self):
        self._home.cleanup()

    def test_is_over_when_the_new_name_has_all_and_the_old_one_is_gone(self):
        def follow():
            time.sleep(0.3)
            (self.lane.targets[0] / "moved3").rename(self.lane.targets[0] / "moved4")

        follower = threading.Thread(target=follow)
        follower.start()
        seconds = renamed.one(types.SimpleNamespace(timeout=20), self.lane, 3, 1)
        follower.join()

        self.assertGreaterEqual(seconds, 0.25)
        self.assertTrue((self.lane.source / "moved4").exists())

    def test_that_the_target_does_not_follow_is_said(self):
        with self.assertRaisesRegex(Failure, "moved4 was not at the target"):
            renamed.one(types.SimpleNamespace(timeout=0.2), self.lane, 3, 1)


if __name__ == "__main__":
    unittest.main()
