package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import java.util.Optional;

/** One look at one path. */
final class Look {
    private Look() {}

    static Found at(Directories directories, EntryPath path) {
        if (Own.holds(path)) {
            return new Found.Absent(path);
        }
        int directory = directories.parentOf(path);
        int looked = directory < 0 ? directory : Statx.look(directory, path.nameBytes());
        if (looked < 0) {
            return missing(path, looked);
        }
        Stat stat = Statx.seen();
        return stat.kind() == Stat.Kind.SYMLINK
                ? symlink(directory, path)
                : new Found.Present(path, stat, Optional.empty(), Statx.mount());
    }

    static Found missing(EntryPath path, int result) {
        return Errno.isAbsent(result) ? new Found.Absent(path) : Failures.unreadable(path, result);
    }

    /** Stat and target are of one symlink, even where another takes its place meanwhile. */
    private static Found symlink(int directory, EntryPath path) {
        try (Descriptor handle = Opening.inside(directory, path.nameBytes(), Flag.O_PATH, 0)) {
            int looked = handle.isOpen() ? Statx.look(handle) : handle.number();
            if (looked < 0) {
                return missing(path, looked);
            }
            Stat stat = Statx.seen();
            if (stat.kind() != Stat.Kind.SYMLINK) {
                return new Found.Present(path, stat, Optional.empty(), Statx.mount());
            }
            long mount = Statx.mount();
            int length = Names.readTarget(handle);
            return length < 0
                    ? missing(path, length)
                    : new Found.Present(
                            path,
                            stat,
                            Optional.of(LinkTarget.ofBytes(Names.targetRead(length))),
                            mount);
        }
    }
}
