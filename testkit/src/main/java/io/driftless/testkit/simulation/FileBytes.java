package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** The bytes of files, each once. */
final class FileBytes {
    private FileBytes() {}

    /** Of every file of a tree, stage and trash included. */
    static Set<ByteBuffer> of(MemoryTree tree) {
        return below(EntryPath.ROOT, tree);
    }

    static Set<ByteBuffer> below(EntryPath top, MemoryTree tree) {
        Set<ByteBuffer> bytes = new HashSet<>();
        add(tree, top, bytes);
        return bytes;
    }

    private static void add(MemoryTree tree, EntryPath path, Set<ByteBuffer> bytes) {
        tree.bytes(path).map(ByteBuffer::wrap).ifPresent(bytes::add);
        tree.names(path).forEach(below -> add(tree, below, bytes));
    }
}
