"""Tests of the random edits."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import stat
import sys
import tempfile
import time
import types
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2] / "main" / "python"))

from driftless_bench import choices, edits, entries, trees  # noqa: E402
from driftless_bench.editor import Counts, Edit, Editor  # noqa: E402


def make_tree(root):
    """Names of every sort, links, many files in one directory, and deep ones."""
    root.mkdir()
    for number in range(40):
        (root / "many").mkdir(exist_ok=True)
        (root / "many" / f"file {number}").write_bytes(bytes([number]) * number)
    for number in range(12):
        directory = root / f"d{number}" / "within" / os.fsdecode(b"caf\xe9")
        directory.mkdir(parents=True)
        (directory / "file").write_text("text")
        (directory / "link").symlink_to("file")
    (root / "/".join(["deep"] * 30)).mkdir(parents=True)
    (root / "to nowhere").symlink_to("/not/there")
    os.mkfifo(root / "pipe")
    return root


def walk(root):
    """Every path below the root, with its status."""
    found = {}
    for directory, names, files in os.walk(os.fsencode(root)):
        for name in [*names, *files]:
            path = os.path.join(directory, name)
            found[os.path.relpath(path, os.fsencode(root))] = os.lstat(path)
    return found


def contents(root):
    """What two runs of the same edits have in common: everything but times and inodes."""
    found = {}
    for path, status in walk(root).items():
        full = os.path.join(os.fsencode(root), path)
        what = b""
        if stat.S_ISLNK(status.st_mode):
            what = os.readlink(full)
        elif stat.S_ISREG(status.st_mode):
            with open(full, "rb") as file:
                what = hashlib.sha256(file.read()).digest()
        found[path] = (status.st_mode, what)
    return found


def entries_of_new_directories(before, after):
    """Of directories that stand where no directory stood, each with everything below it."""

    def is_new(path):
        return stat.S_ISDIR(after[path].st_mode) and not (path in before and stat.S_ISDIR(before[path].st_mode))

    new = [path for path in after if is_new(path)]
    return sum(any(path == one or path.startswith(one + b"/") for one in new) for path in after)


class Edits(unittest.TestCase):
    def setUp(self):
        self._home = tempfile.TemporaryDirectory()
        self.home = Path(self._home.name)
        self.tree = make_tree(self.home / "tree")

    def tearDown(self):
        self._home.cleanup()

    def edited(self, name, seed):
        editor = Editor(make_tree(self.home / name), seed)
        return [editor.edit() for _ in range(300)], editor.counts, contents(self.home / name)

    def test_the_same_seed_makes_the_same_edits(self):
        first, again, other = self.edited("first", 1), self.edited("again", 1), self.edited("other", 2)

        self.assertEqual(first, again)
        self.assertNotEqual(first[0], other[0])

    def test_every_kind_is_made_and_counted(self):
        editor = Editor(self.tree, 3)
        made = [editor.edit().kind for _ in range(800)]

        self.assertEqual(editor.counts.kinds, {kind: made.count(kind) for kind in editor.kinds})
        self.assertEqual(set(made), set(editor.kinds))
        self.assertEqual(editor.counts.edits, 800)

    def test_every_edit_changes_the_tree_and_counts_what_a_walk_finds(self):
        editor = Editor(self.tree, 4)
        before = walk(self.tree)
        for _ in range(400):
            counted = editor.counts.entries_of_directories
            edit = editor.edit()
            after = walk(self.tree)

            self.assertNotEqual(self.stamps(before), self.stamps(after), edit)
            found = entries_of_new_directories(before, after)
            self.assertEqual(editor.counts.entries_of_directories - counted, found, edit)
            before = after

    @staticmethod
    def stamps(found):
        return {path: (status.st_mode, status.st_ino, status.st_ctime_ns, status.st_size) for path, status in found.items()}

    def test_what_it_knows_stays_what_is_there(self):
        editor = Editor(self.tree, 5)
        start = len(walk(self.tree))
        for _ in range(1_000):
            editor.edit()
        known, there = editor.entries, entries.Entries.read(os.fsencode(self.tree))

        self.assertEqual(self.counted(known), self.counted(there))
        self.assertEqual(known.root.count - 1, len(walk(self.tree)))
        self.assertNotEqual(known.root.count - 1, start)
        for one in known.root.below():
            longest = max((len(known.inner_path(below)) for below in one.below()), default=0)
            self.assertGreaterEqual(len(known.inner_path(one)) + one.reach, longest - 1)

    @staticmethod
    def counted(known):
        return {known.inner_path(one): (one.kind, one.count) for one in known.root.below()}

    def test_paths_do_not_grow_without_end(self):
        for seed in range(20):
            deep = self.home / f"deep{seed}"
            (deep / "/".join(["d" * 99] * 10)).mkdir(parents=True)
            editor = Editor(deep, seed)
            for _ in range(20):
                editor.edit()

            self.assertLessEqual(max(map(len, walk(deep))), choices.MAX_PATH)

    def test_the_order_of_a_listing_does_not_matter(self):
        scandir = os.scandir

        @contextlib.contextmanager
        def backwards(path):
            with scandir(path) as listing:
                yield reversed(list(listing))

        forwards = entries.Entries.read(os.fsencode(self.tree))
        with mock.patch.object(entries.os, "scandir", backwards):
            other = entries.Entries.read(os.fsencode(self.tree))

        self.assertEqual(list(self.counted(forwards)), list(self.counted(other)))

    def test_moves_and_removes_no_larger_directory_than_it_may(self):
        editor = Editor(self.tree, 7, max_subtree=4)
        many = (self.tree / "many").stat().st_ino
        most = 0
        for _ in range(1_000):
            before, removed = editor.counts.entries_moved, editor.counts.entries_removed
            editor.edit()
            most = max(most, editor.counts.entries_moved - before)
            self.assertLessEqual(editor.counts.entries_removed - removed, 4)

        self.assertEqual(most, 4)
        self.assertEqual((self.tree / "many").stat().st_ino, many)

    def test_removes_only_small_directories_but_moves_any(self):
        editor = Editor(self.tree, 8)
        moved = removed = 0
        for _ in range(1_000):
            counts = editor.counts
            before = counts.entries_moved, counts.entries_removed
            editor.edit()
            moved, removed = max(moved, counts.entries_moved - before[0]), max(removed, counts.entries_removed - before[1])

        self.assertLessEqual(removed, choices.SMALL)
        self.assertGreater(removed, 1)
        self.assertGreater(moved, 40)

    def test_a_file_with_another_name_is_not_edited_in_place(self):
        other = self.home / "other name"
        tree = self.home / "linked"
        tree.mkdir()
        other.write_text("what it was")
        os.link(other, tree / "file")
        before = other.stat()
        for seed in range(100):
            editor = Editor(tree, seed)
            while other.stat().st_nlink > 1:
                editor.edit()
            shutil.rmtree(tree)
            tree.mkdir()
            os.link(other, tree / "file")

        self.assertEqual((other.read_text(), other.stat().st_mode), ("what it was", before.st_mode))
        self.assertEqual(other.stat().st_mtime_ns, before.st_mtime_ns)

    def test_leaves_the_tools_own_directory_alone(self):
        own = self.tree / trees.OUR_OWN
        own.mkdir()
        (own / "file").write_text("ours")
        before = contents(own)
        editor = Editor(self.tree, 9)
        for _ in range(500):
            editor.edit()

        self.assertEqual(contents(own), before)

    def test_an_empty_tree_can_be_edited(self):
        empty = self.home / "empty"
        empty.mkdir()
        editor = Editor(empty, 10)
        for _ in range(100):
            editor.edit()

        self.assertEqual(editor.counts.edits, 100)

    def test_the_command_prints_what_it_did(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()) as logged:
            self.assertEqual(edits.main([str(self.tree), "--count", "50", "--seed", "11", "--rate", "0", "--log"]), 0)
        found = json.loads(said.getvalue())

        self.assertEqual((found["edits"], sum(found["kinds"].values()), found["seed"]), (50, 50, 11))
        self.assertEqual(found["entries_of_directories"], found["entries_created"] + found["entries_moved"])
        self.assertEqual(len([json.loads(line) for line in logged.getvalue().splitlines()]), 50)


class Pace(unittest.TestCase):
    def test_every_other_burst_comes_at_once(self):
        due = [round(edits.due_seconds(number, 200, 50), 3) for number in (0, 1, 49, 50, 99, 100, 149, 150)]

        self.assertEqual(due, [0, 0.005, 0.245, 0.25, 0.25, 0.5, 0.745, 0.75])

    def test_no_edit_is_made_before_it_is_due(self):
        made = []
        editor = types.SimpleNamespace(counts=Counts(), edit=lambda: made.append(time.monotonic()) or Edit("create", b"a"))
        began = time.monotonic()
        edits.make_edits(editor, 5, lambda number: number / 50)

        self.assertEqual(len(made), 5)
        self.assertTrue(all(at - began >= number / 50 for number, at in enumerate(made)), made)


if __name__ == "__main__":
    unittest.main()
