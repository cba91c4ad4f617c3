package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.tree.Stat;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one piece of work at a target has at hand. Everything but the root is opened when first
 * needed.
 */
final class Workspace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);
    private static final String OUTGOING = "out-";

    /**
     * Parts the names of one process; those left by an earlier one are found in use and passed
     * over.
     */
    private static final AtomicLong NEXT_OUTGOING = new AtomicLong();

    private final Claim.OpenTarget target;
    private final Renames renames;
    private final Directories directories;
    private final TrashBin bin;
    private Descriptor stage = new Descriptor(-Errno.EBADF);

    Workspace(Claim.OpenTarget target, Renames renames, Trash trash) {
        this.target = target;
        this.renames = renames;
        this.directories = Directories.forWriting(target.root());
        this.bin = new TrashBin(trash, target.control(), renames);
    }

    Descriptor root() {
        return target.root();
    }

    Renames renames() {
        return renames;
    }

    TrashBin bin() {
        return bin;
    }

    /** The number of the opened directory that holds the path, or the negative errno. */
    int parentOf(EntryPath path) {
        return target.isOwn(path) ? -Errno.ENOENT : directories.parentOf(path);
    }

    /**
     * True for the paths at which no entry may come or go: the root itself and our own directory.
     */
    boolean isReserved(EntryPath path) {
        return path.isRoot() || target.isOwn(path);
    }

    static Outcome.Failed reserved(EntryPath path) {
        return new Outcome.Failed(
                ErrorCode.INVARIANT_BROKEN, "No entry comes or goes at '" + path + "'.");
    }

    /** The number of the opened stage, or the negative errno. */
    int stage() {
        if (!stage.isOpen()) {
            stage = Claim.openInside(target.control(), Claim.STAGE);
        }
        return stage.number();
    }

    Descriptor openPartials() {
        return Claim.openInside(target.control(), Claim.PARTIAL);
    }

    /** Begins again as long as space is short and the trash has some to give. */
    Outcome withSpace(Supplier<Outcome> work) {
        Outcome outcome = work.get();
        while (outcome instanceof Outcome.Failed failed
                && failed.code() == ErrorCode.NO_SPACE
                && bin.giveWay()) {
            outcome = work.get();
        }
        return outcome;
    }

    /** The same for a call whose result may be a negative errno. */
    long callWithSpace(LongSupplier call) {
        long result = call.getAsLong();
        while (Errno.isFull(result) && bin.giveWay()) {
            result = call.getAsLong();
        }
        return result;
    }

    /** Moves what is at a path, in its opened parent, into the stage. */
    Taken takeOut(int parent, EntryPath path) {
        int into = stage();
        if (into < 0) {
            return new Taken(into, new byte[0]);
        }
        while (true) {
            byte[] name = outgoingName();
            int moved = renames.take(parent, path.nameBytes(), into, name);
            if (moved != -Errno.EEXIST) {
                return new Taken(moved, name);
            }
        }
    }

    /**
     * Something that came out of the tree.
     *
     * @param result zero, or the negative errno
     * @param name where it is in the stage
     */
    record Taken(int result, byte[] name) {}

    /**
     * Ends what came out of the tree: what is surely as expected goes away, all else to the trash,
     * also what somebody may still write to. True for the trash.
     */
    boolean dispose(byte[] name, EntryPath path, Optional<Stat> expected) {
        if (expected.isPresent() && isStill(expected.get(), name)) {
            Names.remove(stage(), name);
            return false;
        }
        toTrash(name, path);
        return true;
    }

    /** Moves something from the stage to the trash. What the trash refuses stays. */
    void toTrash(byte[] name, EntryPath path) {
        int taken = bin.take(stage(), name, path);
        if (taken < 0) {
            LOG.atWarn()
                    .addKeyValue("path", path)
                    .addKeyValue("cause", Errno.name(-taken))
                    .log("trash refused");
            leaveInStage(name);
        }
    }

    /**
     * In this order: whoever wrote, and closed the file before it was asked for, shows in the stat.
     */
    private boolean isStill(Stat expected, byte[] name) {
        boolean mayBeWritten = expected.kind() == Stat.Kind.FILE && Writers.hasOne(stage(), name);
        return !mayBeWritten
                && Statx.look(stage(), name) >= 0
                && isSameButForMove(Statx.seen(), expected);
    }

    /**
     * Under a name that is never ours: the next recovery keeps it. Where it cannot have one, only
     * its intent tells that it is not ours, so the call must fail as a whole: an outcome would end
     * the intent.
     */
    private void leaveInStage(byte[] name) {
        if (isOutgoing(name)) {
            return;
        }
        int moved;
        do {
            moved = renames.move(stage(), name, stage(), outgoingName());
        } while (moved == -Errno.EEXIST);
        if (moved < 0 && moved != -Errno.ENOENT) {
            throw Failures.writing("keep what came out of the tree in", "the stage", moved);
        }
    }

    private static byte[] outgoingName() {
        return (OUTGOING + NEXT_OUTGOING.incrementAndGet()).getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isOutgoing(byte[] name) {
        return new String(name, StandardCharsets.US_ASCII).startsWith(OUTGOING);
    }

    @Override
    public void close() {
        bin.close();
        directories.close();
        stage.close();
        target.close();
    }

    /** A rename sets the change time, so that one is compared before the move and not after it. */
    static boolean isSameButForMove(Stat found, Stat expected) {
        return found.kind() == expected.kind()
                && found.sizeBytes() == expected.sizeBytes()
                && found.metadata().equals(expected.metadata())
                && found.isSameInode(expected);
    }
}
