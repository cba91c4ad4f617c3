package io.driftless.adapter.disk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Changes names in open directories. Zero where it went well, else the negative errno. */
final class Names {
    private Names() {}

    static int makeDirectory(int directory, byte[] name) {
        return (int) Kernel.call(Syscall.MKDIRAT, directory, Scratch.get().path(name), 0700);
    }

    static int makeSymlink(byte[] target, int directory, byte[] name) {
        if (target.length > Scratch.PATH_BYTES) {
            return -Errno.ENAMETOOLONG;
        }
        for (byte b : target) {
            if (b == 0) {
                return -Errno.EINVAL;
            }
        }
        Scratch scratch = Scratch.get();
        return (int)
                Kernel.call(
                        Syscall.SYMLINKAT,
                        scratch.otherPath(target),
                        directory,
                        scratch.path(name));
    }

    /** Anything but a directory. */
    static int remove(int directory, byte[] name) {
        return (int) Kernel.call(Syscall.UNLINKAT, directory, Scratch.get().path(name), 0);
    }

    /** An empty directory. */
    static int removeDirectory(int directory, byte[] name) {
        return (int)
                Kernel.call(
                        Syscall.UNLINKAT, directory, Scratch.get().path(name), Flag.AT_REMOVEDIR);
    }

    static int rename(int fromDirectory, byte[] from, int toDirectory, byte[] to, int flags) {
        Scratch scratch = Scratch.get();
        return (int)
                Kernel.call(
                        Syscall.RENAMEAT2,
                        fromDirectory,
                        scratch.path(from),
                        toDirectory,
                        scratch.otherPath(to),
                        flags);
    }

    /** A second name for a file or symlink. */
    static int link(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
        Scratch scratch = Scratch.get();
        return (int)
                Kernel.call(
                        Syscall.LINKAT,
                        fromDirectory,
                        scratch.path(from),
                        toDirectory,
                        scratch.otherPath(to),
                        0);
    }

    /**
     * The length of the target of an opened symlink; the bytes are taken by {@link #targetRead}.
     */
    static int readTarget(Descriptor symlink) {
        Scratch scratch = Scratch.get();
        MemorySegment room = scratch.listing();
        return (int)
                Kernel.call(
                        Syscall.READLINKAT,
                        symlink.number(),
                        scratch.path(new byte[0]),
                        room.address(),
                        room.byteSize());
    }

    static byte[] targetRead(int length) {
        return Scratch.get().listing().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
}
