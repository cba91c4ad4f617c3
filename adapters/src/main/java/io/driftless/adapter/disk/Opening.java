package io.driftless.adapter.disk;

import static io.driftless.adapter.disk.Flag.AT_FDCWD;
import static io.driftless.adapter.disk.Flag.O_CLOEXEC;
import static io.driftless.adapter.disk.Flag.O_DIRECTORY;
import static io.driftless.adapter.disk.Flag.O_NOATIME;
import static io.driftless.adapter.disk.Flag.O_NOCTTY;
import static io.driftless.adapter.disk.Flag.O_NOFOLLOW;
import static io.driftless.adapter.disk.Flag.O_NONBLOCK;
import static io.driftless.adapter.disk.Flag.O_PATH;
import static io.driftless.adapter.disk.Flag.O_RDONLY;
import static io.driftless.adapter.disk.Flag.RESOLVE_BENEATH;
import static io.driftless.adapter.disk.Flag.RESOLVE_NO_SYMLINKS;

import io.driftless.path.EntryPath;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Opens things so that no symlink is followed and nothing outside the root is reached. */
final class Opening {
    private static final byte[] SELF = {'.'};

    private Opening() {}

    /**
     * A directory by its name in the file system; here alone symlinks count, as the name is the
     * operator's.
     */
    static Descriptor root(byte[] absolutePath) {
        return at(AT_FDCWD, absolutePath, O_PATH | O_DIRECTORY, 0);
    }

    /** A place to resolve names in. Mounts inside the tree are entered. */
    static Descriptor directory(int root, EntryPath path) {
        return beneath(root, path, O_PATH | O_DIRECTORY, 0);
    }

    /** A directory to list, watch or sync. */
    static Descriptor listing(int root, EntryPath path) {
        return beneath(root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
    }

    /**
     * A file to read, without moving its access time where that is permitted. It may turn out to be
     * no regular file.
     */
    static Descriptor reading(int root, EntryPath path) {
        int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
        Descriptor file = beneath(root, path, flags | O_NOATIME, 0);
        return file.number() == -Errno.EPERM ? beneath(root, path, flags, 0) : file;
    }

    /** {@code resolve} is added to what always holds: beneath the root and through no symlink. */
    static Descriptor beneath(int root, EntryPath path, int flags, int resolve) {
        Scratch scratch = Scratch.get();
        MemorySegment how = scratch.struct();
        how.set(ValueLayout.JAVA_LONG, 0, flags | O_CLOEXEC);
        how.set(ValueLayout.JAVA_LONG, 8, 0);
        how.set(ValueLayout.JAVA_LONG, 16, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | resolve);
        long name = scratch.path(path.isRoot() ? SELF : path.toBytes());
        return new Descriptor((int) Kernel.call(Syscall.OPENAT2, root, name, how.address(), 24));
    }

    /** A name directly in an open directory, never followed. */
    static Descriptor inside(int directory, byte[] name, int flags, int mode) {
        return at(directory, name, flags | O_NOFOLLOW, mode);
    }

    private static Descriptor at(int directory, byte[] name, int flags, int mode) {
        long path = Scratch.get().path(name);
        return new Descriptor(
                (int) Kernel.call(Syscall.OPENAT, directory, path, flags | O_CLOEXEC, mode));
    }
}
