package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Everything that ever was at the source. */
final class EverSeen {
    private final MemoryTree source;
    private final Map<EntryPath, List<Optional<Entry>>> states = new HashMap<>();
    private final Set<ByteBuffer> contents = new HashSet<>();
    private final Set<EntryPath> gone = new HashSet<>();

    EverSeen(MemoryTree source) {
        this.source = source;
        look();
    }

    /** To be called after every edit. */
    void look() {
        SortedMap<EntryPath, Entry> now = source.snapshot();
        states.keySet().stream().filter(path -> !now.containsKey(path)).forEach(gone::add);
        now.keySet().forEach(path -> states.computeIfAbsent(path, _ -> new ArrayList<>()));
        states.forEach((path, known) -> {
            Optional<Entry> state = Optional.ofNullable(now.get(path));
            if (known.isEmpty() || !known.getLast().equals(state)) {
                known.add(state);
            }
        });
        contents.addAll(FileBytes.of(source));
    }

    Set<EntryPath> paths() {
        return states.keySet();
    }

    /** What a path was after edits, one after the other; empty where it was not there. */
    List<Optional<Entry>> statesOf(EntryPath path) {
        return states.getOrDefault(path, List.of());
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
