package io.driftless.adapter.disk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Copies between files of one file system by sharing the blocks on disk, where it can. */
final class Extents {
    /** Block size of every file system that can share, by default. */
    private static final int ALIGNMENT = 4096;

    /** Below this, sharing costs more than it saves. */
    private static final int MIN_SHARED_BYTES = 64 << 10;

    private volatile boolean canShare = true;

    record Range(Descriptor from, long fromOffset, Descriptor to, long toOffset, int lengthBytes) {
        boolean isWorthSharing() {
            return (fromOffset - toOffset) % ALIGNMENT == 0
                    && sharedTo() - sharedFrom() >= MIN_SHARED_BYTES;
        }

        private long sharedFrom() {
            return (toOffset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }

        private long sharedTo() {
            return (toOffset + lengthBytes) / ALIGNMENT * ALIGNMENT;
        }
    }

    /**
     * Shares the whole disk blocks in the range and copies the rest of it, which the file must
     * have. False where the range has to be copied in the ordinary way.
     */
    boolean share(Range range) {
        if (!canShare || !range.isWorthSharing()) {
            return false;
        }
        long distance = range.fromOffset - range.toOffset;
        long from = range.sharedFrom();
        long to = range.sharedTo();
        MemorySegment what = Scratch.get().struct();
        what.set(JAVA_LONG, 0, range.from.number());
        what.set(JAVA_LONG, 8, from + distance);
        what.set(JAVA_LONG, 16, to - from);
        what.set(JAVA_LONG, 24, from);
        long shared =
                Kernel.call(Syscall.IOCTL, range.to.number(), Flag.FICLONERANGE, what.address());
        if (shared < 0) {
            canShare = !Errno.isNeverSupported(shared);
            return false;
        }
        return copy(range, range.toOffset, from)
                && copy(range, to, range.toOffset + range.lengthBytes);
    }

    private static boolean copy(Range range, long begin, long end) {
        if (begin == end) {
            return true;
        }
        MemorySegment room = Scratch.get().transfer().asSlice(0, end - begin);
        long length = Transfer.read(range.from, begin + range.fromOffset - range.toOffset, room);
        return length == room.byteSize() && Transfer.write(range.to, begin, room) == 0;
    }
}
