package io.driftless.adapter.disk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.driftless.path.EntryPath;
import io.driftless.tree.Stat;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The names in a directory, sorted as bytes.
 *
 * @param errno positive where the listing failed; then there are no children
 */
record Listing(int errno, List<Child> children) {
    private static final Comparator<Child> AS_BYTES =
            (a, b) -> Arrays.compareUnsigned(a.name, b.name);

    record Child(byte[] name, Stat.Kind kind) {}

    static Listing failed(int errno) {
        return new Listing(errno, List.of());
    }

    boolean isComplete() {
        return errno == 0;
    }

    /** Reads a directory from where its descriptor stands to its end. */
    static Listing of(Descriptor directory) {
        return directory.isOpen() ? new Reader(directory).read() : failed(-directory.number());
    }

    /**
     * The children as the tree shows them: without our own directory in its root. A name that no
     * path can hold spoils the listing, as nothing can be said of what it names.
     */
    Listing below(EntryPath directory) {
        int room =
                EntryPath.MAX_LENGTH_BYTES - directory.lengthBytes() - (directory.isRoot() ? 0 : 1);
        int longest = Math.min(room, EntryPath.MAX_NAME_BYTES);
        for (Child child : children) {
            if (child.name.length > longest) {
                return failed(Errno.ENAMETOOLONG);
            }
        }
        if (isComplete() && directory.isRoot()) {
            children.removeIf(child -> Arrays.equals(child.name, Own.NAME));
        }
        return this;
    }

    private static final class Reader {
        private static final int TYPE_UNKNOWN = 0;
        private static final int TYPE_DIRECTORY = 4;
        private static final int TYPE_FILE = 8;
        private static final int TYPE_SYMLINK = 10;

        private final Descriptor directory;
        private final MemorySegment room = Scratch.get().listing();
        private final List<Child> children = new ArrayList<>();

        Reader(Descriptor directory) {
            this.directory = directory;
        }

        Listing read() {
            while (true) {
                long length =
                        Kernel.call(
                                Syscall.GETDENTS64,
                                directory.number(),
                                room.address(),
                                room.byteSize());
                if (length == 0) {
                    children.sort(AS_BYTES);
                    return new Listing(0, children);
                }
                int errno = (int) (length < 0 ? -length : takeAll(length));
                if (errno != 0) {
                    return failed(errno);
                }
            }
        }

        /** The errno of the first look that failed, or zero. */
        private int takeAll(long length) {
            for (long at = 0; at < length; at += room.get(JAVA_SHORT, at + 16) & 0xffff) {
                byte[] name = name(at + 19);
                int errno = isDots(name) ? 0 : take(name, room.get(JAVA_BYTE, at + 18));
                if (errno != 0) {
                    return errno;
                }
            }
            return 0;
        }

        private byte[] name(long from) {
            int length = 0;
            while (room.get(JAVA_BYTE, from + length) != 0) {
                length++;
            }
            byte[] name = new byte[length];
            MemorySegment.copy(room, JAVA_BYTE, from, name, 0, length);
            return name;
        }

        private static boolean isDots(byte[] name) {
            return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
        }

        /** Not every file system says in its listing what a name is; then a look does. */
        private int take(byte[] name, byte type) {
            if (type != TYPE_UNKNOWN) {
                children.add(new Child(name, kind(type)));
                return 0;
            }
            int looked = Statx.look(directory.number(), name);
            if (looked >= 0) {
                children.add(new Child(name, Statx.seen().kind()));
            }
            return looked >= 0 || Errno.isAbsent(looked) ? 0 : -looked;
        }

        private static Stat.Kind kind(byte type) {
            return switch (type) {
                case TYPE_DIRECTORY -> Stat.Kind.DIRECTORY;
                case TYPE_FILE -> Stat.Kind.FILE;
                case TYPE_SYMLINK -> Stat.Kind.SYMLINK;
                default -> Stat.Kind.OTHER;
            };
        }
    }
}
