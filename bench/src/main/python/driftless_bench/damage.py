"""Damage at a target, as users, programs and failing disks do it, and what has to be found in the trash afterwards."""

from __future__ import annotations

import hashlib
import math
import os
import random
import shutil
import stat
from pathlib import Path
from typing import Callable, Iterator, Optional

from .trees import KIB, OUR_OWN

MAX_FILE = 256 * KIB
MAX_BYTES = 4 * KIB
MAX_TAKEN = 2


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _regular_size(path: Path) -> float:
    """Endless for what is no regular file, or went away."""
    try:
        there = os.lstat(path)
    except OSError:
        return math.inf
    return there.st_size if stat.S_ISREG(there.st_mode) else math.inf


class Damage:
    """Damages a tree at random and remembers the bytes that nobody else has: they may be replaced, but never lost.

    What it destroys itself it expects no longer. In an overlay nothing is made that would be in the way of an entry.
    """

    def __init__(self, root: Path, seed: int, is_overlay: bool) -> None:
        self._root = root
        self._dice = random.Random(seed)
        self._count = 0
        self._taken: list[Path] = []
        self.owed: dict[str, str] = {}
        self.kinds: dict[str, Callable[[], Optional[str]]] = {
            "delete": self._delete,
            "overwrite": self._overwrite,
            "append": self._append,
            "truncate": self._truncate,
            "chmod": self._chmod,
            "touch": self._touch,
            "rename": self._rename,
            "extra": self._extra,
            "symlink instead": self._symlink_instead,
            "our own directory": self._take_own,
        }
        if not is_overlay:
            self.kinds["directory instead"] = self._directory_instead
            self.kinds["delete directory"] = self._delete_directory

    def do(self) -> Optional[str]:
        """One piece of damage, and what it was; none where the tree has nothing for it at the moment."""
        kind = self._dice.choice(list(self.kinds))
        try:
            path = self.kinds[kind]()
        except FileNotFoundError:
            return None  # It was replaced meanwhile.
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            return None
        return f"{kind} {path}" if path else None

    def lost(self) -> dict[str, str]:
        """What is owed and neither below the root nor in what was taken away: digest and the path that it had."""
        kept = {
            digest(path.read_bytes())
            for below in (self._root, *self._taken)
            for path in self._regular_files(below, into_own=True)
        }
        return {one: path for one, path in self.owed.items() if one not in kept}

    def _regular_files(self, below: Path, into_own: bool = False) -> Iterator[Path]:
        for directory, names, files in os.walk(below):
            if Path(directory) == self._root and not into_own and OUR_OWN in names:
                names.remove(OUR_OWN)
            for name in files:
                path = Path(directory, name)
                if _regular_size(path) <= MAX_FILE + MAX_BYTES:
                    yield path

    def _file(self) -> Optional[Path]:
        files = [path for path in self._regular_files(self._root) if _regular_size(path) <= MAX_FILE]
        return self._dice.choice(files) if files else None

    def _change(self, path: Path, change: Callable[[int, int], None]) -> str:
        """In place. What it was before is ours to destroy; what it is now is owed where it is still in its place."""
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        try:
            self._destroy(os.pread(descriptor, MAX_FILE + MAX_BYTES, 0))
            change(descriptor, os.fstat(descriptor).st_size)
            data = os.pread(descriptor, MAX_FILE + MAX_BYTES, 0)
            if data and os.stat(path, follow_symlinks=False).st_ino == os.fstat(descriptor).st_ino:
                self._owe(data, path)
        finally:
            os.close(descriptor)
        return self._inner(path)

    def _owe(self, data: bytes, path: Path) -> None:
        self.owed[digest(data)] = self._inner(path)

    def _destroy(self, data: bytes) -> None:
        self.owed.pop(digest(data), None)

    def _inner(self, path: Path) -> str:
        return os.fsencode(path.relative_to(self._root)).decode(errors="backslashreplace")

    def _noise(self, most: int = MAX_BYTES) -> bytes:
        """Bytes that are nowhere else."""
        self._count += 1
        return b"damage %d %d " % (self._count, self._dice.getrandbits(64)) + self._dice.randbytes(self._dice.randint(1, most))

    def _delete(self) -> Optional[str]:
        path = self._file()
        if not path:
            return None
        self._destroy(path.read_bytes())
        path.unlink()
        return self._inner(path)

    def _overwrite(self) -> Optional[str]:
        """Size and time stay."""
        path = self._file()
        if not path or path.stat().st_size < 64:
            return None

        def change(descriptor: int, size: int) -> None:
            before = os.fstat(descriptor)
            os.pwrite(descriptor, self._noise()[: size // 2], self._dice.randrange(size // 2))
            os.utime(descriptor, ns=(before.st_atime_ns, before.st_mtime_ns))

        return self._change(path, change)

    def _append(self) -> Optional[str]:
        path = self._file()
        return self._change(path, lambda descriptor, size: os.pwrite(descriptor, self._noise(), size)) if path else None

    def _truncate(self) -> Optional[str]:
        """What is left is a beginning of what is there anyway: nobody owes it."""
        path = self._file()
        if not path:
            return None
        self._destroy(path.read_bytes())
        os.truncate(path, self._dice.randrange(path.stat().st_size + 1))
        return self._inner(path)

    def _chmod(self) -> Optional[str]:
        path = self._file()
        if not path:
            return None
        os.chmod(path, self._dice.choice((0o600, 0o644, 0o755, 0o440)))
        return self._inner(path)

    def _touch(self) -> Optional[str]:
        path = self._file()
        if not path:
            return None
        os.utime(path)
        return self._inner(path)

    def _symlink_instead(self) -> Optional[str]:
        path = self._file()
        if not path:
            return None
        self._destroy(path.read_bytes())
        path.unlink()
        path.symlink_to("of-damage")
        return self._inner(path)

    def _take_own(self) -> Optional[str]:
        """With all that is in the trash: out of the tree, where it is looked for, too. Rarely, for all is read again."""
        own = self._root / OUR_OWN
        if len(self._taken) == MAX_TAKEN or not own.is_dir():
            return None
        taken = self._root.with_name(f"{self._root.name}-own-{len(self._taken)}")
        os.rename(own, taken)
        self._taken.append(taken)
        return OUR_OWN

    def _rename(self) -> Optional[str]:
        path = self._file()
        if not path:
            return None
        self._count += 1
        os.rename(path, path.with_name(f"renamed-by-damage-{self._count}"))
        return self._inner(path)

    def _extra(self) -> str:
        """In the root, where nothing else gets such a name."""
        self._count += 1
        path = self._root / f"extra-by-damage-{self._count}"
        data = self._noise()
        with open(path, "xb") as out:
            out.write(data)
        self._owe(data, path)
        return self._inner(path)

    def _directory_instead(self) -> Optional[str]:
        path = self._file()
        if not path:
            return None
        self._destroy(path.read_bytes())
        path.unlink()
        path.mkdir()
        data = self._noise()
        (path / "inside").write_bytes(data)
        self._owe(data, path / "inside")
        return self._inner(path)

    def _delete_directory(self) -> Optional[str]:
        """A small one."""
        small = [
            Path(directory)
            for directory, names, files in os.walk(self._root)
            if not names and len(files) < 10 and Path(directory) != self._root and OUR_OWN not in Path(directory).parts
        ]
        if not small:
            return None
        directory = self._dice.choice(small)
        for path in self._regular_files(directory):
            self._destroy(path.read_bytes())
        shutil.rmtree(directory)
        return self._inner(directory)
