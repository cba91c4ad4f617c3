package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one piece of work at a target has at hand. */
final class PortableWorkspace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortableWorkspace.class);
    private static final String OUTGOING = "out-";
    private static final byte[] STAGE = "stage".getBytes(US_ASCII);
    private static final byte[] PARTIAL = "partial".getBytes(US_ASCII);
    private static final byte[] TRASH = "trash".getBytes(US_ASCII);

    /**
     * Parts the names of one process; those left by an earlier one are found in use and passed
     * over.
     */
    private static final AtomicLong NEXT_NAME = new AtomicLong();

    private final PortableClaim.OpenTarget target;
    private final PortableTrash trash;
    private final PortableDirectory stage;
    private final PortableDirectory partials;
    private final PortableDirectory trashed;

    private PortableWorkspace(
            PortableClaim.OpenTarget target, PortableTrash trash, List<PortableDirectory> areas) {
        this.target = target;
        this.trash = trash;
        this.stage = areas.get(0);
        this.partials = areas.get(1);
        this.trashed = areas.get(2);
    }

    /** Closes the target with itself, and where it cannot be opened. */
    static PortableWorkspace open(PortableClaim.OpenTarget target, PortableTrash trash)
            throws IOException {
        List<PortableDirectory> areas = new ArrayList<>();
        try {
            for (byte[] name : List.of(STAGE, PARTIAL, TRASH)) {
                areas.add(PortableClaim.openInside(target.control(), name));
            }
            return new PortableWorkspace(target, trash, areas);
        } catch (IOException refused) {
            for (PortableDirectory area : areas) {
                area.close();
            }
            target.close();
            throw refused;
        }
    }

    PortableDirectory root() {
        return target.root();
    }

    PortableDirectory stage() {
        return stage;
    }

    PortableDirectory partials() {
        return partials;
    }

    static byte[] bytes(StageName name) {
        return name.value().getBytes(US_ASCII);
    }

    boolean isStaged(StageName name) throws IOException {
        return stage.statIfPresent(bytes(name)).isPresent();
    }

    /**
     * True for the paths at which no entry may come or go: the root itself and our own directory.
     */
    boolean isReserved(EntryPath path) throws IOException {
        return path.isRoot() || target.isOwn(path);
    }

    static Outcome reserved(EntryPath path) {
        return new Outcome.Failed(
                ErrorCode.INVARIANT_BROKEN, "No entry comes or goes at '" + path + "'.");
    }

    static Outcome inUse(StageName name) {
        return new Outcome.Failed(
                ErrorCode.INVARIANT_BROKEN, "Stage name " + name.value() + " is in use.");
    }

    /** A name that nothing in the stage has. */
    byte[] freeName() throws IOException {
        byte[] name;
        do {
            name = (OUTGOING + NEXT_NAME.incrementAndGet()).getBytes(US_ASCII);
        } while (stage.statIfPresent(name).isPresent());
        return name;
    }

    /** Moves what is at a path into the stage and gives back its name there. */
    byte[] takeOut(PortableDirectory parent, EntryPath path) throws IOException {
        byte[] name = freeName();
        parent.move(path.nameBytes(), stage, name);
        if (stage.stat(name).kind() != Stat.Kind.DIRECTORY) {
            return name;
        }
        stage.move(name, parent, path.nameBytes());
        throw new DirectoryNotEmptyException(path.toString());
    }

    /**
     * Ends what came out of the tree: what is surely as expected goes away, all else to the trash.
     * True for the trash.
     */
    boolean dispose(byte[] name, EntryPath path, Optional<Stat> expected) throws IOException {
        Stat found = stage.stat(name);
        if (expected.filter(known -> isSameButForMove(found, known)).isPresent()) {
            stage.remove(name);
            return false;
        }
        toTrash(name, path);
        return true;
    }

    /**
     * Moves something from the stage to the trash. What the trash refuses stays, under a name that
     * is never ours: the next recovery keeps it.
     */
    void toTrash(byte[] name, EntryPath path) throws IOException {
        try {
            withSpace(() -> {
                trash(stage, name, path);
                return path;
            });
        } catch (IOException refused) {
            LOG.atWarn()
                    .addKeyValue("path", path)
                    .addKeyValue("cause", refused)
                    .log("trash refused");
            if (!new String(name, US_ASCII).startsWith(OUTGOING)) {
                stage.move(name, stage, freeName());
            }
        }
    }

    /** A rename sets the change time, so that one is compared before the move and not after it. */
    static boolean isSameButForMove(Stat found, Stat expected) {
        return found.kind() == expected.kind()
                && found.sizeBytes() == expected.sizeBytes()
                && found.metadata().equals(expected.metadata())
                && found.isSameInode(expected);
    }

    /** Moves something to the trash, under the path it had. */
    void trash(PortableDirectory directory, byte[] name, EntryPath path) throws IOException {
        trash.take(trashed, directory, name, path);
    }

    void expireTrash() throws IOException {
        trash.expire(trashed);
    }

    /** The work, again as long as space is short and the trash has some to give. */
    <T> T withSpace(Work<T> work) throws IOException {
        while (true) {
            try {
                return work.run();
            } catch (IOException failure) {
                if (!PortableFailures.isFull(failure) || !trash.giveWay(trashed)) {
                    throw failure;
                }
            }
        }
    }

    interface Work<T> {
        T run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        trashed.close();
        partials.close();
        stage.close();
        target.close();
    }
}
