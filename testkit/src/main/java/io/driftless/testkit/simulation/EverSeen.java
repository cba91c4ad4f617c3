package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Everything that ever was at the source. */
final class EverSeen {
    private final MemoryTree source;
    private final Set<EntryPath> paths = new HashSet<>();
    private final Set<ByteBuffer> contents = new HashSet<>();
    private final Set<EntryPath> gone = new HashSet<>();

    EverSeen(MemoryTree source) {
        this.source = source;
        look();
    }

    /** To be called after every edit. */
    void look() {
        Set<EntryPath> now = source.snapshot().keySet();
        paths.stream().filter(path -> !now.contains(path)).forEach(gone::add);
        paths.addAll(now);
        contents.addAll(FileBytes.of(source));
    }

    Set<EntryPath> paths() {
        return paths;
    }

    /** The bytes of every file. */
    Set<ByteBuffer> contents() {
        return contents;
    }

    /** Every path that was removed or moved away. */
    Set<EntryPath> gone() {
        return gone;
    }
}
