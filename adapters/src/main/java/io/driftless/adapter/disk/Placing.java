package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import java.util.Optional;

/** Makes staged files and symlinks visible, and directories. */
final class Placing {
    /**
     * How often the goal may change between a look and a rename before it is left for a later plan.
     */
    private static final int MAX_TRIES = 5;

    private final Workspace workspace;

    Placing(Workspace workspace) {
        this.workspace = workspace;
    }

    Outcome place(Placement placement) {
        EntryPath path = placement.entry().path();
        if (workspace.isReserved(path)) {
            return Workspace.reserved(path);
        }
        int parent = workspace.parentOf(path);
        int ready = parent < 0 ? parent : workspace.stage();
        if (ready < 0) {
            return Failures.failed("place", path, ready);
        }
        return switch (placement.entry()) {
            case Entry.FileEntry _ -> placeStaged(parent, placement);
            case Entry.SymlinkEntry(_, Metadata metadata, LinkTarget target) ->
                    placeSymlink(parent, placement, metadata, target);
            case Entry.DirectoryEntry _ ->
                    new Outcome.Failed(
                            ErrorCode.INVARIANT_BROKEN, "Directory " + path + " is not staged.");
        };
    }

    private Outcome placeSymlink(
            int parent, Placement placement, Metadata metadata, LinkTarget target) {
        EntryPath path = placement.entry().path();
        byte[] name = Staging.bytes(placement.name());
        int made = Names.makeSymlink(target.toBytes(), workspace.stage(), name);
        if (made == -Errno.EEXIST) {
            return Staging.inUse(placement.name());
        }
        int looked = made < 0 ? made : Statx.look(workspace.stage(), name);
        int touched =
                looked < 0 ? looked : Touch.apply(workspace.stage(), name, Statx.seen(), metadata);
        Outcome outcome =
                touched < 0
                        ? Failures.failed("make", path, touched)
                        : placeStaged(parent, placement);
        if (outcome instanceof Outcome.Failed && made == 0) {
            Names.remove(workspace.stage(), name);
        }
        return outcome;
    }

