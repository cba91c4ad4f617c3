package io.driftless.adapter.disk;

/**
 * The system calls in use, with their numbers on x86-64 and on the generic table that ARM 64 has.
 */
enum Syscall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    IOCTL(16, 29),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    FCNTL(72, 25),
    FLOCK(73, 32),
    FSYNC(74, 82),
    FTRUNCATE(77, 46),
    FCHMOD(91, 52),
    FSTATFS(138, 44),
    GETDENTS64(217, 61),
    FADVISE64(221, 223),
    INOTIFY_ADD_WATCH(254, 27),
    INOTIFY_RM_WATCH(255, 28),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    PPOLL(271, 73),
    UTIMENSAT(280, 88),
    EVENTFD2(290, 19),
    INOTIFY_INIT1(294, 26),
    SYNCFS(306, 267),
    RENAMEAT2(316, 276),
    STATX(332, 291),
    OPENAT2(437, 437),
    FCHMODAT2(452, 452);

    private final int number;

    Syscall(int x86, int generic) {
        this.number = Kernel.IS_X86 ? x86 : generic;
    }

    int number() {
        return number;
    }

    /**
     * Closing again could close what another thread opened meanwhile; waiting again is the waiter's
     * own decision.
     */
    boolean isRepeatable() {
        return this != CLOSE && this != PPOLL;
    }
}
