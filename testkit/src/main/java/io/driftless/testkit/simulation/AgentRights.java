package io.driftless.testkit.simulation;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The store as an agent may use it: it reads, and writes nothing but blocks that it gives back. An
 * agent that tries anything else ends with a broken invariant.
 *
 * @param onReturn is told of each block; empty where agents may not give any back either
 */
record AgentRights(BlockStore store, FolderId folder, Optional<Runnable> onReturn)
        implements BlockStore {
    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        if (key.returnedBlock(folder).isEmpty()) {
            return refused(ErrorCode.INVARIANT_BROKEN, "An agent writes " + key + ".");
        }
        return onReturn.map(told -> store.put(key, pieces).doOnSuccess(_ -> told.run()))
                .orElseGet(() -> refused(ErrorCode.STORE_REFUSED, "This agent may only read."));
    }

    private static Mono<Void> refused(ErrorCode code, String message) {
        return Mono.error(new SyncException(code, message));
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
        return refused(ErrorCode.INVARIANT_BROKEN, "An agent deletes " + key + ".");
    }

    @Override
    public Flux<ObjectKey> list(String prefix) {
        return store.list(prefix);
    }
}