    private Outcome placeStaged(int parent, Placement placement) {
        EntryPath path = placement.entry().path();
        int ready = Statx.look(workspace.stage(), Staging.bytes(placement.name()));
        if (ready < 0) {
            return Failures.failed("place", path, ready);
        }
        Stat staged = Statx.seen();
        for (int i = 0; i < MAX_TRIES; i++) {
            int looked = Statx.look(parent, path.nameBytes());
            Optional<Outcome> outcome =
                    looked >= 0
                            ? over(Statx.seen(), parent, placement, staged)
                            : looked == -Errno.ENOENT
                                    ? intoGap(parent, placement, staged)
                                    : Optional.of(Failures.failed("place", path, looked));
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
        return keepsChanging(path);
    }

    static Outcome keepsChanging(EntryPath path) {
        return new Outcome.Failed(ErrorCode.LOCAL_EDIT, "What is at " + path + " keeps changing.");
    }

    /** Empty where something took the name meanwhile. */
    private Optional<Outcome> intoGap(int parent, Placement placement, Stat staged) {
        EntryPath path = placement.entry().path();
        byte[] name = Staging.bytes(placement.name());
        int moved = workspace.renames().move(workspace.stage(), name, parent, path.nameBytes());
        if (moved == -Errno.EEXIST) {
            return Optional.empty();
        }
        return Optional.of(
                moved < 0 ? Failures.failed("place", path, moved) : visible(parent, path, staged));
    }

    /**
     * What stands at the path now, to be looked at before anything else is done: who sees it may
     * write to it, or put something in its place, at once.
     */
    private static Outcome visible(int parent, EntryPath path, Stat staged) {
        Outcome there = Staging.present("place", path, parent, path.nameBytes());
        return there instanceof Outcome.Done(Optional<Stat> placed, boolean _)
                        && !Workspace.isSameButForMove(placed.orElseThrow(), staged)
                ? Staging.edited(path)
                : there;
    }

    private static Outcome trashed(Outcome outcome, boolean isTrashed) {
        return outcome instanceof Outcome.Done(Optional<Stat> stat, boolean _)
                ? new Outcome.Done(stat, isTrashed)
                : outcome;
    }

    /** Empty where the goal is another one now. */
    private Optional<Outcome> over(Stat there, int parent, Placement placement, Stat staged) {
        if (there.kind() == Stat.Kind.DIRECTORY) {
            return overDirectory(there, parent, placement);
        }
        EntryPath path = placement.entry().path();
        byte[] name = Staging.bytes(placement.name());
        Optional<Stat> expected = placement.expected().filter(there::isSameTuple);
        int swapped =
                workspace.renames().exchange(workspace.stage(), name, parent, path.nameBytes());
        if (Errno.isUnsupported(swapped)) {
            return inTwoSteps(parent, placement, expected, staged);
        }
        if (swapped < 0) {
            return swapped == -Errno.ENOENT && Statx.look(workspace.stage(), name) >= 0
                    ? Optional.empty()
                    : Optional.of(Failures.failed("place", path, swapped));
        }
        Outcome outcome = visible(parent, path, staged);
        if (isDirectory(name)) {
            return Optional.of(swapBack(parent, placement));
        }
        return Optional.of(trashed(outcome, workspace.dispose(name, path, expected)));
    }

    private boolean isDirectory(byte[] staged) {
        return Statx.look(workspace.stage(), staged) >= 0
                && Statx.seen().kind() == Stat.Kind.DIRECTORY;
    }

    /** A directory took the place of the file in the last instant. */
    private Outcome swapBack(int parent, Placement placement) {
        EntryPath path = placement.entry().path();
        byte[] name = Staging.bytes(placement.name());
        int swapped =
                workspace.renames().exchange(workspace.stage(), name, parent, path.nameBytes());
        return swapped < 0 ? Failures.failed("put back", path, swapped) : foreign(path);
    }

    static Outcome foreign(EntryPath path) {
        return new Outcome.Failed(
                ErrorCode.FOREIGN_IN_THE_WAY, "A directory stands at " + path + ".");
    }

    private Optional<Outcome> overDirectory(Stat there, int parent, Placement placement) {
        EntryPath path = placement.entry().path();
        if (placement.expected().filter(there::isSameInode).isEmpty()) {
            return Optional.of(foreign(path));
        }
        int removed = Names.removeDirectory(parent, path.nameBytes());
        return removed == 0 || Errno.isAbsent(removed)
                ? Optional.empty()
                : Optional.of(Failures.failed("replace", path, removed));
    }

    /** For file systems that cannot swap: for an instant nothing is there. */
    private Optional<Outcome> inTwoSteps(
            int parent, Placement placement, Optional<Stat> expected, Stat staged) {
        EntryPath path = placement.entry().path();
        Workspace.Taken taken = workspace.takeOut(parent, path);
        if (taken.result() < 0) {
            return taken.result() == -Errno.ENOENT
                    ? Optional.empty()
                    : Optional.of(Failures.failed("place", path, taken.result()));
        }
        if (isDirectory(taken.name())) {
            workspace.renames().move(workspace.stage(), taken.name(), parent, path.nameBytes());
            return Optional.of(foreign(path));
        }
        Optional<Outcome> outcome = intoGap(parent, placement, staged);
        boolean isToBeBack = outcome.isPresent() && outcome.get() instanceof Outcome.Failed;
        if (isToBeBack
                && workspace
                                .renames()
                                .move(workspace.stage(), taken.name(), parent, path.nameBytes())
                        == 0) {
            return outcome;
        }
        boolean isTrashed = workspace.dispose(taken.name(), path, expected);
        return outcome.map(done -> trashed(done, isTrashed));
    }
}
