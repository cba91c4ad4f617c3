package io.driftless.testkit.memory;

import io.driftless.adapter.memory.MemorySourceWatch;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.port.SourceWatch;
import io.driftless.testkit.contract.SourceWatchContract;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.tree.MemoryEditor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

class MemorySourceWatchTest extends SourceWatchContract {
    private final MemoryTree tree = new MemoryTree(InstantSource.fixed(Instant.EPOCH));

    @Override
    protected TreeEditor editor() {
        return new MemoryEditor(tree);
    }

    @Override
    protected Duration quiet() {
        return Duration.ZERO;
    }

    @Override
    protected SourceWatch watch() {
        return new MemorySourceWatch(tree, 100);
    }
}
