"""Random edits of a tree, of every kind that a file system knows and whoever keeps a copy must follow."""

from __future__ import annotations

import os
import random
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

from .choices import Choices
from .entries import DIRECTORY, FILE, OTHER, SYMLINK, Entries, Entry
from .names import link_target
from .trees import KIB, MIB, exchange

MAX_REFUSED = 1_000
FILE_MODES = (0o600, 0o640, 0o644, 0o664, 0o666, 0o755, 0o700, 0o444, 0o4755)
DIRECTORY_MODES = (0o700, 0o750, 0o755, 0o775, 0o777, 0o1777, 0o2755)
SIZES = ((5, 0), (65, 4 * KIB), (28, 64 * KIB), (2, 2 * MIB), (0.2, 16 * MIB))
DEPTHS = (0, 0, 0, 1, 2, 8)
MAX_FILES_IN_NEW = 5


@dataclass
class Counts:
    """What was done. Entries of a directory are itself and everything below it; what is moved twice counts twice."""

    edits: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    directories_created: int = 0
    entries_created: int = 0
    directories_moved: int = 0
    entries_moved: int = 0
    entries_removed: int = 0
    refused: int = 0

    @property
    def entries_of_directories(self) -> int:
        """Entries of directories created or moved."""
        return self.entries_created + self.entries_moved


@dataclass(frozen=True)
class Edit:
    """What was done, and to which path below the root: where it is now, or was until it was removed."""

    kind: str
    path: bytes


