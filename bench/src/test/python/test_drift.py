"""Tests of what is done to a target, against one that heals as it is told to."""

import os
import shutil
import sys
import tempfile
import types
import unittest
from collections import Counter
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2] / "main" / "python"))

from driftless_bench import drift, trees  # noqa: E402
from driftless_bench.processes import Failure  # noqa: E402


class Healing(drift.Target):
    """Heals whenever somebody waits, and counts what a real target would."""

    def __init__(self, home, mode, leaves=(), counts=True):
        lane = types.SimpleNamespace(source=home / "source", targets=[home / "target"])
        super().__init__(lane, mode, None)
        self.leaves, self.counts, self.counted, self.deviations = leaves, counts, Counter(), {}
        self.seen = set()
        for number in range(len(drift.HARMS)):
            (self.source / f"d{number:04}").mkdir(parents=True)
            (self.source / f"d{number:04}" / "file").write_bytes(os.urandom(drift.FILE_BYTES))
        trees.make_old(self.source)
        shutil.copytree(self.source, self.root)
        self.mark()

    def mark(self):
        (self.root / trees.OUR_OWN).mkdir(exist_ok=True)
        (self.root / trees.OUR_OWN / "marker.json").touch()

    def status(self):
        self.heal()
        return {"deviations": self.deviations}

    def drift(self):
        return dict(self.counted)

    def is_calm(self):
        self.heal()
        return not self.deviations

    def heal(self, *_):
        self.mark()
        self.deviations = {}
        for harm, origin in zip(drift.HARMS.items(), sorted(self.source.iterdir())):
            directory = self.root / origin.name
            if not drift.is_equal(self, directory, self.mode == "mirror"):
                self.heal_one(*harm, origin, directory)

    def heal_one(self, name, harm, origin, directory):
        if name in self.leaves:
            return
        if name not in self.seen:
            self.seen.add(name)
            self.count(harm.counted, 1)
            self.count("extra", harm.extras if self.mode == "mirror" else 0)
            self.count("metadata", 1)
        if self.mode == "overlay" and (directory / "file").is_dir():
            self.deviations["DL-2009"] = self.deviations.get("DL-2009", 0) + 1
        elif self.mode == "overlay":
            (directory / "file").unlink(missing_ok=True)
            shutil.copy2(origin / "file", directory / "file", follow_symlinks=False)
        else:
            shutil.rmtree(directory)
            shutil.copytree(origin, directory)

    def count(self, word, times):
        if self.counts and word and times:
            self.counted[word] += times


class Harming(unittest.TestCase):
    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        self.home = Path(self._home.name)
        self.bench = types.SimpleNamespace(timeout=0.2)

    def tearDown(self):
        self._home.cleanup()

    def harm(self, target):
        with mock.patch.object(drift.time, "sleep", target.heal):
            return drift.harm(self.bench, target)

    def test_a_mirror_heals_everything(self):
        seconds = self.harm(Healing(self.home, "mirror"))
        self.assertEqual({*drift.HARMS, drift.OUR_OWN_DELETED}, set(seconds))
        self.assertNotIn(None, seconds.values())

    def test_every_harm_of_a_mirror_that_stays_is_named(self):
        for number, name in enumerate(drift.HARMS):
            with self.subTest(name), self.assertRaisesRegex(Failure, f"not as it should be: {name}$"):
                self.harm(Healing(self.home / str(number), "mirror", leaves=(name,)))

    def test_an_overlay_leaves_what_is_nobodys_and_says_what_is_in_the_way(self):
        target = Healing(self.home, "overlay")
        seconds = self.harm(target)
        self.assertEqual({"replaced by a directory", "extra file", "extra directory"}, {name for name in seconds if seconds[name] is None})
        self.assertTrue(target.is_calm())

    def test_an_overlay_that_removes_an_extra_is_found(self):
        target = Healing(self.home, "overlay")

        def heal(*_):
            target.heal()
            for extra in target.root.glob("d*/extra"):
                shutil.rmtree(extra) if extra.is_dir() else extra.unlink()

        with mock.patch.object(drift.time, "sleep", heal), self.assertRaisesRegex(Failure, "extra is gone"):
            drift.harm(self.bench, target)

    def test_what_is_not_counted_is_said_with_what_was(self):
        with self.assertRaisesRegex(Failure, r"not counted: .*'missing': 2.*, but \{\}"):
            self.harm(Healing(self.home, "mirror", counts=False))


if __name__ == "__main__":
    unittest.main()
