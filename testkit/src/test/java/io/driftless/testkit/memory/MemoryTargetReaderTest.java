package io.driftless.testkit.memory;

import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.port.TreeReader;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.contract.TreeReaderContract;
import io.driftless.testkit.tree.MemoryEditor;
import java.time.Instant;
import java.time.InstantSource;

/** A target reads as any tree does. */
class MemoryTargetReaderTest extends TreeReaderContract {
    private final MemoryTree tree = new MemoryTree(InstantSource.fixed(Instant.EPOCH));
    private final TreeReader target = new MemoryTargetTree(tree);

    @Override
    protected TreeEditor editor() {
        return new MemoryEditor(tree);
    }

    @Override
    protected TreeReader reader() {
        return target;
    }
}
