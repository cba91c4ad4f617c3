package io.driftless.testkit.memory;

import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.port.TreeReader;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.contract.TreeReaderContract;
import io.driftless.testkit.tree.MemoryEditor;
import java.time.Instant;
import java.time.InstantSource;

class MemoryTreeReaderTest extends TreeReaderContract {
    private final MemoryTree tree = new MemoryTree(InstantSource.fixed(Instant.EPOCH));
    private final TreeReader reader = new MemoryTreeReader(tree);

    @Override
    protected TreeEditor editor() {
        return new MemoryEditor(tree);
    }

    @Override
    protected TreeReader reader() {
        return reader;
    }
}
