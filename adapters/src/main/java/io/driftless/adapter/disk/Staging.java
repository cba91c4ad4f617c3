package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.port.TargetTree.TakeOver;
import io.driftless.tree.Stat;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Brings files into the stage. */
final class Staging {
    private static final int NEW_FILE = Flag.O_WRONLY | Flag.O_CREAT | Flag.O_EXCL;
    private static final byte[] SELF = {};

    private final Workspace workspace;

    Staging(Workspace workspace) {
        this.workspace = workspace;
    }

    static byte[] bytes(StageName name) {
        return name.value().getBytes(US_ASCII);
    }

    static Outcome.Failed inUse(StageName name) {
        return new Outcome.Failed(
                ErrorCode.INVARIANT_BROKEN, "Stage name " + name.value() + " is in use.");
    }

    /** What has this name in an opened directory now, as the outcome of an item. */
    static Outcome present(String verb, Object path, int directory, byte[] name) {
        int looked = Statx.look(directory, name);
        return looked < 0
                ? new Outcome.Failed(
                        Failures.whenWriting(looked), Failures.message(verb, path, looked))
                : new Outcome.Done(Optional.of(Statx.seen()), false);
    }

    Outcome write(SmallFile file) {
        int stage = workspace.stage();
        byte[] name = bytes(file.name());
        try (Descriptor made =
                stage < 0 ? new Descriptor(stage) : Opening.inside(stage, name, NEW_FILE, 0600)) {
            if (made.number() == -Errno.EEXIST) {
                return inUse(file.name());
            }
            int result = made.isOpen() ? fill(made, file) : made.number();
            if (result >= 0) {
                return new Outcome.Done(Optional.of(Statx.seen()), false);
            }
            if (made.isOpen()) {
                Names.remove(stage, name);
            }
            return Failures.failed("stage", file.entry().path(), result);
        }
    }

    /** After any other than a negative errno, the file was looked at last. */
    private static int fill(Descriptor made, SmallFile file) {
        long at = 0;
        for (ByteBuffer piece : file.pieces()) {
            int written = Transfer.write(made, at, piece);
            if (written < 0) {
                return written;
            }
            at += piece.remaining();
        }
        int touched = Touch.applyToNew(made, file.entry().metadata());
        return touched < 0 ? touched : Statx.look(made.number(), SELF);
    }

    Outcome takeOver(TakeOver file) {
        int parent = workspace.parentOf(file.from());
        int looked = parent < 0 ? parent : Statx.look(parent, file.from().nameBytes());
        if (looked < 0 || Statx.seen().kind() != Stat.Kind.FILE) {
            return Failures.failed("take over", file.from(), looked < 0 ? looked : -Errno.ENOENT);
        }
        Stat found = Statx.seen();
        if (!found.isSameTuple(file.expected())) {
            return edited(file.from());
        }
        if (found.links() > 1) {
            return new Outcome.Failed(
                    ErrorCode.HARD_LINKED,
                    "File " + file.from() + " has other names that keep its metadata.");
        }
        return workspace.stage() < 0
                ? Failures.failed("take over", file.from(), workspace.stage())
                : takeOver(parent, file);
    }

    static Outcome edited(EntryPath path) {
        return new Outcome.Failed(
                ErrorCode.LOCAL_EDIT, "What is at " + path + " is not as it was left.");
    }

    private Outcome takeOver(int parent, TakeOver file) {
        int stage = workspace.stage();
        byte[] name = bytes(file.name());
        int moved = workspace.renames().take(parent, file.from().nameBytes(), stage, name);
        if (moved == -Errno.EEXIST) {
            return inUse(file.name());
        }
        int looked = moved < 0 ? moved : Statx.look(stage, name);
        if (looked < 0) {
            return Failures.failed("take over", file.from(), looked);
        }
        Stat taken = Statx.seen();
        if (!Workspace.isSameButForMove(taken, file.expected())) {
            return putBack(parent, file, name);
        }
        int touched = Touch.apply(stage, name, taken, file.entry().metadata());
        return touched < 0
                ? Failures.failed("set metadata of", file.from(), touched)
                : present("take over", file.from(), stage, name);
    }

    private Outcome putBack(int parent, TakeOver file, byte[] name) {
        int back =
                workspace.renames().move(workspace.stage(), name, parent, file.from().nameBytes());
        if (back < 0) {
            workspace.dispose(name, file.from(), Optional.empty());
        }
        return edited(file.from());
    }
}
