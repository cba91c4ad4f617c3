"""What a tree holds, kept in memory while it is edited: no edit needs another walk, and what is below a directory is known."""

from __future__ import annotations

import os
import random
from typing import Iterator, Optional

from .trees import OUR_OWN

FILE, DIRECTORY, SYMLINK, OTHER = "file", "directory", "symlink", "other"
KINDS = (FILE, DIRECTORY, SYMLINK, OTHER)


class Entry:
    """One entry; `count` is itself and everything below it, `reach` at least the bytes of the longest path below it."""

    __slots__ = ("parent", "name", "kind", "children", "count", "reach", "place")

    def __init__(self, parent: Optional["Entry"], name: bytes, kind: str) -> None:
        self.parent = parent
        self.name = name
        self.kind = kind
        self.children: dict[bytes, Entry] = {}
        self.count = 1
        self.reach = 0
        self.place = -1  # Where it stands among those of its kind; -1 when it is gone.

    @property
    def is_gone(self) -> bool:
        return self.place < 0

    def above(self) -> Iterator["Entry"]:
        """The directories that hold it, from its own up to the root."""
        at = self.parent
        while at:
            yield at
            at = at.parent

    def below(self) -> Iterator["Entry"]:
        """Itself and everything below it."""
        todo = [self]
        while todo:
            entry = todo.pop()
            yield entry
            todo += entry.children.values()


class Entries:
    """All entries of a tree. Changing them changes nothing on the disk: whoever edits does both, the disk first.

    No operation takes longer than its entry is deep, except that removing takes as long as there is something to remove.
    """

    def __init__(self, root: bytes) -> None:
        self._path = root
        self._of: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
        self.root = Entry(None, b"", DIRECTORY)
        self._enlist(self.root)

    @staticmethod
    def read(root: bytes) -> "Entries":
        """The only walk. The same tree always gives the same order; the tool's own directory is left out."""
        entries = Entries(root)
        todo = [entries.root]
        while todo:
            directory = todo.pop()
            with os.scandir(entries.path(directory)) as listing:
                found = sorted((one.name, _kind_of(one)) for one in listing)
            for name, kind in found:
                if directory.parent or name != os.fsencode(OUR_OWN):
                    entry = entries.add(directory, name, kind)
                    if kind == DIRECTORY:
                        todo.append(entry)
        return entries

    def path(self, entry: Entry) -> bytes:
        return b"/".join([self._path, *self._names(entry)])

    def inner_path(self, entry: Entry) -> bytes:
        """The path below the root."""
        return b"/".join(self._names(entry))

    @staticmethod
    def _names(entry: Entry) -> list[bytes]:
        return [one.name for one in [entry, *entry.above()] if one.parent][::-1]

    def count(self, kind: str) -> int:
        return len(self._of[kind])

    def any(self, kind: str, dice: random.Random) -> Optional[Entry]:
        """One of a kind, each as likely as the others; the root is a directory too."""
        return dice.choice(self._of[kind]) if self._of[kind] else None

    def add(self, parent: Entry, name: bytes, kind: str) -> Entry:
        entry = Entry(parent, name, kind)
        self._enlist(entry)
        self._hang(entry)
        return entry

    def remove(self, entry: Entry) -> None:
        """With everything below it."""
        self._unhang(entry)
        for one in entry.below():
            self._delist(one)

    def move(self, entry: Entry, parent: Entry, name: bytes) -> None:
        self._unhang(entry)
        entry.parent, entry.name = parent, name
        self._hang(entry)

    def exchange(self, one: Entry, other: Entry) -> None:
        """Each takes the other's place; neither is below the other."""
        self._unhang(one)
        self._unhang(other)
        one.parent, one.name, other.parent, other.name = other.parent, other.name, one.parent, one.name
        self._hang(one)
        self._hang(other)

    def _hang(self, entry: Entry) -> None:
        entry.parent.children[entry.name] = entry
        reach = entry.reach + len(entry.name) + 1
        for above in entry.above():
            above.count += entry.count
            above.reach = max(above.reach, reach)
            reach += len(above.name) + 1

    @staticmethod
    def _unhang(entry: Entry) -> None:
        del entry.parent.children[entry.name]
        for above in entry.above():
            above.count -= entry.count

    def _enlist(self, entry: Entry) -> None:
        same = self._of[entry.kind]
        entry.place = len(same)
        same.append(entry)

    def _delist(self, entry: Entry) -> None:
        """The last one takes its place."""
        last = self._of[entry.kind].pop()
        if last is not entry:
            self._of[entry.kind][entry.place] = last
            last.place = entry.place
        entry.place = -1


def _kind_of(entry: os.DirEntry) -> str:
    if entry.is_symlink():
        return SYMLINK
    if entry.is_dir(follow_symlinks=False):
        return DIRECTORY
    return FILE if entry.is_file(follow_symlinks=False) else OTHER
