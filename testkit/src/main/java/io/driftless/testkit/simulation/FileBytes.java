package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** The bytes of every file of a tree, stage and trash included. */
final class FileBytes {
    private FileBytes() {}

    static Set<ByteBuffer> of(MemoryTree tree) {
        Set<ByteBuffer> bytes = new HashSet<>();
        add(tree, EntryPath.ROOT, bytes);
        return bytes;
    }

    private static void add(MemoryTree tree, EntryPath path, Set<ByteBuffer> bytes) {
        tree.bytes(path).map(ByteBuffer::wrap).ifPresent(bytes::add);
        tree.names(path).forEach(below -> add(tree, below, bytes));
    }
}
