package io.driftless.testkit.memory;

import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree;
import io.driftless.testkit.contract.TargetTreeContract;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.tree.MemoryEditor;
import java.time.Instant;
import java.time.InstantSource;

class MemoryTargetTreeTest extends TargetTreeContract {
    private final MemoryTree tree = new MemoryTree(InstantSource.fixed(Instant.EPOCH));
    private MemoryTargetTree target = new MemoryTargetTree(tree);

    @Override
    protected TreeEditor editor() {
        return new MemoryEditor(tree);
    }

    @Override
    protected TargetTree target() {
        return target;
    }

    @Override
    protected TargetTree restarted() {
        target.crash();
        target = new MemoryTargetTree(tree);
        return target;
    }

    @Override
    protected boolean refuseTrash(boolean isRefused) {
        EntryPath trash = EntryPath.parse(".driftless/trash");
        return isRefused ? tree.mount(trash) : tree.unmount(trash);
    }

    @Override
    protected TargetTree rival() {
        return new MemoryTargetTree(tree);
    }
}
