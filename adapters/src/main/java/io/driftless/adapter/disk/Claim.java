package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Ground;
import io.driftless.port.TargetTree.Marker;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The right to change a target: a marker that says whose it is, and a lock that is held while we
 * work. Both are in {@code .driftless}, which is open to its owner alone.
 */
final class Claim {
    static final byte[] STAGE = "stage".getBytes(US_ASCII);
    static final byte[] PARTIAL = "partial".getBytes(US_ASCII);
    static final byte[] TRASH = "trash".getBytes(US_ASCII);
    private static final byte[] LOCK = "lock".getBytes(US_ASCII);
    private static final byte[] SELF = {};
    private static final int OWNER_ONLY = 0700;
    private static final Set<PosixFilePermission> OWNER_ONLY_SET =
            PosixFilePermissions.fromString("rwx------");

    private final Root root;
    private @Nullable Held held;

    private record Held(Descriptor lock, Statx.Identity identity, Marker owner) {}

    /** Both compared just now with what was claimed. */
    record OpenTarget(Descriptor root, Descriptor control) implements AutoCloseable {
        /** True for paths in our own directory, also by another name that the disk knows it by. */
        boolean isOwn(EntryPath path) {
            return Own.holds(path) || Own.spelledOtherwise(path).filter(this::leadsIn).isPresent();
        }

        private boolean leadsIn(byte[] name) {
            if (Statx.look(root.number(), name) < 0) {
                return false;
            }
            Statx.Identity found = Statx.identity();
            return Statx.look(control) >= 0 && Statx.identity().equals(found);
        }

        @Override
        public void close() {
            control.close();
            root.close();
        }
    }

    Claim(Root root) {
        this.root = root;
    }

    /** Gives back the marker as it was before, which stays until {@link #mark}. */
    synchronized Optional<Marker> take(Marker owner) {
        if (!root.isKnown()) {
            makeRoot(root.path());
            root.adopt();
        }
        try (Descriptor top = root.open();
                Descriptor control = makeControl(top)) {
            prepare(control);
            Held before = held;
            if (before != null && isSame(control, before)) {
                return take(control, before.lock, owner);
            }
            if (before != null && isElsewhere(control, before)) {
                release(); // The lock may be the same file, and would keep ourselves out.
                before = null;
            }
            Descriptor lock = lock(control);
            try {
                Optional<Marker> marker = take(control, lock, owner);
                if (before != null) {
                    before.lock.close();
                }
                return marker;
            } catch (SyncException refused) {
                lock.close();
                throw refused;
            }
        }
    }

    /** What is under the root's name, whichever directory that is. */
    Ground ground() {
        Root now = new Root(root.path());
        if (!now.isKnown()) {
            return new Ground.Absent(deviceAbove(root.path()));
        }
        try (Descriptor top = now.open();
                Descriptor control = openControl(top)) {
            return control.isOpen()
                    ? MarkerFile.read(control)
                            .<Ground>map(Ground.Marked::new)
                            .orElseGet(Ground.Unmarked::new)
                    : new Ground.Unmarked();
        }
    }

    private static Optional<Long> deviceAbove(Path path) {
        Path above = path.getParent();
        if (above == null) {
            return Optional.empty();
        }
        Root directory = new Root(above);
        if (!directory.isKnown()) {
            return deviceAbove(above);
        }
        try (Descriptor top = directory.open()) {
            return Statx.look(top) < 0 ? Optional.empty() : Optional.of(Statx.seen().device());
        }
    }

    private Optional<Marker> take(Descriptor control, Descriptor lock, Marker owner) {
        Optional<Marker> before = MarkerFile.read(control);
        before.ifPresent(marker -> checkOwner(marker, owner));
        if (before.isEmpty()) {
            MarkerFile.write(control, owner);
        }
        check("look at", Statx.look(lock));
        held = new Held(lock, Statx.identity(), owner);
        return before;
    }

    /**
     * Another agent's marker of the same target and folder is that of a lost state directory, as
     * the lock was free.
     */
    private void checkOwner(Marker before, Marker owner) {
        if (!before.target().equals(owner.target()) || !before.folder().equals(owner.folder())) {
            throw new SyncException(
                    ErrorCode.TARGET_TAKEN,
                    "Target %s belongs to target %s of folder %s, not to %s of %s."
                            .formatted(
                                    root.path(),
                                    before.target(),
                                    before.folder(),
                                    owner.target(),
                                    owner.folder()));
        }
    }

