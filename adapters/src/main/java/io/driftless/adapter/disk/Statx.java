package io.driftless.adapter.disk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.lang.foreign.MemorySegment;

/**
 * Looks at files. A negative result is the errno; after any other, {@link #seen} is what the
 * calling thread has looked at last.
 */
final class Statx {
    private static final int BASIC_BIRTH_AND_MOUNT = 0x7ff | 0x800 | 0x1000;
    private static final int MOUNT = 0x1000;
    private static final long MOUNT_ROOT = 0x2000;
    private static final byte[] SELF = {};

    private Statx() {}

    /** The name itself, where it is a symlink. */
    static int look(int directory, byte[] name) {
        Scratch scratch = Scratch.get();
        int flags = Flag.AT_SYMLINK_NOFOLLOW | Flag.AT_NO_AUTOMOUNT | Flag.AT_EMPTY_PATH;
        return (int)
                Kernel.call(
                        Syscall.STATX,
                        directory,
                        scratch.path(name),
                        flags,
                        BASIC_BIRTH_AND_MOUNT,
                        scratch.struct().address());
    }

    static int look(Descriptor open) {
        return look(open.number(), SELF);
    }

    static Stat seen() {
        MemorySegment seen = Scratch.get().struct();
        int mode = seen.get(JAVA_SHORT, 28) & 0xffff;
        Stat.Kind kind = kind(mode);
        int permissions = kind == Stat.Kind.SYMLINK ? 0777 : mode & 07777;
        Metadata metadata =
                new Metadata(
                        permissions,
                        seen.get(JAVA_INT, 20),
                        seen.get(JAVA_INT, 24),
                        time(seen, 112));
        return new Stat(
                kind,
                kind == Stat.Kind.FILE ? seen.get(JAVA_LONG, 40) : 0,
                metadata,
                time(seen, 96),
                device(seen),
                seen.get(JAVA_LONG, 32),
                seen.get(JAVA_INT, 16));
    }

    private static Stat.Kind kind(int mode) {
        return switch (mode & Flag.S_IFMT) {
            case Flag.S_IFREG -> Stat.Kind.FILE;
            case Flag.S_IFDIR -> Stat.Kind.DIRECTORY;
            case Flag.S_IFLNK -> Stat.Kind.SYMLINK;
            default -> Stat.Kind.OTHER;
        };
    }

    private static Timestamp time(MemorySegment seen, long offset) {
        return new Timestamp(seen.get(JAVA_LONG, offset), seen.get(JAVA_INT, offset + 8));
    }

    private static long device(MemorySegment seen) {
        return Integer.toUnsignedLong(seen.get(JAVA_INT, 136)) << 32
                | Integer.toUnsignedLong(seen.get(JAVA_INT, 140));
    }

    /** True where another file system, or another part of this one, is mounted exactly there. */
    static boolean seesMount() {
        return (Scratch.get().struct().get(JAVA_LONG, 8) & MOUNT_ROOT) != 0;
    }

    /** Through which mount it was seen; 0 before Linux 5.8, which does not say. */
    static long mount() {
        MemorySegment seen = Scratch.get().struct();
        return (seen.get(JAVA_INT, 0) & MOUNT) == 0 ? 0 : seen.get(JAVA_LONG, 144);
    }

    /** Which directory it is. */
    static Identity identity() {
        MemorySegment seen = Scratch.get().struct();
        return new Identity(
                device(seen), seen.get(JAVA_LONG, 32), seen.get(JAVA_LONG, 144), time(seen, 80));
    }

    /**
     * Tells one directory from another in its place. Birth tells it from a later one with the same,
     * reused inode; mount tells it from the same directory seen through another mount, which may
     * hide what is mounted below. Both are zero on systems that do not say.
     */
    record Identity(long device, long inode, long mount, Timestamp birth) {}
}
