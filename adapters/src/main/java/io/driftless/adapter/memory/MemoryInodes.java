package io.driftless.adapter.memory;

import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat.Kind;
import io.driftless.tree.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Makes inodes, numbers them and keeps their times. No number and no time is given out twice. */
final class MemoryInodes {
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private final InstantSource clock;
    private long lastInode = 1;
    private long lastDevice;
    private Timestamp last = new Timestamp(Long.MIN_VALUE, 0);

    MemoryInodes(InstantSource clock) {
        this.clock = clock;
    }

    MemoryNode node(Kind kind, long device, Metadata metadata, Optional<LinkTarget> target) {
        return new MemoryNode(kind, device, ++lastInode, target, metadata);
    }

    MemoryNode directory(long device, Metadata metadata) {
        return node(Kind.DIRECTORY, device, metadata, Optional.empty());
    }

    long newDevice() {
        return ++lastDevice;
    }

    /**
     * The clock's time, or the next nanosecond after the last one given out where the clock has not
     * moved on.
     */
    Timestamp tick() {
        Instant now = clock.instant();
        Timestamp time = new Timestamp(now.getEpochSecond(), now.getNano());
        last = time.compareTo(last) > 0 ? time : next(last);
        return last;
    }

    private static Timestamp next(Timestamp time) {
        boolean isFull = time.nanos() + 1 == NANOS_PER_SECOND;
        return isFull
                ? new Timestamp(time.seconds() + 1, 0)
                : new Timestamp(time.seconds(), time.nanos() + 1);
    }

    /** The content, or a directory's names, were written. */
    void modified(MemoryNode node) {
        Metadata old = node.metadata;
        Timestamp now = tick();
        node.metadata = new Metadata(old.mode(), old.uid(), old.gid(), now);
        node.changed = now;
    }

    /** Something else of the inode was written. */
    void changed(MemoryNode node) {
        node.changed = tick();
    }
}
