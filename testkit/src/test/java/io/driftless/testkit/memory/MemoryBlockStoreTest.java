package io.driftless.testkit.memory;

import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.port.BlockStore;
import io.driftless.testkit.contract.BlockStoreContract;

class MemoryBlockStoreTest extends BlockStoreContract {
    private final MemoryBlockStore store = new MemoryBlockStore();

    @Override
    protected BlockStore store() {
        return store;
    }
}
