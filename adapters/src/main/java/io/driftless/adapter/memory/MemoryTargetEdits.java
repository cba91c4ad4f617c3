package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.Removal;
import io.driftless.port.TargetTree.TakeOver;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.Optional;

/**
 * What changes the visible part of a target, one path at a time, in the steps that a real file
 * system needs.
 */
final class MemoryTargetEdits {
    private static final int UNFINISHED_MODE = 0700;

    private final MemoryTree tree;
    private final MemoryOwnArea own;
    private final MemoryStage stage;

    MemoryTargetEdits(MemoryTree tree, MemoryOwnArea own, MemoryStage stage) {
        this.tree = tree;
        this.own = own;
        this.stage = stage;
    }

    Outcome place(Placement placement) {
        EntryPath goal = placement.entry().path();
        EntryPath staged = own.staged(placement.name());
        Optional<Outcome> hindrance = hindrance(goal).or(() -> prepare(placement, staged));
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        Optional<MemoryNode> there = tree.node(goal);
        if (there.isEmpty()) {
            return tree.rename(staged, goal) ? done(goal, false) : crossDevice(goal);
        }
        if (there.get().isDirectory()) {
            return placeOverDirectory(placement, staged, there.get());
        }
        boolean isExpected = isExpected(placement.expected(), there.get());
        return tree.exchange(staged, goal)
                ? done(goal, dispose(staged, isExpected))
                : crossDevice(goal);
    }

    /** Why nothing can be done at this path. */
    private Optional<Outcome> hindrance(EntryPath goal) {
        if (goal.isRoot() || MemoryLook.isOwn(goal)) {
            return Optional.of(
                    failed(ErrorCode.INVARIANT_BROKEN, goal + " is not a place for an entry."));
        }
        if (tree.look(goal)
                instanceof Found.Unreadable(EntryPath _, ErrorCode code, String message)) {
            return Optional.of(failed(code, message));
        }
        boolean hasDirectory = tree.node(goal.parent()).filter(MemoryNode::isDirectory).isPresent();
        return hasDirectory
                ? Optional.empty()
                : Optional.of(
                        failed(
                                ErrorCode.ENTRY_VANISHED,
                                "There is no directory around " + goal + "."));
    }

    /** Makes sure that what is to be placed is in the stage. */
    private Optional<Outcome> prepare(Placement placement, EntryPath staged) {
        boolean isStaged = tree.node(staged).isPresent();
        return switch (placement.entry()) {
            case Entry.FileEntry _ when isStaged -> Optional.empty();
            case Entry.FileEntry _ ->
                    Optional.of(
                            failed(
                                    ErrorCode.ENTRY_VANISHED,
                                    "Nothing is staged as " + placement.name().value() + "."));
            case Entry.SymlinkEntry _ when isStaged ->
                    Optional.of(MemoryStage.inUse(placement.name()));
            case Entry.SymlinkEntry symlink -> {
                own.make();
                tree.symlink(staged, symlink.target());
                stage.described(staged, symlink.metadata());
                yield Optional.empty();
            }
            case Entry.DirectoryEntry directory ->
                    Optional.of(
                            failed(
                                    ErrorCode.INVARIANT_BROKEN,
                                    "Directory " + directory.path() + " is not staged."));
        };
    }

    private Outcome placeOverDirectory(Placement placement, EntryPath staged, MemoryNode there) {
        EntryPath goal = placement.entry().path();
        boolean isOurs = placement.expected().filter(there.stat()::isSameInode).isPresent();
        if (!isOurs || !tree.unlink(goal)) {
            if (placement.entry() instanceof Entry.SymlinkEntry) {
                tree.unlink(staged);
            }
            return failed(ErrorCode.FOREIGN_IN_THE_WAY, "Directory " + goal + " is in the way.");
        }
        return tree.rename(staged, goal) ? done(goal, false) : crossDevice(goal);
    }

    /**
     * What was displaced goes away or, unexpected, to the trash; what the trash refuses is kept in
     * the stage. True for the trash.
     */
    private boolean dispose(EntryPath displaced, boolean isExpected) {
        return isExpected ? !tree.unlink(displaced) : own.keep(displaced);
    }

    private static boolean isExpected(Optional<Stat> expected, MemoryNode there) {
        return expected.filter(there.stat()::isSameTuple).isPresent();
    }

