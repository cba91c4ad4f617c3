package io.driftless.adapter.disk;

/**
 * Who may still write to a file that has no name in the tree any more: a program that opened it for
 * writing before, or mapped it.
 */
final class Writers {
    private Writers() {}

    /**
     * True where the file of this name is open for writing. The kernel grants a read lease only for
     * a file that nobody has open so (fcntl(2), F_SETLEASE). Where leases are not to be had, as on
     * network file systems, or for files of other users without CAP_LEASE, nobody can tell, and the
     * answer is false.
     */
    static boolean hasOne(int directory, byte[] name) {
        int flags = Flag.O_RDONLY | Flag.O_NONBLOCK | Flag.O_NOCTTY;
        try (Descriptor file = Opening.inside(directory, name, flags, 0)) {
            return file.isOpen() && refusesLease(file.number());
        }
    }

    /**
     * The lease ends when the file is closed. Whoever opens it by another of its names until then
     * breaks the lease, which is told by a signal: one that is ignored, since the usual one would
     * end the process.
     */
    private static boolean refusesLease(int file) {
        return Kernel.call(Syscall.FCNTL, file, Flag.F_SETSIG, Flag.SIGURG) == 0
                && Kernel.call(Syscall.FCNTL, file, Flag.F_SETLEASE, Flag.F_RDLCK) == -Errno.EAGAIN;
    }
}
