package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.util.Optional;

/** Makes directories and sets metadata of what is there. */
final class Attributes {
    private static final int MAX_TRIES = 5;
    private static final int TRASHED = 1;

    private final Workspace workspace;

    Attributes(Workspace workspace) {
        this.workspace = workspace;
    }

    Outcome makeDirectory(Placement placement) {
        EntryPath path = placement.entry().path();
        if (!path.isRoot() && workspace.isReserved(path)) {
            return Workspace.reserved(path);
        }
        int parent = workspace.parentOf(path);
        if (parent < 0) {
            return Failures.failed("make directory", path, parent);
        }
        if (!(placement.entry() instanceof Entry.DirectoryEntry)) {
            return new Outcome.Failed(
                    ErrorCode.INVARIANT_BROKEN, "Entry " + path + " is no directory.");
        }
        boolean trashed = false;
        for (int i = 0; i < MAX_TRIES; i++) {
            int made =
                    path.isRoot() ? -Errno.EEXIST : Names.makeDirectory(parent, path.nameBytes());
            int looked =
                    made < 0 && made != -Errno.EEXIST ? made : Statx.look(parent, path.nameBytes());
            if (looked >= 0 && Statx.seen().kind() == Stat.Kind.DIRECTORY) {
                return directory(path, trashed);
            }
            int cleared = looked < 0 ? looked : clear(parent, placement);
            if (cleared < 0 && cleared != -Errno.ENOENT) {
                return Failures.failed("make directory", path, cleared);
            }
            trashed |= cleared == TRASHED;
        }
        return Placing.keepsChanging(path);
    }

    private static Outcome directory(EntryPath path, boolean trashed) {
        return Statx.seesMount() && !path.isRoot()
                ? Failures.failed("use directory", path, -Errno.EXDEV)
                : new Outcome.Done(Optional.of(Statx.seen()), trashed);
    }

    /** Takes a file or symlink out of the way: zero or {@link #TRASHED}, or the negative errno. */
    private int clear(int parent, Placement placement) {
        EntryPath path = placement.entry().path();
        Optional<Stat> expected = placement.expected().filter(Statx.seen()::isSameTuple);
        Workspace.Taken taken = workspace.takeOut(parent, path);
        if (taken.result() < 0) {
            return taken.result();
        }
        return workspace.dispose(taken.name(), path, expected) ? TRASHED : 0;
    }

    Outcome set(MetadataChange change) {
        EntryPath path = change.path();
        int parent = workspace.parentOf(path);
        byte[] name = path.nameBytes();
        int looked = parent < 0 ? parent : Statx.look(parent, name);
        if (looked < 0) {
            return Failures.failed("set metadata of", path, looked);
        }
        if (Statx.seesMount() && !path.isRoot()) {
            return Failures.failed("set metadata of", path, -Errno.EXDEV);
        }
        Stat there = Statx.seen();
        if (there.kind() == Stat.Kind.OTHER) {
            return new Outcome.Failed(
                    ErrorCode.ENTRY_UNSUPPORTED, "What is at " + path + " is not carried over.");
        }
        if (change.expected().filter(seen -> !seen.isSameTuple(there)).isPresent()) {
            return Staging.edited(path);
        }
        if (there.metadata().equals(change.metadata())) {
            return new Outcome.Done(Optional.of(there), false);
        }
        int touched = Touch.apply(parent, name, there, change.metadata());
        Outcome outcome =
                touched < 0
                        ? Failures.failed("set metadata of", path, touched)
                        : Staging.present("set metadata of", path, parent, name);
        return outcome instanceof Outcome.Done(Optional<Stat> stat, boolean _)
                        && !isSameThing(stat.orElseThrow(), there)
                ? Staging.edited(path)
                : outcome;
    }

    /** What is in a directory changes its size. */
    private static boolean isSameThing(Stat found, Stat before) {
        return found.isSameInode(before)
                && (found.kind() == Stat.Kind.DIRECTORY || found.sizeBytes() == before.sizeBytes());
    }
}
