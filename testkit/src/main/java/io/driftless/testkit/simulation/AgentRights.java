package io.driftless.testkit.simulation;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The store as an agent may use it: it reads, and writes nothing but blocks that it gives back. An
 * agent that tries anything else ends with a broken invariant.
 */
final class AgentRights extends ForwardingStore {
    private final FolderId folder;
    private final Optional<Runnable> onReturn;

    /**
     * @param onReturn is told of each block; empty where agents may not give any back either
     */
    AgentRights(BlockStore store, FolderId folder, Optional<Runnable> onReturn) {
        super(store);
        this.folder = folder;
        this.onReturn = onReturn;
    }

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        if (key.returnedBlock(folder).isEmpty()) {
            return refused(ErrorCode.INVARIANT_BROKEN, "An agent writes " + key + ".");
        }
        return onReturn.map(told -> super.put(key, pieces).doOnSuccess(_ -> told.run()))
                .orElseGet(() -> refused(ErrorCode.STORE_REFUSED, "This agent may only read."));
    }

    private static Mono<Void> refused(ErrorCode code, String message) {
        return Mono.error(new SyncException(code, message));
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        return refused(ErrorCode.INVARIANT_BROKEN, "An agent deletes " + key + ".");
    }
}