    Outcome makeDirectory(Placement placement) {
        EntryPath goal = placement.entry().path();
        if (goal.isRoot()) {
            return done(goal, false);
        }
        Optional<Outcome> hindrance = hindrance(goal);
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        Optional<MemoryNode> there = tree.node(goal);
        if (there.filter(MemoryNode::isDirectory).isPresent()) {
            return done(goal, false);
        }
        Optional<Boolean> isTrashed =
                there.map(node -> isExpected(placement.expected(), node))
                        .map(known -> dispose(goal, known));
        tree.mkdir(goal);
        tree.chmod(goal, UNFINISHED_MODE);
        return done(goal, isTrashed.orElse(false));
    }

    Outcome remove(Removal removal) {
        EntryPath path = removal.path();
        if (tree.node(path).isEmpty()) {
            return new Outcome.Done(Optional.empty(), false);
        }
        Optional<Outcome> hindrance = hindrance(path);
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        MemoryNode there = tree.node(path).orElseThrow();
        if (!there.children.isEmpty()) {
            return failed(ErrorCode.FOREIGN_IN_THE_WAY, "Directory " + path + " is not empty.");
        }
        boolean isOurs =
                there.isDirectory()
                        ? removal.expected().filter(there.stat()::isSameInode).isPresent()
                        : isExpected(removal.expected(), there);
        boolean isTrashed = dispose(path, isOurs);
        return tree.node(path).isPresent()
                ? crossDevice(path)
                : new Outcome.Done(Optional.empty(), isTrashed);
    }

    Outcome moveToTrash(EntryPath path) {
        if (tree.node(path).isEmpty()) {
            return new Outcome.Done(Optional.empty(), false);
        }
        Optional<Outcome> hindrance = hindrance(path);
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        return own.trash(path) ? new Outcome.Done(Optional.empty(), true) : crossDevice(path);
    }

    Outcome takeOver(TakeOver file) {
        Optional<Outcome> hindrance = hindrance(file.from());
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        Optional<MemoryNode> there = tree.node(file.from()).filter(MemoryNode::isFile);
        if (there.isEmpty()) {
            return failed(ErrorCode.ENTRY_VANISHED, "There is no file " + file.from() + ".");
        }
        if (!isExpected(Optional.of(file.expected()), there.get())) {
            return edited(file.from());
        }
        if (there.get().links > 1) {
            return failed(ErrorCode.HARD_LINKED, "File " + file.from() + " has other names.");
        }
        own.make();
        EntryPath staged = own.staged(file.name());
        if (tree.node(staged).isPresent()) {
            return MemoryStage.inUse(file.name());
        }
        return tree.rename(file.from(), staged)
                ? stage.described(staged, file.entry().metadata())
                : crossDevice(file.from());
    }

    Outcome setMetadata(MetadataChange change) {
        EntryPath path = change.path();
        Found found = MemoryLook.isOwn(path) ? new Found.Absent(path) : tree.look(path);
        return switch (found) {
            case Found.Absent _ ->
                    failed(ErrorCode.ENTRY_VANISHED, "There is nothing at " + path + ".");
            case Found.Unreadable(EntryPath _, ErrorCode code, String message) ->
                    failed(code, message);
            case Found.Present present when present.stat().kind() == Stat.Kind.OTHER ->
                    failed(
                            ErrorCode.ENTRY_UNSUPPORTED,
                            "What is at " + path + " is not carried over.");
            case Found.Present present
                    when change.expected()
                            .filter(seen -> !seen.isSameTuple(present.stat()))
                            .isPresent() ->
                    edited(path);
            case Found.Present present -> {
                boolean isRight =
                        MemoryTree.settable(present.stat().kind(), change.metadata())
                                .equals(present.stat().metadata());
                if (!isRight) {
                    tree.describe(path, old -> change.metadata());
                }
                yield done(path, false);
            }
        };
    }

    private Outcome done(EntryPath path, boolean isTrashed) {
        return new Outcome.Done(tree.node(path).map(MemoryNode::stat), isTrashed);
    }

    private static Outcome edited(EntryPath path) {
        return failed(ErrorCode.LOCAL_EDIT, "What is at " + path + " is not as it was left.");
    }

    private static Outcome crossDevice(EntryPath path) {
        return failed(ErrorCode.CROSS_DEVICE, path + " is on another file system than the stage.");
    }

    private static Outcome failed(ErrorCode code, String message) {
        return new Outcome.Failed(code, message);
    }
}
