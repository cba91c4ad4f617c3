package io.driftless.adapter.disk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Sets owner, mode and times, never through a symlink. Owner before mode, as a change of owner
 * takes set-id bits away; times last. Zero where it went well, else the negative errno.
 */
final class Touch {
    private static final long LEAVE_AS_IT_IS = (1L << 30) - 2;
    private static final int KEEPS_NO_SET_ID = 01777;
    private static final int AS_IT_IS = -1;
    private static final byte[] SELF = {};

    private Touch() {}

    /**
     * Sets what differs from {@code present}. Where the owner may not be set the rest is, without
     * set-id bits: those would lend the rights of another owner than the one they were meant for.
     * The caller sees by a last look what was not permitted.
     */
    static int apply(int directory, byte[] name, Stat present, Metadata wanted) {
        Metadata has = present.metadata();
        boolean isOther = has.uid() != wanted.uid() || has.gid() != wanted.gid();
        int owned = isOther ? own(directory, name, wanted) : 0;
        int mode = owned < 0 ? wanted.mode() & KEEPS_NO_SET_ID : wanted.mode();
        boolean setsMode = present.kind() != Stat.Kind.SYMLINK && (isOther || has.mode() != mode);
        int permitted = setsMode ? changeMode(directory, name, mode) : 0;
        int timed =
                has.modified().equals(wanted.modified())
                        ? 0
                        : setModified(directory, name, wanted.modified());
        return firstTrouble(owned, permitted, timed);
    }

    /** What is not permitted is no trouble: the last look shows it. */
    private static int firstTrouble(int... results) {
        for (int result : results) {
            if (result < 0 && result != -Errno.EPERM) {
                return result;
            }
        }
        return 0;
    }

    /** Sets all of it on a file of ours that nobody else sees yet. */
    static int applyToNew(Descriptor file, Metadata wanted) {
        int owned = own(file.number(), SELF, wanted);
        int mode = owned < 0 ? wanted.mode() & KEEPS_NO_SET_ID : wanted.mode();
        int permitted = (int) Kernel.call(Syscall.FCHMOD, file.number(), mode);
        long times = times(wanted.modified());
        int timed = (int) Kernel.call(Syscall.UTIMENSAT, file.number(), 0, times, 0);
        return firstTrouble(owned, permitted, timed);
    }

    /** A user who may not give files away may still choose among the own groups. */
    private static int own(int directory, byte[] name, Metadata wanted) {
        int owned = own(directory, name, wanted.uid(), wanted.gid());
        if (owned == -Errno.EPERM) {
            own(directory, name, AS_IT_IS, wanted.gid());
        }
        return owned;
    }

    private static int own(int directory, byte[] name, int uid, int gid) {
        int flags = Flag.AT_SYMLINK_NOFOLLOW | Flag.AT_EMPTY_PATH;
        return (int)
                Kernel.call(Syscall.FCHOWNAT, directory, Scratch.get().path(name), uid, gid, flags);
    }

    static int changeMode(int directory, byte[] name, int mode) {
        int flags = Flag.AT_SYMLINK_NOFOLLOW | Flag.AT_EMPTY_PATH;
        int changed =
                (int)
                        Kernel.call(
                                Syscall.FCHMODAT2,
                                directory,
                                Scratch.get().path(name),
                                mode,
                                flags);
        return changed == -Errno.ENOSYS ? changeModeByHandle(directory, name, mode) : changed;
    }

    /** For kernels before 6.6: the handle's own name in /proc leads to it and to nothing else. */
    private static int changeModeByHandle(int directory, byte[] name, int mode) {
        byte[] here = name.length == 0 ? new byte[] {'.'} : name;
        try (Descriptor handle = Opening.inside(directory, here, Flag.O_PATH, 0)) {
            if (!handle.isOpen()) {
                return handle.number();
            }
            long path = Scratch.get().path(procName(handle));
            return (int) Kernel.call(Syscall.FCHMODAT, Flag.AT_FDCWD, path, mode);
        }
    }

    static byte[] procName(Descriptor handle) {
        return ("/proc/self/fd/" + handle.number()).getBytes(StandardCharsets.US_ASCII);
    }

    private static int setModified(int directory, byte[] name, Timestamp modified) {
        long times = times(modified);
        return (int)
                Kernel.call(
                        Syscall.UTIMENSAT,
                        directory,
                        Scratch.get().path(name),
                        times,
                        Flag.AT_SYMLINK_NOFOLLOW | Flag.AT_EMPTY_PATH);
    }

    private static long times(Timestamp modified) {
        MemorySegment times = Scratch.get().struct();
        times.set(JAVA_LONG, 0, 0);
        times.set(JAVA_LONG, 8, LEAVE_AS_IT_IS);
        times.set(JAVA_LONG, 16, modified.seconds());
        times.set(JAVA_LONG, 24, modified.nanos());
        return times.address();
    }
}
