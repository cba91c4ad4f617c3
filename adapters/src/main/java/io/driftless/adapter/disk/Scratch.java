package io.driftless.adapter.disk;

import io.driftless.block.BlockRef;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The native memory that one thread hands to the kernel, made once: no call allocates. What a call
 * left here is overwritten by the next call of the same thread.
 */
final class Scratch {
    static final int TRANSFER_BYTES = 1 << 20;
    private static final int LISTING_BYTES = 64 << 10;
    static final int PATH_BYTES = 4095;
    private static final int STRUCT_BYTES = 256;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    /** Freed by the garbage collector when the thread is gone. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment captured = arena.allocate(Linker.Option.captureStateLayout());
    private final MemorySegment path = arena.allocate(PATH_BYTES + 1L);
    private final MemorySegment otherPath = arena.allocate(PATH_BYTES + 1L);
    private final MemorySegment struct = arena.allocate(STRUCT_BYTES, Long.BYTES);
    private final MemorySegment listing = arena.allocate(LISTING_BYTES, Long.BYTES);
    private @Nullable MemorySegment transfer;
    private @Nullable MemorySegment block;

    private Scratch() {}

    static Scratch get() {
        return OF_THREAD.get();
    }

    /** Where errno is left. */
    MemorySegment captured() {
        return captured;
    }

    /** Room for one structure: open_how, statx, two timespecs. */
    MemorySegment struct() {
        return struct;
    }

    /** Room for a piece of a directory's listing, or for a symlink's target. */
    MemorySegment listing() {
        return listing;
    }

    /** Room to read or write a piece of a file. */
    MemorySegment transfer() {
        MemorySegment made = transfer;
        if (made == null) {
            made = arena.allocate(TRANSFER_BYTES);
            transfer = made;
        }
        return made;
    }

    /** Room for the longest block. */
    MemorySegment block() {
        MemorySegment made = block;
        if (made == null) {
            made = arena.allocate(BlockRef.MAX_LENGTH_BYTES);
            block = made;
        }
        return made;
    }

    /**
     * The address of the name with a terminating zero. It has at most {@link #PATH_BYTES} bytes and
     * no zero byte.
     */
    long path(byte[] name) {
        return terminated(path, name);
    }

    /** A second name for calls that take two. */
    long otherPath(byte[] name) {
        return terminated(otherPath, name);
    }

    private static long terminated(MemorySegment room, byte[] name) {
        MemorySegment.copy(name, 0, room, ValueLayout.JAVA_BYTE, 0, name.length);
        room.set(ValueLayout.JAVA_BYTE, name.length, (byte) 0);
        return room.address();
    }
}
