package io.driftless.hosting;

import io.driftless.port.BlockStore;
import reactor.core.publisher.Mono;

/** The block store as this process uses it. */
public final class Store implements AutoCloseable {
    static final String NAME = "store";

    private final Mono<BlockStore> opening;
    private final Mono<Void> preparing;
    private final Runnable closing;
    private final Dependencies dependencies;

    /**
     * @param opening opens the store, each time it is asked
     * @param preparing makes sure that it takes objects
     */
    Store(
            Mono<BlockStore> opening,
            Mono<Void> preparing,
            Runnable closing,
            Dependencies dependencies) {
        this.opening = opening;
        this.preparing = preparing;
        this.closing = closing;
        this.dependencies = dependencies;
    }

    /** For those who write: fails where objects cannot be stored. */
    public Mono<BlockStore> openToWrite() {
        return dependencies.listened(NAME, preparing).then(openToRead());
    }

    /** For those who only read: they may not be allowed to ask about the bucket itself. */
    public Mono<BlockStore> openToRead() {
        return dependencies
                .listened(NAME, opening)
                .map(store -> dependencies.listen(NAME, BlockStore.class, store));
    }

    @Override
    public void close() {
        closing.run();
    }
}
