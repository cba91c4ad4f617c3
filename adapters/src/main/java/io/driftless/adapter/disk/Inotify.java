package io.driftless.adapter.disk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * One queue of the kernel's file events, and a bell to wake the one thread that waits for them.
 * Only {@link #wake} may be called by other threads.
 */
final class Inotify implements AutoCloseable {
    static final int MODIFY = 0x2;
    static final int ATTRIB = 0x4;
    static final int CLOSE_WRITE = 0x8;
    static final int MOVED_FROM = 0x40;
    static final int MOVED_TO = 0x80;
    static final int CREATE = 0x100;
    static final int DELETE = 0x200;
    static final int DELETE_SELF = 0x400;
    static final int MOVE_SELF = 0x800;
    static final int UNMOUNT = 0x2000;
    static final int Q_OVERFLOW = 0x4000;
    static final int IGNORED = 0x8000;
    static final int IS_DIRECTORY = 0x40000000;

    private static final int WATCHED =
            MODIFY
                    | ATTRIB
                    | CLOSE_WRITE
                    | MOVED_FROM
                    | MOVED_TO
                    | CREATE
                    | DELETE
                    | DELETE_SELF
                    | MOVE_SELF;
    private static final int ONLY_DIRECTORIES = 0x01000000;
    private static final int EXCLUDE_UNLINKED = 0x04000000;
    private static final short POLLIN = 1;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int HEADER_BYTES = 16;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
    private final MemorySegment polled = arena.allocate(16, Long.BYTES);
    private final MemorySegment timeout = arena.allocate(16, Long.BYTES);
    private final Descriptor queue;
    private final Descriptor bell;
    private boolean isClosed;

    /**
     * @param mask what happened, and whether to a directory
     * @param cookie the same in both events of one move
     * @param name in the watched directory; empty for the directory itself
     */
    record Event(int watch, int mask, int cookie, byte[] name) {
        boolean has(int bits) {
            return (mask & bits) != 0;
        }

        boolean isOfDirectory() {
            return has(IS_DIRECTORY);
        }
    }

    Inotify() {
        int flags = Flag.O_NONBLOCK | Flag.O_CLOEXEC;
        this.queue = new Descriptor((int) Kernel.call(Syscall.INOTIFY_INIT1, flags));
        this.bell = new Descriptor((int) Kernel.call(Syscall.EVENTFD2, 0, flags));
    }

    /** Zero, or the negative errno where the kernel gave no queue. */
    int state() {
        return Math.min(0, Math.min(queue.number(), bell.number()));
    }

    /**
     * The watch of exactly this opened directory, whatever its names are by now; or the negative
     * errno.
     */
    int watch(Descriptor directory) {
        long path = Scratch.get().path(Touch.procName(directory));
        int mask = WATCHED | ONLY_DIRECTORIES | EXCLUDE_UNLINKED;
        return (int) Kernel.call(Syscall.INOTIFY_ADD_WATCH, queue.number(), path, mask);
    }

    /** A watch that is gone already is no trouble: its directory was removed. */
    void unwatch(int watch) {
        Kernel.call(Syscall.INOTIFY_RM_WATCH, queue.number(), watch);
    }

    /**
     * Events in the order they happened; none where the time is over or the bell rang.
     *
     * @param timeoutMillis negative to wait for ever
     */
    List<Event> await(int timeoutMillis) {
        polled.set(JAVA_INT, 0, queue.number());
        polled.set(JAVA_SHORT, 4, POLLIN);
        polled.set(JAVA_INT, 8, bell.number());
        polled.set(JAVA_SHORT, 12, POLLIN);
        timeout.set(JAVA_LONG, 0, timeoutMillis / 1000);
        timeout.set(JAVA_LONG, 8, timeoutMillis % 1000 * (long) NANOS_PER_MILLI);
        long limit = timeoutMillis < 0 ? 0 : timeout.address();
        long ready = Kernel.call(Syscall.PPOLL, polled.address(), 2, limit, 0, 0);
        if (ready <= 0) {
            return List.of();
        }
        long length = Kernel.call(Syscall.READ, queue.number(), buffer.address(), BUFFER_BYTES);
        return length <= 0 ? List.of() : events(length);
    }

    private List<Event> events(long length) {
        List<Event> events = new ArrayList<>();
        for (long at = 0; at < length; ) {
            int nameLength = buffer.get(JAVA_INT, at + 12);
            events.add(
                    new Event(
                            buffer.get(JAVA_INT, at),
                            buffer.get(JAVA_INT, at + 4),
                            buffer.get(JAVA_INT, at + 8),
                            name(at + HEADER_BYTES, nameLength)));
            at += HEADER_BYTES + nameLength;
        }
        return events;
    }

    /** Names are padded with zero bytes. */
    private byte[] name(long from, int paddedLength) {
        int length = 0;
        while (length < paddedLength && buffer.get(JAVA_BYTE, from + length) != 0) {
            length++;
        }
        byte[] name = new byte[length];
        MemorySegment.copy(buffer, JAVA_BYTE, from, name, 0, length);
        return name;
    }

    /** Ends a wait, now or the next one. */
    synchronized void wake() {
        if (!isClosed && bell.isOpen()) {
            MemorySegment one = Scratch.get().struct();
            one.set(JAVA_LONG, 0, 1);
            Kernel.call(Syscall.WRITE, bell.number(), one.address(), Long.BYTES);
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        queue.close();
        bell.close();
        arena.close();
    }
}
