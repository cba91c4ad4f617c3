package io.driftless.testkit.simulation;

import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.nio.ByteBuffer;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Does everything as another store does; for those that do some of it otherwise. */
public class ForwardingStore implements BlockStore {
    private final BlockStore store;

    protected ForwardingStore(BlockStore store) {
        this.store = store;
    }

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        return store.put(key, pieces);
    }

    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return store.get(key);
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        return store.getRange(key, offset, length);
    }

    @Override
    public Mono<Boolean> exists(ObjectKey key) {
        return store.exists(key);
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        return store.delete(key);
    }

    @Override
    public Flux<ObjectKey> list(String prefix) {
        return store.list(prefix);
    }
}
