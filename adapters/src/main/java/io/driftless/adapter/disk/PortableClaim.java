package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Ground;
import io.driftless.port.TargetTree.Marker;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The right to change a target, by the same marker and lock as {@link Claim}. */
final class PortableClaim {
    private static final byte[] LOCK = "lock".getBytes(US_ASCII);
    private static final byte[] MARKER = "marker.json".getBytes(US_ASCII);
    private static final byte[] NEXT_MARKER = "marker.next".getBytes(US_ASCII);
    private static final int OWNER_ONLY = 0700;
    private static final int MAX_MARKER_BYTES = 64 << 10;

    private final PortableRoot root;
    private @Nullable Held held;

    /**
     * @param file tells whether the lock file that is there now is the locked one
     */
    private record Held(FileChannel channel, Object file, Marker owner) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    PortableClaim(PortableRoot root) {
        this.root = root;
    }

    /**
     * Gives back the marker as it was before. One of another incarnation stays until {@link #mark}.
     */
    synchronized Optional<Marker> take(Marker owner) {
        if (!root.isKnown()) {
            makeRoot(root.path());
            root.know();
        }
        try (PortableDirectory top = root.open();
                PortableDirectory control = makeControl(top)) {
            if (isHeld(control)) {
                return adopt(control, owner);
            }
            release();
            held = lock(control, owner);
            return adoptOrRelease(control, owner);
        } catch (IOException refused) {
            throw notWritable(refused);
        }
    }

    /** What is under the root's name, whichever directory that is. */
    Ground ground() {
        PortableRoot now = new PortableRoot(root.path());
        if (!now.isKnown()) {
            return new Ground.Absent(Optional.empty());
        }
        try (PortableDirectory top = now.open()) {
            if (top.statIfPresent(Own.NAME).isEmpty()) {
                return new Ground.Unmarked();
            }
            try (PortableDirectory control = top.child(Own.NAME)) {
                return readMarker(control)
                        .<Ground>map(Ground.Marked::new)
                        .orElseGet(Ground.Unmarked::new);
            }
        } catch (IOException refused) {
            throw notWritable(refused);
        }
    }

    private Optional<Marker> adoptOrRelease(PortableDirectory control, Marker owner)
            throws IOException {
        try {
            return adopt(control, owner);
        } catch (SyncException refused) {
            release();
            throw refused;
        }
    }

    /**
     * Another agent's marker of the same target and folder is that of a lost state, as the lock was
     * free.
     */
    private Optional<Marker> adopt(PortableDirectory control, Marker owner) throws IOException {
        Optional<Marker> before = readMarker(control);
        boolean isOther =
                before.filter(marker ->
                                !marker.target().equals(owner.target())
                                        || !marker.folder().equals(owner.folder()))
                        .isPresent();
        if (isOther) {
            throw new SyncException(
                    ErrorCode.TARGET_TAKEN,
                    "Target %s belongs to another target or folder.".formatted(root.path()));
        }
        if (before.isEmpty()) {
            writeMarker(control, owner);
        }
        return before;
    }

    private static void makeRoot(Path path) {
        try {
            Files.createDirectories(path);
        } catch (FileAlreadyExistsException inTheWay) {
            throw new SyncException(
                    ErrorCode.TARGET_NOT_DIRECTORY,
                    "Target " + path + " is not a directory.",
                    inTheWay);
        } catch (IOException refused) {
            throw new SyncException(
                    ErrorCode.TARGET_NOT_WRITABLE,
                    PortableFailures.message("make target", path, refused),
                    refused);
        }
    }

    private static PortableDirectory makeControl(PortableDirectory top) throws IOException {
        if (top.statIfPresent(Own.NAME).isEmpty()) {
            Files.createDirectory(top.checked(Own.NAME));
        }
        PortableDirectory control = top.child(Own.NAME);
        try {
            if (top.stat(Own.NAME).metadata().mode() != OWNER_ONLY) {
                PortableTouch.changeMode(top, Own.NAME, OWNER_ONLY);
            }
            return control;
        } catch (IOException refused) {
            control.close();
            throw refused;
        }
    }

    /** A directory in our own, made where it is missing. */
    static PortableDirectory openInside(PortableDirectory control, byte[] name) throws IOException {
        if (control.statIfPresent(name).isEmpty()) {
            Files.createDirectory(control.checked(name));
        }
        return control.child(name);
    }

