package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.Removal;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Changes what is visible. Java renames over what is there without a word, so what is there is
 * moved out first: it is compared then, and for an instant nothing has the name. What comes into
 * being between a look and a rename, both of one call, is the one thing that is not noticed.
 */
final class PortablePlacing {
    private static final int UNFINISHED_MODE = 0700;
    private static final Outcome GONE = new Outcome.Done(Optional.empty(), false);
    private static final Outcome TRASHED = new Outcome.Done(Optional.empty(), true);

    private final PortableWorkspace workspace;

    PortablePlacing(PortableWorkspace workspace) {
        this.workspace = workspace;
    }

    // ---- Coming

    Outcome place(Placement placement) throws IOException {
        EntryPath goal = placement.entry().path();
        if (workspace.isReserved(goal)) {
            return PortableWorkspace.reserved(goal);
        }
        try (PortableDirectory parent = workspace.root().open(goal.parent())) {
            boolean isStaged = workspace.isStaged(placement.name());
            return switch (placement.entry()) {
                case Entry.FileEntry _ when isStaged -> placeStaged(parent, placement);
                case Entry.FileEntry _ ->
                        failed(
                                ErrorCode.ENTRY_VANISHED,
                                "Nothing is staged as " + placement.name().value() + ".");
                case Entry.SymlinkEntry _ when isStaged ->
                        PortableWorkspace.inUse(placement.name());
                case Entry.SymlinkEntry symlink -> placeSymlink(parent, placement, symlink);
                case Entry.DirectoryEntry _ ->
                        failed(ErrorCode.INVARIANT_BROKEN, "Directory " + goal + " is not staged.");
            };
        }
    }

    private Outcome placeSymlink(
            PortableDirectory parent, Placement placement, Entry.SymlinkEntry symlink)
            throws IOException {
        Optional<Path> target = PortablePaths.ofTarget(symlink.target());
        if (target.isEmpty()) {
            return failed(
                    ErrorCode.ENTRY_UNSUPPORTED,
                    "This platform makes no symlink to " + symlink.target() + " byte for byte.");
        }
        byte[] name = PortableWorkspace.bytes(placement.name());
        Files.createSymbolicLink(workspace.stage().checked(name), target.get());
        PortableTouch.apply(
                workspace.stage(), name, workspace.stage().stat(name), symlink.metadata());
        Outcome outcome = placeStaged(parent, placement);
        if (outcome instanceof Outcome.Failed) {
            workspace.stage().remove(name);
        }
        return outcome;
    }

    private Outcome placeStaged(PortableDirectory parent, Placement placement) throws IOException {
        EntryPath goal = placement.entry().path();
        byte[] name = PortableWorkspace.bytes(placement.name());
        Stat staged = workspace.stage().stat(name);
        Optional<Stat> there = parent.statIfPresent(goal.nameBytes());
        if (there.isEmpty()) {
            workspace.stage().move(name, parent, goal.nameBytes());
            return visible(parent, goal, staged);
        }
        if (there.get().kind() == Stat.Kind.DIRECTORY) {
            return placeOverDirectory(parent, placement, there.get());
        }
        Optional<Stat> expected = placement.expected().filter(there.get()::isSameTuple);
        byte[] out = workspace.takeOut(parent, goal);
        try {
            workspace.stage().move(name, parent, goal.nameBytes());
        } catch (IOException failure) {
            workspace.stage().move(out, parent, goal.nameBytes());
            throw failure;
        }
        Outcome outcome = visible(parent, goal, staged);
        boolean isTrashed = workspace.dispose(out, goal, expected);
        return outcome instanceof Outcome.Done(Optional<Stat> stat, boolean _)
                ? new Outcome.Done(stat, isTrashed)
                : outcome;
    }

    /**
     * What stands at the path now, to be looked at before anything else is done: who sees it may
     * write to it, or put something in its place, at once.
     */
    private static Outcome visible(PortableDirectory parent, EntryPath path, Stat staged)
            throws IOException {
        Stat placed = parent.stat(path.nameBytes());
        return PortableWorkspace.isSameButForMove(placed, staged)
                ? new Outcome.Done(Optional.of(placed), false)
                : failed(ErrorCode.LOCAL_EDIT, "What is at " + path + " is not as it was left.");
    }

    private Outcome placeOverDirectory(PortableDirectory parent, Placement placement, Stat there)
            throws IOException {
        EntryPath goal = placement.entry().path();
        if (placement.expected().filter(there::isSameInode).isEmpty()) {
            return failed(ErrorCode.FOREIGN_IN_THE_WAY, "A directory stands at " + goal + ".");
        }
        parent.removeDirectory(goal.nameBytes());
        workspace.stage().move(PortableWorkspace.bytes(placement.name()), parent, goal.nameBytes());
        return done(parent, goal, false);
    }