    private static void makeRoot(Path path) {
        try {
            Path parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (!Files.isDirectory(path)) {
                Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY_SET));
            }
        } catch (FileAlreadyExistsException inTheWay) {
            throw new SyncException(
                    ErrorCode.TARGET_NOT_DIRECTORY,
                    "Target " + inTheWay.getFile() + " is not a directory.",
                    inTheWay);
        } catch (IOException refused) {
            throw new SyncException(
                    ErrorCode.TARGET_NOT_WRITABLE,
                    "Target " + path + " cannot be made: " + refused + ".",
                    refused);
        }
    }

    private Descriptor makeControl(Descriptor top) {
        int made = Names.makeDirectory(top.number(), Own.NAME);
        if (made != -Errno.EEXIST) {
            check("make", made);
        }
        return openControl(top);
    }

    private void prepare(Descriptor control) {
        check("open", control.number());
        check("look at", Statx.look(control));
        if (Statx.seen().metadata().mode() != OWNER_ONLY) {
            check("close to others", Touch.changeMode(control.number(), SELF, OWNER_ONLY));
        }
        for (byte[] name : new byte[][] {STAGE, PARTIAL, TRASH}) {
            makeIn(control, name);
        }
    }

    private void makeIn(Descriptor control, byte[] name) {
        int made = Names.makeDirectory(control.number(), name);
        if (made != -Errno.EEXIST) {
            check("make a directory in", made);
        }
    }

    private static Descriptor openControl(Descriptor top) {
        return Opening.beneath(
                top.number(), Own.DIRECTORY, Flag.O_PATH | Flag.O_DIRECTORY, Flag.RESOLVE_NO_XDEV);
    }

    /** One of the directories in our own, made again where somebody removed it. */
    static Descriptor openInside(Descriptor control, byte[] name) {
        Descriptor opened =
                Opening.inside(control.number(), name, Flag.O_PATH | Flag.O_DIRECTORY, 0);
        if (opened.number() != -Errno.ENOENT) {
            return opened;
        }
        int made = Names.makeDirectory(control.number(), name);
        return made < 0 && made != -Errno.EEXIST
                ? new Descriptor(made)
                : Opening.inside(control.number(), name, Flag.O_PATH | Flag.O_DIRECTORY, 0);
    }

    private Descriptor lock(Descriptor control) {
        Descriptor lock = Opening.inside(control.number(), LOCK, Flag.O_RDWR | Flag.O_CREAT, 0600);
        check("lock", lock.number());
        long locked = Kernel.call(Syscall.FLOCK, lock.number(), Flag.LOCK_EX | Flag.LOCK_NB);
        if (locked < 0) {
            lock.close();
            throw new SyncException(
                    ErrorCode.TARGET_TAKEN,
                    "Another agent is at work on target " + root.path() + ".");
        }
        return lock;
    }

    private static boolean isSame(Descriptor control, Held before) {
        return Statx.look(control.number(), LOCK) >= 0 && Statx.identity().equals(before.identity);
    }

    /** True where the lock was taken through another mount, or on another file system. */
    private static boolean isElsewhere(Descriptor control, Held before) {
        if (Statx.look(control) < 0) {
            return false;
        }
        Statx.Identity now = Statx.identity();
        return now.mount() != before.identity.mount() || now.device() != before.identity.device();
    }

    synchronized void mark(Marker marker) {
        try (OpenTarget target = open()) {
            MarkerFile.write(target.control, marker);
            Held now = held();
            held = new Held(now.lock, now.identity, marker);
        }
    }

    synchronized void release() {
        Held now = held;
        held = null;
        if (now != null) {
            now.lock.close();
        }
    }

    /** The root and our directory in it for one piece of work. */
    synchronized OpenTarget open() {
        Held now = held();
        Descriptor top = root.open();
        Descriptor control = openControl(top);
        if (!control.isOpen() || !isSame(control, now)) {
            control.close();
            top.close();
            return takeAgain(now);
        }
        return new OpenTarget(top, control);
    }

    /**
     * Somebody removed or replaced {@code .driftless}: the lock in it is worth nothing any more.
     */
    private OpenTarget takeAgain(Held lost) {
        take(lost.owner);
        return open();
    }

    private Held held() {
        Held now = held;
        if (now == null) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN, "Target " + root.path() + " was not claimed.");
        }
        return now;
    }

    private void check(String verb, int result) {
        if (result == -Errno.EACCES || result == -Errno.EPERM) {
            throw new SyncException(
                    ErrorCode.TARGET_NOT_WRITABLE,
                    Failures.message(verb, root.path() + "/.driftless", result));
        }
        if (result < 0) {
            throw Failures.writing(verb, root.path() + "/.driftless", result);
        }
    }
}