    private Held lock(PortableDirectory control, Marker owner) throws IOException {
        FileChannel channel =
                control.file(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isLocked(channel)) {
            channel.close();
            throw new SyncException(
                    ErrorCode.TARGET_TAKEN,
                    "Another agent is at work on target " + root.path() + ".");
        }
        return new Held(channel, identityOf(control), owner);
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        }
    }

    private boolean isHeld(PortableDirectory control) throws IOException {
        return held != null
                && control.statIfPresent(LOCK).isPresent()
                && held.file.equals(identityOf(control));
    }

    private static Object identityOf(PortableDirectory control) throws IOException {
        return control.stat(LOCK).inode();
    }

    private static Optional<Marker> readMarker(PortableDirectory control) throws IOException {
        try (FileChannel file = control.file(MARKER, StandardOpenOption.READ)) {
            ByteBuffer json = ByteBuffer.allocate(MAX_MARKER_BYTES);
            PortableReading.readFully(file, 0, json);
            byte[] bytes = new byte[json.remaining()];
            json.get(bytes);
            return Optional.of(MarkerJson.parse(bytes));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /** Replaced as a whole and durable before it counts. */
    private static void writeMarker(PortableDirectory control, Marker marker) throws IOException {
        try (FileChannel file =
                control.file(
                        NEXT_MARKER,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            PortableStaging.writeFully(file, 0, ByteBuffer.wrap(MarkerJson.print(marker)));
            file.force(true);
        }
        control.move(NEXT_MARKER, control, MARKER);
        PortableStaging.syncDirectory(control);
    }

    synchronized void mark(Marker marker) {
        try (OpenTarget target = open()) {
            writeMarker(target.control, marker);
            Held now = held();
            held = new Held(now.channel, now.file, marker);
        } catch (IOException refused) {
            throw PortableFailures.writing("write", "the target's marker", refused);
        }
    }

    synchronized void release() {
        Held now = held;
        held = null;
        if (now != null) {
            try {
                now.close();
            } catch (IOException failed) {
                throw PortableFailures.writing("unlock", root.path(), failed);
            }
        }
    }

    /** The root and our own directory in it. */
    record OpenTarget(PortableDirectory root, PortableDirectory control) implements AutoCloseable {
        /** True for paths in our own directory, also by another name that the disk knows it by. */
        boolean isOwn(EntryPath path) throws IOException {
            Optional<byte[]> name = Own.spelledOtherwise(path);
            return Own.holds(path) || (name.isPresent() && leadsIn(name.get()));
        }

        private boolean leadsIn(byte[] name) throws IOException {
            Optional<Stat> found = root.statIfPresent(name);
            return found.isPresent() && found.get().isSameInode(root.stat(Own.NAME));
        }

        @Override
        public void close() throws IOException {
            control.close();
            root.close();
        }
    }

    /**
     * Both compared just now with what was claimed. Where somebody removed our directory it is
     * claimed again.
     */
    synchronized OpenTarget open() {
        Held now = held();
        try {
            PortableDirectory top = root.open();
            Optional<PortableDirectory> control = Optional.empty();
            try {
                control = claimedIn(top);
            } finally {
                if (control.isEmpty()) {
                    top.close();
                }
            }
            if (control.isPresent()) {
                return new OpenTarget(top, control.get());
            }
            take(now.owner);
        } catch (IOException refused) {
            throw notWritable(refused);
        }
        return open();
    }

    /** Our own directory, opened, where it is the one that was claimed. */
    private Optional<PortableDirectory> claimedIn(PortableDirectory top) throws IOException {
        if (top.statIfPresent(Own.NAME).isEmpty()) {
            return Optional.empty();
        }
        PortableDirectory control = top.child(Own.NAME);
        boolean isClaimed = false;
        try {
            isClaimed = isHeld(control);
        } finally {
            if (!isClaimed) {
                control.close();
            }
        }
        return isClaimed ? Optional.of(control) : Optional.empty();
    }

    private Held held() {
        Held now = held;
        if (now == null) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN, "Target " + root.path() + " was not claimed.");
        }
        return now;
    }

    private SyncException notWritable(IOException refused) {
        ErrorCode code = PortableFailures.whenWriting(refused);
        boolean isFinal = code == ErrorCode.NOT_PERMITTED || code == ErrorCode.ENTRY_VANISHED;
        return new SyncException(
                isFinal ? ErrorCode.TARGET_NOT_WRITABLE : code,
                PortableFailures.message("use", root.path() + "/.driftless", refused),
                refused);
    }
}
