package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tree's entries, with the names of their contents computed as the product does. */
final class MemorySnapshot {
    private final SortedMap<EntryPath, Entry> entries = new TreeMap<>();

    private MemorySnapshot() {}

    static SortedMap<EntryPath, Entry> of(Optional<MemoryNode> root) {
        MemorySnapshot snapshot = new MemorySnapshot();
        root.ifPresent(node -> snapshot.add(EntryPath.ROOT, node));
        return Collections.unmodifiableSortedMap(snapshot.entries);
    }

    private void add(EntryPath path, MemoryNode node) {
        if (path.equals(MemoryTree.OWN)) {
            return;
        }
        entry(path, node).ifPresent(entry -> entries.put(path, entry));
        node.children.forEach((name, child) -> add(path.child(name.nameBytes()), child));
    }

    private static Optional<Entry> entry(EntryPath path, MemoryNode node) {
        return switch (node.kind) {
            case FILE ->
                    Optional.of(
                            new Entry.FileEntry(
                                    path, node.metadata, MemoryBlocks.content(node.bytes)));
            case DIRECTORY -> Optional.of(new Entry.DirectoryEntry(path, node.metadata));
            case SYMLINK ->
                    Optional.of(
                            new Entry.SymlinkEntry(path, node.metadata, node.target.orElseThrow()));
            case OTHER -> Optional.empty();
        };
    }
}
