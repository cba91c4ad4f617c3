package io.driftless.testkit.simulation;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** A store that cannot read some objects. All else is done. */
final class RefusingStore extends ForwardingStore {
    private final Function<ObjectKey, Optional<ErrorCode>> reading;

    /**
     * @param reading how the reading of an object fails
     */
    RefusingStore(BlockStore store, Function<ObjectKey, Optional<ErrorCode>> reading) {
        super(store);
        this.reading = reading;
    }

    private <T> Mono<T> read(ObjectKey key, Mono<T> request) {
        return Mono.defer(() ->
                reading.apply(key)
                        .<Mono<T>>map(code ->
                                Mono.error(
                                        new SyncException(
                                                code, "Object " + key + " cannot be read.")))
                        .orElse(request));
    }

    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return read(key, super.get(key));
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        return read(key, super.getRange(key, offset, length));
    }
}