class Editor:
    """Makes one edit after the other, the same ones for the same seed and tree. Nobody else may change the tree meanwhile.

    Whatever an edit consists of, such as the writing and the renaming of a replacement, it counts as one. Any directory may be
    moved, but only a small one is removed; max_subtree limits both. `entries` is what the tree holds now.
    """

    def __init__(self, root: Path, seed: int, max_subtree: Optional[int] = None) -> None:
        self.counts = Counts()
        self._dice = random.Random(seed)
        self.entries = Entries.read(os.fsencode(root))
        self._choices = Choices(self.entries, self._dice, max_subtree)
        self._makers: dict[str, Callable[[], Optional[Entry]]] = {}
        self._weights: list[int] = []
        for kind, weight, maker in (
            ("create", 18, self._create),
            ("create directory", 5, self._create_directory),
            ("append", 10, self._append),
            ("overwrite", 10, self._overwrite),
            ("truncate", 8, self._truncate),
            ("replace", 10, self._replace),
            ("rename", 10, self._rename),
            ("rename over", 3, self._rename_over),
            ("rename directory", 7, self._rename_directory),
            ("delete", 10, self._delete),
            ("delete directory", 2, self._delete_directory),
            ("chmod", 6, self._chmod),
            ("symlink", 5, self._symlink),
            ("become another type", 4, self._become_another_type),
            ("exchange file and directory", 2, self._exchange),
        ):
            self._makers[kind] = maker
            self._weights.append(weight)

    @property
    def kinds(self) -> list[str]:
        return list(self._makers)

    def edit(self) -> Edit:
        """Where a kind finds nothing to work on, or this user may not do it, another one is taken."""
        for _ in range(MAX_REFUSED):
            kind = self._dice.choices(self.kinds, self._weights)[0]
            try:
                entry = self._makers[kind]()
            except PermissionError:
                self.counts.refused += 1
                continue
            if entry:
                self._choices.edited(entry)
                self.counts.edits += 1
                self.counts.kinds[kind] = self.counts.kinds.get(kind, 0) + 1
                return Edit(kind, self.entries.inner_path(entry))
        raise PermissionError(f"nothing can be edited below {os.fsdecode(self.entries.path(self.entries.root))}")

    def _create(self) -> Entry:
        parent, name = self._choices.place()
        self._write(self._path_of(parent, name))
        return self.entries.add(parent, name, FILE)

    def _create_directory(self) -> Entry:
        return self._new_directory(*self._choices.place())

    def _append(self) -> Optional[Entry]:
        file = self._choices.file_with_one_name()
        if file:
            with self._open(file, os.O_APPEND) as out:
                out.write(self._dice.randbytes(self._dice.randint(1, 16 * KIB)))
        return file

    def _overwrite(self) -> Optional[Entry]:
        """In place; the size stays."""
        file = self._choices.file_with_one_name()
        if not file:
            return None
        with self._open(file) as out:
            size = os.fstat(out.fileno()).st_size
            if not size:
                return None
            begin = self._dice.randrange(size)
            out.seek(begin)
            out.write(self._dice.randbytes(self._dice.randint(1, min(64 * KIB, size - begin))))
        return file

    def _truncate(self) -> Optional[Entry]:
        """Mostly shorter, now and then longer by a hole."""
        file = self._choices.file_with_one_name()
        if not file:
            return None
        with self._open(file) as out:
            size = os.fstat(out.fileno()).st_size
            is_longer = not size or self._dice.random() < 0.2
            out.truncate(size + self._dice.randint(1, 64 * KIB) if is_longer else self._dice.randrange(size))
        return file

    def _replace(self) -> Optional[Entry]:
        """As many programs save: a new file beside the old one is renamed over it."""
        file = self._choices.any(FILE)
        if not file:
            return None
        path, beside = self.entries.path(file), self._path_of(file.parent, self._choices.working_name(file))
        self._write(beside)
        if self._dice.random() < 0.5:
            os.chmod(beside, stat.S_IMODE(os.lstat(path).st_mode))
        os.rename(beside, path)
        return file

    def _rename(self) -> Optional[Entry]:
        entry = self._choices.any(FILE, FILE, FILE, FILE, SYMLINK, OTHER)
        if not entry:
            return None
        choose = self._choices.place_beside if self._dice.random() < 0.5 else lambda _: self._choices.place()
        self._move(entry, *choose(entry))
        return entry

    def _rename_over(self) -> Optional[Entry]:
        """Over another file or symlink, which is gone then."""
        entry, over = self._choices.any(FILE), self._choices.any(FILE, FILE, SYMLINK)
        if not entry or not over or self._is_same_file(entry, over):
            return None
        parent, name = over.parent, over.name
        os.rename(self.entries.path(entry), self.entries.path(over))
        self._gone(over)
        self._moved(entry, parent, name)
        return entry

    def _rename_directory(self) -> Optional[Entry]:
        """Within its parent, or into any other directory, there often under the name it had."""
        entry = self._choices.directory()
        if not entry:
            return None
        parent, name = self._choices.place_beside(entry) if self._dice.random() < 0.4 else self._choices.place()
        if entry.name not in parent.children and self._dice.random() < 0.5:
            name = entry.name
        if not self._choices.fits(entry, parent, name):
            return None
        self._move(entry, parent, name)
        self._count_moved(entry)
        return entry

    def _delete(self) -> Optional[Entry]:
        entry = self._choices.any(FILE, FILE, FILE, FILE, FILE, SYMLINK)
        if entry:
            os.unlink(self.entries.path(entry))
            self._gone(entry)
        return entry

    def _delete_directory(self) -> Optional[Entry]:
        entry = self._choices.small_directory()
        if entry:
            shutil.rmtree(self.entries.path(entry))
            self._gone(entry)
        return entry

    def _chmod(self) -> Optional[Entry]:
        """Always to another mode; the root may be chosen too."""
        entry = self._choices.any(DIRECTORY) if self._dice.random() < 0.3 else self._choices.file_with_one_name()
        if not entry:
            return None
        path = self.entries.path(entry)
        before = stat.S_IMODE(os.lstat(path).st_mode)
        modes = FILE_MODES if entry.kind == FILE else DIRECTORY_MODES
        os.chmod(path, self._dice.choice([mode for mode in modes if mode != before]))
        return entry

    def _symlink(self) -> Entry:
        """A new one, or one that points elsewhere at once."""
        link = self._choices.any(SYMLINK) if self._dice.random() < 0.4 else None
        if not link:
            parent, name = self._choices.place()
            self._link(parent, name)
            return self.entries.add(parent, name, SYMLINK)
        name = self._choices.working_name(link)
        self._link(link.parent, name)
        os.rename(self._path_of(link.parent, name), self.entries.path(link))
        return link

    def _become_another_type(self) -> Optional[Entry]:
        """Something goes, and something else gets its name."""
        is_directory = self._dice.random() < 0.4
        entry = self._choices.small_directory() if is_directory else self._choices.any(FILE, FILE, SYMLINK)
        if not entry:
            return None
        parent, name = entry.parent, entry.name
        if is_directory:
            shutil.rmtree(self.entries.path(entry))
        else:
            os.unlink(self.entries.path(entry))
        self._gone(entry)
        kind = self._dice.choice([kind for kind in (FILE, DIRECTORY, DIRECTORY, SYMLINK) if kind != entry.kind])
        if kind == DIRECTORY:
            return self._new_directory(parent, name)
        if kind == FILE:
            self._write(self._path_of(parent, name))
        else:
            self._link(parent, name)
        return self.entries.add(parent, name, kind)

    def _exchange(self) -> Optional[Entry]:
        """They take each other's place, in one step or in three."""
        file, directory = self._choices.any(FILE, FILE, SYMLINK), self._choices.directory()
        if not file or not directory or not self._choices.fits(directory, file.parent, file.name):
            return None
        one, other = self.entries.path(file), self.entries.path(directory)
        if self._dice.random() < 0.5:
            exchange(one, other)
        else:
            beside = self._path_of(file.parent, self._choices.working_name(file))
            os.rename(other, beside)  # This one needs every permission, so what is refused is refused as a whole.
            os.rename(one, other)
            os.rename(beside, one)
        self.entries.exchange(file, directory)
        self._count_moved(directory)
        return directory

    def _write(self, path: bytes) -> None:
        high = self._dice.choices([size for _, size in SIZES], [weight for weight, _ in SIZES])[0]
        with open(path, "xb") as out:
            out.write(self._dice.randbytes(self._dice.randint(0, high)))

    def _open(self, file: Entry, flags: int = 0):
        return os.fdopen(os.open(self.entries.path(file), os.O_WRONLY | os.O_NOFOLLOW | flags), "wb", buffering=0)

    def _link(self, parent: Entry, name: bytes) -> None:
        os.symlink(link_target(self._dice, list(parent.children)[:8]), self._path_of(parent, name))

    def _new_directory(self, parent: Entry, name: bytes) -> Entry:
        """Empty, or with some files, or deep."""
        directory = within = self._mkdir(parent, name)
        for _ in range(self._dice.choice(DEPTHS)):
            inner = self._choices.name_in(within)
            within = self._mkdir(within, inner) if inner else within
        for _ in range(self._dice.randint(0, MAX_FILES_IN_NEW)):
            inner = self._choices.name_in(within)
            if inner:
                self._write(self._path_of(within, inner))
                self.entries.add(within, inner, FILE)
        self.counts.entries_created += directory.count
        return directory

    def _mkdir(self, parent: Entry, name: bytes) -> Entry:
        os.mkdir(self._path_of(parent, name))
        self.counts.directories_created += 1
        return self.entries.add(parent, name, DIRECTORY)

    def _move(self, entry: Entry, parent: Entry, name: bytes) -> None:
        os.rename(self.entries.path(entry), self._path_of(parent, name))
        self._moved(entry, parent, name)

    def _moved(self, entry: Entry, parent: Entry, name: bytes) -> None:
        self._choices.freed(entry)
        self.entries.move(entry, parent, name)

    def _gone(self, entry: Entry) -> None:
        self._choices.freed(entry)
        self.counts.entries_removed += entry.count
        self.entries.remove(entry)

    def _count_moved(self, directory: Entry) -> None:
        self.counts.directories_moved += 1
        self.counts.entries_moved += directory.count

    def _path_of(self, parent: Entry, name: bytes) -> bytes:
        return self.entries.path(parent) + b"/" + name

    def _is_same_file(self, one: Entry, other: Entry) -> bool:
        """Renaming one name of a file over another one does nothing."""
        return os.path.samestat(os.lstat(self.entries.path(one)), os.lstat(self.entries.path(other)))
