"""What the next edit works on: which entry, and where something goes."""

from __future__ import annotations

import os
import random
from collections import deque
from typing import Optional

from .entries import DIRECTORY, FILE, Entries, Entry
from .names import new_name

MAX_PATH = 1_000
SMALL = 20
TRIES = 20
RECENT = 64
RECENT_SHARE = 0.3
FREED_SHARE = 0.2


class Choices:
    """Draws from a tree. Any entry of a kind is as likely as another, but often it is one that was edited just now.

    max_subtree is how many entries a directory that is chosen may have, itself included; none is no limit.
    """

    def __init__(self, entries: Entries, dice: random.Random, max_subtree: Optional[int]) -> None:
        self._entries = entries
        self._dice = dice
        self._max_subtree = max_subtree
        self._recent: deque[Entry] = deque(maxlen=RECENT)
        self._freed: deque[tuple[Entry, bytes]] = deque(maxlen=RECENT)

    def edited(self, entry: Entry) -> None:
        self._recent.append(entry)

    def freed(self, entry: Entry) -> None:
        """Its name is about to be free, and may be given again."""
        self._freed.append((entry.parent, entry.name))

    def any(self, *kinds: str) -> Optional[Entry]:
        kind = self._dice.choice(kinds)
        if self._recent and self._dice.random() < RECENT_SHARE:
            entry = self._dice.choice(self._recent)
            if entry.kind == kind and not entry.is_gone:
                return entry
        return self._entries.any(kind, self._dice)

    def file_with_one_name(self) -> Optional[Entry]:
        """Through one name of several the others would change without a word of them."""
        for _ in range(TRIES):
            file = self.any(FILE)
            if not file or os.lstat(self._entries.path(file)).st_nlink == 1:
                return file
        return None

    def directory(self) -> Optional[Entry]:
        """Not the root."""
        return self._directory(self._max_subtree)

    def small_directory(self) -> Optional[Entry]:
        """One that may be removed as a whole."""
        entry = self._directory(SMALL if self._max_subtree is None else min(SMALL, self._max_subtree))
        return entry if entry and all(self._may_empty(one) for one in entry.below()) else None

    def _may_empty(self, entry: Entry) -> bool:
        return entry.kind != DIRECTORY or os.access(self._entries.path(entry), os.W_OK | os.X_OK)

    def _directory(self, max_count: Optional[int]) -> Optional[Entry]:
        for _ in range(TRIES):
            entry = self.any(DIRECTORY)
            if entry.parent and (max_count is None or entry.count <= max_count):
                return entry
        return None

    def place(self) -> tuple[Entry, bytes]:
        """A free name in any directory; now and then one that something else had."""
        if self._freed and self._dice.random() < FREED_SHARE:
            parent, name = self._dice.choice(self._freed)
            if not parent.is_gone and name not in parent.children and self._fits_below(parent, name):
                return parent, name
        for _ in range(TRIES):
            parent = self.any(DIRECTORY)
            name = self.name_in(parent)
            if name:
                return parent, name
        return self._entries.root, self._new_name(self._entries.root)

    def place_beside(self, entry: Entry) -> tuple[Entry, bytes]:
        """A free name in the directory where it is, if there is one."""
        name = self.name_in(entry.parent)
        return (entry.parent, name) if name else self.place()

    def name_in(self, parent: Entry) -> Optional[bytes]:
        """A free name in a directory; none where a path would get too long."""
        name = self._new_name(parent)
        return name if self._fits_below(parent, name) else None

    def _new_name(self, parent: Entry) -> bytes:
        while True:
            name = new_name(self._dice)
            if name not in parent.children:
                return name

    def working_name(self, entry: Entry) -> bytes:
        """For what is renamed at once; such as editors take."""
        while True:
            name = b".%s.%06x" % (entry.name[:200], self._dice.randrange(1 << 24))
            if name not in entry.parent.children:
                return name

    def fits(self, directory: Entry, parent: Entry, name: bytes) -> bool:
        """A directory cannot go below itself, and nothing below it may get a path that is too long."""
        is_below_itself = directory is parent or directory in parent.above()
        return not is_below_itself and self._fits_below(parent, name, directory.reach)

    def _fits_below(self, parent: Entry, name: bytes, reach: int = 0) -> bool:
        return len(self._entries.inner_path(parent)) + 1 + len(name) + reach <= MAX_PATH
