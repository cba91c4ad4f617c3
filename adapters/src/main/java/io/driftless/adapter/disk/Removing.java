package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Removal;
import io.driftless.tree.Stat;
import java.util.Optional;

/** Takes things out of the tree. */
final class Removing {
    private static final Outcome GONE = new Outcome.Done(Optional.empty(), false);
    private static final Outcome TRASHED = new Outcome.Done(Optional.empty(), true);

    private final Workspace workspace;

    Removing(Workspace workspace) {
        this.workspace = workspace;
    }

    Outcome remove(Removal removal) {
        EntryPath path = removal.path();
        if (workspace.isReserved(path)) {
            return Workspace.reserved(path);
        }
        int parent = workspace.parentOf(path);
        int looked = parent < 0 ? parent : Statx.look(parent, path.nameBytes());
        if (Errno.isAbsent(looked)) {
            return GONE;
        }
        if (looked < 0) {
            return Failures.failed("remove", path, looked);
        }
        Stat there = Statx.seen();
        return there.kind() == Stat.Kind.DIRECTORY
                ? removeDirectory(
                        parent, path, removal.expected().filter(there::isSameInode).isPresent())
                : removeOther(parent, path, removal.expected().filter(there::isSameTuple));
    }

    /** An empty directory of which nobody knows is remembered in the trash. */
    private Outcome removeDirectory(int parent, EntryPath path, boolean isKnown) {
        int removed = Names.removeDirectory(parent, path.nameBytes());
        if (removed == -Errno.ENOENT) {
            return GONE;
        }
        if (removed == -Errno.ENOTDIR) {
            return Placing.keepsChanging(path);
        }
        if (removed < 0) {
            return Failures.failed("remove", path, removed);
        }
        return !isKnown && workspace.bin().remember(path) == 0 ? TRASHED : GONE;
    }

    private Outcome removeOther(int parent, EntryPath path, Optional<Stat> expected) {
        Workspace.Taken taken = workspace.takeOut(parent, path);
        if (taken.result() == -Errno.ENOENT) {
            return GONE;
        }
        if (taken.result() < 0) {
            return Failures.failed("remove", path, taken.result());
        }
        boolean isDirectory =
                Statx.look(workspace.stage(), taken.name()) >= 0
                        && Statx.seen().kind() == Stat.Kind.DIRECTORY;
        if (isDirectory) {
            workspace.renames().move(workspace.stage(), taken.name(), parent, path.nameBytes());
            return Placing.foreign(path);
        }
        return workspace.dispose(taken.name(), path, expected) ? TRASHED : GONE;
    }

    Outcome moveToTrash(EntryPath path) {
        if (workspace.isReserved(path)) {
            return Workspace.reserved(path);
        }
        int parent = workspace.parentOf(path);
        int looked = parent < 0 ? parent : Statx.look(parent, path.nameBytes());
        if (Errno.isAbsent(looked)) {
            return GONE;
        }
        int taken = looked < 0 ? looked : workspace.bin().take(parent, path.nameBytes(), path);
        if (taken == -Errno.ENOENT) {
            return GONE;
        }
        return taken < 0 ? Failures.failed("move to the trash", path, taken) : TRASHED;
    }
}