    /** It is made in the stage: there alone a whole path leads surely where it should. */
    Outcome makeDirectory(Placement placement) throws IOException {
        EntryPath goal = placement.entry().path();
        if (goal.isRoot()) {
            return new Outcome.Done(Optional.of(workspace.root().stat()), false);
        }
        if (workspace.isReserved(goal)) {
            return PortableWorkspace.reserved(goal);
        }
        try (PortableDirectory parent = workspace.root().open(goal.parent())) {
            Optional<Stat> there = parent.statIfPresent(goal.nameBytes());
            if (there.filter(stat -> stat.kind() == Stat.Kind.DIRECTORY).isPresent()) {
                return new Outcome.Done(there, false);
            }
            byte[] made = workspace.freeName();
            Files.createDirectory(workspace.stage().checked(made));
            PortableTouch.changeMode(workspace.stage(), made, UNFINISHED_MODE);
            boolean isTrashed = false;
            if (there.isPresent()) {
                Optional<Stat> expected = placement.expected().filter(there.get()::isSameTuple);
                isTrashed = workspace.dispose(workspace.takeOut(parent, goal), goal, expected);
            }
            workspace.stage().move(made, parent, goal.nameBytes());
            return done(parent, goal, isTrashed);
        }
    }

    // ---- Going

    Outcome remove(Removal removal) throws IOException {
        EntryPath path = removal.path();
        if (workspace.isReserved(path)) {
            return PortableWorkspace.reserved(path);
        }
        try (PortableDirectory parent = workspace.root().open(path.parent())) {
            Stat there = parent.stat(path.nameBytes());
            return there.kind() == Stat.Kind.DIRECTORY
                    ? removeDirectory(parent, removal, there)
                    : removeOther(parent, removal, there);
        } catch (IOException failure) {
            if (PortableFailures.isAbsent(failure)) {
                return GONE;
            }
            throw failure;
        }
    }

    private Outcome removeOther(PortableDirectory parent, Removal removal, Stat there)
            throws IOException {
        Optional<Stat> expected = removal.expected().filter(there::isSameTuple);
        byte[] out = workspace.takeOut(parent, removal.path());
        return workspace.dispose(out, removal.path(), expected) ? TRASHED : GONE;
    }

    /**
     * A directory that is not empty refuses to go, and one that is and of which nobody knows is
     * kept.
     */
    private Outcome removeDirectory(PortableDirectory parent, Removal removal, Stat there)
            throws IOException {
        EntryPath path = removal.path();
        if (removal.expected().filter(there::isSameInode).isPresent()) {
            parent.removeDirectory(path.nameBytes());
            return GONE;
        }
        try (PortableDirectory directory = parent.child(path.nameBytes())) {
            if (!directory.children().isEmpty()) {
                return failed(ErrorCode.FOREIGN_IN_THE_WAY, "Directory " + path + " is not empty.");
            }
        }
        workspace.trash(parent, path.nameBytes(), path);
        return TRASHED;
    }

    Outcome moveToTrash(EntryPath path) throws IOException {
        if (workspace.isReserved(path)) {
            return PortableWorkspace.reserved(path);
        }
        try (PortableDirectory parent = workspace.root().open(path.parent())) {
            parent.stat(path.nameBytes());
            workspace.trash(parent, path.nameBytes(), path);
            return TRASHED;
        } catch (IOException failure) {
            if (PortableFailures.isAbsent(failure)) {
                return GONE;
            }
            throw failure;
        }
    }

    // ---- Staying

    Outcome setMetadata(MetadataChange change) throws IOException {
        EntryPath path = change.path();
        if (path.isRoot()) {
            return setMetadataOfRoot(change);
        }
        if (workspace.isReserved(path)) {
            return failed(ErrorCode.ENTRY_VANISHED, "There is no entry " + path + ".");
        }
        try (PortableDirectory parent = workspace.root().open(path.parent())) {
            Stat there = parent.stat(path.nameBytes());
            if (there.kind() == Stat.Kind.OTHER) {
                return failed(
                        ErrorCode.ENTRY_UNSUPPORTED,
                        "What is at " + path + " is not carried over.");
            }
            if (change.expected().filter(seen -> !seen.isSameTuple(there)).isPresent()) {
                return Staging.edited(path);
            }
            PortableTouch.apply(parent, path.nameBytes(), there, change.metadata());
            return done(parent, path, false);
        }
    }

    /** Through the directory around the root, by the name that the root has there. */
    private Outcome setMetadataOfRoot(MetadataChange change) throws IOException {
        Path real = workspace.root().path().toRealPath();
        workspace.root().check();
        Path around = real.getParent();
        if (around == null) {
            return failed(ErrorCode.TARGET_UNSAFE, "A file system's root is no target.");
        }
        try (PortableDirectory parent = PortableDirectory.open(around)) {
            byte[] name = PortablePaths.nameOf(real);
            PortableTouch.apply(parent, name, parent.stat(name), change.metadata());
        }
        return new Outcome.Done(Optional.of(workspace.root().stat()), false);
    }

    private static Outcome done(PortableDirectory parent, EntryPath path, boolean isTrashed)
            throws IOException {
        return new Outcome.Done(Optional.of(parent.stat(path.nameBytes())), isTrashed);
    }

    private static Outcome failed(ErrorCode code, String message) {
        return new Outcome.Failed(code, message);
    }
}
